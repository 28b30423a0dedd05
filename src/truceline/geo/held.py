"""Who holds the ground at a place, by maps whose edges are uncertain.

A mapper draws an edge and says how well it is known. Here is what each map says of a place, edge by edge; how far
maps are to be believed is weighed elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely
from scipy.special import ndtr

from truceline.geo.batches import MOST_PAIRS, batches
from truceline.geo.frame import Frame
from truceline.model.ground import ControlMap, HeldGround
from truceline.model.instant import Instant

Floats = npt.NDArray[np.float64]

LEAST_SIGMA_M = 1.0
DOUBT_SIGMAS = 2.0
FAR_M = 1e6


@dataclass(frozen=True)
class Edges:
    """The straight edges of a boundary: starts and ends, (n,) each, frame metres."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats

    def distance(self, x: Floats, y: Floats) -> Floats:
        """Metres from each point to the nearest edge, infinite where there is none: points (n,), or (clouds, n).

        Only edges that can be nearest to some point of a cloud are looked at.
        """
        if not len(self.x0) or not x.size:
            return np.full(x.shape, np.inf)
        clouds_x, clouds_y = np.atleast_2d(x), np.atleast_2d(y)
        middle_x = (clouds_x.min(axis=1) + clouds_x.max(axis=1)) / 2
        middle_y = (clouds_y.min(axis=1) + clouds_y.max(axis=1)) / 2
        reach = np.hypot(clouds_x - middle_x[:, None], clouds_y - middle_y[:, None]).max(axis=1)
        from_middle = _to_edges(middle_x, middle_y, self)
        close = from_middle <= (from_middle.min(axis=1) + 2 * reach)[:, None]
        if x.ndim == 1:
            return self._near(x, y, close[0])
        return np.concatenate(
            [self._nearest(clouds_x[some], clouds_y[some], close[some]) for some in batches(close, x.shape[1])]
        )

    def _nearest(self, x: Floats, y: Floats, close: npt.NDArray[np.bool_]) -> Floats:
        """(clouds, n) metres to the nearest of the edges that each cloud is close to."""
        cloud, edge = np.nonzero(close)
        along_x, along_y = (self.x1 - self.x0)[edge, None], (self.y1 - self.y0)[edge, None]
        off_x, off_y = x[cloud] - self.x0[edge, None], y[cloud] - self.y0[edge, None]
        square = np.maximum(along_x**2 + along_y**2, 1e-12)
        share = np.clip((off_x * along_x + off_y * along_y) / square, 0.0, 1.0)
        away = np.hypot(off_x - share * along_x, off_y - share * along_y)
        return np.asarray(np.minimum.reduceat(away, np.flatnonzero(np.diff(cloud, prepend=-1)), axis=0))

    def _near(self, x: Floats, y: Floats, close: npt.NDArray[np.bool_]) -> Floats:
        some = Edges(self.x0[close], self.y0[close], self.x1[close], self.y1[close])
        step = max(1, MOST_PAIRS // len(some.x0))
        return np.concatenate(
            [_to_edges(x[i : i + step], y[i : i + step], some).min(axis=1) for i in range(0, len(x), step)]
        )


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
    _joined: dict[tuple[int, ...], tuple[shapely.Geometry, Edges]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def joined(self, places: tuple[int, ...]) -> tuple[shapely.Geometry, Edges]:
        """The union of some areas (by their places), without the edges between them; worked out once."""
        if len(places) == 1:
            return self.areas[places[0]][1:]
        if places not in self._joined:
            region = shapely.union_all([self.areas[place][1] for place in places])
            shapely.prepare(region)
            self._joined[places] = region, _edges(region)
        return self._joined[places]


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


@dataclass(frozen=True)
class Stated:
    """What one map says of points at an instant, any shape.

    signed_m (…, parties): metres inside (positive) or outside each party's ground; −FAR_M where it holds none. sigma_m:
    how well the nearest edge of that ground is known, likewise. silent (…): ground that the map gives to nobody, or to
    two parties at once, by more than the doubt about its edges.
    """

    signed_m: Floats
    sigma_m: Floats
    silent: npt.NDArray[np.bool_]


def stated(prepared: PreparedMap, parties: Sequence[str], x: Floats, y: Floats, when: Instant) -> Stated:
    """What a map says of points (n,), or (clouds, n); frame metres. Ground of those who are no party says nothing of
    the parties."""
    signed = np.full((*x.shape, len(parties)), -FAR_M)
    sigma = np.full(signed.shape, LEAST_SIGMA_M)
    for column, party in enumerate(parties):
        mine = tuple(
            number for number, (area, _, _) in enumerate(prepared.areas) if area.party == party and area.holds_at(when)
        )
        if mine:
            region, edges = prepared.joined(mine)
            distance = np.minimum(edges.distance(x, y), FAR_M)
            signed[..., column] = np.where(shapely.contains_xy(region, x, y), distance, -distance)
            sigma[..., column] = _sigma(prepared, mine, x, y)
    ranked = np.sort(signed, axis=-1)
    doubt = DOUBT_SIGMAS * sigma.max(axis=-1)
    silent = ranked[..., -1] < -doubt
    if len(parties) > 1:
        silent |= ranked[..., -2] > doubt
    return Stated(signed, sigma, silent)


def holding(prepared: PreparedMap, parties: Sequence[str], x: Floats, y: Floats, when: Instant) -> Floats:
    """(n, parties + 1) probability that each party holds each point by one map alone and its own sigma, unknown ground
    last. Ground claimed for two parties at once is unknown, as is ground in no area."""
    said = stated(prepared, parties, x, y, when)
    held = ndtr(said.signed_m / said.sigma_m)
    contested = np.maximum(held.sum(axis=1, keepdims=True) - 1.0, 0.0)
    held = np.maximum(held - contested, 0.0)
    return np.asarray(np.c_[held, np.maximum(1.0 - held.sum(axis=1), 0.0)])


def _sigma(prepared: PreparedMap, places: tuple[int, ...], x: Floats, y: Floats) -> Floats | float:
    """The sigma of whichever of these areas has its edge nearest."""
    stated_m = [max(prepared.areas[place][0].sigma_m, LEAST_SIGMA_M) for place in places]
    if len(set(stated_m)) == 1:
        return stated_m[0]
    nearest = np.argmin([prepared.areas[place][2].distance(x, y) for place in places], axis=0)
    return np.asarray(np.array(stated_m)[nearest])
