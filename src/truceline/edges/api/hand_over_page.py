"""The hand-over between watches: what is blind, overdue, contested, alarming, and which clocks run; the next
acknowledges each by its name."""

from collections.abc import Collection, Sequence

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from truceline.coalition.hand_over import KINDS, last_of
from truceline.coalition.roster import MOST_US
from truceline.edges import clock
from truceline.edges.api.frame import hidden, minute, page_answer, select
from truceline.edges.api.guard import Seated, Serving, own_form
from truceline.edges.api.words import WORDS
from truceline.edges.live.decisions import Refused
from truceline.edges.live.handing_over import matters_in, name_of, new_since, open_matters, take_over
from truceline.edges.live.service import FLOOR, Service
from truceline.edges.people.roles import Seat
from truceline.findings.decision import HandedOver, Matter
from truceline.reports.markup import Content, Markup, content, name, tag
from truceline.reports.tables import table

TAKES_OVER = ("watchkeeper", "director")
MOST_SHOWN = 20  # hand-overs before
ABOUT_FINDINGS = ("alarm", "clock", "overdue", "contested")

router = APIRouter(include_in_schema=False)


@router.get("/hand-over")
async def hand_over_page(request: Request, service: Serving, seat: Seated) -> Response:
    """What stands open, and a form to take the watch over with it."""
    return await _page(request, service, seat)


@router.post("/hand-over")
async def hand_over(request: Request, service: Serving, seat: Seated) -> Response:
    """Take the watch over. Where something was not acknowledged, or has come since, the page is shown again."""
    form = await own_form(request)
    named = form.get("matter", "").split()
    before = form.get("from") or None
    if before is not None and before not in _before(service, seat):
        raise HTTPException(422, "nobody of this name kept the watch lately; choose who did, or nobody")
    try:
        await take_over(service, seat, before, named, form.get("words", "").strip())
    except Refused as refused:
        return await _page(request, service, seat, tag("p", str(refused), role="alert"), named, 422)
    return RedirectResponse("/hand-over", 303)


async def _page(
    request: Request, service: Service, seat: Seat, first: Content = "", named: Collection[str] = (), code: int = 200
) -> Response:
    matters = open_matters(service, seat)
    await service.saw(seat, FLOOR, [one.id for one in matters if (one.kind, one.what) == ("blind", "sensor")])
    await service.saw_people(seat, _people(service, seat, matters))
    new = new_since(service, matters)
    takes = seat.has(*TAKES_OVER)
    parts = [_part(kind, [one for one in matters if one.kind == kind], new, named, takes=takes) for kind in KINDS]
    body: Content = [tag("p", WORDS.say("handover.open", number=str(len(matters)), new=str(len(new)))), *parts]
    if takes:
        body = tag("form", hidden(seat), body, *_ending(service, seat), method="post", action="/hand-over",
                   class_="fields")  # fmt: skip
    words = content(first, _last(service), body, _earlier(service, seat))
    return page_answer(request, WORDS.say("way.hand_over"), words, seat=seat, foot="foot.service", code=code)


def _part(
    kind: str, matters: Sequence[Matter], new: Collection[Matter], named: Collection[str], *, takes: bool
) -> Markup:
    head = tag("h2", WORDS.say(f"handover.{kind}"), id=kind)
    if not matters:
        return content(head, tag("p", WORDS.say("handover.none")))
    items = [_item(one, one in new, name_of(one) in named, takes=takes) for one in matters]
    return content(head, tag("ul", *items, class_="matters"))


def _item(one: Matter, new: bool, checked: bool, *, takes: bool) -> Markup:
    about: Content = name(one.id)
    if one.kind in ABOUT_FINDINGS and one.id.startswith("F-"):
        about = tag("a", name(one.id), href=f"/reviews/{one.id}")
    words = content(WORDS.write(f"handover.{one.kind}.{one.what}", about=content(about)),
                    content(" ", tag("strong", WORDS.say("handover.new"))) if new else "")  # fmt: skip
    if not takes:
        return tag("li", words)
    box = tag("input", type="checkbox", name="matter", value=name_of(one), checked=checked, required=True)
    return tag("li", tag("label", box, " ", words))


def _ending(service: Service, seat: Seat) -> list[Markup]:
    options = [("", WORDS.say("handover.nobody")), *((one, one) for one in _before(service, seat))]
    return [
        tag("h2", WORDS.say("handover.take"), id="take"),
        select(WORDS.say("handover.from"), "from", options),
        tag("p", tag("label", WORDS.say("handover.words"), tag("textarea", "", name="words", rows="4"))),
        tag("p", tag("button", WORDS.say("handover.send"), type="submit")),
        tag("p", WORDS.say("handover.note"), class_="small"),
    ]


def _people(service: Service, seat: Seat, matters: Sequence[Matter]) -> set[str]:
    """Who is named on the page: patrols, who kept the watch, who handed it over to whom."""
    earlier = [one for one in service.decisions.all if isinstance(one.said, HandedOver)]
    froms = {one.said.from_account or "" for one in earlier if isinstance(one.said, HandedOver)}
    patrols = {one.id for one in matters if one.what in ("help", "patrol")}
    return patrols | froms | {one.by for one in earlier} | set(_before(service, seat))


def _before(service: Service, seat: Seat) -> list[str]:
    """Who kept the watch within the last day besides this seat, and who took it over."""
    now_us = clock.now_us()
    kept = {one.person for one in service.decisions.watches if one.from_us <= now_us < one.until_us + MOST_US}
    last = last_of(service.decisions.all)
    if last is not None:
        kept.add(last.by)
    return sorted(kept - {seat.id})


def _last(service: Service) -> Content:
    last = last_of(service.decisions.all)
    if last is None:
        return tag("p", WORDS.say("handover.never"))
    assert isinstance(last.said, HandedOver)
    time, giver = minute(last.at_us), last.said.from_account or WORDS.say("handover.nobody")
    said: Content = tag("blockquote", tag("p", last.said.words)) if last.said.words else ""
    return content(tag("p", WORDS.say("handover.last", time=time, by=last.by, giver=giver)), said)


def _earlier(service: Service, seat: Seat) -> Content:
    found = [one for one in reversed(service.decisions.all) if isinstance(one.said, HandedOver)][:MOST_SHOWN]
    if not found:
        return ""
    rows = [
        [minute(one.at_us), name(one.said.from_account or "–"), name(one.by),
         str(len(matters_in(service, seat, one.said))), name(one.said.words or "–"), str(one.number)]
        for one in found if isinstance(one.said, HandedOver)
    ]  # fmt: skip
    heads = [WORDS.say(f"handover.head.{head}") for head in ("time", "from", "by", "matters", "words", "entry")]
    return content(
        tag("h2", WORDS.say("handover.earlier"), id="earlier"),
        table(WORDS.say("handover.caption"), heads, rows, numeric=(3, 5)),
    )
