"""A case as a page: its stage, what the machine said and what people found (once they have), every step, and forms for
what this seat may decide next."""

from collections.abc import Sequence

from truceline.edges import clock
from truceline.edges.api.clocks import clock_section, span
from truceline.edges.api.frame import asks_first, hidden, minute_utc, select
from truceline.edges.api.words import WORDS
from truceline.edges.live.service import Service
from truceline.edges.people.roles import Seat
from truceline.findings.decision import (
    Answered,
    ClockStarted,
    Concluded,
    Decision,
    Dissented,
    Notified,
    Published,
    Replied,
    TakenUp,
    TeamAsked,
    TeamReported,
    Triaged,
)
from truceline.findings.review.case import OUTCOMES, Case, agrees, is_heard, stage
from truceline.findings.review.rules import CLOCK_HOURS, TASKS
from truceline.model.instant import Instant, format_utc
from truceline.reports.markup import Content, Markup, content, name, tag
from truceline.reports.tables import table


def case_body(service: Service, case: Case, seat: Seat, *, shows: bool) -> Markup:
    """The page. shows: whether this seat may see what was answered and what the machine said."""
    now_us = clock.now_us()
    facts: list[tuple[str, Content]] = [
        ("review.stage", WORDS.say(f"review.stage.{stage(case, now_us)}")),
        ("review.why", ", ".join(WORDS.say(f"review.why.{reason}") for reason in case.drawn.reasons)),
        ("review.hour", format_utc(case.drawn.time_us, digits=0)[:13].replace("T", " ") + " h"),
    ]
    if shows:
        facts += _answers(case)
    if case.notified is not None:
        facts.append(("review.reply_by", minute_utc(case.notified.reply_by_us)))
    rows = [content(tag("dt", WORDS.say(key)), tag("dd", value)) for key, value in facts]
    steps = [_step(one) for one in steps_shown(case, shows=shows)]
    heads = [WORDS.say(f"review.{head}") for head in ("time", "by", "step", "words", "entry")]
    links: Content = tag("p", tag("a", WORDS.say("review.back"), href="/reviews"))
    if shows and seat.has("analyst", "director", "reviewer"):
        links = content(links, tag("p", tag("a", WORDS.say("review.finding_page"), href=f"/findings/{case.finding}")))
    return content(
        links,
        tag("dl", *rows),
        clock_section(service, case, now_us) if shows else "",
        tag("h2", WORDS.say("review.steps"), id="steps"),
        table(WORDS.say("review.steps.caption"), heads, steps, numeric=(4,)),
        *_forms(service, case, seat, now_us),
    )


def steps_shown(case: Case, *, shows: bool) -> list[Decision]:
    """The decisions on a case that a seat may see."""
    return [one for one in case.steps if shows or isinstance(one.said, Triaged | TakenUp)]


def held_to(case: Case, outcome: str) -> str | None:
    """Whom a conclusion may name: the party that reviewers found, where it upholds or amends."""
    return case.names if outcome in ("upheld", "amended") else None


def _answers(case: Case) -> list[tuple[str, Content]]:
    result = case.result
    assert result is not None
    machine = WORDS.say(f"outcome.{case.drawn.outcome}")
    if case.drawn.party is not None:
        machine = f"{machine}: {case.drawn.party}"
    found = f"{WORDS.say(f'sheet.forbidden.{result.forbidden}')}; {_who(result.who)}"
    same = WORDS.say(f"review.same.{agrees(case.drawn, result)}")
    return [("review.machine", name(machine)), ("review.people", name(found)), ("review.together", same)]


def _who(who: str) -> str:
    key = f"sheet.who.{who}"
    return WORDS.say(key) if key in WORDS.messages else who


def _step(one: Decision) -> list[Content]:
    what, words = _said(one)
    by = f"{one.by} ({one.nation})" if one.nation else one.by
    return [
        tag("span", minute_utc(one.at_us), class_="nowrap"),
        name(by),
        what,
        name(words) if words else "–",
        str(one.number),
    ]


def _said(decision: Decision) -> tuple[str, str]:
    """What a decision was, and the words with it."""
    said = decision.said
    match said:
        case TakenUp():
            return WORDS.say(f"step.taken_up.{said.masked}"), said.ties
        case Answered():
            answer = f"{WORDS.say(f'sheet.forbidden.{said.forbidden}')}; {_who(said.who)}"
            return WORDS.say("step.answered", answer=answer), said.words
        case TeamAsked():
            return WORDS.say("step.team_asked", post=said.post, kind=said.kind.replace("_", " ")), said.words
        case TeamReported():
            return WORDS.say("step.team_reported", exhibits=str(len(said.exhibits))), said.words
        case Notified():
            return WORDS.say("step.notified", parties=", ".join(said.parties), time=minute_utc(said.reply_by_us)), ""
        case Replied():
            return WORDS.say("step.replied", party=said.party), said.words
        case Concluded():
            named = (
                WORDS.say("step.concluded.named", party=said.party)
                if said.party
                else WORDS.say("step.concluded.nobody")
            )
            return f"{WORDS.say(f'review.stage.{said.outcome}')}; {named}", said.words
        case Dissented() | Published():
            return WORDS.say("step.dissented" if isinstance(said, Dissented) else "step.published"), said.words
        case ClockStarted():
            return WORDS.say("step.clock", hours=str(said.hours), person=said.person), said.basis
        case _:
            return WORDS.say("step.triaged"), ""


def _forms(service: Service, case: Case, seat: Seat, now_us: Instant) -> list[Markup]:
    """The forms that this seat may send now."""
    mine = [one for one in case.seats if one.account == seat.id]
    found: list[Markup] = []
    if seat.has("reviewer") and not mine and case.wants_reviewers:
        found.append(_form(seat, case, "take", _ties()))
    if seat.has("reviewer") and any(one.answer for one in mine) and case.result is not None:
        found.append(_form(seat, case, "dissent", _words("words")))
    if case.result is None:
        return found
    if seat.has("analyst", "director"):
        kinds = _select("kind", [(one, one.replace("_", " ")) for one in TASKS])
        found.append(_form(seat, case, "ask", kinds, _line("post"), _words("words")))
    if seat.has("monitor", "watchkeeper") and any(isinstance(one.said, TeamAsked) for one in case.steps):
        found.append(_form(seat, case, "report", _words("words"), _line("exhibits", needed=False)))
    if seat.has("director"):
        ask = asks_first(service, seat, f"/reviews/{case.finding}")
        found += [content(ask)] if ask else _director_forms(case, seat, now_us, service)
    return found


def _director_forms(case: Case, seat: Seat, now_us: Instant, service: Service) -> list[Markup]:
    found: list[Markup] = []
    if case.notified is None and case.concluded is None:
        found.append(
            _form(seat, case, "notify", _select("hours", [("120", "120"), ("72", "72"), ("24", "24"), ("240", "240")]))
        )
    if case.concluded is None and (is_heard(case, now_us) or not case.must_hear):
        outcomes = _select("outcome", [(one, WORDS.say(f"review.stage.{one}")) for one in OUTCOMES])
        names: Content = ""
        if case.names is not None and service.decisions.mandate.may_name:
            box = tag("input", type="checkbox", name="name", value="yes")
            names = tag("p", tag("label", box, " ", WORDS.say("form.name", party=case.names)))
        found.append(_form(seat, case, "conclude", outcomes, names, _words("words")))
    if case.concluded is not None and case.published is None:
        found.append(_form(seat, case, "publish", _words("words")))
    if case.names is not None and len(case.clocks) < len(CLOCK_HOURS):
        hours = _select("hours", [(str(one), str(one)) for one in CLOCK_HOURS])
        found.append(_form(seat, case, "clock", hours, _words("words")))
    return found


def _form(seat: Seat, case: Case, act: str, *fields: Content) -> Markup:
    return tag(
        "form",
        hidden(seat),
        tag("h2", WORDS.say(f"form.{act}"), id=act),
        tag("p", WORDS.say(f"form.{act}.means")),
        *fields,
        tag("p", tag("button", WORDS.say(f"form.{act}.send"), type="submit")),
        method="post",
        action=f"/reviews/{case.finding}/{act}",
        class_="fields",
    )


def _ties() -> Markup:
    box = tag("input", type="checkbox", name="tied", value="none", required=True)
    return content(_line("ties"), tag("p", tag("label", box, " ", WORDS.say("form.no_ties"))))


def _words(field: str) -> Markup:
    return tag("p", tag("label", WORDS.say("form.words"), tag("textarea", "", name=field, rows="4", required=True)))


def _line(field: str, *, needed: bool = True) -> Markup:
    return tag(
        "p",
        tag(
            "label",
            WORDS.say(f"form.field.{field}"),
            " ",
            tag("input", type="text", name=field, required=needed, autocomplete="off"),
        ),
    )


def _select(field: str, options: Sequence[tuple[str, str]]) -> Markup:
    return select(WORDS.say(f"form.field.{field}"), field, options)


def reply_span(case: Case, now_us: Instant) -> str:
    """How long a party still has to reply."""
    assert case.notified is not None
    return span(case.notified.reply_by_us - now_us)
