"""The spot report: one incident minute by minute, what is said of it and why, and who could have heard more."""

from collections.abc import Sequence

from truceline.model.event import Event
from truceline.model.finding import NOT_DETERMINABLE, OTHER_ACTOR
from truceline.model.incident import Incident
from truceline.reports.annex import means_words, weapon_words
from truceline.reports.coverage_section import coverage
from truceline.reports.finding_section import events_words, findings
from truceline.reports.findings_table import reason_tree
from truceline.reports.markup import Content, Markup, content, name, plain, short, tag
from truceline.reports.page import Look, Section
from truceline.reports.periodic_page import dated_page, method
from truceline.reports.register_sections import harm
from truceline.reports.tables import folded, listed, table
from truceline.reports.telling import Telling, percent
from truceline.reports.violations import Violation


def spot_page(told: Telling, incident: Incident, *, look: Look) -> bytes:
    """The report of an incident as UTF-8. `told`: the account of its minutes. Same arguments, same bytes."""
    texts = told.texts
    title = texts.say("report.spot.title", incident=plain(incident.id), mission=plain(told.record.case.name))
    happened = {one.id: one for one in told.record.events}
    events = [happened[id_] for id_ in incident.events]
    bodies: list[tuple[str, Content]] = [
        ("incident", _lead(told, incident, events)),
        ("minutes", _minutes(told, incident, events)),
        ("findings", [*findings(told), _reasons(told)]),
        ("harm", harm(told)),
        ("coverage", coverage(told)),
        ("method", method(told)),
    ]
    sections = [Section(key, texts.say(f"report.section.{key}"), body) for key, body in bodies if body]
    return dated_page(told, title, sections, look)


def _lead(told: Telling, incident: Incident, events: Sequence[Event]) -> Content:
    texts, clock = told.texts, told.record.clock
    (where,) = told.record.placing.located(
        [(events[0].origin.lon, events[0].origin.lat)],
        [events[0].origin.ellipse90.semi_major_m],
        [incident.from_us],
    )
    lead = texts.say(
        "spot.lead",
        start=f"{clock.day(incident.from_us)}\u00a0{clock.second(incident.from_us)}",
        end=clock.second(incident.until_us),
        zone=clock.name(incident.from_us),
        events=events_words(events, texts),
        place=told.where(where),
    )
    parts: list[Content] = [tag("p", lead, class_="lead"), tag("p", texts.say("report.not_reviewed"))]
    if told.may_name:
        shares = sorted(told.record.opened_by[incident.id], key=lambda one: (-one[1], one[0]))
        opened = listed(content(_opener(told, who), ": ", percent(share, texts)) for who, share in shares)
        parts += [tag("h3", texts.say("spot.opened")), opened]
    return parts


def _opener(told: Telling, who: str) -> Content:
    if who == NOT_DETERMINABLE:
        return told.texts.say("spot.not_determinable")
    return told.texts.say("spot.other") if who == OTHER_ACTOR else name(who)


def _minutes(told: Telling, incident: Incident, events: Sequence[Event]) -> Markup:
    """Every event of the incident, to the second, in order of time."""
    texts, clock = told.texts, told.record.clock
    heads = [texts.say(f"annex.{key}") for key in ("when", "what", "where", "means", "weapon")]
    heads.insert(1, texts.say("spot.exists"))
    where = told.record.placing.located(
        [(one.origin.lon, one.origin.lat) for one in events],
        [one.origin.ellipse90.semi_major_m for one in events],
        [one.origin.time_us for one in events],
    )
    lines: list[list[Content]] = []
    for event, place in zip(events, where, strict=True):
        row: Violation = told.record.violations.of_event(event, place)
        sigma = texts.say("spot.exact", sigma=short(max(event.origin.time_sigma_s, 0.1)))
        lines.append(
            [
                content(clock.second(event.origin.time_us), " ", tag("span", sigma, class_="small")),
                percent(event.existence, texts),
                texts.class_(event.class_),
                told.where(place),
                means_words(told, row),
                weapon_words(told, row),
            ]
        )
    caption = texts.say("spot.caption", zone=clock.name(incident.from_us))
    return table(caption, heads, lines, numeric=(1,), class_="events")


def _reasons(told: Telling) -> Content:
    """Why each finding says what it says. The engine gives its reasons in English, whatever the report's language."""
    if not told.may_verify or not told.may_name:
        return ()
    said = told.texts.say("spot.engine")
    note = [tag("p", said, class_="small")] if said and any(one.reasons for one in told.account.findings) else []
    return note + [
        folded(told.texts.say("spot.reasons", number=str(number)), reason_tree(one.reasons, told.texts, 0))
        for number, one in enumerate(told.account.findings, start=1)
        if one.reasons
    ]
