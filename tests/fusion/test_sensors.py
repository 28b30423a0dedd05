"""Sensors that are wrong are found by what the others hear: clocks, turned arrays, deaf and dead ones."""

import json
from dataclasses import replace

import numpy as np
import pytest

from missions.handmade import NOON, STILL, Shot, arrival, case, clutter, heard, ring
from truceline.formats.observations_ndjson import read_observation
from truceline.model.case import Case
from truceline.model.event import SensorHealth
from truceline.model.instant import US_PER_S, format_utc
from truceline.model.observation import Arrival, Observation

from .scenes import events, fused, of

NETWORK = ring(9, 7_000.0)


def shots(count: int, seed: int = 5) -> list[Shot]:
    chance = np.random.default_rng(seed)
    east, north = chance.uniform(-4_000.0, 4_000.0, (2, count)).tolist()
    return [Shot(east[n], north[n], 60.0 + 60.0 * n) for n in range(count)]


def health(scene: Case) -> dict[str, SensorHealth]:
    """The record of each sensor over the hour from noon."""
    return {one.sensor: one for one in fused(scene).health if one.from_us == NOON}


def state(sensor: str, what: str, time_s: float) -> Observation:
    at = format_utc(NOON + round(time_s * US_PER_S))
    table = {
        "id": f"st-{sensor}-{time_s:.0f}", "sensor": sensor, "kind": "status", "time": at, "time_sigma_s": 1.0,
        "received": at, "state": what,
    }  # fmt: skip
    return read_observation(json.dumps(table).encode())


@pytest.mark.parametrize("late_s", [2.0, -1.5, 4.0])
def test_a_wrong_clock_is_found_and_its_offset_and_no_other_is_accused(late_s: float) -> None:
    chance = np.random.default_rng(5)
    given = heard(NETWORK, shots(20), STILL, chance, clock_s={"a03": late_s}) + clutter(NETWORK, 3, chance, 1_500.0)
    records = health(case(NETWORK, given))
    assert {one.sensor for one in records.values() if one.state == "wrong_clock"} == {"a03"}
    record = records["a03"]
    assert record.clock_offset_s == pytest.approx(late_s, abs=0.1)
    assert record.clock_offset_sigma_s is not None and 0 < record.clock_offset_sigma_s < 0.2 and record.reasons


def test_arrivals_of_a_mended_clock_count_again() -> None:
    some = shots(20)
    given = heard(NETWORK, some, STILL, np.random.default_rng(5), clock_s={"a03": 2.0})
    found = of(some, events(case(NETWORK, given)))
    assert sum(any("-a03" in id_ for id_ in one[0].observations) for one in found.values() if one) >= 18


def test_a_wrong_clock_is_found_among_rounds_that_follow_one_another_as_fast() -> None:
    chance = np.random.default_rng(12)
    times = 60.0 + np.arange(7)[:, None] * 120.0 + np.cumsum(chance.uniform(1.0, 2.8, (7, 8)), axis=1)
    places = np.repeat(chance.uniform(-4_000.0, 4_000.0, (7, 2)), 8, axis=0)
    salvos = [Shot(east, north, at) for (east, north), at in zip(places.tolist(), times.ravel().tolist(), strict=True)]
    records = health(case(NETWORK, heard(NETWORK, salvos, STILL, chance, clock_s={"a03": 1.9})))
    assert records["a03"].clock_offset_s == pytest.approx(1.9, abs=0.1)
    assert {one.sensor for one in records.values() if one.state == "wrong_clock"} == {"a03"}


def test_a_clock_that_was_set_right_is_well_from_then_on() -> None:
    chance = np.random.default_rng(6)
    later = [replace(one, time_s=one.time_s + 3_600.0) for one in shots(20, seed=6)]
    given = heard(NETWORK, shots(20), STILL, chance, clock_s={"a03": 2.0})
    scene = case(NETWORK, given + [replace(one, id=f"l{one.id}") for one in heard(NETWORK, later, STILL, chance)])
    states = [one.state for one in fused(scene).health if one.sensor == "a03" and one.from_us >= NOON]
    assert states == ["wrong_clock", "well"]


@pytest.mark.parametrize(("turned_deg", "state"), [(0.0, "well"), (25.0, "misoriented")])
def test_one_vague_arrival_hides_no_others_of_its_sensor(turned_deg: float, state: str) -> None:
    given = [
        replace(one, azimuth_deg=((one.azimuth_deg or 0.0) + turned_deg) % 360.0)
        if one.sensor == "a04" and isinstance(one, Arrival)
        else one
        for one in heard(NETWORK, shots(20), STILL, np.random.default_rng(7))
    ]
    vague = replace(arrival("vague", NETWORK[4], 700.0, 10.0), time_sigma_s=1_000.0)
    records = health(case(NETWORK, [*given, vague]))
    assert records["a04"].state == state and records["a04"].arrivals_shared >= 18
    assert {one.state for one in records.values() if one.sensor != "a04"} == {"well"}


def test_right_clocks_are_left_alone() -> None:
    given = heard(NETWORK, shots(20), STILL, np.random.default_rng(6))
    assert {one.state for one in health(case(NETWORK, given)).values()} == {"well"}


@pytest.mark.parametrize("turned_deg", [25.0, -30.0])
def test_a_turned_array_is_found_and_by_how_much(turned_deg: float) -> None:
    given = [
        replace(one, azimuth_deg=((one.azimuth_deg or 0.0) + turned_deg) % 360.0)
        if one.sensor == "a04" and isinstance(one, Arrival)
        else one
        for one in heard(NETWORK, shots(20), STILL, np.random.default_rng(7))
    ]
    records = health(case(NETWORK, given))
    assert {one.sensor for one in records.values() if one.state == "misoriented"} == {"a04"}
    assert records["a04"].azimuth_offset_deg == pytest.approx(turned_deg, abs=3.0)


def test_a_deaf_sensor_is_found() -> None:
    given = [one for one in heard(NETWORK, shots(20), STILL, np.random.default_rng(8)) if one.sensor != "a05"]
    records = health(case(NETWORK, given))
    assert {one.sensor for one in records.values() if one.state != "well"} == {"a05"}
    assert records["a05"].state == "deaf" and records["a05"].arrivals_shared == 0
    assert records["a05"].arrivals_expected > 6


def test_a_sensor_that_falls_silent_is_dead_from_then() -> None:
    beats = [state(one.id, "detecting", t) for one in NETWORK for t in np.arange(0.0, 3_900.0, 300.0)]
    beats = [one for one in beats if one.sensor != "a02" or one.time_us < NOON + 500 * US_PER_S]
    given = [
        one
        for one in heard(NETWORK, shots(20), STILL, np.random.default_rng(9))
        if one.sensor != "a02" or one.time_us < NOON + 500 * US_PER_S
    ]
    records = health(case(NETWORK, given + beats))
    assert {one.sensor for one in records.values() if one.state != "well"} == {"a02"}
    assert records["a02"].state == "dead"


def test_the_silence_of_a_sensor_that_says_it_is_blind_counts_for_nothing() -> None:
    """Half of the ring is blind by its own word: what the others hear is as likely as if it were not there."""
    blind = [one.id for one in NETWORK[::2]]
    some = [Shot(0.0, 0.0, 100.0)]
    given = [one for one in heard(NETWORK, some, STILL, np.random.default_rng(4)) if one.sensor not in blind]
    words = [state(id_, "blind", t) for id_ in blind for t in np.arange(-3_000.0, 3_900.0, 300.0)]
    rest = [one for one in NETWORK if one.id not in blind]
    said, gone = events(case(NETWORK, given + words))[0], events(case(rest, given))[0]
    mute = events(case(NETWORK, given), least=0.02)
    assert said.existence == pytest.approx(gone.existence, abs=0.02)
    assert not mute or mute[0].existence <= said.existence


def test_a_sensor_that_reports_no_state_is_believed_though_others_of_its_kind_report_theirs() -> None:
    """Two makers of arrays, one of which sends no status: the others' habit does not make it deaf."""
    reporting = [one.id for one in NETWORK[:5]]
    words = [state(id_, "detecting", t) for id_ in reporting for t in np.arange(-3_000.0, 3_900.0, 300.0)]
    given = heard(NETWORK, [Shot(0.0, 0.0, 100.0)], STILL, np.random.default_rng(4))
    (found,) = events(case(NETWORK, given + words))
    assert found.sensors == len(NETWORK)
