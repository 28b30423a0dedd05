"""A day with something in every section, for the tests of periodic reports: the small mission and what people told."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from truceline.edges.wiring_terms import kinds
from truceline.formats.areas_geojson import read_areas
from truceline.formats.silence_ndjson import SilenceLine
from truceline.formats.toml_document import read_toml
from truceline.model.agreement import Agreement
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.filing import Claim, Notice
from truceline.model.finding import Finding
from truceline.model.gazetteer import NamedPlace
from truceline.model.instant import US_PER_HOUR, US_PER_S
from truceline.model.network import Network, Sensor
from truceline.model.observation import (
    Bearing,
    Damage,
    Fix,
    InspectedItem,
    Inspection,
    Observation,
    Report,
    Restriction,
)
from truceline.reports.account import Account, Record
from truceline.reports.languages import LANGUAGES
from truceline.reports.periods import CUT_OFF_MIN, Period, before, days_until
from truceline.reports.telling import Telling
from truceline.terms.contract import Kind
from truceline.terms.facts import Facts
from truceline.terms.language import read_agreement
from truceline.terms.prepare import prepare

from .making import START, at, box, case, events, result

KINDS: Mapping[str, Kind] = kinds()
DATE = "2026-03-10"
HOUR, MINUTE = US_PER_HOUR, 60 * US_PER_S
EN, UK = LANGUAGES["en"], LANGUAGES["uk"]

TERMS = """
[agreement]
id = "example"
title = "An example"
parties = ["amber", "teal"]
in_force_from = 2026-03-01T00:00:00+02:00
areas = "areas.geojson"
languages = ["en"]
utc_offset = "+02:00"

[mandate]
name = true

[[definition]]
id = "howitzers"
article = "Article 4"
text = "artillery of 100 mm or more"
types = ["artillery"]
calibre_least_mm = 100

[[provision]]
id = "A1"
article = "Article 1"
text = "No weapon shall be fired."
kind = "no_fire"
binds = ["amber", "teal"]
area = "zone"

[[provision]]
id = "A2"
article = "Article 2"
text = "Demining is permitted when notified 24 hours before."
kind = "notify"
binds = ["amber", "teal"]
activity = "demolition"
notice_hours = 24

[[provision]]
id = "A4"
article = "Article 4"
text = "Artillery is withdrawn."
kind = "withdrawal"
binds = ["amber", "teal"]
area = "contact-line"
within_m = 15000
weapons = ["howitzers"]
stored_at = ["depot"]

[[suspension]]
from = 2026-03-10T08:00:00+02:00
until = 2026-03-10T16:00:00+02:00
area = "water-works"
article = "a local arrangement"
"""


def _feature(geometry: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": geometry, "coordinates": coordinates}, "properties": properties}


def agreement(terms: str = TERMS) -> Agreement:
    """The small mission's agreement, with a withdrawal, a store, a disengagement area and a crossing point."""
    names = {"en": "the western area", "uk": "західна ділянка"}
    features = [
        _feature("LineString", [at(0, -20), at(0.5, 0), at(0, 20)], id="contact-line", kind="line"),
        _feature("Polygon", box(-6, -15, 6, 15), id="zone", kind="zone"),
        _feature("Polygon", box(-1, -7, 1, -5), id="west", kind="disengagement_area", names=names),
        _feature("Point", at(-20, 2), id="depot", kind="storage", radius_m=300, party="amber", names={"en": "Depot 4"}),
        _feature("Point", at(1, 9), id="gate", kind="crossing_point", radius_m=200, names={"en": "the North Gate"}),
        _feature(
            "Point", at(2, -3), id="water-works", kind="water_works", radius_m=400, names={"en": "the water works"}
        ),
    ]
    areas = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return read_agreement(read_toml("terms.toml", terms.encode()), read_areas("areas.geojson", areas), KINDS)[0]


def places() -> tuple[NamedPlace, ...]:
    """A city on each side and two villages, with regions."""
    west, east = (("en", "West"), ("uk", "Захід")), (("en", "East"), ("uk", "Схід"))
    return tuple(
        NamedPlace(
            id=id_, lon=at(*where)[0], lat=at(*where)[1], kind=kind, names=(("en", en), ("uk", uk)), region=region
        )
        for id_, kind, en, uk, region, where in (
            ("port", "city", "Port", "Порт", west, (-25.0, 3.0)),
            ("hill", "city", "Hill", "Гора", east, (25.0, 5.0)),
            ("ash", "village", "Ash", "Ясень", west, (-4.0, 3.0)),
            ("elm", "village", "Elm", "В'яз", east, (4.5, 5.0)),
            ("ford", "village", "Ford", "Брід", east, (0.6, -6.0)),
        )
    )


def sensors() -> Network:
    """The small mission's, a patrol of each of two providers, and a party's own post."""
    posts = (("PX-1", "aland", (-3.0, 2.0)), ("PX-2", "borea", (3.6, -6.1)), ("PX-T", "teal", (4.0, 0.0)))
    hosts, supplied = {"PX-1": "amber", "PX-2": "teal"}, {"PX-T": "teal"}
    more = tuple(
        Sensor(
            id=id_, kind="patrol", provider=provider, lon=at(*where)[0], lat=at(*where)[1], time_sigma_s=1.0,
            host=hosts.get(id_), supplied_by=supplied.get(id_),
        )
        for id_, provider, where in posts
    )  # fmt: skip
    known = case().network.sensors
    return Network(tuple(sorted((*known, *more), key=lambda one: one.id)))


def said(kind: type[Observation], id_: str, sensor: str, after: int, **fields: Any) -> Any:
    """An observation so many microseconds after the start."""
    when = START + after
    return kind(
        id=id_, sensor=sensor, time_us=when, time_sigma_s=30.0, received_us=when + MINUTE, digest="ef" * 32, **fields
    )


def told_by_people() -> tuple[Observation, ...]:
    """Reports, sightings, an inspection, restrictions, damage."""
    store = (InspectedItem("122mm howitzer (D-30)", 6, 4),)
    return (
        said(Report, "R-1", "PX-1", 11 * MINUTE, labels=(("outgoing", 1.0),), heard=True, count=(7, 9),
             azimuth_deg=270.0, azimuth_sigma_deg=10.0, range_m=(1000.0, 2000.0), weapon="120mm mortar"),
        said(Report, "R-2", "PX-2", 100 * MINUTE, labels=(("burst", 0.9), ("shot", 0.1)), heard=True, count=None,
             azimuth_deg=280.0, azimuth_sigma_deg=10.0, range_m=(2000.0, 4000.0)),
        said(Report, "R-3", "PX-T", 101 * MINUTE, labels=(("impact", 1.0),), heard=True, count=(50, 50)),
        said(Report, "R-4", "PX-2", 55 * MINUTE, labels=(("other", 1.0),), seen=True, count=(40, 60),
             at=at(1.0, 9.0), text="some fifty people waited on foot, more than on the day before"),
        said(Fix, "S-1", "PX-1", 70 * MINUTE, lon=at(-6.0, 4.0)[0], lat=at(-6.0, 4.0)[1], sigma_m=20.0,
             weapon="122mm howitzer", count=(2, 2), labels=()),
        said(Inspection, "N-1", "PX-1", 80 * MINUTE, site="depot", items=store, access="granted"),
        said(Restriction, "H-1", "PX-1", 20 * MINUTE, what="denied passage at a checkpoint", who="amber",
             until_us=START + 50 * MINUTE),
        said(Restriction, "H-2", "PX-2", 30 * MINUTE, what="probable jamming of a UAV"),
        said(Restriction, "H-3", "PX-2", 40 * MINUTE, what="shots fired near the patrol"),
        said(Restriction, "H-4", "PX-2", 45 * MINUTE, what="anti-tank mines on the road"),
        said(Damage, "D-1", "PX-2", 90 * MINUTE, object="a house, its roof pierced", persons=1, cause_stated="shelling",
             at=at(4.4, 5.2)),
        said(Bearing, "B-1", "QX-005", 10 * MINUTE, azimuth_deg=300.0, azimuth_sigma_deg=0.5),
    )  # fmt: skip


def happened() -> tuple[Event, ...]:
    """The small mission's events; the first of the salvo was told by a patrol and a camera too."""
    some = events()
    first = replace(some[0], observations=(*some[0].observations, "R-1", "B-1"))
    return (first, *some[1:])


def notices() -> tuple[Notice, ...]:
    """One in time, of one blast."""
    start = START + HOUR
    lon, lat = at(2.6, -11.7)
    return (
        Notice(id="N1", party="teal", activity="demolition", lodged_us=start - 30 * HOUR, received_us=start - 30 * HOUR,
               from_us=start, until_us=start + HOUR, lon=lon, lat=lat, radius_m=500.0, count=1),
    )  # fmt: skip


def claims() -> tuple[Claim, ...]:
    """One that is matched, one that nothing bears out."""
    lon, lat = at(4.4, 5.3)
    return tuple(
        Claim(id=id_, party="teal", accuses="amber", time_us=START + after, lon=lon, lat=lat, radius_m=1500.0,
              class_="impact", count=count)
        for id_, after, count in (("C-1", 11 * MINUTE, 6), ("C-2", 110 * MINUTE, None))
    )  # fmt: skip


def record(**changes: Any) -> Record:
    """The mission and what a run concluded of it. changes: of the case, or `events`, `findings`, `silences`."""
    own = {key: changes.pop(key) for key in ("events", "findings", "silences") if key in changes}
    lines: tuple[Observation, ...] = (*case().observations, *told_by_people())
    fields: dict[str, Any] = {
        "agreement": agreement(), "network": sensors(), "observations": lines, "places": places(),
        "notices": notices(), "claims": claims(),
    } | changes  # fmt: skip
    made: Case = case(**fields)
    concluded = result()
    facts = Facts(
        events=own.get("events", happened()), notices=made.notices, claims=made.claims, observations=made.observations,
        sensors=made.network.sensors, maps=made.maps,
    )  # fmt: skip
    return Record(
        case=made,
        events=facts.events,
        findings=own.get("findings", concluded.findings),
        incidents=concluded.incidents,
        prepared=prepare(made.agreement, KINDS, facts),
        outcomes={"C-1": "matched", "C-2": "unverifiable"},
        opened_by=dict(zip([one.id for one in concluded.incidents], concluded.opened_by, strict=True)),
        silences=own.get("silences", ()),
        digests=(("root", "ab" * 32), ("code", "truceline 0")),
    )


def silences() -> tuple[SilenceLine, ...]:
    """What a survey of the day said."""
    span = {"from_us": START, "until_us": START + 2 * HOUR}
    return (
        SilenceLine(area="", class_="impact", may_be_said=False, known=0.8, seen_share=0.6, most_unseen=1, **span),
        SilenceLine(area="west", class_="shot", may_be_said=True, known=0.97, seen_share=0.95, most_unseen=0, **span),
        SilenceLine(area="", class_="shot", may_be_said=False, known=0.004, seen_share=0.0, most_unseen=None, **span),
        SilenceLine(area="", class_="thunder", may_be_said=False, known=0.3, seen_share=0.0, most_unseen=8, **span),
    )


def day(of: Record, date: str = DATE) -> Period:
    """The day that ends on a date."""
    return days_until(of.clock, date, 1, CUT_OFF_MIN)


def telling(of: Record | None = None, *, texts: Any = EN, previous: Record | None = None) -> Telling:
    """The day told, beside the day before in another record if one is given."""
    mine = of or record()
    period = day(mine)
    then: Account | None = None
    if previous is not None:
        then = previous.account(before(mine.clock, period, CUT_OFF_MIN), texts)
    return Telling(mine, mine.account(period, texts), texts, then)


def yesterday() -> Record:
    """The same mission a day earlier, with two impacts fewer and no people."""
    back = 24 * HOUR
    earlier = tuple(
        replace(one, origin=replace(one.origin, time_us=one.origin.time_us - back)) for one in events()
        if one.id not in ("E-000000000000000e", "E-000000000000000f")
    )  # fmt: skip
    seen = tuple(replace(one, time_us=one.time_us - back) for one in case().observations)
    gone = {one.id for one in events()} - {one.id for one in earlier}
    findings: tuple[Finding, ...] = tuple(
        replace(one, time_us=one.time_us - back, events=tuple(id_ for id_ in one.events if id_ not in gone))
        for one in result().findings
    )
    return record(events=earlier, findings=findings, observations=seen, notices=(), claims=())
