"""Zones of the ground with uncertain edges, and the probability that an uncertain position lies in one.

A zone is the inside of polygons, or the ground within a distance of a line, a point or polygons. Edges run straight
in longitude and latitude between the given positions, as RFC 7946 says; distances are geodesic on WGS84. A position
is a normal density on the ground. Its probability to lie inside a polygon is exact for any shape and any size of
the density: the density's content of a polygon is a sum over the edges of Owen's T function (D. B. Owen, "Tables for
computing bivariate normal probabilities", Annals of Mathematical Statistics 27, 1956).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil, pi, sqrt

import numpy as np
import numpy.typing as npt
import shapely
from scipy.ndimage import distance_transform_edt
from scipy.special import owens_t

from truceline.geo.frame import GEOD, Floats, Frame
from truceline.model.agreement import Area
from truceline.model.event import Ellipse
from truceline.model.ground import Ring

STEP_DEG = 0.01  # edges are cut this fine before they are bent into the frame: 2 cm of sag at mid latitudes
SAG_M = 0.05  # an arc may be cut by its chord by so much
REACH = 6.5  # sigmas beyond which an edge plays no part (8e-11)
LEAST_SIGMA_M = 0.01  # no position is better known than this
CHI2_90 = 4.605170185988092  # of two degrees of freedom: the square of a 90 % ellipse's half axis, in sigmas
CHUNK = 20_000
CELLS = 384  # of the longer side of a zone, in its grid
WORTH_A_GRID = 20_000  # positions


@dataclass(frozen=True)
class Positions:
    """Where things were, in a frame: (n,) metres, with the covariance of each, metres squared along +x and +y."""

    x: Floats
    y: Floats
    xx: Floats
    xy: Floats
    yy: Floats

    def __len__(self) -> int:
        return len(self.x)

    @cached_property
    def points(self) -> npt.NDArray[np.object_]:
        """The positions as shapely points, (n,)."""
        return np.asarray(shapely.points(self.x, self.y), object)

    def take(self, rows: Sequence[int]) -> "Positions":
        """Some of the positions, by row."""
        some = np.asarray(rows, np.intp)
        taken = Positions(self.x[some], self.y[some], self.xx[some], self.xy[some], self.yy[some])
        vars(taken)["points"] = self.points[some]  # made once, for whatever is taken
        return taken


@dataclass(frozen=True)
class Standing:
    """How positions stand to a zone.

    `probability`: of being inside, (n,). `margin_m`: from the nearest edge, positive inside, for positions whose
    density touches an edge; infinite, with its sign, for all others.
    """

    probability: list[float]
    margin_m: list[float]


def positions(frame: Frame, lon: Sequence[float], lat: Sequence[float], ellipses90: Sequence[Ellipse]) -> Positions:
    """Positions from WGS84 degrees and the ellipses that hold them nine times in ten, each (n,)."""
    x, y = frame.to_xy(lon, lat)
    major = np.array([ellipse.semi_major_m for ellipse in ellipses90], float) ** 2 / CHI2_90
    minor = np.array([ellipse.semi_minor_m for ellipse in ellipses90], float) ** 2 / CHI2_90
    azimuth = np.radians(np.array([ellipse.azimuth_deg for ellipse in ellipses90], float))
    if len(x):
        azimuth = azimuth + frame.north_rad(lon, lat)
    sin, cos = np.sin(azimuth), np.cos(azimuth)
    return Positions(
        x=x,
        y=y,
        xx=major * sin**2 + minor * cos**2,
        xy=(major - minor) * sin * cos,
        yy=major * cos**2 + minor * sin**2,
    )


class Region:
    """A zone made ready: its outline in the frame, indexed. `sigma_m` is how far the outline as a whole may be off."""

    def __init__(self, frame: Frame, outline: shapely.Geometry, sigma_m: float = 0.0) -> None:
        self.frame = frame
        self.sigma_m = sigma_m
        self.outline = shapely.multipolygons([_oriented(part) for part in shapely.get_parts(outline)])
        shapely.prepare(self.outline)
        if shapely.is_empty(self.outline):
            return
        self._from, self._to = _segments(self.outline)
        self._edge = shapely.boundary(self.outline)
        shapely.prepare(self._edge)
        self._tree = shapely.STRtree(shapely.linestrings(np.stack([self._from, self._to], axis=1)))

    def stand(self, at: Positions) -> Standing:
        """How each position stands to the zone."""
        if shapely.is_empty(self.outline):
            return Standing([0.0] * len(at), [-np.inf] * len(at))
        spread = (at.xx + at.yy) / 2 + np.hypot((at.xx - at.yy) / 2, at.xy)  # the larger eigenvalue
        reach = REACH * np.sqrt(spread + self.sigma_m**2 + LEAST_SIGMA_M**2)
        west, south, east, north = shapely.bounds(self.outline)
        near = np.flatnonzero(
            (at.x > west - reach) & (at.x < east + reach) & (at.y > south - reach) & (at.y < north + reach)
        )
        probability = np.zeros(len(at))
        margin = np.full(len(at), -np.inf)
        held = shapely.contains_xy(self.outline, at.x[near], at.y[near])
        probability[near] = held
        margin[near[held]] = np.inf
        near = near[self._perhaps_touching(at.x[near], at.y[near], reach[near])]
        near = near[shapely.dwithin(self._edge, at.points[near], reach[near])]
        for start in range(0, len(near), CHUNK):
            self._blur(at, near[start : start + CHUNK], reach, probability, margin)
        return Standing(probability.tolist(), margin.tolist())

    def _perhaps_touching(self, x: Floats, y: Floats, reach: Floats) -> npt.NDArray[np.bool_]:
        """Which of many positions may be within reach of an edge: all that are, and a few that are not."""
        if len(x) < WORTH_A_GRID:
            return np.ones(len(x), bool)
        west, south, cell_m, away_m = self._grid
        column = np.clip((x - west) / cell_m, 0, away_m.shape[0] - 1).astype(np.intp)
        row = np.clip((y - south) / cell_m, 0, away_m.shape[1] - 1).astype(np.intp)
        return np.asarray(away_m[column, row] <= reach + 3 * cell_m)

    @cached_property
    def _grid(self) -> tuple[float, float, float, Floats]:
        """Western and southern edge and size of the cells of a grid, and how far each cell is from an edge, metres."""
        west, south, east, north = shapely.bounds(self.outline)
        cell_m = max(east - west, north - south, 1.0) / CELLS
        vertices = shapely.get_coordinates(shapely.segmentize(shapely.boundary(self.outline), cell_m / 2))
        cells = np.floor((vertices - [west, south]) / cell_m).astype(np.intp)
        free = np.ones(cells.max(axis=0) + 1, bool)
        free[cells[:, 0], cells[:, 1]] = False
        return west, south, cell_m, distance_transform_edt(free) * cell_m

    def _blur(
        self, at: Positions, some: npt.NDArray[np.intp], reach: Floats, probability: Floats, margin: Floats
    ) -> None:
        """Put right the probability and margin of those positions whose density touches an edge."""
        x, y, r = at.x[some], at.y[some], reach[some]
        which, edge = self._tree.query(shapely.box(x - r, y - r, x + r, y + r))
        if not len(which):
            return
        here = some[which]
        ax, ay = (self._from[edge] - np.c_[at.x[here], at.y[here]]).T
        bx, by = (self._to[edge] - np.c_[at.x[here], at.y[here]]).T
        share, on_edge = _edge_share(ax, ay, bx, by, *self._whitening(at, here))
        touched = np.unique(here)
        order = np.searchsorted(touched, here)
        lost = np.bincount(order, share, len(touched))
        on = np.bincount(order, on_edge, len(touched)) > 0
        inside = probability[touched] > 0.5
        distance = np.full(len(touched), np.inf)
        np.minimum.at(distance, order, _distance(ax, ay, bx, by))
        probability[touched] = np.where(on, 0.5, np.clip(inside - lost, 0.0, 1.0))
        margin[touched] = np.where(inside, distance, -distance)

    def _whitening(self, at: Positions, here: npt.NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """The inverse of the covariance's lower triangular root: (1/l11, −l21/(l11·l22), 1/l22)."""
        more = self.sigma_m**2 + LEAST_SIGMA_M**2
        l11 = np.sqrt(at.xx[here] + more)
        l21 = at.xy[here] / l11
        l22 = np.sqrt(np.maximum(at.yy[here] + more - l21**2, LEAST_SIGMA_M**2))
        return 1 / l11, -l21 / (l11 * l22), 1 / l22


def region(frame: Frame, area: Area, within_m: float = 0.0) -> Region:
    """The inside of an area, or all ground within a distance of it (its inside included)."""
    return Region(frame, outline_of(frame, area, within_m), area.sigma_m)


def outline_of(frame: Frame, area: Area, within_m: float = 0.0) -> shapely.Geometry:
    """The outline, in the frame, of the inside of an area or of all ground within a distance of it.

    A line or a point has no inside: it asks for `within_m` (a point's own radius is added to it).
    """
    base = shape_of(frame, area)
    reach = within_m + area.radius_m
    assert reach > 0 or area.polygons, f"area {area.id!r} has no inside"
    return _widened(frame, base, reach) if reach > 0 else base


@lru_cache(maxsize=256)
def disc(frame: Frame, lon: float, lat: float, radius_m: float) -> Region:
    """All ground within a distance of a position."""
    return Region(frame, _widened(frame, shapely.points(*map(float, frame.to_xy(lon, lat))), max(radius_m, 0.01)))


def shape_of(frame: Frame, area: Area) -> shapely.Geometry:
    """The area in the frame, its edges bent as straight lines of longitude and latitude are."""
    if area.point is not None:
        return shapely.points(*map(float, frame.to_xy(*area.point)))
    if area.line:
        return shapely.linestrings(_bent(frame, area.line))
    parts = [
        shapely.Polygon(_bent(frame, polygon[0]), [_bent(frame, hole) for hole in polygon[1:]])
        for polygon in area.polygons
    ]
    whole = shapely.unary_union([shapely.make_valid(part) for part in parts])
    return shapely.multipolygons([part for part in shapely.get_parts(whole) if shapely.get_dimensions(part) == 2])


def _bent(frame: Frame, ring: Ring) -> Floats:
    degrees = shapely.get_coordinates(shapely.segmentize(shapely.linestrings(np.asarray(ring, float)), STEP_DEG))
    return np.stack(frame.to_xy(degrees[:, 0], degrees[:, 1]), axis=1)


def _widened(frame: Frame, base: shapely.Geometry, reach_m: float) -> shapely.Geometry:
    """The ground within a distance of a shape, each vertex of its outline put at that geodesic distance.

    A buffer in the frame is wrong by the frame's distortion; the foot of each vertex is not, to first order.
    """
    quarter = int(np.clip(ceil(pi / 2 * sqrt(reach_m / (8 * SAG_M))), 16, 512))
    rough = shapely.segmentize(shapely.buffer(base, reach_m, quad_segs=quarter), max(25.0, reach_m / 250))
    vertices = shapely.get_coordinates(rough)
    feet = shapely.get_coordinates(shapely.shortest_line(base, shapely.points(vertices)))[::2]
    foot_lon, foot_lat = frame.to_lonlat(feet[:, 0], feet[:, 1])
    lon, lat = frame.to_lonlat(vertices[:, 0], vertices[:, 1])
    azimuth, _, _ = GEOD.inv(foot_lon, foot_lat, lon, lat)
    lon, lat, _ = GEOD.fwd(foot_lon, foot_lat, azimuth, np.full(len(lon), reach_m))
    right = shapely.make_valid(shapely.set_coordinates(rough, np.stack(frame.to_xy(lon, lat), axis=1)))
    return shapely.multipolygons([part for part in shapely.get_parts(right) if shapely.get_dimensions(part) == 2])


def _oriented(polygon: shapely.Geometry) -> shapely.Geometry:
    """Outer ring counter-clockwise, holes clockwise: the zone lies to the left of every edge."""
    return shapely.orient_polygons(polygon)


def _segments(outline: shapely.Geometry) -> tuple[Floats, Floats]:
    rings = shapely.get_rings(shapely.get_parts(outline))
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return coordinates[:-1][same], coordinates[1:][same]


def _edge_share(
    ax: Floats, ay: Floats, bx: Floats, by: Floats, u11: Floats, u21: Floats, u22: Floats
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """What the density loses beyond each edge, signed, and whether the position lies on the edge itself.

    Edges from a to b, relative to the position; `u` whitens. Content of a polygon = 1 if the centre is inside, else
    0, less the sum of these.
    """
    px, py = ax * u11, ax * u21 + ay * u22
    qx, qy = bx * u11, bx * u21 + by * u22
    dx, dy = qx - px, qy - py
    length = np.maximum(np.hypot(dx, dy), 1e-300)
    height = (px * qy - py * qx) / length  # positive: the position is to the left, inside
    start, end = (px * dx + py * dy) / length, (qx * dx + qy * dy) / length
    on_edge = (np.abs(height) < 1e-9) & (start <= 0) & (end >= 0)
    away = np.maximum(np.abs(height), 1e-12)
    share = owens_t(away, end / away) - owens_t(away, start / away)
    return np.where(height > 0, share, -share), on_edge


def _distance(ax: Floats, ay: Floats, bx: Floats, by: Floats) -> Floats:
    """Distance of the origin from each edge a–b."""
    dx, dy = bx - ax, by - ay
    along = np.clip(-(ax * dx + ay * dy) / np.maximum(dx * dx + dy * dy, 1e-300), 0.0, 1.0)
    return np.asarray(np.hypot(ax + along * dx, ay + along * dy), float)
