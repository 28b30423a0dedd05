"""Patrol routes that close gaps: where to stop and listen, within the hours there are.

Each stop adds what its people would likely hear of stretches that are not heard well enough; the stop that adds most
for the time it takes is put where it lengthens the way least, the order is straightened (2-opt), and so on until no
stop fits. Ways are straight and keep off forbidden ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely

from truceline.coverage.sites import Sites
from truceline.sensors.contract import Floats

FALL_OFF = 0.17  # of detection with distance, as a share of how far people hear
DETOUR = 1.3  # ways are so much longer than a straight line
LEAST_GAIN = 1e-6


@dataclass(frozen=True)
class Stretching:
    """What is wanting along a line: x, y (frame metres) of stretches and (stretches,) what hearing each is worth."""

    x: Floats
    y: Floats
    worth: Floats


@dataclass(frozen=True)
class Patrol:
    """base: x, y in frame metres."""

    base: tuple[float, float]
    speed_mps: float
    time_s: float
    stop_s: float
    hears_m: float
    share: float


@dataclass(frozen=True)
class Route:
    """stops: numbers of sites, in order; closed: what is heard of what was wanting; time_s: with all stops."""

    stops: tuple[int, ...]
    closed: float
    time_s: float


def route(wanting: Stretching, sites: Sites, patrol: Patrol, barred: Sequence[shapely.Geometry] = ()) -> Route:
    """The best route found."""
    hears = _hears(wanting, sites, patrol)
    ways = _ways(sites, patrol, barred)
    left, best = wanting.worth.copy(), Route((), 0.0, 0.0)
    while True:
        gains = hears @ left
        found: tuple[float, int, list[int], float] | None = None
        for site in np.argsort(-gains, kind="stable").tolist():
            if gains[site] <= LEAST_GAIN or (found and gains[site] / patrol.stop_s <= found[0]):
                break
            if site in best.stops:
                continue
            order, time_s = _insert(list(best.stops), site, ways, patrol.stop_s)
            value = gains[site] / max(time_s - best.time_s, 1.0)
            if time_s <= patrol.time_s and (found is None or value > found[0]):
                found = (value, site, order, time_s)
        if found is None:
            return best
        _, site, order, _ = found
        order = _straightened(order, ways)
        best = replace(
            best, stops=tuple(order), closed=best.closed + float(gains[site]), time_s=_time(order, ways, patrol.stop_s)
        )
        left = left * (1.0 - hears[site])


def _hears(wanting: Stretching, sites: Sites, patrol: Patrol) -> Floats:
    """(sites, stretches) probability that people at a stop hear and report what happens at a stretch."""
    away = np.hypot(sites.x[:, None] - wanting.x, sites.y[:, None] - wanting.y)
    fall = np.clip((away - patrol.hears_m) / (FALL_OFF * patrol.hears_m), -50.0, 50.0)
    return np.asarray(patrol.share / (1.0 + np.exp(fall)))


def _ways(sites: Sites, patrol: Patrol, barred: Sequence[shapely.Geometry]) -> Floats:
    """(sites + 1, sites + 1) seconds between sites, the base last; infinite over barred ground."""
    x, y = np.r_[sites.x, patrol.base[0]], np.r_[sites.y, patrol.base[1]]
    time = DETOUR * np.hypot(x[:, None] - x, y[:, None] - y) / patrol.speed_mps
    if barred:
        a, b = np.triu_indices(len(x), 1)
        legs = shapely.linestrings(np.stack([np.c_[x[a], y[a]], np.c_[x[b], y[b]]], axis=1))
        ground = shapely.union_all(list(barred))
        shapely.prepare(ground)
        crossed = shapely.intersects(ground, legs)
        time[a[crossed], b[crossed]] = time[b[crossed], a[crossed]] = np.inf
    return np.asarray(time)


def _time(stops: Sequence[int], ways: Floats, stop_s: float) -> float:
    base = len(ways) - 1
    return sum(float(ways[a, b]) for a, b in pairwise((base, *stops, base))) + stop_s * len(stops)


def _insert(stops: list[int], site: int, ways: Floats, stop_s: float) -> tuple[list[int], float]:
    """A stop put where it lengthens the way least."""
    tries = [[*stops[:at], site, *stops[at:]] for at in range(len(stops) + 1)]
    times = [_time(order, ways, stop_s) for order in tries]
    least = int(np.argmin(times))
    return tries[least], times[least]


def _straightened(stops: list[int], ways: Floats) -> list[int]:
    """The same stops with crossings undone (2-opt)."""
    order, least = list(stops), _time(stops, ways, 0.0)
    again = True
    while again:
        again = False
        for i in range(len(order) - 1):
            for j in range(i + 1, len(order)):
                turned = order[:i] + order[i : j + 1][::-1] + order[j + 1 :]
                time = _time(turned, ways, 0.0)
                if time < least - 1e-6:
                    order, least, again = turned, time, True
    return order
