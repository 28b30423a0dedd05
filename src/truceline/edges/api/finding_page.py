"""The pages of findings: the list, and for each one what happened, where, how sure, which article, who, and why."""

from collections.abc import Sequence

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from truceline.coalition.started import started_on
from truceline.edges import clock
from truceline.edges.api.clocks import clock_section
from truceline.edges.api.closer_tables import (
    exhibit_table,
    hypothesis_table,
    listening_table,
    residual_table,
    without_table,
)
from truceline.edges.api.contacts_page import contacts_about, contacts_table
from truceline.edges.api.finding_map import finding_map
from truceline.edges.api.frame import page_answer
from truceline.edges.api.guard import Seated, Serving
from truceline.edges.api.read_back import made_by, read_event, read_finding
from truceline.edges.api.words import WORDS
from truceline.edges.live.released import released_records
from truceline.edges.live.service import FINDING, Service
from truceline.edges.live.told import Judged
from truceline.edges.live.versions import Version
from truceline.edges.live.why import Why, heard_or_not, released_why
from truceline.edges.live.withheld import Withheld
from truceline.edges.people.roles import Seat
from truceline.findings.review.case import Case
from truceline.findings.words import likelihood
from truceline.model.event import Event
from truceline.model.finding import Finding
from truceline.reports.event_table import event_table
from truceline.reports.figures import percent
from truceline.reports.findings_table import counted, outcome_words, reason_tree, responsibility, when_words
from truceline.reports.markup import Content, Markup, content, name, plain, tag
from truceline.reports.symbols import event_symbols, shown_class
from truceline.reports.tables import bar, table

router = APIRouter(include_in_schema=False)


@router.get("/findings")
async def findings_page(request: Request, service: Serving, seat: Seated) -> Response:
    """The list of all findings, by time."""
    told, withheld = service.floor.judged, service.withheld(seat)
    body: Content = tag("p", WORDS.say("found.none"))
    released = released_records(told, service.floor.rests, withheld, "findings") if told else {}
    lines = {id_: line for id_, line in released.items() if not waits_for(service, seat, id_)}
    await service.saw(seat, FINDING, list(lines))
    if told is not None and released:
        final = set(told.final)
        rows = []
        classes: set[str] = set()
        for id_ in lines:
            finding = read_finding(told.records["findings"][id_])
            events = [read_event(told.records["events"][id_]) for id_ in finding.events]
            classes.update(map(shown_class, events))
            rows.append(_listed(service, finding, events, "final" if finding.id in final else "open"))
        heads = ("findings.when", "findings.what", "findings.happened", "findings.who", "findings.outcome",
                 "findings.evidence", "list.finding", "list.state")  # fmt: skip
        waiting = [id_ for id_ in released if id_ not in lines]
        rows += [_waiting(id_) for id_ in waiting]
        body = content(_symbols(classes), table(WORDS.say("found.caption"), [WORDS.say(head) for head in heads], rows))
    return page_answer(request, WORDS.say("way.findings"), body, seat=seat)


def waits_for(service: Service, seat: Seat, finding: str) -> bool:
    """Whether a finding is still before reviewers, and this seat could be one: they do not see the machine's answer."""
    case = service.decisions.cases.get(finding)
    before = case is not None and bool(case.drawn.reasons) and case.result is None
    return before and seat.has("reviewer") and not service.on_duty(seat)


def _waiting(id_: str) -> list[Content]:
    link = tag("a", name(id_), href=f"/reviews/{id_}")
    return [WORDS.say("found.before_people"), "", "", "", "", "", link, ""]


def _listed(service: Service, finding: Finding, events: Sequence[Event], state: str) -> list[Content]:
    return [
        when_words(events, WORDS),
        counted(events, WORDS),
        content(tag("span", bar(finding.occurrence), " ", percent(finding.occurrence), class_="share")),
        responsibility(finding.responsibility, service.mission.agreement.parties, WORDS),
        outcome_words(finding, WORDS),
        WORDS.say(f"evidence.{finding.evidence}"),
        tag("a", name(finding.id), href=f"/findings/{finding.id}"),
        WORDS.say(f"found.state.{state}"),
    ]


def _symbols(classes: set[str]) -> Markup:
    return tag("svg", tag("defs", event_symbols(classes)), class_="store", aria_hidden="true")


@router.get("/findings/{id_}")
async def finding_page(request: Request, service: Serving, seat: Seated, id_: str) -> Response:
    """One finding."""
    told, withheld, rests = service.floor.judged, service.withheld(seat), service.floor.rests.get(id_)
    line = told.records["findings"].get(id_) if told is not None and withheld.shows(rests) else None
    versions = [one for one in service.versions.of(id_) if withheld.shows(one.rests)]
    if (line is not None or versions) and waits_for(service, seat, id_):
        raise HTTPException(403, f"it is before reviewers, and you may be one; take it up first: /reviews/{id_}")
    if told is None or line is None:
        if not versions:
            raise HTTPException(404, "there is no such finding; look it up among the findings")
        gone = content(tag("p", WORDS.say("found.no_such")), _section("history", _history(versions)))
        return page_answer(request, WORDS.say("found.title", id=plain(id_)), gone, seat=seat, code=404)
    finding = read_finding(line)
    events = [read_event(told.records["events"][one]) for one in finding.events]
    await service.saw(seat, FINDING, [id_])
    why, whole = released_why(await service.why(id_), withheld), withheld.tells_all(rests)
    if why is not None:
        await service.saw(seat, "positions", heard_or_not(why))
    contacts = contacts_about(service, withheld, {finding.id, finding.incident, *finding.events})
    case = _reviewed(service, withheld, id_)
    started = [one.account for one in started_on(service.decisions.all, id_)] if case is not None else []
    await service.saw_people(seat, [*started, *(one.by for _, one in contacts)])
    state = WORDS.say(f"found.state.{'final' if id_ in told.final else 'open'}")
    body = content(
        _symbols({shown_class(event) for event in events}),
        tag("p", tag("a", WORDS.say("found.back"), href="/findings"), " · ",
            tag("a", WORDS.say("found.on_floor"), href=f"/#at={finding.id}")),
        _section("what", _what(finding, events, state)),
        clock_section(service, case, clock.now_us()),
        _section("map", _where(service, events, why), _kept_back(withheld)),
        _section("who", _who(service, finding, why)),
        _section("why", reason_tree(finding.reasons, WORDS, 0) if whole else tag("p", WORDS.say("found.reasons_kept"))),
        _section("law", _law(service, finding)),
        _section("events", event_table(events, WORDS, WORDS.say("events.caption"))),
        _section("coverage", listening_table(why, WORDS)),
        _section("contacts", contacts_table(contacts)),
        _section("exhibits", exhibit_table(why, service.exhibits.holds, WORDS)),
        _section("history", _history(versions)),
        _section("proof", _proof(service, withheld, events, made_by(line)["code"], told)),
    )  # fmt: skip
    working = ("waiting.js",) if why is None else ()
    return page_answer(
        request, WORDS.say("found.title", id=finding.id), body, seat=seat,
        scripts=("page.js", *working),
    )  # fmt: skip


def _reviewed(service: Service, withheld: Withheld, id_: str) -> Case | None:
    """The case of a finding that reviewers have answered, if this seat may know of it."""
    case = service.decisions.cases.get(id_)
    known = case is not None and case.result is not None and service.shows_case(withheld, id_)
    return case if known else None


def _section(key: str, *parts: Content) -> Markup:
    heading = tag("h2", WORDS.say(f"found.section.{key}"), id=f"{key}-h")
    return tag("section", heading, content(*parts), id=key, aria_labelledby=f"{key}-h")


def _what(finding: Finding, events: Sequence[Event], state: str) -> Markup:
    sure = WORDS.say("found.sure.words", percent=percent(finding.occurrence), words=likelihood(finding.occurrence))
    facts: list[tuple[str, Content]] = [
        (WORDS.say("findings.outcome"), outcome_words(finding, WORDS)),
        (WORDS.say("found.when"), when_words(events, WORDS)),
        (WORDS.say("findings.what"), counted(events, WORDS)),
        (WORDS.say("found.sure"), sure),
        (WORDS.say("list.state"), state),
    ]
    rows = [content(tag("dt", key), tag("dd", value)) for key, value in facts]
    evidence = tag("p", WORDS.say("found.evidence"), ": ", WORDS.say(f"evidence.{finding.evidence}"), ".")
    return content(tag("p", finding.words, class_="lead"), tag("dl", *rows), evidence)


def _where(service: Service, events: Sequence[Event], why: Why | None) -> Markup:
    picture = finding_map(service.mission, events, why, WORDS)
    if why is None:
        return content(picture, _working())
    return content(picture, residual_table(why, WORDS))


def _kept_back(withheld: Withheld) -> Content:
    """Said to everybody who is not shown every sensor, on every finding: how many are meant would be a hint."""
    return tag("p", WORDS.say("found.kept_back"), class_="small") if withheld.sensors else ""


def _working() -> Markup:
    return tag("p", WORDS.say("found.working"), role="status", class_="working", data_waiting=True)


def _who(service: Service, finding: Finding, why: Why | None) -> Markup:
    parties = service.mission.agreement.parties
    table_ = without_table(finding, why, parties, WORDS) if why is not None else _working()
    first = responsibility(finding.responsibility, parties, WORDS)
    asked = finding.party is not None
    lies = tag("p", WORDS.say("found.lies", number=WORDS.say(f"found.lies.{finding.robustness}"))) if asked else ""
    robust = tag("p", tag("b", finding.robustness), ": ", WORDS.say(f"robustness.{finding.robustness}"))
    hypotheses = content(tag("h3", WORDS.say("found.hypotheses")), hypothesis_table(finding, parties, WORDS))
    return content(first, robust if asked else tag("p", WORDS.say("robustness.untested")), lies, table_, hypotheses)


def _law(service: Service, finding: Finding) -> Markup:
    texts = [
        tag("blockquote", tag("p", plain(one.text, 2000)), tag("footer", plain(one.article)))
        for one in service.mission.agreement.provisions
        if one.id in finding.provisions
    ]
    return content(texts)


def _history(versions: Sequence[Version]) -> Markup:
    rows: list[list[Content]] = []
    for one in reversed(versions):
        said: Content = WORDS.say("found.history.gone")
        if one.record is not None:
            finding = read_finding(one.record)
            said = content(finding.words, " ", tag("span", percent(finding.occurrence), class_="small"))
        rows.append([str(one.number), one.mission_time[:19].replace("T", " "), f"{one.size:,}", said])
    heads = [WORDS.say(f"found.history.{head}") for head in ("number", "time", "size", "said")]
    return table(WORDS.say("found.history.caption"), heads, rows, numeric=(0, 2))


def _proof(service: Service, withheld: Withheld, events: Sequence[Event], code: str, told: Judged) -> Markup:
    words = WORDS.say("found.proof.words", size=f"{told.size:,}", origin=plain(service.store.origin))
    facts = [(WORDS.say("found.proof.root"), told.root), (WORDS.say("found.proof.code"), code)]
    rows = [content(tag("dt", key), tag("dd", tag("code", value))) for key, value in facts]
    every = sorted({id_ for event in events for id_ in event.observations})
    ids = [id_ for id_ in every if service.may_see_observation(withheld, id_)]
    lines = [
        [name(id_), tag("a", WORDS.say("found.proof.get"), href=f"/api/v1/proofs/observation/{id_}")] for id_ in ids
    ]
    heads = [WORDS.say("found.proof.observation"), WORDS.say("found.proof.path")]
    return content(
        tag("p", words), tag("dl", *rows), table(WORDS.say("found.proof.caption"), heads, lines, folded=WORDS)
    )
