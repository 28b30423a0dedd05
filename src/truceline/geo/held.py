"""Who holds the ground at a place, by maps whose edges are uncertain.

A mapper draws an edge and says how well it is known. The true edge is taken to lie a normal distance away,
the same along the stretch that matters; now and then a map is wrong by far more than its mapper believes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.special import ndtr

from truceline.geo.frame import Frame
from truceline.model.ground import ControlMap, HeldGround
from truceline.model.instant import Instant

Floats = npt.NDArray[np.float64]

UNKNOWN = ""  # ground that no party holds for certain
LEAST_SIGMA_M = 1.0
ROUGH_SHARE = 0.04  # of maps are wrong where it matters by several times what they state
ROUGH_TIMES = 6.0
FAR_SIGMAS = 40.0
MOST_PAIRS = 1_000_000  # of points and edges looked at at once


@dataclass(frozen=True)
class Edges:
    """The straight edges of a boundary: starts and ends, (n,) each, frame metres."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats

    def distance(self, x: Floats, y: Floats) -> Floats:
        """(points,) metres from each point to the nearest edge; infinite where there is none.

        Only edges that can be nearest to some point of so small a cloud are looked at.
        """
        if not len(self.x0) or not len(x):
            return np.full(len(x), np.inf)
        middle_x, middle_y = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
        reach = float(np.hypot(x - middle_x, y - middle_y).max())
        from_middle = _to_edges(np.array([middle_x]), np.array([middle_y]), self)[0]
        near = np.flatnonzero(from_middle <= from_middle.min() + 2 * reach)
        some = Edges(self.x0[near], self.y0[near], self.x1[near], self.y1[near])
        step = max(1, MOST_PAIRS // len(near))
        parts = [_to_edges(x[i : i + step], y[i : i + step], some).min(axis=1) for i in range(0, len(x), step)]
        return np.concatenate(parts)


def _to_edges(x: Floats, y: Floats, edges: Edges) -> Floats:
    """(points, edges) metres from points to edges."""
    along_x, along_y = edges.x1 - edges.x0, edges.y1 - edges.y0
    off_x, off_y = x[:, None] - edges.x0, y[:, None] - edges.y0
    square = np.maximum(along_x**2 + along_y**2, 1e-12)
    share = np.clip((off_x * along_x + off_y * along_y) / square, 0.0, 1.0)
    return np.asarray(np.hypot(off_x - share * along_x, off_y - share * along_y))


def _edges(region: shapely.Geometry) -> Edges:
    """All edges of a region's boundary."""
    lines = [shapely.get_coordinates(line) for line in shapely.get_parts(shapely.boundary(region))]
    starts = np.concatenate([line[:-1] for line in lines] or [np.zeros((0, 2))])
    ends = np.concatenate([line[1:] for line in lines] or [np.zeros((0, 2))])
    return Edges(starts[:, 0], starts[:, 1], ends[:, 0], ends[:, 1])


@dataclass(frozen=True)
class PreparedMap:
    """One mapper's areas in frame metres, ready for many points."""

    mapper: str
    areas: tuple[tuple[HeldGround, shapely.Geometry, Edges], ...]  # (area, region, its boundary)


def prepare_maps(maps: Sequence[ControlMap], frame: Frame) -> tuple[PreparedMap, ...]:
    """Maps with their polygons projected once."""
    prepared = []
    for one in maps:
        areas = []
        for area in one.areas:
            region = shapely.union_all([_polygon(rings, frame) for rings in area.polygons])
            shapely.prepare(region)
            areas.append((area, region, _edges(region)))
        prepared.append(PreparedMap(one.mapper, tuple(areas)))
    return tuple(prepared)


def _polygon(rings: Sequence[Sequence[tuple[float, float]]], frame: Frame) -> shapely.Geometry:
    projected = []
    for ring in rings:
        x, y = frame.to_xy([lon for lon, _ in ring], [lat for _, lat in ring])
        projected.append(np.c_[x, y])
    return shapely.make_valid(shapely.Polygon(projected[0], projected[1:]))


def holding(
    prepared: PreparedMap, parties: Sequence[str], x: Floats, y: Floats, when: Instant
) -> tuple[Floats, Floats]:
    """(points, parties + 1) probability that each party holds each point at an instant, unknown ground last; and
    (points,) how deep each point lies in the ground of whoever holds it: metres to the edge, 0 outside all.

    Ground claimed for two parties at once is unknown, as is ground in no area.
    """
    held = np.zeros((len(x), len(parties)))
    deep = np.zeros(len(x))
    for area, region, edges in prepared.areas:
        if not _in_time(area, when):
            continue
        distance = edges.distance(x, y)
        within = shapely.contains_xy(region, x, y)
        deep = np.maximum(deep, np.where(within, distance, 0.0))
        if area.party in parties:
            inside = _inside(within, distance, max(area.sigma_m, LEAST_SIGMA_M))
            column = list(parties).index(area.party)
            held[:, column] = np.maximum(held[:, column], inside)
    # What more than one party is said to hold is taken from each and left unknown.
    contested = np.maximum(held.sum(axis=1, keepdims=True) - 1.0, 0.0)
    held = np.maximum(held - contested, 0.0)
    return np.asarray(np.c_[held, np.maximum(1.0 - held.sum(axis=1), 0.0)]), deep


def _in_time(area: HeldGround, when: Instant) -> bool:
    return area.from_us <= when and (area.until_us is None or when < area.until_us)


def _inside(within: npt.NDArray[np.bool_], distance: Floats, sigma: float) -> Floats:
    """Probability that points lie inside a region whose edge is uncertain by sigma."""
    signed = np.clip(np.where(within, distance, -distance) / sigma, -FAR_SIGMAS, FAR_SIGMAS)
    return np.asarray((1 - ROUGH_SHARE) * ndtr(signed) + ROUGH_SHARE * ndtr(signed / ROUGH_TIMES))
