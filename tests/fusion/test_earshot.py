"""Infrasound that comes straight: a few arrays at tens of kilometres locate an event, and bear one that lies."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from missions.handmade import Shot, case, heard, ring, sensor
from truceline.edges.wiring import plugins
from truceline.fusion.given import given
from truceline.fusion.stream import END, EventStream
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.instant import US_PER_S
from truceline.model.observation import Arrival, Observation

from .scenes import at_s, events, holds, off_m

PLACES = ((-14_000.0, 9_000.0), (22_000.0, 30_000.0), (-35_000.0, 38_000.0), (3_000.0, 52_000.0), (48_000.0, 16_000.0))
ARRAYS = [
    sensor(f"i{number}", *place, f"p{number}", kind="infrasound_array", azimuth_sigma_deg=2.0)
    for number, place in enumerate(PLACES)
]
SCENES = 24


def shot(seed: int) -> Shot:
    east, north = np.random.default_rng(seed).uniform(-8_000.0, 8_000.0, 2).tolist()
    return Shot(east, north, 120.0, range_m=110_000.0)


def scene(seed: int, turned_deg: float = 0.0, late_s: float = 0.0) -> Case:
    """Five arrays that heard one shot, each path with a scatter of two per cent; the first turned, or late."""
    given = heard(ARRAYS, [shot(seed)], chance=np.random.default_rng(seed), path_share=0.02)
    return case(ARRAYS, [_false(one, turned_deg, late_s) if one.sensor == "i0" else one for one in given])


def _false(seen: Observation, turned_deg: float, late_s: float) -> Observation:
    assert isinstance(seen, Arrival) and seen.azimuth_deg is not None
    return replace(
        seen, azimuth_deg=(seen.azimuth_deg + turned_deg) % 360.0, time_us=seen.time_us + round(late_s * US_PER_S)
    )


def borne(event: Event, true: Shot) -> bool:
    """Whether one of the ellipses that bear a liar holds the place."""
    return any(
        holds(replace(event, origin=replace(event.origin, lon=one.lon, lat=one.lat)), one.ellipse, true)
        for one in event.robust90
    )


def test_five_arrays_find_each_shot_and_their_regions_hold_it() -> None:
    found = [events(scene(seed)) for seed in range(SCENES)]
    assert [len(some) for some in found] == [1] * SCENES
    inside = sum(holds(some[0], some[0].origin.ellipse95, shot(seed)) for seed, some in enumerate(found))
    assert inside >= SCENES - 4
    areas = [np.pi * o.semi_major_m * o.semi_minor_m / 1e6 for o in (some[0].origin.ellipse95 for some in found)]
    assert np.median(areas) < 15.0, "no larger than five arrays allow"
    assert np.median([off_m(some[0], shot(seed)) for seed, some in enumerate(found)]) < 1_500.0


@pytest.mark.parametrize(("turned_deg", "late_s"), [(0.0, 0.0), (25.0, 0.0), (0.0, 90.0)])
def test_one_array_that_lies_does_not_move_the_region_off_the_truth(turned_deg: float, late_s: float) -> None:
    held = 0
    for seed in range(SCENES):
        found = max(events(scene(seed, turned_deg, late_s)), key=lambda one: len(one.observations))
        assert len(found.observations) >= 4
        held += borne(found, shot(seed))
    assert held >= SCENES - 4


def test_an_event_that_others_located_takes_its_infrasound_and_is_not_told_twice() -> None:
    near = ring(9, 7_000.0)
    given = heard([*near, *ARRAYS], [shot(1)], chance=np.random.default_rng(1), path_share=0.005)
    (event,) = events(case([*near, *ARRAYS], given))
    assert {one.sensor for one in given} == {one.sensor for one in given if one.id in event.observations}
    assert off_m(event, shot(1)) < 200.0, "the sharper sensors say where"


def test_two_shots_at_once_are_told_apart() -> None:
    both = [Shot(-6_000.0, 0.0, 100.0, range_m=110_000.0), Shot(9_000.0, 3_000.0, 130.0, range_m=110_000.0)]
    found = events(case(ARRAYS, heard(ARRAYS, both, chance=np.random.default_rng(4), path_share=0.01)))
    assert len(found) == 2
    for one, true in zip(sorted(found, key=at_s), both, strict=True):
        assert {id_[:4] for id_ in one.observations} == {f"s{both.index(true):03}"}


def test_the_order_of_arrival_does_not_matter() -> None:
    mission = scene(3)
    turned = replace(mission, observations=mission.observations[::-1])
    assert [one.id for one in events(mission)] == [one.id for one in events(turned)]
    assert events(mission)[0].origin == events(turned)[0].origin


def test_what_only_one_array_heard_is_no_event() -> None:
    one = heard(ARRAYS[:1], [shot(2)], chance=np.random.default_rng(2))
    assert events(case(ARRAYS, one)) == []


def hours(count: int) -> Case:
    """A shot an hour, heard by five arrays with paths far truer than is stated."""
    shots = [replace(shot(number), time_s=300.0 + 3_600.0 * number) for number in range(count)]
    return case(ARRAYS, heard(ARRAYS, shots, chance=np.random.default_rng(8), path_share=0.002))


def test_what_is_learnt_of_doubts_is_the_same_hour_by_hour_and_makes_regions_smaller() -> None:
    mission = hours(7)
    plugged = plugins()
    laid_out = given(mission, plugged.sensings, plugged.infrasound)
    stream = EventStream(laid_out)
    found = []
    for seen in sorted(mission.observations, key=lambda one: one.received_us):
        found += [one.event for epoch in stream.advance(seen.time_us - 600 * US_PER_S).values() for one in epoch.events]
        assert not stream.feed([seen])
        stream = EventStream.restore(laid_out, pickle.loads(pickle.dumps(stream.snapshot())))
    found += [one.event for epoch in stream.advance(END).values() for one in epoch.events]
    whole = events(mission, least=0.0)
    assert len(whole) == 7
    assert sorted(found, key=at_s) == whole
    factors = stream.snapshot().carried.misstated.factors
    assert factors[0] < 0.85, "times fit far better than they need to"
