"""Ground that a map shows as newly held by a party: where, how wide, and whether it is beyond the map's error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.special import ndtr

from truceline.geo.frame import Frame
from truceline.geo.held import PreparedMap
from truceline.model.instant import US_PER_HOUR, Instant

LEAST_WIDTH_M = 10.0  # thinner slivers are rounding of the drawing: edges are straight between their own vertices
LEAST_SIGMAS = 0.5  # and what is narrower than half the map's error is the map redrawn
SHOWN_WITHIN_US = 24 * US_PER_HOUR  # another mapper has so long to show the same change


@dataclass(frozen=True)
class Gain:
    """One piece of newly held ground. `low`, `high`: bounds of the probability that the positions changed.

    `high` is what the mapper's own sigmas leave; `low` is 0 where another mapper shows that ground unchanged.
    (lon, lat) is well inside, `width_m` its largest width, `sigma_m` of its edges.
    """

    mapper: str
    party: str
    when_us: Instant
    lon: float
    lat: float
    width_m: float
    sigma_m: float
    low: float
    high: float


def gains(maps: Sequence[PreparedMap], frame: Frame) -> tuple[Gain, ...]:
    """All gains of all maps, in order of time, mapper and party."""
    found = []
    for one in maps:
        for party in sorted({area.party for area, _, _ in one.areas}):
            starts = sorted({area.from_us for area, _, _ in one.areas if area.party == party})
            for when in starts[1:]:
                found += _gained(one, maps, frame, party, when)
    return tuple(sorted(found, key=lambda gain: (gain.when_us, gain.mapper, gain.party, gain.lon, gain.lat)))


def _gained(one: PreparedMap, maps: Sequence[PreparedMap], frame: Frame, party: str, when: Instant) -> list[Gain]:
    before, sigma_before = _held(one, party, when - 1)
    after, sigma_after = _held(one, party, when)
    if shapely.is_empty(before):
        return []
    sigma = float(np.hypot(sigma_before, sigma_after))
    found = []
    for part in shapely.get_parts(shapely.get_parts(shapely.difference(after, before))):
        if shapely.get_dimensions(part) != 2 or shapely.is_empty(part):
            continue
        circle = shapely.maximum_inscribed_circle(part, tolerance=max(0.5, float(shapely.length(part)) / 1e4))
        width = 2 * float(shapely.length(circle))
        if width < max(LEAST_WIDTH_M, LEAST_SIGMAS * sigma):
            continue
        (x, y) = shapely.get_coordinates(circle)[0].tolist()
        lon, lat = frame.to_lonlat(x, y)
        real = float(ndtr(width / sigma)) if sigma > 0 else 1.0
        denied = any(_denies(other, party, x, y, when) for other in maps if other.mapper != one.mapper)
        found.append(Gain(one.mapper, party, when, float(lon), float(lat), width, sigma, 0.0 if denied else real, real))
    return found


def _denies(other: PreparedMap, party: str, x: float, y: float, when: Instant) -> bool:
    """Whether another mapper, who knows that ground, shows it unchanged: held before, or not held a day after."""
    point = shapely.points(x, y)
    later = when + SHOWN_WITHIN_US
    known = any(
        shapely.contains(region, point)
        for area, region, _ in other.areas
        if _in_time(area.from_us, area.until_us, when)
    )
    if not known:
        return False
    held_before = bool(shapely.contains(_held(other, party, when - SHOWN_WITHIN_US)[0], point))
    held_after = bool(shapely.contains(_held(other, party, later)[0], point))
    return held_before or not held_after


def _held(one: PreparedMap, party: str, when: Instant) -> tuple[shapely.Geometry, float]:
    """What a party holds on a map at an instant, and the largest sigma of its edges."""
    held = [
        (region, area.sigma_m)
        for area, region, _ in one.areas
        if area.party == party and _in_time(area.from_us, area.until_us, when)
    ]
    return shapely.union_all([region for region, _ in held]), max((sigma for _, sigma in held), default=0.0)


def _in_time(from_us: Instant, until_us: Instant | None, when: Instant) -> bool:
    return from_us <= when and (until_us is None or when < until_us)
