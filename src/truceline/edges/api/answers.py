"""JSON as msgspec writes it, and how faults are answered."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from truceline.edges.api.bodies import Fault
from truceline.model.problem import Unusable

RETRY_S = 1


def json_answer(body: Any, *, code: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A record as JSON."""
    return Response(msgspec.json.encode(body), code, dict(headers or {}), "application/json")


def ndjson_answer(lines: list[bytes]) -> Response:
    """Records, one a line."""
    return Response(b"".join(line + b"\n" for line in lines), media_type="application/x-ndjson")


async def on_http_fault(_request: Request, error: Exception) -> Response:
    """An HTTP fault: what is before the first `;` is what was wrong, the rest what to do."""
    assert isinstance(error, HTTPException)
    what, _, remedy = str(error.detail).partition("; ")
    return json_answer(Fault(what, remedy), code=error.status_code, headers=error.headers)


async def on_bad_request(_: Request, error: Exception) -> Response:
    """A parameter that cannot be understood."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    return json_answer(Fault(str(first["msg"]), "mend it and ask again", place), code=422)


async def on_unusable(_: Request, error: Exception) -> Response:
    """The store or the disk failed: nothing was acknowledged."""
    assert isinstance(error, Unusable)
    first = error.problems[0]
    fault = Fault(first.what, first.remedy, str(first.place))
    return json_answer(fault, code=503, headers={"Retry-After": str(RETRY_S)})


def fault_of(code: int, what: str) -> dict[int | str, dict[str, Any]]:
    """How a fault is written into the OpenAPI document."""
    schema = {"$ref": "#/components/schemas/Fault"}
    return {code: {"description": what, "content": {"application/json": {"schema": schema}}}}


def body_of(name: str, what: str, media_type: str = "application/json") -> dict[int | str, dict[str, Any]]:
    """How an answer of 200 is written into the OpenAPI document."""
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {200: {"description": what, "content": {media_type: {"schema": schema}}}}
