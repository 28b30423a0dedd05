"""A north-up window on the ground for drawing: what lies in it, in plain metres east and north of its middle.

For pictures only. The plane is an azimuthal equidistant projection of the WGS84 ellipsoid about the middle: true in
distance and azimuth from there, and within 0.2 % across 1,200 km. Nothing is decided by it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeAlias

import numpy as np
import shapely

from truceline.geo.frame import Floats, Frame
from truceline.model.ground import ControlMap, Polygon
from truceline.model.instant import Instant

Position: TypeAlias = tuple[float, float]  # (lon, lat), WGS84 degrees
Point: TypeAlias = tuple[float, float]  # (east, north), metres from the middle of a view

LEAST_SIDE_M = 2_000.0
MARGIN = 0.06  # of the longer side, left free on every side
CORE = 0.9  # of the points are sure to be shown; what lies far beyond them is left out
FAR_TIMES = 3.0
HALF_WORLD_M = 9_000_000.0
EDGE_STEP_DEG = 0.05  # edges are cut this fine before they are bent into the plane


@dataclass(frozen=True)
class View:
    """A rectangle of ground. `west_m` … `north_m`: metres from the middle of the plane."""

    lon: float
    lat: float
    west_m: float
    east_m: float
    south_m: float
    north_m: float

    @property
    def width_m(self) -> float:
        return self.east_m - self.west_m

    @property
    def height_m(self) -> float:
        return self.north_m - self.south_m

    @cached_property
    def _frame(self) -> Frame:
        return _plane(self.lon, self.lat)

    def points(self, positions: Sequence[Position]) -> list[Point | None]:
        """Each position in metres east and north of the middle; None for one that lies outside the view."""
        if not positions:
            return []
        x, y = _project(self._frame, np.asarray(positions, float))
        inside = (x >= self.west_m) & (x <= self.east_m) & (y >= self.south_m) & (y <= self.north_m)
        return [
            (a, b) if shown else None
            for a, b, shown in zip(x.tolist(), y.tolist(), inside.tolist(), strict=True)
        ]  # fmt: skip

    def position(self, point: Point) -> Position:
        """The WGS84 degrees of a point of the plane."""
        lon, lat = self._frame.to_lonlat(point[0], point[1])
        return float(lon), float(lat)

    def lines(self, line: Sequence[Position], tolerance_m: float) -> list[list[Point]]:
        """The parts of a line within the view, vertices that matter less than the tolerance left out."""
        return _paths(self._shown(shapely.linestrings(np.asarray(line, float)), tolerance_m))

    def edges(self, polygons: Iterable[Polygon], tolerance_m: float) -> list[list[Point]]:
        """The parts of the edges of polygons within the view; the frame of the picture is nobody's edge."""
        return self._edges([_union(polygons)], tolerance_m)

    def _edges(self, shapes: Iterable[shapely.Geometry], tolerance_m: float) -> list[list[Point]]:
        """Edges that several shapes share are drawn once."""
        edges = shapely.union_all([_edge(self._shown(shape, 0.0)) for shape in shapes])
        inner = shapely.box(self.west_m + 1.0, self.south_m + 1.0, self.east_m - 1.0, self.north_m - 1.0)
        lines = shapely.line_merge(shapely.intersection(edges, inner))
        return _paths(shapely.simplify(lines, tolerance_m))

    def widened(self, ratio: float) -> "View":
        """The least view around this one whose height is `ratio` times its width."""
        more_height = max(0.0, ratio * self.width_m - self.height_m) / 2
        more_width = max(0.0, self.height_m / ratio - self.width_m) / 2
        return View(
            self.lon,
            self.lat,
            self.west_m - more_width,
            self.east_m + more_width,
            self.south_m - more_height,
            self.north_m + more_height,
        )

    def _shown(self, shape: shapely.Geometry, tolerance_m: float) -> shapely.Geometry:
        """A shape in degrees, cut to the view and brought into the plane."""
        clipped = shapely.segmentize(_clipped(shape, self._box_deg), EDGE_STEP_DEG)
        moved = shapely.transform(clipped, lambda degrees: np.stack(_project(self._frame, degrees), axis=1))
        box = shapely.box(self.west_m, self.south_m, self.east_m, self.north_m)
        return shapely.simplify(shapely.intersection(shapely.make_valid(moved), box), tolerance_m)

    @cached_property
    def _box_deg(self) -> tuple[float, float, float, float]:
        """Degrees that surely hold the view, longitudes around its middle's."""
        x, y = np.meshgrid(np.linspace(self.west_m, self.east_m, 9), np.linspace(self.south_m, self.north_m, 9))
        lon, lat = self._frame.to_lonlat(x, y)
        east = _beside(lon, self.lon)
        pad = 0.05 * max(float(np.ptp(east)), float(np.ptp(lat))) + 1e-3
        return (
            self.lon + float(east.min()) - pad,
            max(-90.0, float(lat.min()) - pad),
            self.lon + float(east.max()) + pad,
            min(90.0, float(lat.max()) + pad),
        )


def view_of(positions: Sequence[Position]) -> View:
    """The view that shows these positions (n ≥ 1), but for those that lie far from nearly all others."""
    degrees = np.asarray(sorted(positions), float)
    lon, lat = _middle(degrees)
    x, y = _project(_plane(lon, lat), degrees)
    away = np.hypot(x - np.median(x), y - np.median(y))
    core = np.sort(away)[min(len(away) - 1, int(CORE * len(away)))]
    shown = away <= min(FAR_TIMES * core, HALF_WORLD_M) + LEAST_SIDE_M
    x, y = x[shown], y[shown]
    margin = MARGIN * max(float(np.ptp(x)), float(np.ptp(y)), LEAST_SIDE_M)
    pad_x = margin + max(0.0, LEAST_SIDE_M - float(np.ptp(x))) / 2
    pad_y = margin + max(0.0, LEAST_SIDE_M - float(np.ptp(y))) / 2
    west, east, south, north = x.min() - pad_x, x.max() + pad_x, y.min() - pad_y, y.max() + pad_y
    return View(lon, lat, float(west), float(east), float(south), float(north))


@dataclass(frozen=True)
class ShownGround:
    """Ground of one party in a view: where all maps agree, where some differ, and where to write the name."""

    party: str
    agreed: list[list[Point]]  # outlines, to be filled even-odd
    differing: list[list[Point]]
    label: Point | None


def shown_ground(
    view: View, maps: Sequence[ControlMap], parties: Sequence[str], when: Instant, tolerance_m: float
) -> tuple[ShownGround, ...]:
    """What each party holds at an instant, in the order of the parties: by all maps, and by some of them only."""
    shown = []
    for party in parties:
        held = [view._shown(_union(_held_by(one, party, when)), tolerance_m) for one in maps]
        common = shapely.intersection_all(held) if held else shapely.Polygon()
        some = shapely.difference(shapely.union_all(held), common) if held else shapely.Polygon()
        shown.append(ShownGround(party, _outlines(common), _outlines(some), _inner_point(common)))
    return tuple(shown)


def shown_edges(
    view: View, maps: Sequence[ControlMap], when: Instant, tolerance_m: float
) -> Mapping[str, list[list[Point]]]:
    """Each mapper's edges of held ground within the view, by mapper."""
    return {
        one.mapper: view._edges([_union(area.polygons) for area in one.areas if area.holds_at(when)], tolerance_m)
        for one in maps
    }


def _held_by(one: ControlMap, party: str, when: Instant) -> list[Polygon]:
    return [
        polygon
        for area in one.areas
        if area.party == party and area.holds_at(when)
        for polygon in area.polygons
    ]  # fmt: skip


def _plane(lon: float, lat: float) -> Frame:
    return Frame(f"+proj=aeqd +lat_0={lat:.6f} +lon_0={lon:.6f} +ellps=WGS84 +units=m +no_defs")


def _project(frame: Frame, degrees: Floats) -> tuple[Floats, Floats]:
    """Metres of (n, 2) degrees; far away where the plane has no answer."""
    x, y = frame.to_xy_or_inf(degrees[:, 0], degrees[:, 1])
    return np.nan_to_num(x, nan=2e7, posinf=2e7, neginf=-2e7), np.nan_to_num(y, nan=2e7, posinf=2e7, neginf=-2e7)


def _middle(degrees: Floats) -> Position:
    """The middle of most of the positions, across the antimeridian too."""
    angles = np.radians(degrees[:, 0])
    rough = float(np.degrees(np.arctan2(np.sin(angles).sum(), np.cos(angles).sum())))
    lon = rough + float(np.median(_beside(degrees[:, 0], rough)))
    return (lon + 180.0) % 360.0 - 180.0, float(np.clip(np.median(degrees[:, 1]), -89.0, 89.0))


def _beside(lon: Floats, middle: float) -> Floats:
    """Longitudes relative to a middle one, in [-180, 180)."""
    return np.asarray((lon - middle + 180.0) % 360.0 - 180.0)


def _union(polygons: Iterable[Polygon]) -> shapely.Geometry:
    return shapely.union_all(
        [shapely.make_valid(shapely.Polygon(polygon[0], list(polygon[1:]))) for polygon in polygons]
    )


def _clipped(shape: shapely.Geometry, box: tuple[float, float, float, float]) -> shapely.Geometry:
    """What of a shape lies in a box of degrees, wherever a turn of 360° puts it."""
    turns = [
        shapely.intersection(shapely.transform(shape, partial(np.add, np.array([turn, 0.0]))), shapely.box(*box))
        for turn in (-360.0, 0.0, 360.0)
    ]
    return shapely.union_all(turns)


def _areas(shape: shapely.Geometry) -> list[shapely.Geometry]:
    parts = shapely.get_parts(shapely.get_parts(shape))
    return [part for part in parts if shapely.get_dimensions(part) == 2 and not shapely.is_empty(part)]


def _edge(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.union_all([shapely.boundary(part) for part in _areas(shape)])


def _outlines(shape: shapely.Geometry) -> list[list[Point]]:
    """Outer rings and holes, to be filled even-odd."""
    rings = [
        shapely.normalize(shapely.linestrings(shapely.get_coordinates(ring)))
        for ring in shapely.get_rings(np.asarray(_areas(shape), object))
    ]
    return sorted(_coordinates(ring) for ring in rings)


def _inner_point(shape: shapely.Geometry) -> Point | None:
    """A point well inside the largest part."""
    areas = _areas(shape)
    if not areas:
        return None
    largest = max(areas, key=shapely.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=float(shapely.length(largest)) / 400)
    x, y = shapely.get_coordinates(circle)[0].tolist()
    return x, y


def _paths(shape: shapely.Geometry) -> list[list[Point]]:
    """The lines of a shape, each a list of points, in an order that hangs on the shape alone."""
    merged = shapely.line_merge(shape) if shapely.get_type_id(shape) == 5 else shape
    lines = [
        part for part in shapely.get_parts(merged) if shapely.get_dimensions(part) == 1 and not shapely.is_empty(part)
    ]
    return sorted(_coordinates(line) for line in lines)


def _coordinates(line: shapely.Geometry) -> list[Point]:
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]
