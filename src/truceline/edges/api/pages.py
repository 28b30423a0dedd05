"""The watch floor's shell. The findings' pages are in `finding_page`, those of people in `people_pages`."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from truceline.edges.api.frame import page_answer, ways_of
from truceline.edges.api.guard import Seated, Serving
from truceline.edges.api.words import WORDS
from truceline.reports.markup import Content, content, tag

router = APIRouter(include_in_schema=False)


@router.get("/")
async def floor_page(request: Request, service: Serving, seat: Seated) -> Response:
    """The watch floor, for who is on duty: a frame that the script fills. Others go to their own first page."""
    ways = ways_of(request, seat)
    if ways and ways[0][0] != "/":
        return RedirectResponse(ways[0][0], 303)
    if not ways:
        words = tag("p", WORDS.say("people.nothing_yet"), role="status")
        return page_answer(request, WORDS.say("way.label"), words, seat=seat)
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
    kept_back = tag("p", WORDS.say("floor.kept_back"), class_="small kept-back") if service.withheld(seat) else ""
    return page_answer(
        request, WORDS.say("floor.title", mission=name), content(kept_back, body, without),
        seat=seat, scripts=("page.js", "desk.js", "floor.js") if built else ("page.js",),
        styles=("floor.css",) if built else (), wide=True,
    )  # fmt: skip
