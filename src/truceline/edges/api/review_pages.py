"""The pages of reviews: the queue, a case, a reviewer's sheet; and what people decide there."""

import secrets
from collections.abc import Callable, Mapping
from typing import TypeAlias

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from truceline.coalition.started import started_on
from truceline.edges import clock
from truceline.edges.api.case_page import case_body, held_to, steps_shown
from truceline.edges.api.clocks import clock_words
from truceline.edges.api.frame import hidden, page_answer
from truceline.edges.api.guard import Seated, Serving, own_form
from truceline.edges.api.read_back import read_event, read_finding
from truceline.edges.api.sheet import sheet_of, sheet_page
from truceline.edges.api.words import WORDS
from truceline.edges.live.decisions import Refused
from truceline.edges.live.service import FINDING, Service
from truceline.edges.live.triage import drawn_sheet
from truceline.edges.live.why import released_why
from truceline.edges.people.roles import Seat
from truceline.findings.decision import (
    Answered,
    ClockStarted,
    Concluded,
    Dissented,
    Notified,
    Published,
    Step,
    TakenUp,
    TeamAsked,
    TeamReported,
)
from truceline.findings.review.case import CANNOT_TELL, NO, OTHER, YES, Case, Reviewer, stage
from truceline.findings.review.triage import DRAWN_OF
from truceline.model.instant import US_PER_HOUR, format_utc
from truceline.reports.markup import Content, Markup, content, name, tag
from truceline.reports.tables import table

Form: TypeAlias = Mapping[str, str]
REPLY_US = 120 * US_PER_HOUR  # unless a director says otherwise

router = APIRouter(include_in_schema=False)


@router.get("/reviews")
async def queue_page(request: Request, service: Serving, seat: Seated) -> Response:
    """What waits for people, the oldest first, and what they have done. What the machine says is not shown here."""
    now_us = clock.now_us()
    every = service.shown_cases(service.withheld(seat))
    cases = [one for one in every if one.drawn.reasons]
    cases.sort(key=lambda one: (one.concluded is not None, one.opened_us, one.finding))
    rows = [_queued(service, one, seat, now_us) for one in cases]
    heads = [WORDS.say(f"review.{head}")
             for head in ("finding", "hour", "why", "stage", "clocks", "age", "reviewers", "next")]  # fmt: skip
    body = table(WORDS.say("review.queue"), heads, rows) if rows else tag("p", WORDS.say("review.none"))
    automatic = sum(not one.drawn.reasons for one in every)
    note = tag("p", WORDS.say("review.automatic", number=str(automatic)), class_="small")
    return page_answer(
        request,
        WORDS.say("way.reviews"),
        content(body, note),
        seat=seat,
        foot="foot.people",
    )


def _queued(service: Service, case: Case, seat: Seat, now_us: int) -> list[Content]:
    hours = (now_us - case.opened_us) // US_PER_HOUR
    answered = sum(one.answer is not None for one in case.seats)
    mine = [one for one in case.seats if one.account == seat.id]
    act: Content = "–"
    if mine and mine[0].answer is None:
        act = tag("a", WORDS.say("review.answer_it"), href=f"/reviews/{case.finding}/sheet")
    elif not mine and case.wants_reviewers and seat.has("reviewer"):
        act = tag("a", WORDS.say("review.take_it"), href=f"/reviews/{case.finding}#take")
    return [
        tag("a", name(case.finding), href=f"/reviews/{case.finding}", class_="nowrap"),
        tag("span", format_utc(case.drawn.time_us, digits=0)[:13].replace("T", " ") + " h", class_="nowrap"),
        ", ".join(WORDS.say(f"review.why.{reason}") for reason in case.drawn.reasons),
        WORDS.say(f"review.stage.{stage(case, now_us)}"),
        _clocks(service, case, seat, now_us),
        f"{hours} h",
        f"{answered} / {max(2, len(case.seats))}",
        act,
    ]


def _clocks(service: Service, case: Case, seat: Seat, now_us: int) -> Content:
    """The clocks that run on it. Not for who may review it again: a clock says what the first reviewers found."""
    if not case.clocks or (seat.has("reviewer") and case.wants_reviewers):
        return "–"
    return clock_words(started_on(service.decisions.all, case.finding), now_us)


@router.get("/reviews/{id_}")
async def case_page(request: Request, service: Serving, seat: Seated, id_: str) -> Response:
    """One case: how far it is, what was decided, and what may be decided next."""
    case = _case(service, seat, id_)
    shows = case.result is not None and not _open_sheet(case, seat)
    if shows:
        await service.saw(seat, FINDING, [id_])
    await service.saw_people(seat, (one.by for one in steps_shown(case, shows=shows)))
    body = case_body(service, case, seat, shows=shows)
    return page_answer(request, WORDS.say("review.title", id=id_), body, seat=seat, foot="foot.people")


@router.get("/reviews/{id_}/sheet")
async def reviewer_page(request: Request, service: Serving, seat: Seated, id_: str) -> Response:
    """The sheet of whoever took it up, and the form to answer it. Nothing on it is the machine's answer."""
    reviewer = _mine(_case(service, seat, id_), seat)
    if not service.tells_all(service.withheld(seat), id_):
        raise HTTPException(403, "it rests on what is not released to you; leave it to others")
    told = service.floor.judged
    line = told.records["findings"].get(id_) if told is not None else None
    if told is None or line is None:
        raise HTTPException(404, "the finding is being worked out again; come back in a minute")
    finding = read_finding(line)
    events = [read_event(told.records["events"][one]) for one in finding.events]
    why = released_why(await service.why(id_), service.withheld(seat))
    title = WORDS.say("sheet.title", id=id_)
    if why is None:
        words = tag("p", WORDS.say("found.working"), role="status", class_="working", data_waiting=True)
        return page_answer(
            request,
            title,
            words,
            seat=seat,
            foot="foot.people",
            scripts=("page.js", "waiting.js"),
        )
    await service.saw(seat, "sheet", [id_, *sorted({one.sensor for one in why.members})])
    sheet = sheet_of(service.mission, events, why, finding.provisions, reviewer.sheet)
    form = _answer_form(seat, id_, [(side, party) for side, party in sheet.sides])
    return page_answer(
        request,
        title,
        content(sheet_page(sheet, events), form),
        seat=seat,
        foot="foot.people",
    )


def _answer_form(seat: Seat, id_: str, sides: list[tuple[str, str]]) -> Markup:
    """Sides are answered by their number: the page of a masked sheet does not hold the parties' names."""
    who = [(f"side-{number}", side) for number, (side, _) in enumerate(sides)]
    who += [(one, WORDS.say(f"sheet.who.{one}")) for one in (OTHER, CANNOT_TELL)]
    forbidden = [(one, WORDS.say(f"sheet.forbidden.{one}")) for one in (YES, NO, CANNOT_TELL)]
    return tag(
        "form",
        hidden(seat),
        tag("h2", WORDS.say("sheet.answer"), id="answer"),
        _choice("forbidden", forbidden),
        _choice("who", who),
        words_field("words", "sheet.reasons"),
        tag("p", tag("button", WORDS.say("sheet.send"), type="submit")),
        tag("p", WORDS.say("sheet.once"), class_="small"),
        method="post",
        action=f"/reviews/{id_}/answer",
        class_="fields",
    )


def _choice(field: str, among: list[tuple[str, str]]) -> Markup:
    choices = (
        tag("label", tag("input", type="radio", name=field, value=value, required=True), " ", words)
        for value, words in among
    )
    return tag("fieldset", tag("legend", WORDS.say(f"sheet.{field}")), *choices)


def words_field(field: str, key: str) -> Markup:
    """A field for somebody's own words."""
    return tag("p", tag("label", WORDS.say(key), tag("textarea", "", name=field, rows="4", required=True)))


def _case(service: Service, seat: Seat, id_: str) -> Case:
    case = service.decisions.cases.get(id_)
    if case is None or not case.drawn.reasons or not service.shows_case(service.withheld(seat), id_):
        raise HTTPException(404, "this finding is not before people; look it up in the queue")
    return case


def _open_sheet(case: Case, seat: Seat) -> bool:
    return any(one.account == seat.id and one.answer is None for one in case.seats)


def _mine(case: Case, seat: Seat) -> Reviewer:
    mine = [one for one in case.seats if one.account == seat.id and one.answer is None]
    if not mine:
        raise HTTPException(404, "you have no open sheet of it; take it up first")
    return mine[0]


# What a form becomes. Each is given the case, the form, who sends it, and the service.
def _take(case: Case, form: Form, seat: Seat, service: Service) -> TakenUp:
    if service.has_seen(seat, case.finding):
        raise Refused("you have seen what the machine says of it; leave it to somebody who has not")
    if not service.tells_all(service.withheld(seat), case.finding):
        raise Refused("it rests on what is not released to you; leave it to others")
    return drawn_sheet(case, service.decisions.mandate, form.get("ties", ""), tied=form.get("tied") != "none")


def _answer(case: Case, form: Form, seat: Seat, service: Service) -> Answered:
    reviewer = _mine(case, seat)
    sides = reviewer.sheet.sides if reviewer.sheet.masked else service.decisions.mandate.parties
    names = {f"side-{number}": party for number, party in enumerate(sides)}
    who = form.get("who", "")
    return Answered(
        finding=case.finding, forbidden=form.get("forbidden", ""), who=names.get(who, who), words=form.get("words", "")
    )


def _dissent(case: Case, form: Form, seat: Seat, service: Service) -> Dissented:
    del seat, service
    return Dissented(finding=case.finding, words=form.get("words", ""))


def _ask(case: Case, form: Form, seat: Seat, service: Service) -> TeamAsked:
    del seat, service
    kind, post = form.get("kind", ""), form.get("post", "")
    return TeamAsked(finding=case.finding, kind=kind, post=post, words=form.get("words", ""))


def _report(case: Case, form: Form, seat: Seat, service: Service) -> TeamReported:
    del seat
    exhibits = tuple(form.get("exhibits", "").split())
    missing = [one for one in exhibits if not service.exhibits.holds(one)]
    if missing:
        raise Refused(f"there is no exhibit {missing[0][:64]}; send it first")
    return TeamReported(finding=case.finding, words=form.get("words", ""), exhibits=exhibits)


def _notify(case: Case, form: Form, seat: Seat, service: Service) -> Notified:
    del seat
    hours = form.get("hours", "")
    span_us = int(hours) * US_PER_HOUR if hours.isdecimal() and len(hours) < 5 else REPLY_US
    return Notified(
        finding=case.finding, parties=service.decisions.mandate.parties, reply_by_us=clock.now_us() + span_us
    )


def _conclude(case: Case, form: Form, seat: Seat, service: Service) -> Concluded:
    del seat, service
    outcome = form.get("outcome", "")
    return Concluded(
        finding=case.finding,
        outcome=outcome,
        party=held_to(case, outcome) if form.get("name") else None,
        words=form.get("words", ""),
        draw=secrets.randbelow(DRAWN_OF),
    )


def _publish(case: Case, form: Form, seat: Seat, service: Service) -> Published:
    del seat, service
    return Published(finding=case.finding, words=form.get("words", ""))


def _clock(case: Case, form: Form, seat: Seat, service: Service) -> ClockStarted:
    del service
    hours = form.get("hours", "")
    return ClockStarted(
        finding=case.finding,
        hours=int(hours) if hours.isdecimal() and len(hours) < 5 else 0,
        basis=form.get("words", ""),
        person=seat.account.name,
    )


Reader: TypeAlias = Callable[[Case, Form, Seat, Service], Step]
ACTS: Mapping[str, Reader] = {
    "take": _take,
    "answer": _answer,
    "dissent": _dissent,
    "ask": _ask,
    "report": _report,
    "notify": _notify,
    "conclude": _conclude,
    "publish": _publish,
    "clock": _clock,
}


def _add(act: str, read: Reader) -> None:
    async def decide(request: Request, service: Serving, seat: Seated, id_: str) -> Response:
        form = await own_form(request)
        try:
            await service.decisions.decide(read(_case(service, seat, id_), form, seat, service), seat.id, seat.nation)
        except Refused as refused:
            raise HTTPException(422, str(refused)) from None
        return RedirectResponse(f"/reviews/{id_}/sheet" if act == "take" else f"/reviews/{id_}", 303)

    router.add_api_route(f"/reviews/{{id_}}/{act}", decide, methods=["POST"], name=act)


for _act, _read in ACTS.items():
    _add(_act, _read)
