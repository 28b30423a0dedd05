"""The pages: sign in and out, the watch floor's shell. The findings' pages are in `finding_page`."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from truceline.edges.api.frame import page_answer
from truceline.edges.api.guard import (
    COOKIE,
    SECURE_COOKIE,
    Serving,
    need_own_page,
    read_body,
    seat_or_none,
    session_key,
)
from truceline.edges.api.words import WORDS
from truceline.edges.live.people import SESSION_US
from truceline.model.instant import US_PER_S
from truceline.reports.markup import Content, content, tag

MOST_FORM = 4_096

router = APIRouter(include_in_schema=False)


@router.get("/")
async def floor_page(request: Request, service: Serving) -> Response:
    """The watch floor: a frame that the script fills."""
    seat = seat_or_none(request)
    if seat is None:
        return RedirectResponse("/sign-in", 303)
    built = request.app.state.built
    name = service.mission.name
    body: Content = (
        tag("div", tag("p", WORDS.say("floor.loading"), role="status"), id="floor", data_status=service.mission.status)
        if built
        else tag("p", WORDS.say("floor.not_built"))
    )
    without = tag(
        "noscript", tag("p", WORDS.say("floor.no_script"), " ", tag("a", WORDS.say("way.findings"), href="/findings"))
    )
    return page_answer(
        request, WORDS.say("floor.title", mission=name), content(body, without), status=service.mission.status,
        seat=seat, scripts=("page.js", "floor.js") if built else ("page.js",),
        styles=("floor.css",) if built else (), wide=True,
    )  # fmt: skip


@router.get("/sign-in")
async def sign_in_page(request: Request, service: Serving, key: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The page behind a one-time link. Looking at it does not use the link up: pressing the button does."""
    form: Content = tag("p", WORDS.say("people.no_link"))
    if key:
        form = tag(
            "form", tag("p", WORDS.say("people.link")), tag("input", type="hidden", name="key", value=key),
            tag("button", WORDS.say("people.sign_in"), type="submit", autofocus=True), method="post", action="/sign-in",
        )  # fmt: skip
    return page_answer(request, WORDS.say("people.sign_in"), form, status=service.mission.status, seat=None)


@router.post("/sign-in")
async def sign_in(request: Request, service: Serving) -> Response:
    """Begin a session with the key of a link."""
    need_own_page(request)
    form = parse_qs((await read_body(request, MOST_FORM)).decode("utf-8", "replace"))
    session = service.people.sign_in(form.get("key", [""])[0])
    if session is None:
        words = tag("p", WORDS.say("people.bad_link"), role="alert")
        return page_answer(
            request, WORDS.say("people.sign_in"), words, status=service.mission.status, seat=None, code=403
        )
    answer = RedirectResponse("/", 303)
    secure = bool(request.app.state.secure)
    answer.set_cookie(
        SECURE_COOKIE if secure else COOKIE, session, max_age=SESSION_US // US_PER_S, path="/", secure=secure,
        httponly=True, samesite="strict",
    )  # fmt: skip
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, service: Serving) -> Response:
    """End the session, if its own form asks."""
    need_own_page(request)
    seat = seat_or_none(request)
    form = parse_qs((await read_body(request, MOST_FORM)).decode("utf-8", "replace"))
    if seat is not None:
        if form.get("token", [""])[0] != seat.token:
            raise HTTPException(403, "the form is of another session; open the page again and press the button there")
        service.people.sign_out(session_key(request))
    words = tag("p", WORDS.say("people.signed_out"), role="status")
    answer = page_answer(request, WORDS.say("people.sign_in"), words, status=service.mission.status, seat=None)
    answer.delete_cookie(SECURE_COOKIE if request.app.state.secure else COOKIE, path="/")
    return answer
