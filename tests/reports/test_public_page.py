"""What the public must not learn. Each law is tested against the page itself, as somebody hostile would read it."""

import random
import re
from dataclasses import replace
from math import cos, radians
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.geo.cells import cell_area_m2, cell_centre, cell_of
from truceline.geo.compass import leg
from truceline.geo.view import Position
from truceline.model.agreement import Disclosure
from truceline.model.case import Case
from truceline.model.event import Ellipse
from truceline.model.ground import ControlMap
from truceline.model.instant import US_PER_HOUR, US_PER_S
from truceline.model.network import Network, Sensor
from truceline.model.received import last_received
from truceline.model.result import Result
from truceline.reports.mission_page import mission_page
from truceline.reports.public_facts import LEAST_AGE_US, LEAST_CELL_M2
from truceline.reports.public_page import public_page

from . import making
from .reading import read

LATER = making.START + 30 * US_PER_HOUR


def public(case: Case, result: Result, as_of_us: int | None = LATER) -> str:
    return public_page(case, result, look=making.LOOK, as_of_us=as_of_us).decode()


def forms(value: float, digits: range) -> set[str]:
    """How a coordinate may be written: rounded or cut to several digits, with point or comma, scaled to whole units."""
    found = set()
    for places in digits:
        cut = int(abs(value) * 10**places) / 10**places
        for number in (abs(value), cut):
            text = f"{number:.{places}f}"
            found |= {text, text.replace(".", ","), text.replace(".", "")}
    whole = int(abs(value))
    minutes = (abs(value) - whole) * 60
    found |= {f"{whole}°{minutes:.{n}f}" for n in range(1, 4)} | {f"{whole}° {minutes:.{n}f}" for n in range(1, 4)}
    seconds = (minutes - int(minutes)) * 60
    return found | {f"{int(minutes)}'{seconds:.{n}f}" for n in range(3)}


def leaks(html: str, position: Position) -> set[str]:
    """Forms of a position found in a page. From three digits on (110 m): two are what the middle of a cell has."""
    numbers = set(re.findall(r"\d+(?:[.,°' ]+\d+)*", html)) | set(re.findall(r"\d+[.,]?\d*", html))
    return {form for value in position for form in forms(value, range(3, 8)) if form in numbers}


def positions(case: Case, result: Result) -> list[Position]:
    sensors = [(one.lon, one.lat) for one in case.network.sensors]
    return sensors + [(one.origin.lon, one.origin.lat) for one in result.events]


def test_no_position_of_a_sensor_and_no_exact_origin_is_in_the_page() -> None:
    case, result = making.case(), making.result()
    html = public(case, result)
    assert [leaks(html, position) for position in positions(case, result) if leaks(html, position)] == []


def test_that_search_would_find_them() -> None:
    """The mission's own page holds them all."""
    case, result = making.case(), making.result()
    html = mission_page(case, result, look=making.LOOK).decode()
    assert all(leaks(html, (sensor.lon, sensor.lat)) for sensor in case.network.sensors)


def test_no_name_or_id_of_a_source_is_in_the_page() -> None:
    case, result = making.case(), making.result()
    html = public(case, result).lower()
    for sensor in case.network.sensors:
        assert sensor.id.lower() not in html and sensor.provider not in html and sensor.kind not in html
        assert sensor.kind.replace("_", " ") not in html
    for mapper in (one.mapper for one in case.maps):
        assert mapper not in html
    for seen in case.observations:
        assert seen.id.lower() not in html and seen.digest not in html
    # An id of the contract is a digest of what an observation is called, and can be guessed back to it.
    ids = [one.id for one in result.events] + [one.id for one in result.incidents]
    for id_ in ids + [one.id for one in result.findings]:
        assert id_.lower() not in html and id_.lower()[2:] not in html
    for finding in result.findings:
        assert finding.words.lower() not in html and "the word of" not in html and "r2" not in html


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_nothing_of_the_sensors_or_of_what_they_measured_shapes_the_page(chance: random.Random) -> None:
    """Other sensors elsewhere, other lines, other maps, other origins in the same cells and hours: the same bytes."""
    case, result = making.case(), making.result()
    sensors = tuple(
        replace(
            one,
            id=f"Z{number}",
            provider=chance.choice("pqrs"),
            lon=one.lon + chance.uniform(-0.3, 0.3),
            lat=one.lat + chance.uniform(-0.3, 0.3),
            kind=chance.choice(["radar", "patrol"]),
        )
        for number, one in enumerate(case.network.sensors[: chance.randint(1, 9)])
    )
    other = replace(
        case,
        network=Network(sensors),
        observations=case.observations[: chance.randint(0, 50)],
        maps=(ControlMap("another mapper", ()),),
    )
    events = tuple(_measured_otherwise(one, chance) for one in result.events)
    findings = tuple(
        replace(
            one,
            id=f"F-{chance.random()}",
            incident=one.incident[::-1],
            robustness=chance.choice(["R0", "R1", "R2"]),
            evidence=chance.choice(["weak", "strong"]),
            words="other words",
            reasons=(),
            occurrence=one.occurrence + chance.uniform(-0.02, 0.02),
        )
        for one in result.findings
    )
    changed = replace(result, events=events, findings=findings, incidents=(), opened_by=(), health=())
    assert public(other, changed) == public(case, result)


def _measured_otherwise(event: Any, chance: random.Random) -> Any:
    """The same happening, placed and timed a little differently, heard by others."""
    origin = event.origin
    cell = cell_of(origin.lon, origin.lat, 6)
    lon, lat = origin.lon + chance.uniform(-0.02, 0.02), origin.lat + chance.uniform(-0.02, 0.02)
    if cell_of(lon, lat, 6) != cell:
        lon, lat = origin.lon, origin.lat
    start = origin.time_us // US_PER_HOUR * US_PER_HOUR
    moved = replace(
        origin,
        lon=lon,
        lat=lat,
        time_us=start + chance.randrange(US_PER_HOUR),
        time_sigma_s=origin.time_sigma_s * chance.uniform(0.5, 2.0),
        ellipse90=Ellipse(chance.uniform(50, 900), chance.uniform(1, 50), chance.uniform(0, 179)),
    )
    labels = tuple((class_, 0.8 if share > 0.5 else 0.2) for class_, share in event.labels)
    return replace(
        event,
        origin=moved,
        labels=labels,
        existence=chance.uniform(0.6, 1.0),
        sensors=chance.randint(1, 12),
        providers=("p",),
        observations=("o",),
        anchor="a",
        reasons=(),
    )


def test_places_are_cells_of_at_least_5_km2_and_all_of_one_size() -> None:
    cells = set(re.findall(r"[0-9a-f]{15}", public(making.case(), making.result())))
    assert cells and all(cell_area_m2(cell) >= LEAST_CELL_M2 for cell in cells)
    assert len({cell[1] for cell in cells}) == 1


def test_times_are_whole_hours() -> None:
    words = read(public(making.case(), making.result()).encode()).words
    assert set(re.findall(r"\d\d:(\d\d)", words)) == {"00"} and "10:00" in words


@settings(max_examples=20, deadline=None)
@given(st.integers(-5, 40 * 60))
def test_no_place_is_told_before_it_is_a_day_old(minutes: int) -> None:
    as_of_us = making.START + minutes * 60 * US_PER_S
    result = making.result()
    old = {
        cell_of(one.origin.lon, one.origin.lat, 6)
        for one in result.events
        if one.origin.time_us <= as_of_us - LEAST_AGE_US
    }
    told = set(re.findall(r"[0-9a-f]{15}", public(making.case(), result, as_of_us)))
    assert told <= old
    assert told or minutes < 24 * 60 + 13


def test_without_a_clock_places_age_by_what_was_last_received() -> None:
    case, result = making.case(), making.result()
    assert re.findall(r"[0-9a-f]{15}", public(case, result, None)) == []
    later = [
        replace(case.observations[-1], id=f"later-{n}", received_us=making.START + n * 20 * US_PER_HOUR)
        for n in range(1, 3)
    ]
    assert re.findall(r"[0-9a-f]{15}", public(replace(case, observations=(*case.observations, *later)), result, None))


def test_one_garbled_line_does_not_make_fresh_places_old() -> None:
    case = making.case()
    last = case.observations[-1]
    garbled = replace(last, id="garbled", received_us=last.received_us + 365 * 24 * US_PER_HOUR)
    assert last_received(replace(case, observations=(*case.observations, garbled))) == last_received(case)


def test_what_is_heard_from_near_by_only_has_no_place() -> None:
    case, result = making.case(), making.result()
    bursts = {cell_of(one.origin.lon, one.origin.lat, 6) for one in result.events if one.class_ == "burst"}
    others = {
        cell_of(one.origin.lon, one.origin.lat, 6) for one in result.events if one.class_ in ("outgoing", "impact")
    }
    html = public(case, result)
    assert not any(cell in html for cell in bursts - others)
    assert "2 bursts of small-arms fire" in html


def test_a_place_known_worse_than_a_cell_is_not_told_as_one() -> None:
    result = making.result()
    vague = tuple(
        replace(one, origin=replace(one.origin, ellipse90=Ellipse(40_000.0, 900.0, 10.0))) for one in result.events
    )
    assert re.findall(r"[0-9a-f]{15}", public(making.case(), replace(result, events=vague))) == []


def test_a_class_that_nobody_knows_is_not_repeated() -> None:
    """A provider may write anything as a class: the name of a sensor, a position."""
    result = making.result()
    odd = replace(result.events[0], labels=(("QX-004 at 30.9428 E", 1.0),))
    html = public(making.case(), replace(result, events=(odd, *result.events[1:])))
    assert "QX-004" not in html and "other event" in html


def test_findings_that_differ_only_in_how_well_they_were_heard_are_one() -> None:
    result = making.result()
    whole = result.findings[0]
    parts = (
        replace(whole, events=whole.events[:9]),
        replace(whole, id="F-2", events=whole.events[9:], robustness="R1"),
    )
    assert public(making.case(), replace(result, findings=(*parts, *result.findings[1:]))) == public(
        making.case(), result
    )


# The mandate.


def test_a_mission_that_may_not_publish_says_nothing_but_that() -> None:
    case = making.case(agreement=making.agreement(mandate=(("publish", False),)))
    words = read(public(case, making.result()).encode()).words
    assert "does not let it publish" in words
    assert "outgoing" not in words and "amber" not in words and "2026" not in words


@pytest.mark.parametrize("act", ["name", "attribute"])
def test_a_mission_that_may_not_name_names_nobody_and_shows_no_place(act: str) -> None:
    case = making.case(agreement=making.agreement(mandate=((act, False),)))
    html = public(case, making.result())
    assert not re.search(r"\b(amber|teal)\b", html) and re.findall(r"[0-9a-f]{15}", html) == []
    assert "6 outgoing rounds" in html


def test_a_mission_that_may_not_verify_counts_events_only() -> None:
    case = making.case(agreement=making.agreement(mandate=(("verify", False),)))
    html = public(case, making.result())
    assert "ground held by amber" not in html and "6 outgoing rounds" in html


@pytest.mark.parametrize(("act", "to", "names"), [
    ("name", ("commission",), False),
    ("attribute", ("commission",), False),
    ("name", ("commission", "public"), True),
])  # fmt: skip
def test_what_others_may_be_told_the_public_is_not(act: str, to: tuple[str, ...], names: bool) -> None:
    html = public(making.case(agreement=making.agreement(mandate=((act, to),))), making.result())
    assert bool(re.search(r"\b(amber|teal)\b", html)) is names
    told = making.agreement(mandate=((act, to),))
    assert told.may(act) and told.may(act, "commission") and not told.may(act, "press")


@pytest.mark.parametrize("circle", ["parties", "commission", "mission"])
def test_findings_under_a_provision_that_is_not_for_the_public_are_not_told(circle: Disclosure) -> None:
    signed = making.agreement()
    closed = replace(signed, provisions=tuple(replace(one, disclosure=circle) for one in signed.provisions))
    html = public(making.case(agreement=closed), making.result())
    assert "ground held by amber" not in html and "6 outgoing rounds" in html


def test_the_map_shows_lines_and_areas_of_provisions_but_no_other_annex() -> None:
    html = public(making.case(), making.result())
    assert "contact-line" in html and ">zone<" in html and "depot" not in html


# Somebody who puts together all that the page says, to find where a sensor stands.

HEARD_M = {"burst": 1_500.0, "outgoing": 12_000.0}


def _world(chance: random.Random) -> tuple[Case, Result, Result]:
    """Twelve sensors in 40 × 40 km, and what they heard of fire that falls evenly all over.

    The second result holds the bursts only: what a page would give away that told their places.
    """
    sensors = tuple(
        Sensor(id=f"S{n}", kind="microphone", provider="aland", lon=lon, lat=lat, time_sigma_s=0.02)
        for n, (lon, lat) in enumerate(making.at(chance.uniform(-20, 20), chance.uniform(-20, 20)) for _ in range(12))
    )
    happened = []
    for number in range(5_000):
        class_ = "burst" if number % 10 else "outgoing"
        place = making.at(chance.uniform(-20, 20), chance.uniform(-20, 20))
        if any(_apart_m(place, (one.lon, one.lat)) < HEARD_M[class_] for one in sensors):
            happened.append(making.event(number, class_, place, number))
    shares = (("amber", 0.5), ("other", 0.1), ("teal", 0.4))
    findings = tuple(
        making.finding(number, f"I-{number}", (one.id,), "undetermined", shares) for number, one in enumerate(happened)
    )
    result = Result(events=tuple(happened), incidents=(), opened_by=(), findings=findings)
    bursts = tuple(one for one in happened if one.class_ == "burst")
    return making.case(network=Network(sensors), observations=()), result, replace(result, events=bursts)


def _apart_m(a: Position, b: Position) -> float:
    east = (a[0] - b[0]) * 111_320 * cos(radians(50.0))
    return float((east**2 + ((a[1] - b[1]) * 111_320) ** 2) ** 0.5)


def _guesses(places: list[Position]) -> list[Position]:
    """Where sensors may stand, were the places all near one: the middles of the densest crowds, one after another."""
    found: list[Position] = []
    left = list(places)
    while left and len(found) < 12:
        crowd = max(([one for one in left if _apart_m(one, centre) < 1_500] for centre in left), key=len)
        found.append((sum(lon for lon, _ in crowd) / len(crowd), sum(lat for _, lat in crowd) / len(crowd)))
        left = [one for one in left if _apart_m(one, found[-1]) >= 2_500]
    return found


def _hits(guesses: list[Position], network: Network) -> int:
    return sum(min(_apart_m(guess, (one.lon, one.lat)) for one in network.sensors) < 600 for guess in guesses)


def test_the_page_put_together_does_not_find_a_sensor() -> None:
    """Against the exact places of what was heard from near by the attack works; against the page it does no better
    than it does for sensors that stand elsewhere."""
    exact = public_hits = elsewhere = 0
    for seed in range(2):
        chance = random.Random(seed)
        case, result, bursts = _world(chance)
        exact += _hits(_guesses([(one.origin.lon, one.origin.lat) for one in bursts.events]), case.network)
        html = public(case, result)
        told = [cell_centre(cell) for cell in re.findall(r"[0-9a-f]{15}", html)]
        guesses = _guesses(told)
        assert guesses, "the page told no place at all"
        public_hits += _hits(guesses, case.network)
        elsewhere += _hits(guesses, _world(random.Random(seed + 1000))[0].network)
    assert exact >= 15, "the attack itself should work"
    assert public_hits <= elsewhere + 2


def test_distances_are_as_the_attack_takes_them() -> None:
    a, b = making.at(0, 0), making.at(3, 4)
    assert abs(leg(a, b)[0] - _apart_m(a, b)) < 15
