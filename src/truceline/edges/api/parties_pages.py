"""What parties see, and everybody who signs in: findings that a party was told of, its reply; what is published."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from truceline.edges import clock
from truceline.edges.api.case_page import reply_span
from truceline.edges.api.frame import hidden, page_answer
from truceline.edges.api.guard import Seated, Serving, own_form
from truceline.edges.api.words import WORDS
from truceline.edges.live.decisions import Refused
from truceline.edges.live.service import Service
from truceline.edges.people.roles import Seat
from truceline.findings.decision import Dissented, Replied
from truceline.findings.review.case import Case
from truceline.findings.review.rates import Rates, rates_of
from truceline.model.instant import format_utc
from truceline.reports.markup import Content, Markup, content, name, plain, tag
from truceline.reports.tables import table

router = APIRouter(include_in_schema=False)


@router.get("/replies")
async def replies_page(request: Request, service: Serving, seat: Seated) -> Response:
    """What this party was told of: the article, the hour and what was found. No place, no sensor, no reviewer."""
    told = [one for one in service.decisions.cases.values() if _told(one, seat.account.party or "")]
    parts = [_notice(service, one, seat) for one in sorted(told, key=lambda one: (one.drawn.time_us, one.finding))]
    body = content(tag("p", WORDS.say("replies.right")), *(parts or [tag("p", WORDS.say("replies.none"))]))
    return page_answer(request, WORDS.say("way.replies"), body, seat=seat, foot="foot.people")


def _told(case: Case, party: str) -> bool:
    return case.notified is not None and party in case.notified.parties


def _notice(service: Service, case: Case, seat: Seat) -> Markup:
    hour = format_utc(case.drawn.time_us, digits=0)[:13].replace("T", " ")
    articles = [
        tag("blockquote", tag("p", plain(one.text, 2000)), tag("footer", plain(one.article)))
        for one in service.mission.agreement.provisions
        if one.id in case.drawn.provisions
    ]
    found = WORDS.say("replies.found", party=case.names) if case.names else WORDS.say("replies.nobody")
    mine = [reply for _, reply in case.replies if reply.party == seat.account.party]
    replied = [
        tag("blockquote", tag("p", plain(one.words, 10_000)), tag("footer", WORDS.say("replies.yours"))) for one in mine
    ]
    form = tag(
        "form",
        hidden(seat),
        tag(
            "p",
            tag(
                "label",
                WORDS.say("replies.words"),
                tag("textarea", "", name="words", rows="4", required=True, id=f"reply-{case.finding}"),
            ),
        ),
        tag("p", tag("button", WORDS.say("replies.send"), type="submit")),
        method="post",
        action=f"/replies/{case.finding}",
        class_="fields",
    )
    return tag(
        "section",
        tag("h2", name(case.finding), id=case.finding),
        tag("p", WORDS.say("replies.hour", hour=hour), " ", found),
        articles,
        tag("p", WORDS.say("replies.left", left=reply_span(case, clock.now_us()))),
        replied,
        form,
        aria_labelledby=case.finding,
    )


@router.post("/replies/{id_}")
async def reply(request: Request, service: Serving, seat: Seated, id_: str) -> Response:
    """A party's reply. After its time too: it is kept, and said to be late."""
    form = await own_form(request)
    case = service.decisions.cases.get(id_)
    party = seat.account.party or ""
    if case is None or not _told(case, party):
        raise HTTPException(404, "this party was told of no such finding; look at the page of replies")
    try:
        said = Replied(finding=id_, party=party, words=form.get("words", ""))
        await service.decisions.decide(said, seat.id, seat.nation)
    except Refused as refused:
        raise HTTPException(422, str(refused)) from None
    return RedirectResponse(f"/replies#{id_}", 303)


@router.get("/published")
async def published_page(request: Request, service: Serving, seat: Seated) -> Response:
    """What was published: conclusions in people's words, the parties' replies, dissent, and how often people differ."""
    cases = service.decisions.cases.values()
    done = sorted((one for one in cases if one.published is not None), key=lambda one: (one.drawn.time_us, one.finding))
    parts = [_conclusion(one) for one in reversed(done)] or [tag("p", WORDS.say("published.none"))]
    body = content(*parts, _rates(rates_of(cases)))
    return page_answer(request, WORDS.say("way.published"), body, seat=seat, foot="foot.people")


def _conclusion(case: Case) -> Markup:
    assert case.published is not None
    assert case.concluded is not None
    hour = format_utc(case.drawn.time_us, digits=0)[:13].replace("T", " ")
    party = case.concluded.party
    named = WORDS.say("published.responsible", party=party) if party else WORDS.say("published.nobody")
    late_us = case.notified.reply_by_us if case.notified is not None else 0
    replies: list[Content] = [
        tag(
            "blockquote",
            tag("p", plain(one.words, 10_000)),
            tag("footer", WORDS.say("published.late" if at_us >= late_us else "published.reply", party=one.party)),
        )
        for at_us, one in case.replies
    ]
    silent = (
        [party for party in case.notified.parties if party not in {one.party for _, one in case.replies}]
        if case.notified
        else []
    )
    if silent:
        replies.append(tag("p", WORDS.say("published.silent", parties=", ".join(silent))))
    dissent = [
        tag("blockquote", tag("p", plain(one.said.words, 10_000)), tag("footer", WORDS.say("published.dissent")))
        for one in case.steps
        if isinstance(one.said, Dissented)
    ]
    head = f"{case.finding}: {WORDS.say(f'review.stage.{case.concluded.outcome}')}"
    return tag(
        "section",
        tag("h2", head, id=case.finding),
        tag("p", plain(case.published.words, 10_000), class_="lead"),
        tag("p", WORDS.say("published.hour", hour=hour), " ", named),
        replies,
        dissent,
        aria_labelledby=case.finding,
    )


def _rates(rates: Rates) -> Markup:
    rows: list[list[Content]] = [
        [WORDS.say(f"rates.{key}"), str(number), "–" if not of else f"{100 * number / of:.0f} %"]
        for key, number, of in (
            ("reviewed", rates.reviewed, 0),
            ("agreed", rates.agreed, rates.reviewed),
            ("overturned", rates.overturned, rates.reviewed),
            ("again", rates.again, rates.reviewed),
            ("again_otherwise", rates.again_otherwise, rates.again),
            ("automatic", rates.automatic, 0),
        )
    ]
    heads = [WORDS.say(f"rates.{head}") for head in ("what", "number", "share")]
    return content(
        tag("h2", WORDS.say("rates"), id="rates"), table(WORDS.say("rates.caption"), heads, rows, numeric=(1, 2))
    )
