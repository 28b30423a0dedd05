"""What would be noticed, against every way that stations may catch and miss."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from truceline.coverage.links import links_of
from truceline.coverage.seen import KNOWN_BY_WORTH, Seen, hour_of, seen, table_of
from truceline.coverage.watch import Watch, stated_watch
from truceline.model.network import Network

from .making import SENSINGS, chance, row_of_sensors, sensor

CLASSES = ("outgoing", "burst")


def mixed() -> Watch:
    """Five sensors of three providers, two without a direction."""
    some = (
        sensor("A", 0.00, 0.00), sensor("B", 0.06, 0.02, provider="borea"), sensor("C", 0.09, -0.03),
        sensor("D", 0.02, 0.07, kind="microphone", provider="cordia"),
        sensor("E", 0.05, -0.06, kind="microphone", provider="borea"),
    )  # fmt: skip
    watch = stated_watch(Network(some), SENSINGS, 0)
    return replace(watch, carry=replace(watch.carry, reach_sigma=np.full(len(watch.carry.classes), 0.2)))


def at(watch: Watch, x: np.ndarray, y: np.ndarray, *, by_provider: bool = False) -> Seen:
    links = links_of(x, y, watch.stations, by_provider=by_provider)
    return seen(hour_of(watch, links, 0.0, 3600.0), table_of(watch.carry, watch.stations, CLASSES))


def by_hand(watch: Watch, x: float, y: float, class_: str) -> tuple[float, list[float]]:
    """Known, and by 1, 2, 3 providers or more, by trying every way the catches may fall."""
    stations, carry = watch.stations, watch.carry
    known, heard = 0.0, [0.0, 0.0, 0.0]
    for reach, weight in zip(*carry.loudness(class_), strict=True):
        away = np.hypot(stations.x - x, stations.y - y)
        caught = [
            float(carry.caught(stations.sensings[int(stations.sensing[s])], int(stations.kind[s]),
                               carry.column(class_), away[s : s + 1], np.array([reach]))[0])
            for s in range(len(stations))
        ]  # fmt: skip
        for outcome in product((False, True), repeat=len(caught)):
            likely = float(np.prod([p if hit else 1 - p for p, hit in zip(caught, outcome, strict=True)]))
            worth = sum(2 if stations.directed[s] else 1 for s, hit in enumerate(outcome) if hit)
            known += weight * likely * float([*KNOWN_BY_WORTH, 1.0][min(worth, len(KNOWN_BY_WORTH))])
            providers = len({int(stations.provider[s]) for s, hit in enumerate(outcome) if hit})
            for number in range(3):
                heard[number] += weight * likely * (providers > number)
    return known, heard


@pytest.mark.parametrize("class_", CLASSES)
def test_it_agrees_with_every_outcome_counted(class_: str) -> None:
    watch = mixed()
    x, y = chance().uniform(-3_000, 9_000, (2, 12))
    found = at(watch, x, y, by_provider=True)
    row = CLASSES.index(class_)
    for place in range(len(x)):
        known, heard = by_hand(watch, float(x[place]), float(y[place]), class_)
        assert found.known[row, place] == pytest.approx(known, abs=0.004)
        for number in range(3):
            assert found.by(number + 1)[row, place] == pytest.approx(heard[number], abs=0.006)


def test_nearest_first_and_by_provider_say_the_same() -> None:
    watch = stated_watch(row_of_sensors(30), SENSINGS, 0)
    x, y = chance().uniform(-20_000, 160_000, 500), chance().uniform(-15_000, 15_000, 500)
    np.testing.assert_allclose(at(watch, x, y).known, at(watch, x, y, by_provider=True).known, atol=2e-3)


def test_a_station_that_works_half_the_hour_is_worth_less_than_one_that_works() -> None:
    network = row_of_sensors(3)
    half = replace(network.sensors[1], until_us=1_800 * 1_000_000)
    gone = replace(network.sensors[1], until_us=1)
    x, y = np.array([5_000.0]), np.array([1_000.0])
    whole, halved, without = (
        float(at(stated_watch(Network((network.sensors[0], one, network.sensors[2])), SENSINGS, 0), x, y).known[0, 0])
        for one in (network.sensors[1], half, gone)
    )
    assert whole > halved > without > 0


def test_far_from_everything_nothing_is_seen() -> None:
    watch = stated_watch(row_of_sensors(3), SENSINGS, 0)
    found = at(watch, np.array([400_000.0]), np.array([0.0]), by_provider=True)
    assert not found.known.any()
    assert not found.by(1).any()
