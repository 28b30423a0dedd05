"""A key for a program of one's own: one that sends forms, or a GIS. Shown once; a new one ends the one before."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from truceline.edges.api.frame import asks_first, hidden, page_answer
from truceline.edges.api.guard import Seated, Serving, own_form
from truceline.edges.api.rights import FEATURES
from truceline.edges.api.words import WORDS
from truceline.edges.people.roles import Seat
from truceline.reports.markup import Content, content, tag

router = APIRouter(include_in_schema=False)


@router.get("/programs")
async def programs_page(request: Request, service: Serving, seat: Seated) -> Response:
    """What programs may ask for, and a button that makes a key."""
    button = tag("p", tag("button", WORDS.say("programs.make"), type="submit"))
    form: Content = tag("form", hidden(seat), button, method="post", action="/programs", class_="fields")
    if seat.exercise:
        form = tag("p", WORDS.say("programs.no_account"))
    return _page(
        request,
        seat,
        content(asks_first(service, seat, "/programs"), tag("p", WORDS.say("programs.means")), _address(request), form),
    )


@router.post("/programs")
async def give_key(request: Request, service: Serving, seat: Seated) -> Response:
    """A new key, shown once."""
    await own_form(request)
    if seat.exercise:
        raise HTTPException(422, "a seat of an exercise's link has no account; sign in with one")
    facts = ((WORDS.say("field.device.user"), seat.id),
             (WORDS.say("field.device.key"), service.people.new_device(seat.id)))  # fmt: skip
    rows = [content(tag("dt", key), tag("dd", tag("code", value))) for key, value in facts]
    body = content(tag("p", WORDS.say("programs.once"), role="status"), tag("dl", *rows), _address(request))
    return _page(request, seat, body)


def _address(request: Request) -> Content:
    site = request.app.state.site
    origin = site.origin if site is not None else f"{request.url.scheme}://{request.url.netloc}"
    return tag("p", WORDS.say("programs.address"), " ", tag("code", f"{origin}{FEATURES}"))


def _page(request: Request, seat: Seat, body: Content) -> Response:
    return page_answer(request, WORDS.say("way.programs"), body, seat=seat, foot="foot.service")
