"""Vessels, drones and aircraft that go about a place: legs of straight course, one after another.

For exercises of feeds on which the watched speak for themselves, where a world has nobody who moves.
"""

from dataclasses import dataclass

import numpy as np

from truceline.geo.frame import destination, distance_azimuth
from truceline.model.instant import US_PER_S, Instant
from truceline.model.observation import AIRCRAFT, UAV, VESSEL, Track

LEG_S = (120.0, 900.0)
SIGMA_M = 10.0


@dataclass(frozen=True)
class Manner:
    """How those of a class move: within about_m of the place, alone; speed_mps, alt_m: least and most."""

    about_m: float
    speed_mps: tuple[float, float]
    alt_m: tuple[float, float] | None
    every_s: float


MANNERS = {
    VESSEL: Manner(20_000.0, (1.0, 9.0), None, 8.0),
    UAV: Manner(3_000.0, (4.0, 16.0), (40.0, 110.0), 1.0),
    AIRCRAFT: Manner(80_000.0, (60.0, 230.0), (1_500.0, 11_000.0), 1.0),
}


def traffic(
    kind: str, sensor: str, at: tuple[float, float], begin_us: Instant, seconds: float, count: int,
    chance: np.random.Generator,
) -> tuple[Track, ...]:  # fmt: skip
    """What `count` of a class report of themselves about a place (lon, lat), in order of time."""
    found: list[Track] = []
    for number, own in enumerate(chance.spawn(count)):
        found += _voyage(kind, sensor, f"{kind}-{number}", at, begin_us, seconds, own)
    return tuple(sorted(found, key=lambda track: (track.time_us, track.id)))


def _voyage(
    kind: str, sensor: str, name: str, at: tuple[float, float], begin_us: Instant, seconds: float,
    chance: np.random.Generator,
) -> list[Track]:  # fmt: skip
    """One after another the positions of one."""
    manner = MANNERS[kind]
    alt = None if manner.alt_m is None else round(float(chance.uniform(*manner.alt_m)), 1)
    speed = float(chance.uniform(*manner.speed_mps))
    here = _moved(at, chance.uniform(0.0, 360.0), manner.about_m * np.sqrt(chance.uniform()))
    course, now, until = chance.uniform(0.0, 360.0), chance.uniform(0.0, manner.every_s), chance.uniform(*LEG_S)
    found: list[Track] = []
    while now < seconds:
        found.append(
            Track(
                id=f"{name}/{len(found)}", sensor=sensor, time_us=begin_us + round(now * US_PER_S), time_sigma_s=1.0,
                received_us=begin_us + round(now * US_PER_S), digest="", labels=((kind, 1.0),), track=name,
                lon=here[0], lat=here[1], sigma_m=SIGMA_M, alt_m=alt, speed_mps=speed, course_deg=float(course),
                self_reported=True,
            )
        )  # fmt: skip
        if now >= until:
            off, back = distance_azimuth(*here, *at)
            course = float(back) if off > manner.about_m else chance.uniform(0.0, 360.0)
            until = now + chance.uniform(*LEG_S)
        here = _moved(here, course, speed * manner.every_s)
        now += manner.every_s
    return found


def _moved(at: tuple[float, float], azimuth_deg: float, distance_m: float) -> tuple[float, float]:
    lon, lat = destination(*at, azimuth_deg, distance_m)
    return float(lon), float(lat)
