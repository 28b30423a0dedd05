"""When a sensor could not sense."""

from dataclasses import replace

import pytest

from truceline.coverage.spells import spells_of
from truceline.coverage.watch import stated_watch, watch_of
from truceline.model.agreement import Agreement
from truceline.model.case import Case
from truceline.model.instant import US_PER_S
from truceline.model.network import Network
from truceline.model.observation import Arrival, Observation, Status

from .making import SENSINGS, row_of_sensors

STEP_US = 300 * US_PER_S
NETWORK = row_of_sensors(2)


def status(sensor: str, number: int, state: str = "detecting") -> Status:
    time_us = number * STEP_US
    return Status(
        id=f"{sensor}{number}", sensor=sensor, time_us=time_us, time_sigma_s=0.02, received_us=time_us, digest="",
        state=state,  # type: ignore[arg-type]
    )  # fmt: skip


def lives(sensor: str, numbers: range, state: str = "detecting") -> list[Observation]:
    return [status(sensor, number, state) for number in numbers]


def hows(observations: list[Observation]) -> list[tuple[str, str, int, int]]:
    return [(s.sensor, s.how, s.from_us // STEP_US, s.until_us // STEP_US) for s in spells_of(NETWORK, observations)]


def test_one_that_stops_reporting_is_silent_until_it_speaks() -> None:
    seen = lives("S00", range(24)) + lives("S01", range(6)) + lives("S01", range(14, 24))
    assert hows(seen) == [("S01", "silent", 6, 14)]


def test_lines_that_come_late_fill_the_gap() -> None:
    seen = lives("S00", range(24)) + lives("S01", range(6)) + lives("S01", range(14, 24))
    late = [
        Arrival(id=f"L{n}", sensor="S01", time_us=n * STEP_US, time_sigma_s=0.02, received_us=99 * STEP_US, digest="",
                wave="acoustic")
        for n in range(7, 14)
    ]  # fmt: skip
    assert hows(seen + list(late)) == []


def test_when_all_stop_nobody_has_fallen_silent() -> None:
    assert hows(lives("S00", range(6)) + lives("S01", range(6))) == []


def test_its_own_word_counts_until_it_says_otherwise() -> None:
    seen = lives("S00", range(10)) + lives("S01", range(3)) + lives("S01", range(3, 5), "blind")
    seen += lives("S01", range(5, 8)) + lives("S01", range(8, 9), "degraded") + lives("S01", range(9, 10))
    spells = [(how, start, end) for _, how, start, end in hows(seen)]
    assert spells == [("degraded", 8, 9), ("said_blind", 3, 4), ("said_blind", 4, 5)] or spells == [
        ("said_blind", 3, 4), ("said_blind", 4, 5), ("degraded", 8, 9),
    ]  # fmt: skip


def test_the_share_of_an_hour_that_it_worked() -> None:
    first, second = NETWORK.sensors
    network = Network((first, replace(second, from_us=900 * US_PER_S)))
    working, own = stated_watch(network, SENSINGS, 0).able(0.0, 3600.0)
    assert working.tolist() == pytest.approx([1.0, 0.75])
    assert own.tolist() == [1.0, 1.0]


def test_a_degraded_sensor_hears_less_far() -> None:
    seen = lives("S00", range(12)) + lives("S01", range(12), "degraded")
    agreement = Agreement(id="a", title="a", parties=("north", "south"), in_force_from_us=0)
    case = Case(name="a", status="test", agreement=agreement, network=NETWORK, observations=tuple(seen))
    _, own = watch_of(case, (), SENSINGS).able(600.0, 1200.0)
    assert own[0] == 1.0
    assert own[1] < 0.8
