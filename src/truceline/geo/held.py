"""Who holds the ground at a place, by maps whose edges are uncertain.

A mapper draws an edge and says how well it is known. The true edge is taken to lie a normal distance away,
the same along the stretch that matters; now and then a map is wrong by far more than its mapper believes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.stats import norm

from truceline.geo.frame import Frame
from truceline.model.ground import ControlMap, HeldGround
from truceline.model.instant import Instant

Floats = npt.NDArray[np.float64]

UNKNOWN = ""  # ground that no party holds for certain
LEAST_SIGMA_M = 1.0
ROUGH_SHARE = 0.04  # of maps are wrong where it matters by several times what they state
ROUGH_TIMES = 6.0
FAR_SIGMAS = 40.0


@dataclass(frozen=True)
class PreparedMap:
    """One mapper's areas in frame metres, ready for many points."""

    mapper: str
    areas: tuple[tuple[HeldGround, shapely.Geometry, shapely.Geometry], ...]  # (area, region, its boundary)


def prepare_maps(maps: Sequence[ControlMap], frame: Frame) -> tuple[PreparedMap, ...]:
    """Maps with their polygons projected once."""
    prepared = []
    for one in maps:
        areas = []
        for area in one.areas:
            region = shapely.union_all([_polygon(rings, frame) for rings in area.polygons])
            shapely.prepare(region)
            boundary = shapely.boundary(region)
            shapely.prepare(boundary)
            areas.append((area, region, boundary))
        prepared.append(PreparedMap(one.mapper, tuple(areas)))
    return tuple(prepared)


def _polygon(rings: Sequence[Sequence[tuple[float, float]]], frame: Frame) -> shapely.Geometry:
    projected = []
    for ring in rings:
        x, y = frame.to_xy([lon for lon, _ in ring], [lat for _, lat in ring])
        projected.append(np.c_[x, y])
    return shapely.make_valid(shapely.Polygon(projected[0], projected[1:]))


def holding(prepared: PreparedMap, parties: Sequence[str], x: Floats, y: Floats, when: Instant) -> Floats:
    """(points, parties + 1) probability that each party holds each point at an instant; unknown ground last.

    Ground claimed for two parties at once is unknown, as is ground in no area.
    """
    points = shapely.points(x, y)
    held = np.zeros((len(x), len(parties)))
    for area, region, boundary in prepared.areas:
        if area.party not in parties or not _in_time(area, when):
            continue
        inside = _inside(points, region, boundary, max(area.sigma_m, LEAST_SIGMA_M))
        column = list(parties).index(area.party)
        held[:, column] = np.maximum(held[:, column], inside)
    # What more than one party is said to hold is taken from each and left unknown.
    contested = np.maximum(held.sum(axis=1, keepdims=True) - 1.0, 0.0)
    held = np.maximum(held - contested, 0.0)
    return np.asarray(np.c_[held, np.maximum(1.0 - held.sum(axis=1), 0.0)])


def depth(prepared: PreparedMap, x: Floats, y: Floats, when: Instant) -> Floats:
    """(points,) how deep each point lies in the ground of whoever holds it: metres to the edge, 0 outside all."""
    points = shapely.points(x, y)
    found = np.zeros(len(x))
    for area, region, boundary in prepared.areas:
        if _in_time(area, when):
            within = shapely.contains_xy(region, x, y)
            found = np.maximum(found, np.where(within, shapely.distance(points, boundary), 0.0))
    return found


def _in_time(area: HeldGround, when: Instant) -> bool:
    return area.from_us <= when and (area.until_us is None or when < area.until_us)


def _inside(
    points: npt.NDArray[np.object_], region: shapely.Geometry, boundary: shapely.Geometry, sigma: float
) -> Floats:
    """Probability that points lie inside a region whose edge is uncertain by sigma."""
    within = shapely.contains_xy(region, shapely.get_x(points), shapely.get_y(points))
    distance = shapely.distance(points, boundary)
    signed = np.where(within, distance, -distance) / sigma
    signed = np.clip(signed, -FAR_SIGMAS, FAR_SIGMAS)
    return np.asarray((1 - ROUGH_SHARE) * norm.cdf(signed) + ROUGH_SHARE * norm.cdf(signed / ROUGH_TIMES))
