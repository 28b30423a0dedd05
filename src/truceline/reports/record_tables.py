"""The tables of report.html besides the findings': incidents, sensors, what was set aside."""

from collections.abc import Sequence

from truceline.model.case import Case
from truceline.model.event import SensorHealth
from truceline.model.finding import NOT_DETERMINABLE
from truceline.model.incident import Incident
from truceline.model.network import Sensor
from truceline.model.result import Result
from truceline.reports.figures import clock, hemisphere, lapse, minute
from truceline.reports.findings_table import responsibility
from truceline.reports.listening import Listening
from truceline.reports.markup import Content, Markup, content, name, plain, tag
from truceline.reports.numbering import Numbered, anchor
from truceline.reports.tables import table
from truceline.reports.texts import Texts

SENSOR_DIGITS = 5  # of degrees: about a metre
WELL = "well"


def incident_table(case: Case, result: Result, numbered: Numbered, texts: Texts) -> Markup:
    """Incidents in order of time, and who opened fire in each."""
    if not result.incidents:
        return tag("p", texts.say("incidents.none"))
    rows = [
        _incident(incident, responsibility(opened, case.agreement.parties, texts, NOT_DETERMINABLE), numbered, texts)
        for incident, opened in zip(result.incidents, result.opened_by, strict=True)
    ]
    heads = [texts.say(f"incidents.{head}") for head in ("id", "when", "events", "opened", "findings")]
    return table(texts.say("incidents.caption"), heads, rows)


def _incident(incident: Incident, opened: Markup, numbered: Numbered, texts: Texts) -> list[Content]:
    span_s = (incident.until_us - incident.from_us) / 1e6
    counts = ", ".join(texts.count_class(class_, number) for class_, number in incident.counts)
    links = [
        content(", " * bool(i), tag("a", str(number), href=f"#{anchor(number)}"))
        for i, number in enumerate(numbered.of_incident.get(incident.id, ()))
    ]
    when = content(minute(incident.from_us), f":{clock(incident.from_us)[6:]}", f" + {lapse(span_s)}" if span_s else "")
    return [tag("span", name(incident.id), id=plain(incident.id)), when, counts, opened, content(links) or "–"]


def sensor_table(case: Case, result: Result, heard: Listening, texts: Texts) -> Markup:
    """Every sensor: what came from it, what it said of itself, and what is inferred of it."""
    health: dict[str, list[SensorHealth]] = {}
    for one in result.health:
        health.setdefault(one.sensor, []).append(one)
    rows = [_sensor(sensor, heard, health.get(sensor.id, []), texts) for sensor in case.network.sensors]
    heads = ("id", "kind", "provider", "where", "lines", "last", "states", "inferred")
    caption = texts.say("sensors.caption")
    return table(caption, [texts.say(f"sensors.{head}") for head in heads], rows, numeric=(4,), folded=texts)


def _sensor(sensor: Sensor, heard: Listening, health: Sequence[SensorHealth], texts: Texts) -> list[Content]:
    got = heard.heard.get(sensor.id)
    silent = dict(heard.silent).get(sensor.id)
    last = minute(got.last_us) if got else "–"
    where = f"{hemisphere(sensor.lat, 'NS', SENSOR_DIGITS)} {hemisphere(sensor.lon, 'EW', SENSOR_DIGITS)}"
    return [
        name(sensor.id),
        plain(sensor.kind).replace("_", " "),
        name(sensor.provider),
        where,
        str(got.lines if got else 0),
        content(last, " ", tag("strong", texts.say("sensors.silent")) if silent is not None else ""),
        ", ".join(texts.messages.get(f"state.{state}", state) for state in got.states) if got else "",
        _inferred(health, texts),
    ]


def _inferred(health: Sequence[SensorHealth], texts: Texts) -> Content:
    """What the inference says of a sensor, the states that are not well first told."""
    if not health:
        return texts.say("sensors.not_inferred")
    ill = [one for one in health if one.state != WELL]
    if not ill:
        return texts.say("health.well")
    return [tag("div", _health(one, texts)) for one in ill]


def _health(one: SensorHealth, texts: Texts) -> Markup:
    state = texts.messages.get(f"health.{one.state}", plain(one.state))
    parts: list[Content] = [tag("strong", state), f" {minute(one.from_us)}–{clock(one.until_us)[:5]}"]
    if one.clock_offset_s is not None:
        parts.append(f"; {texts.say('health.clock', offset=f'{one.clock_offset_s:+.2f}')}")
    if one.azimuth_offset_deg is not None:
        parts.append(f"; {texts.say('health.azimuth', offset=f'{one.azimuth_offset_deg:+.1f}')}")
    parts += [f"; {plain(reason)}" for reason in one.reasons]
    return content(parts)


def set_aside_table(set_aside: Sequence[tuple[str, int]], texts: Texts) -> Markup:
    """What could not be used, by reason, the most frequent first."""
    if not set_aside:
        return tag("p", texts.say("aside.none"))
    ordered = sorted(set_aside, key=lambda item: (-item[1], item[0]))
    rows = [[plain(reason), str(number)] for reason, number in ordered]
    return table(texts.say("aside.caption"), [texts.say("aside.reason"), texts.say("aside.lines")], rows, numeric=(1,))
