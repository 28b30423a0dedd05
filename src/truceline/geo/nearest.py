"""Which of many named points is nearest to a position, how far off it is, and in which direction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.geo.frame import Floats, distance_azimuth

Position = tuple[float, float]  # (lon, lat), WGS84 degrees
CANDIDATES = 4  # nearest on the sphere, among which the ellipsoid decides
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Nearest:
    """A point by its place in the list; metres from it; azimuth of the position as seen from it, degrees."""

    index: int
    distance_m: float
    azimuth_deg: float


def nearest(points: Sequence[Position], positions: Sequence[Position]) -> list[Nearest]:
    """For each position the nearest of the points (at least one), the first of equals."""
    assert points
    if not positions:
        return []
    stars, lonlat = _unit(points), np.asarray(points, float)
    found: list[Nearest] = []
    for start in range(0, len(positions), CHUNK):
        some = np.asarray(positions[start : start + CHUNK], float)
        near = np.argsort(-(_unit(some) @ stars.T), axis=1, kind="stable")[:, :CANDIDATES]
        from_points = lonlat[near]
        metres, azimuth = distance_azimuth(from_points[..., 0], from_points[..., 1], some[:, None, 0], some[:, None, 1])
        best = np.argmin(metres, axis=1)
        rows = np.arange(len(some))
        found += [
            Nearest(int(index), float(distance), float(towards))
            for index, distance, towards in zip(near[rows, best], metres[rows, best], azimuth[rows, best], strict=True)
        ]
    return found


def _unit(positions: Sequence[Position] | Floats) -> Floats:
    """(n, 3) directions from the middle of the globe."""
    lon, lat = np.radians(np.asarray(positions, float)).T
    return np.asarray(np.c_[np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
