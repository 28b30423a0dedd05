"""Arrivals put together into events: an event among clutter, salvos that overlap, silence, inventions."""

from collections import Counter
from dataclasses import replace
from hashlib import sha256
from typing import Any

import numpy as np
import pytest

from missions.folder import slightly_concluded
from missions.handmade import STILL, Air, Shot, case, clutter, heard, ring, sensor
from truceline.model.observation import Arrival, Bearing, Track

from .scenes import at_s, events, fused, of, off_m

NETWORK = ring(9, 7_000.0)


def rounds(shot: Shot, count: int, gap_s: float) -> list[Shot]:
    return [replace(shot, time_s=shot.time_s + gap_s * number) for number in range(count)]


@pytest.mark.parametrize("seed", range(3))
def test_an_event_among_clutter_takes_its_own_arrivals_and_no_others(seed: int) -> None:
    chance = np.random.default_rng(seed)
    shot = Shot(1_500.0, -2_500.0, 200.0, "impact")
    given = [*heard(NETWORK, [shot], STILL, chance), *clutter(NETWORK, 20, chance, 3_000.0)]
    (found,) = [one for one in events(case(NETWORK, given)) if len(one.observations) > 2]
    assert set(found.observations) == {one.id for one in given if one.id.startswith("s")}
    assert (found.sensors, found.providers) == (9, ("aland", "borea", "cordia"))
    assert off_m(found, shot) < 120 and abs(at_s(found) - 200) < 0.4
    assert found.class_ == "impact" and found.existence > 0.95


def test_clutter_alone_is_no_event() -> None:
    """Four hours of it, 360 arrivals in each: two that fit by chance may pass once, three never."""
    found = [
        event
        for seed in range(4)
        for event in events(case(NETWORK, clutter(NETWORK, 40, np.random.default_rng(seed), 3_000.0)))
    ]
    assert len(found) <= 1 and all(len(event.observations) == 2 for event in found)


@pytest.mark.parametrize("claim", [{"azimuth_sigma_deg": 1e-9}, {"azimuth_sigma_deg": 5e-324}, {"time_sigma_s": 0.0}])
def test_one_who_claims_to_be_sure_beyond_measure_hides_no_event(claim: dict[str, Any]) -> None:
    chance = np.random.default_rng(1)
    places = chance.uniform(-4_000.0, 4_000.0, (20, 2)).tolist()
    shots = [Shot(east, north, 60.0 + 120.0 * number) for number, (east, north) in enumerate(places)]
    given = heard(NETWORK, shots, STILL, chance)
    sure = [replace(one, **claim) if one.sensor == "a00" else one for one in given]
    assert {number: len(some) for number, some in of(shots, events(case(NETWORK, sure))).items()} == dict.fromkeys(
        range(20), 1
    )


def test_nothing_heard_is_no_event() -> None:
    assert fused(case(NETWORK, [])).events == ()


def test_two_salvos_at_once_are_parted_and_no_round_mixes_them() -> None:
    chance = np.random.default_rng(3)
    one = rounds(Shot(-2_000.0, 500.0, 100.0, "outgoing"), 4, 5.0)
    other = rounds(Shot(1_500.0, -1_000.0, 101.3, "outgoing"), 4, 5.0)
    given = heard(NETWORK, one + other, STILL, chance)
    found = events(case(NETWORK, given))
    assert len(found) == 8
    for event in found:
        assert len({id_.split("-")[0] for id_ in event.observations}) == 1, "arrivals of one round only"
    assert {number: len(some) for number, some in of(one + other, found).items()} == dict.fromkeys(range(8), 1)


@pytest.mark.parametrize("gap_s", [3.0, 1.0])
def test_rounds_of_one_salvo_are_told_apart(gap_s: float) -> None:
    shots = rounds(Shot(800.0, 1_200.0, 100.0), 5, gap_s)
    found = events(case(NETWORK, heard(NETWORK, shots, STILL, np.random.default_rng(9))))
    assert [round(at_s(event) - 100, 0) for event in found] == [round(gap_s * n) for n in range(5)]


def test_wind_is_reckoned_with() -> None:
    air = Air(2.0, 9.0, -6.0)
    shot = Shot(2_000.0, 3_000.0, 100.0)
    given = heard(NETWORK, [shot], air, np.random.default_rng(1))
    (found,) = events(case(NETWORK, given, air=air))
    (blown,) = events(case(NETWORK, given, air=None), least=0.02)
    assert len(found.observations) == 9 and off_m(found, shot) < 120
    assert blown.origin.ellipse90.semi_major_m > found.origin.ellipse90.semi_major_m, "without weather less is known"


def test_silence_of_those_who_should_have_heard_lowers_existence() -> None:
    few = [one for n, one in enumerate(ring(12, 5_000.0)) if n % 3 == 0]
    given = heard(few, [Shot(0.0, 0.0, 100.0)], STILL, np.random.default_rng(4))
    alone = fused(case(few, given)).events
    among = fused(case(ring(12, 5_000.0), given)).events
    assert alone[0].event.existence > 0.9
    assert not among or among[0].event.existence < alone[0].event.existence


def test_silence_out_of_earshot_says_nothing() -> None:
    given = heard(NETWORK, [Shot(0.0, 0.0, 100.0)], STILL, np.random.default_rng(4))
    far = [sensor(f"z{n}", 60_000.0, 3_000.0 * n, "borea") for n in range(6)]
    near, more = (events(case(some, given))[0] for some in (NETWORK, NETWORK + far))
    assert more.existence == pytest.approx(near.existence, abs=0.01)


def test_what_one_provider_alone_hears_though_others_stand_beside_was_invented() -> None:
    sensors = ring(12, 5_000.0, ("aland", "borea"))
    honest = heard(sensors, [Shot(500.0, 0.0, 100.0 + 60 * n) for n in range(8)], STILL, np.random.default_rng(5))
    theirs = [one for one in sensors if one.provider == "borea"]
    lies = [Shot(-800.0, 700.0, 130.0 + 60 * n, "impact") for n in range(4)]
    told = [replace(one, id=f"lie-{one.id}") for one in heard(theirs, lies, STILL, np.random.default_rng(6))]
    found = events(case(sensors, honest + told))
    assert len([one for one in found if one.providers == ("aland", "borea")]) == 8
    assert [one for one in found if one.providers == ("borea",)] == []


def test_one_who_tells_another_story_does_not_make_two_honest_witnesses_look_like_inventors() -> None:
    sensors = ring(12, 5_000.0, ("aland", "borea", "cordia"))
    shots = [Shot(500.0, 900.0, 100.0 + 60 * n) for n in range(10)]
    told = heard(sensors, shots, STILL, np.random.default_rng(5))
    liar = [one for one in sensors if one.provider == "cordia"]
    mirrored = [replace(shot, east_m=-shot.east_m, north_m=-shot.north_m) for shot in shots]
    lies = [replace(one, id=f"lie-{one.id}") for one in heard(liar, mirrored, STILL, np.random.default_rng(6))]
    honest = [one for one in told if one.sensor not in {sensor.id for sensor in liar}]
    found = fused(case(sensors, honest + lies)).events
    real = [one.event for one in found if set(one.event.providers) >= {"aland", "borea"}]
    assert len(real) == 10 and min(event.existence for event in real) > 0.95
    assert all(one.event.existence < 0.5 for one in found if one.event.providers == ("cordia",))


def test_an_arrival_is_of_one_event_and_ids_are_those_of_the_anchor() -> None:
    """Of the small mission: every observation that must serve one event does, and ids follow from the anchors."""
    seen = {one.id: one for one in slightly_concluded().understood.case.observations}
    found = slightly_concluded().result.events
    served = Counter(id_ for event in found for id_ in event.observations)
    assert all(n == 1 for id_, n in served.items() if isinstance(seen[id_], Arrival | Bearing | Track))
    for event in found:
        anchor = min((seen[id_] for id_ in event.observations), key=lambda one: (one.time_us, one.id))
        assert (event.anchor, event.id) == (anchor.id, f"E-{anchor.digest[:16]}")
        assert event.sensors == len({seen[id_].sensor for id_ in event.observations})
    lines = {sha256(data).hexdigest() for _, data in slightly_concluded().understood.logged}
    assert {one.digest for one in seen.values()} <= lines
    assert list(found) == sorted(found, key=lambda one: (one.origin.time_us, one.id))
    assert len({event.id for event in found}) == len(found)


def test_what_contract_1_wants_of_every_event() -> None:
    for event in slightly_concluded().result.events:
        origin = event.origin
        assert round(sum(share for _, share in event.labels), 6) == 1 and 0 <= event.existence <= 1
        assert event.observations == tuple(sorted(event.observations)) and event.providers
        sizes = [one.semi_major_m * one.semi_minor_m for one in (origin.ellipse50, origin.ellipse90, origin.ellipse95)]
        assert sizes == sorted(sizes) and sizes[0] > 0 and origin.time_sigma_s > 0
        assert origin.time_us % 1_000 == 0 and origin.lon == round(origin.lon, 6)


def test_the_same_scene_gives_the_same_events_whatever_the_order_of_sensors() -> None:
    given = heard(NETWORK, [Shot(0.0, 900.0, 50.0)], STILL, np.random.default_rng(2))
    one, other = (fused(case(some, given)) for some in (NETWORK, NETWORK[::-1]))
    assert [found.event for found in one.events] == [found.event for found in other.events]


def test_what_is_told_again_under_another_id_counts_once() -> None:
    chance = np.random.default_rng(4)
    shots = [Shot(1_500.0, -2_500.0, 200.0), Shot(-800.0, 900.0, 260.0)]
    given = heard(NETWORK, shots, STILL, chance)
    again = [replace(one, id=f"{one.id}-again", received_us=one.received_us + 1) for one in given]
    once, twice = events(case(NETWORK, given)), events(case(NETWORK, [*again, *given]))
    assert len(once) == 2
    assert once == twice
