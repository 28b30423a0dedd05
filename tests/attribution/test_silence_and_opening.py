"""What nobody could have heard, and who opened fire."""

import numpy as np
import pytest

from missions.handmade import NOON, Shot, case, heard, place, ring, sensor
from truceline.attribution.opening import opened_by
from truceline.attribution.silence import LAUNCHES, SMALL_ARMS, Ears, ears_of
from truceline.edges.wiring import plugins
from truceline.fusion.build import FusedEvent
from truceline.model.event import SensorHealth
from truceline.model.finding import Attribution
from truceline.model.incident import Act
from truceline.model.instant import US_PER_HOUR

from .making import FRAME, deaf, ears, evidence, happened, incident


def by(shares: dict[str, float]) -> Attribution:
    return Attribution(responsibility=tuple(shares.items()), firm=tuple(shares.items()))


BARDO = by({"arvia": 0.02, "bardo": 0.97, "other": 0.01})
ARVIA = by({"arvia": 0.97, "bardo": 0.02, "other": 0.01})


Exchange = tuple[Act, Act, dict[str, FusedEvent]]


def missed(listening: Ears, east_m: float, what: frozenset[str] = LAUNCHES) -> float:
    x, y = FRAME.to_xy(*([value] for value in place(east_m, 0.0)))
    return float(listening.missed(what, x, y, NOON)[0])


def test_where_nobody_listens_everything_is_missed() -> None:
    assert missed(deaf(), 0.0) == 1.0


def test_a_launch_amid_a_network_is_not_missed_one_far_away_is() -> None:
    listening = ears(case(ring(12, 5_000.0), []))
    assert missed(listening, 0.0) < 0.01
    assert missed(listening, 60_000.0) > 0.99


def test_small_arms_carry_less_far_than_launches() -> None:
    listening = ears(case(ring(12, 5_000.0), []))
    assert missed(listening, 0.0, SMALL_ARMS) > 0.9


def test_how_far_launches_carry_is_learnt_from_who_caught_them() -> None:
    """The same network and the same shots, heard 4 km far and 15 km far."""
    network = ring(40, 9_000.0) + ring(40, 3_000.0, prefix="b") + ring(40, 14_000.0, prefix="c")
    reach = {}
    for range_m in (4_000.0, 15_000.0):
        shots = [Shot(500.0 * n, 100.0 * n, 60.0 * n, "outgoing", range_m) for n in range(8)]
        observations = heard(network, shots)
        given = case(network, observations)
        events = [
            happened(
                f"e{n}", shot.east_m, shot.north_m, shot.time_s,
                observations=[seen.id for seen in observations if seen.id.startswith(f"s{n:03}")],
            ).event
            for n, shot in enumerate(shots)
        ]  # fmt: skip
        reach[range_m] = float(np.median(ears(given, events).reach_m[LAUNCHES]))
    assert 3_000.0 < reach[4_000.0] < 6_000.0 and reach[15_000.0] > 11_000.0


def test_a_dead_sensor_hears_nothing() -> None:
    network = ring(6, 3_000.0)
    dead = tuple(
        SensorHealth(sensor=one.id, provider=one.provider, from_us=NOON, until_us=NOON + US_PER_HOUR, state="dead")
        for one in network
    )
    given = case(network, [])
    assert missed(ears_of(given, FRAME, plugins().sensings, [], dead, US_PER_HOUR), 0.0) == 1.0
    assert missed(ears_of(given, FRAME, plugins().sensings, [], (), US_PER_HOUR), 0.0) < 0.1


def test_a_sensor_out_of_service_hears_nothing() -> None:
    late = [sensor(f"s{n}", 1_000.0 * n, 0.0, from_us=NOON + 1) for n in range(4)]
    assert missed(ears(case(late, [])), 0.0) == 1.0


@pytest.fixture
def exchange() -> Exchange:
    first = [happened(f"a{n}", -4_000.0, 0.0, n) for n in range(3)]
    then = [happened(f"b{n}", 4_000.0, 0.0, 60.0 + n) for n in range(3)]
    events = {one.event.id: one for one in first + then}
    return Act(("a0", "a1", "a2"), ()), Act(("b0", "b1", "b2"), ()), events


def test_who_fired_first_opened_fire(exchange: Exchange) -> None:
    one, two, events = exchange
    found = dict(
        opened_by(incident(one, two), (ARVIA, BARDO), events, evidence(listening=ears(case(ring(24, 4_000.0), []))))
    )
    assert found["arvia"] > 0.65 > found["not_determinable"] > 0.0
    assert sum(found.values()) == pytest.approx(1.0)


def test_where_earlier_fire_could_not_have_been_heard_it_is_less_determinable(exchange: Exchange) -> None:
    one, two, events = exchange
    watched = dict(
        opened_by(incident(one, two), (ARVIA, BARDO), events, evidence(listening=ears(case(ring(80, 2_000.0), []))))
    )
    blind = dict(opened_by(incident(one, two), (ARVIA, BARDO), events, evidence()))
    assert blind["not_determinable"] > watched["not_determinable"] + 0.05


def test_two_acts_at_once_leave_it_between_both(exchange: Exchange) -> None:
    one, _, events = exchange
    at_once = happened("b", 4_000.0, 0.0, 0.0)
    found = dict(opened_by(incident(one, Act(("b",), ())), (ARVIA, BARDO), events | {"b": at_once}, evidence()))
    assert abs(found["arvia"] - found["bardo"]) < 0.05


def test_impacts_count_from_when_they_were_fired(exchange: Exchange) -> None:
    """An impact twenty seconds after a launch was fired before it."""
    one, _, events = exchange
    landed = happened("i", 4_000.0, 0.0, 20.0, "impact")
    found = dict(opened_by(incident(one, Act((), ("i",))), (ARVIA, BARDO), events | {"i": landed}, evidence()))
    assert found["bardo"] > found["arvia"] * 0.5
