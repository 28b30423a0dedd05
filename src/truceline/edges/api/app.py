"""The application: routes, who guards them, and a true OpenAPI document."""

import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from truceline import __version__
from truceline.edges.api import (
    account_pages,
    alerts_page,
    assets,
    confirm_page,
    contacts_page,
    features,
    feeds,
    field_pages,
    finding_page,
    hand_over_page,
    health,
    openrosa,
    pages,
    parties_pages,
    people_pages,
    programs_page,
    review_pages,
    signing,
    watching,
)
from truceline.edges.api.answers import fault_of, on_bad_request, on_http_fault, on_unusable
from truceline.edges.api.attempts import OF_A_SESSION, SESSIONS, TO_SIGN_IN, WRONG_KEYS, Attempts
from truceline.edges.api.bodies import Acknowledged, Exhibited, Fault, Stands, schemas
from truceline.edges.api.guard import COOKIE, SECURE_COOKIE, Headers, permitted
from truceline.edges.api.request_log import Requests
from truceline.edges.live.floor import Change, Whole
from truceline.edges.live.service import Service
from truceline.edges.people.openid import OpenId, read_settings
from truceline.edges.people.passkeys import Passkeys, site_of
from truceline.edges.proving import Proof
from truceline.edges.web import is_built
from truceline.model.problem import Unusable

LEAST_ZIPPED = 1_000  # bytes
NOT_UNDERSTOOD = "A parameter cannot be understood."
ABOUT = (
    "A mission's live service. Lines come in as batches and are on disk when acknowledged; what is concluded from them "
    "is pushed as it changes. Times are RFC 3339 UTC, positions WGS84 degrees, longitude first."
)


def application(service: Service, *, secure: bool, url: str = "") -> FastAPI:
    """The service as an ASGI application. secure: it is reached by TLS alone; url: the address people type. Raises
    Unusable if the settings of a provider are wrong."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()

    app = FastAPI(
        title="Truceline", version=__version__, description=ABOUT, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", lifespan=running, dependencies=[Depends(permitted)],
        exception_handlers={
            HTTPException: on_http_fault,
            RequestValidationError: on_bad_request,
            Unusable: on_unusable,
        },
    )  # fmt: skip
    app.state.service = service
    app.state.secure = secure
    site = site_of(url)
    openid = read_settings(service.data.openid)
    app.state.site = site
    app.state.passkeys = Passkeys(service.people, site) if site is not None else None
    app.state.openid = OpenId(service.people, openid, site.origin if site is not None else url) if openid else None
    app.state.boot = secrets.token_hex(4)
    app.state.taken = Counter()
    app.state.attempts = Attempts(TO_SIGN_IN)
    app.state.wrong_keys = Attempts(WRONG_KEYS)
    app.state.pace = Attempts(OF_A_SESSION, SESSIONS)
    app.state.built = is_built()
    for one in (
        feeds,
        watching,
        features,
        programs_page,
        pages,
        signing,
        confirm_page,
        account_pages,
        people_pages,
        finding_page,
        review_pages,
        parties_pages,
        contacts_page,
        alerts_page,
        hand_over_page,
        field_pages,
        openrosa,
        health,
        assets,
    ):
        app.include_router(one.router)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    app.add_middleware(GZipMiddleware, minimum_size=LEAST_ZIPPED, compresslevel=4)
    app.add_middleware(Headers, status=service.mission.status, secure=secure)
    app.add_middleware(Requests)
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        made.setdefault("components", {})["schemas"] = schemas(
            Acknowledged, Change, Exhibited, Fault, Proof, Stands, Whole
        )
        _say_faults(made)
        made["components"]["securitySchemes"] = {
            "feed": {"type": "http", "scheme": "bearer", "description": "The key of the feeds."},
            "program": {
                "type": "http", "scheme": "basic", "description": "An account and its program's key (page Programs).",
            },
            "session": {
                "type": "apiKey", "in": "cookie", "name": SECURE_COOKIE if app.state.secure else COOKIE,
                "description": "A session, begun by signing in.",
            },
        }  # fmt: skip
        app.openapi_schema = made
    return app.openapi_schema


def _say_faults(made: dict[str, Any]) -> None:
    """A parameter that cannot be understood is answered like every other fault."""
    for item in made["paths"].values():
        for operation in item.values():
            if "422" in operation["responses"]:
                operation["responses"] |= {str(code): one for code, one in fault_of(422, NOT_UNDERSTOOD).items()}
