"""How far things carry is learnt from who caught what, without flattering anybody."""

from dataclasses import replace

import numpy as np
import pytest

from coverage.making import CLASSES, SENSINGS, mission
from truceline.coverage.carry import STATED_REACH_SIGMA
from truceline.coverage.watch import watch_of
from truceline.sensors.carrying import STATED_REACH_M

RAW = "[fire]\nbatteries = 8\nguns = 4\nrounds = 4\nsmall_arms = 40\nunseen_impacts = 20\n[place]\nlength_km = 40\n"


def test_reach_kind_and_wind_are_found_again() -> None:
    one = mission(RAW, seed=3, base="")
    carry = watch_of(one.case, one.events, SENSINGS, CLASSES).carry
    for class_ in ("outgoing", "impact"):
        assert carry.reach_m[carry.column(class_)] == pytest.approx(one.reach_m[class_], rel=0.08), class_
    assert carry.factor[carry.kinds.index("microphone")] == pytest.approx(0.55, rel=0.12)
    assert carry.wind_share == pytest.approx(0.05, abs=0.025)
    assert carry.spread < 0.12


def test_events_that_few_heard_do_not_flatter_a_thin_network() -> None:
    """Of a thin network only what was loud or near is known; the reach must not grow by it."""
    found = []
    for seed in (1, 2, 3, 4):
        one = mission("", seed=seed, family="thin", base="[hearing]\nevent_sigma = 0.3\n")
        carry = watch_of(one.case, one.events, SENSINGS, CLASSES).carry
        found.append(carry.reach_m[carry.column("impact")] / one.reach_m["impact"])
    assert np.exp(np.mean(np.log(found))) == pytest.approx(1.0, abs=0.12)


def test_what_was_never_heard_stays_as_stated() -> None:
    one = mission(seed=2)
    none = tuple(event for event in one.events if event.class_ != "demolition")
    carry = watch_of(one.case, none, SENSINGS, CLASSES).carry
    column = carry.column("demolition")
    assert carry.reach_m[column] == pytest.approx(STATED_REACH_M["demolition"], rel=1e-3)
    assert carry.reach_sigma[column] == pytest.approx(STATED_REACH_SIGMA, rel=1e-3)


def test_a_deaf_sensor_is_told_from_its_fellows() -> None:
    one = mission("[faults]\nwrong_clocks = 0\ndead = 0\ndeaf = 2\ndeaf_factor = 0.3\n", seed=5)
    deaf = {row["sensor"] for row in one.faults if row["fault"] == "deaf"}
    carry = watch_of(one.case, one.events, SENSINGS, CLASSES).carry
    factors = {name: carry.of_station.get(name, 1.0) for name in one.case.network.by_id if name[:2] in ("AA", "MI")}
    assert deaf
    assert max(factors[name] for name in deaf if name in factors) < 0.75
    assert np.median([value for name, value in factors.items() if name not in deaf]) > 0.93


def test_the_order_of_events_and_observations_changes_nothing() -> None:
    one = mission(seed=2)
    turned = replace(one.case, observations=one.case.observations[::-1])
    straight = watch_of(one.case, one.events, SENSINGS, CLASSES).carry
    other = watch_of(turned, one.events[::-1], SENSINGS, CLASSES).carry
    np.testing.assert_allclose(other.reach_m, straight.reach_m, rtol=1e-6)
    assert [name for name, _ in other.station_factor] == [name for name, _ in straight.station_factor]


def test_a_mission_without_events_is_as_stated() -> None:
    one = mission(seed=2)
    carry = watch_of(one.case, (), SENSINGS, CLASSES).carry
    assert carry.reach_m[0] == STATED_REACH_M["outgoing"]
    assert not carry.station_factor
