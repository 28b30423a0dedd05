"""Impacts alone, with a direction: craters, and observers who saw where the fire came from.

A crater's shape or an observer's bearing says from which side a round came in. The launch then lies somewhere along
that direction, at a range that weapons have: who holds the ground there is who fired, as for any other origin. Readings
of one provider are taken as one; a reading may be plainly wrong.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from truceline.attribution.control import Ground, held_at
from truceline.geo.frame import distance_azimuth
from truceline.model.event import Event
from truceline.model.instant import US_PER_S
from truceline.model.network import Network
from truceline.model.observation import Observation, Report
from truceline.sensors.contract import Floats

MISTAKEN = {1: 0.03, 2: 0.01}  # of directions read by one provider, by two and more: plainly wrong
LEAST_SIGMA_DEG = 3.0
RANGES_M = np.geomspace(800.0, 24_000.0, 25)
USUAL_M, USUAL_LOG_SIGMA = 6_000.0, 0.6  # how far weapons usually fire, from mortars to rockets
OWN_GROUND = 0.2  # times likelier that fire falls on the firer's own ground than on another's
STEPS = np.linspace(-2.4, 2.4, 13)  # sigmas to either side that are looked along
NEAR_M, NEAR_S, SIGMAS = 150.0, 30.0, 3.0  # a crater belongs to an impact so near and so soon


@dataclass(frozen=True)
class Reading:
    """From where a round came in: azimuth from the impact towards the launch, degrees from true north."""

    provider: str
    azimuth_deg: float
    sigma_deg: float


@dataclass(frozen=True)
class Direction:
    """What all readings of some impacts come to, and who read them."""

    azimuth_deg: float
    sigma_deg: float
    providers: tuple[str, ...]


def readings(
    observations: Sequence[Observation], network: Network, events: Sequence[Event]
) -> dict[str, list[Reading]]:
    """The readings of each event, by its id: of craters that lie at its place, and of reports of its own by who saw it
    from elsewhere and says from which side or how far off."""
    told = [seen for seen in observations if isinstance(seen, Report) and seen.fire_azimuth_deg is not None]
    owner = {id_: event.id for event in events for id_ in event.observations} if told else {}
    found: defaultdict[str, list[Reading]] = defaultdict(list)
    for seen in told:
        afar = seen.azimuth_deg is not None or seen.range_m is not None
        event = (owner.get(seen.id) if afar else None) or _nearest(seen, network, events)
        if event is not None:
            assert seen.fire_azimuth_deg is not None and seen.fire_azimuth_sigma_deg is not None
            provider = network.by_id[seen.sensor].provider
            found[event].append(Reading(provider, seen.fire_azimuth_deg, seen.fire_azimuth_sigma_deg))
    return dict(found)


def _nearest(seen: Report, network: Network, events: Sequence[Event]) -> str | None:
    """The event at whose place a crater lies, if one happened there near the time that was told."""
    lon, lat = network.place_of(seen)
    within_us = (NEAR_S + SIGMAS * seen.time_sigma_s) * US_PER_S
    then = [one for one in events if abs(one.origin.time_us - seen.time_us) <= within_us]
    if not then:
        return None
    away, _ = distance_azimuth(lon, lat, [one.origin.lon for one in then], [one.origin.lat for one in then])
    off = NEAR_M + np.array([one.origin.ellipse90.semi_major_m for one in then]) + SIGMAS * (seen.at_sigma_m or 0.0)
    share = away / off
    best = min(range(len(then)), key=lambda number: (share[number], then[number].id))
    return then[best].id if share[best] <= 1.0 else None


def direction(events: Sequence[str], by_event: Mapping[str, Sequence[Reading]]) -> Direction | None:
    """What the readings of some impacts of one act come to; None without any."""
    by_provider: defaultdict[str, list[Reading]] = defaultdict(list)
    for event in events:
        for reading in by_event.get(event, ()):
            by_provider[reading.provider].append(reading)
    if not by_provider:
        return None
    vector, precision = np.zeros(2), 0.0
    for _, some in sorted(by_provider.items()):
        angles = np.radians([reading.azimuth_deg for reading in some])
        sigma = max(LEAST_SIGMA_DEG, min(reading.sigma_deg for reading in some))
        mean = np.array([np.sin(angles).mean(), np.cos(angles).mean()])
        vector += mean / max(float(np.hypot(*mean)), 1e-9) / sigma**2
        precision += 1.0 / sigma**2
    # Providers who point apart leave a direction as wide as they differ.
    agree = float(np.hypot(*vector)) / precision
    apart = np.degrees(np.sqrt(max(0.0, -2.0 * np.log(max(agree, 1e-6)))))
    sigma = max(float(np.sqrt(1.0 / precision)), float(apart))
    return Direction(float(np.degrees(np.arctan2(*vector)) % 360.0), sigma, tuple(sorted(by_provider)))


def mistaken(direction: Direction) -> float:
    """How probably a direction is plainly wrong."""
    return MISTAKEN[min(len(direction.providers), max(MISTAKEN))]


def came_from(ground: Ground, impacts: Sequence[Event], direction: Direction) -> Floats:
    """(parties + 1,) who held the ground along a direction from these impacts, unknown last."""
    lon, lat = [one.origin.lon for one in impacts], [one.origin.lat for one in impacts]
    x, y = (float(np.mean(values)) for values in ground.frame.to_xy(lon, lat))
    north = float(ground.frame.north_rad(np.mean(lon), np.mean(lat)))
    angle = np.radians(direction.azimuth_deg + STEPS * direction.sigma_deg) + north
    away_x, away_y = np.outer(np.sin(angle), RANGES_M), np.outer(np.cos(angle), RANGES_M)
    held = held_at(ground, np.r_[x, x + away_x.ravel()], np.r_[y, y + away_y.ravel()]).share
    struck, held = held[0], held[1:]
    usual = np.exp(-0.5 * (np.log(RANGES_M / USUAL_M) / USUAL_LOG_SIGMA) ** 2)
    mass = np.outer(np.exp(-0.5 * STEPS**2), usual).ravel()
    own = held[:, :-1] @ struck[:-1]
    mass = mass * (1.0 - (1.0 - OWN_GROUND) * own)
    return np.asarray(mass @ held / mass.sum())
