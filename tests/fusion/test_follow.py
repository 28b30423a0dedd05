"""Moving things: born, followed through clutter, handed from sensor to sensor, and ended; an event a track."""

from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Any

import numpy as np
import pytest

from missions.handmade import NOON, case, sensor
from truceline.edges.wiring import plugins
from truceline.fusion.fuse import fuse
from truceline.geo.frame import distance_azimuth
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.instant import US_PER_S
from truceline.model.network import Sensor
from truceline.model.observation import Arrival, Fix, Observation, Track

SIGMA_M = 8.0
SIDE_M = 12_000.0


def radar(name: str, east_m: float, north_m: float, provider: str = "aland", kind: str = "radar") -> Sensor:
    return sensor(name, east_m, north_m, provider, kind=kind)


def at(by: Sensor, east_m: float, north_m: float) -> tuple[float, float]:
    """A position in metres from the middle of the scene, in degrees."""
    there = sensor("there", east_m, north_m, by.provider)
    return there.lon, there.lat


def sighting(by: Sensor, name: str, time_s: float, east_m: float, north_m: float, track: str, **more: Any) -> Track:
    lon, lat = at(by, east_m, north_m)
    made = Track(
        id=name, sensor=by.id, time_us=NOON + round(time_s * US_PER_S), time_sigma_s=0.02, track=track,
        received_us=NOON + round((time_s + 1) * US_PER_S), digest=sha256(name.encode()).hexdigest(),
        lon=lon, lat=lat, sigma_m=SIGMA_M, labels=(("other", 0.2), ("uav", 0.8)),
    )  # fmt: skip
    return replace(made, **more)


def flights(by: Sensor, chance: np.random.Generator, seconds: int, clutter: float, count: int = 6) -> list[Observation]:
    """Drones that cross the scene, seen nine times in ten, a scan a second, among false sightings; no names."""
    place = chance.uniform(-SIDE_M / 3, SIDE_M / 3, (count, 2))
    course = chance.uniform(0, 2 * np.pi, count)
    speed = np.stack([np.sin(course), np.cos(course)], axis=1) * chance.uniform(15, 40, (count, 1))
    seen: list[Observation] = []
    for second in range(seconds):
        for number in range(count):
            if chance.uniform() < 0.9:
                x, y = place[number] + second * speed[number] + SIGMA_M * chance.standard_normal(2)
                name = f"T{second:04d}-{number}"
                seen.append(sighting(by, name, second, float(x), float(y), name))
        for false in range(chance.poisson(clutter)):
            x, y = chance.uniform(-SIDE_M / 2, SIDE_M / 2, 2)
            name = f"F{second:04d}-{false}"
            seen.append(sighting(by, name, second, float(x), float(y), name))
    return seen


def found(scene: Case) -> list[Event]:
    plugged = plugins()
    return [one.event for one in fuse(scene, plugged.sensings, plugged.infrasound).events]


def test_every_drone_is_one_event_with_its_path_and_clutter_is_none() -> None:
    by = radar("R1", 0.0, 0.0)
    seen = flights(by, np.random.default_rng(3), 90, 20.0)
    events = found(case([by], seen))
    assert len(events) == 6
    for event in events:
        members = [one for one in event.observations if one.startswith("T")]
        assert len(members) > 0.95 * len(event.observations)
        assert len({one.rpartition("-")[2] for one in members}) == 1, "no drone takes another's sightings"
        assert len(members) > 60
        assert event.class_ == "uav"
        assert event.existence > 0.99
        assert len(event.path) > 50


def test_the_path_is_nearer_the_truth_than_single_sightings() -> None:
    by = radar("R1", 0.0, 0.0)
    chance = np.random.default_rng(4)
    seen = [
        sighting(
            by, f"T{s:03d}", s, 20.0 * s + SIGMA_M * chance.standard_normal(), SIGMA_M * chance.standard_normal(), "A"
        )
        for s in range(60)
    ]
    (event,) = found(case([by], seen))
    start = at(by, 0.0, 0.0)
    off = []
    for lon, lat in event.path[20:]:
        metres, azimuth = distance_azimuth(start[0], start[1], lon, lat)
        off.append(float(metres * np.cos(np.radians(azimuth))))
    assert np.std(off) < 0.7 * SIGMA_M


def test_a_thing_is_handed_from_one_sensor_to_the_next() -> None:
    west, east = radar("W", -5_000.0, 0.0, "aland"), radar("E", 5_000.0, 0.0, "borea")
    seen: list[Observation] = [sighting(west, f"W{s:03d}", s, -4_000 + 30 * s, 200.0, "17") for s in range(0, 150, 2)]
    seen += [sighting(east, f"E{s:03d}", s + 0.7, -4_000 + 30 * (s + 0.7), 200.0, "4711") for s in range(140, 280, 2)]
    (event,) = found(case([west, east], seen))
    assert event.providers == ("aland", "borea")
    assert len(event.observations) == len(seen)


def test_order_of_arrival_changes_nothing() -> None:
    by = radar("R1", 0.0, 0.0)
    seen = flights(by, np.random.default_rng(5), 40, 5.0, 3)
    scene = case([by], seen)
    shuffled = list(seen)
    Random(1).shuffle(shuffled)
    assert found(scene) == found(replace(scene, observations=tuple(shuffled)))


def test_a_track_lives_on_over_the_hour() -> None:
    by = radar("R1", 0.0, 0.0)
    start = 3_600 - (NOON // US_PER_S) % 3_600 - 40
    seen = [sighting(by, f"T{s:03d}", start + s, 15.0 * s, 0.0, "A") for s in range(80)]
    (event,) = found(case([by], seen))
    assert len(event.observations) == 80


def test_two_sightings_are_no_track_and_silence_ends_one() -> None:
    by = radar("R1", 0.0, 0.0)
    assert found(case([by], [sighting(by, f"T{s}", s, 15.0 * s, 0.0, "A") for s in range(2)])) == []
    again = [sighting(by, f"T{s:04d}", s, 0.0, 0.0, "A") for s in (*range(20), *range(2_000, 2_020))]
    assert len(found(case([by], again))) == 2


@pytest.mark.parametrize("speed_mps", [1e6, 1e300])
def test_an_absurd_speed_is_no_speed(speed_mps: float) -> None:
    by = radar("R1", 0.0, 0.0)
    seen = [
        sighting(by, f"T{s:03d}", s, 20.0 * s, 0.0, "A", speed_mps=speed_mps, course_deg=270.0, labels=())
        for s in range(40)
    ]
    (event,) = found(case([by], seen))
    assert len(event.observations) == len(seen)


def test_a_fire_has_some_extent_however_small_its_doubt_is_said_to_be() -> None:
    lon, lat = at(radar("R1", 0.0, 0.0), 0.0, 0.0)
    seen = Fix(
        id="F", sensor="R1", time_us=NOON, time_sigma_s=0.0, received_us=NOON, digest="0" * 64,
        lon=lon, lat=lat, sigma_m=1e-9, labels=(("fire", 1.0),),
    )  # fmt: skip
    (event,) = found(case([radar("R1", 0.0, 0.0)], [seen]))
    assert event.origin.ellipse50.semi_minor_m > 0


def test_what_only_the_thing_itself_says_is_told_apart() -> None:
    by = radar("A1", 0.0, 0.0, kind="ais")
    seen = [
        sighting(by, f"T{s:03d}", 30 * s, 150.0 * s, 0.0, "244660000", self_reported=True, labels=(), sigma_m=10.0)
        for s in range(12)
    ]
    (event,) = found(case([by], seen))
    assert event.class_ == "vessel"
    assert event.reasons == ("Only the thing itself says where it was.",)


@pytest.mark.parametrize("lateness_s", [0.0, 1.0])
def test_the_hum_of_a_drone_is_laid_to_its_track_with_the_sounds_travel_time(lateness_s: float) -> None:
    """An array hears the drone where it was as long ago as the sound took; what ignores that does not fit."""
    by, ear = radar("R1", 0.0, 0.0), sensor("M1", 0.0, -3_000.0, "borea", azimuth_sigma_deg=0.3)
    seen: list[Observation] = [sighting(by, f"T{s:03d}", s, -1_500 + 50.0 * s, 0.0, "A") for s in range(60)]
    for s in range(20, 50, 3):
        then = s - lateness_s * 3_050.0 / 340.0
        azimuth = float(np.degrees(np.arctan2(-1_500 + 50.0 * then, 3_000.0))) % 360
        seen.append(
            Arrival(
                id=f"H{s:03d}", sensor="M1", time_us=NOON + s * US_PER_S, time_sigma_s=0.1,
                received_us=NOON + (s + 1) * US_PER_S, digest=f"{s:064x}", wave="acoustic", azimuth_deg=azimuth,
                azimuth_sigma_deg=0.3, labels=(("uav", 1.0),),
            )
        )  # fmt: skip
    (event,) = found(case([by, ear], seen))
    heard = [one for one in event.observations if one.startswith("H")]
    assert (len(heard) >= 8) if lateness_s else (len(heard) <= 2)
