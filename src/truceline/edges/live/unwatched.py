"""What is blind now: ground where a muzzle blast of middling loudness would probably reach fewer than two sensors.

A rough answer by stated physics, for the duty desk at this moment; what the network really hears is learnt elsewhere.
"""

from collections.abc import Collection, Sequence

import numpy as np
from shapely import box, unary_union
from shapely.geometry import MultiPolygon, Polygon

from truceline.fusion.given import MARGIN_M, Given
from truceline.sensors.contract import Floats

REACH_M = 8_000.0  # at which half of the blasts of middling loudness are caught
STEPS = 48  # cells along the longer side
LEAST = 0.5
NEEDED = 2  # sensors, for a place to be told


def unwatched(laid_out: Given, live: Collection[str]) -> list[list[list[tuple[float, float]]]]:
    """Polygons (rings of lon, lat) of the watched ground where too little is heard by the live sensors (their ids)."""
    channels = laid_out.channels
    if not len(channels):
        return []
    x, y, side = _cells(channels.x, channels.y)
    working = np.array([sensor in live for sensor in channels.sensor])
    none, one = np.ones(len(x)), np.zeros(len(x))
    for row in np.flatnonzero(working):
        sensing = channels.sensings[channels.sensing[row]]
        distance = np.hypot(x - channels.x[row], y - channels.y[row])
        caught = np.where(distance <= sensing.reach_m, sensing.detectability(distance, np.full(len(x), REACH_M)), 0.0)
        one = one * (1 - caught) + none * caught
        none = none * (1 - caught)
    blind = (1 - none - one) < LEAST
    joined = unary_union([box(a - side, b - side, a + side, b + side) for a, b in zip(x[blind], y[blind], strict=True)])
    parts: Sequence[Polygon] = joined.geoms if isinstance(joined, MultiPolygon) else [joined]
    return [_lonlat(laid_out, part) for part in parts if not part.is_empty]


def _cells(east: Floats, north: Floats) -> tuple[Floats, Floats, float]:
    """Centres of square cells that cover the network and its margin, and half the side of one, metres."""
    left, right = float(east.min()) - MARGIN_M, float(east.max()) + MARGIN_M
    foot, head = float(north.min()) - MARGIN_M, float(north.max()) + MARGIN_M
    side = max(right - left, head - foot) / STEPS
    x, y = np.meshgrid(np.arange(left + side / 2, right, side), np.arange(foot + side / 2, head, side))
    return x.ravel(), y.ravel(), side / 2


def _lonlat(laid_out: Given, part: Polygon) -> list[list[tuple[float, float]]]:
    rings = []
    for ring in (part.exterior, *part.interiors):
        x, y = np.asarray(ring.coords).T
        lon, lat = laid_out.frame.to_lonlat(x, y)
        rings.append([(round(float(a), 4), round(float(b), 4)) for a, b in zip(lon, lat, strict=True)])
    return rings
