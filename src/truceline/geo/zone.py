"""The ground a rule speaks of: inside areas or within a distance of them, one side of a line, less other areas."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import shapely

from truceline.geo.frame import Floats, Frame
from truceline.geo.region import Positions, Region, outline_of, shape_of
from truceline.model.agreement import Area, Side, Where
from truceline.model.ground import Polygon

BESIDE_M = 0.5  # so far beside a line's segments it is asked which face of the ground lies there
DRAWN_M = 25.0  # a vertex that matters less is not drawn
LEAST_COMMON_M2 = 1.0
FAR_M = 200_000.0  # one side of a line without a distance reaches so far


def zone(frame: Frame, areas: Mapping[str, Area], where: Where) -> Region:
    """The ground of `where`, of which `areas` must not be empty. Its edge is as sure as its least sure area."""
    assert where.areas, where
    return _zone(frame, tuple(areas[id_] for id_ in where.areas), tuple(areas[id_] for id_ in where.outside), where)


@lru_cache(maxsize=512)  # the same agreement is asked about again and again: without each provider, case by case
def _zone(frame: Frame, areas: tuple[Area, ...], outside: tuple[Area, ...], where: Where) -> Region:
    whole = shapely.union_all([_part(frame, area, where) for area in areas])
    if outside:
        whole = shapely.difference(whole, shapely.union_all([outline_of(frame, area) for area in outside]))
    return Region(frame, _faces(whole), max(area.sigma_m for area in areas + outside))


def union(frame: Frame, areas: Mapping[str, Area], ids: Sequence[str]) -> Region:
    """The inside of any of some areas."""
    return zone(frame, areas, Where(tuple(ids)))


def outlines(frame: Frame, areas: Mapping[str, Area], where: Where) -> tuple[Polygon, ...]:
    """The ground of `where` as polygons in WGS84 degrees, their vertices thinned for drawing."""
    drawn = []
    for part in shapely.get_parts(shapely.simplify(zone(frame, areas, where).outline, DRAWN_M)):
        rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(part)]
        degrees = [np.stack(frame.to_lonlat(ring[:, 0], ring[:, 1]), axis=1).tolist() for ring in rings]
        drawn.append(tuple(tuple((lon, lat) for lon, lat in ring) for ring in degrees))
    return tuple(drawn)


def meet(frame: Frame, areas: Mapping[str, Area], one: Where, other: Where) -> bool:
    """Whether two grounds have more than an edge in common."""
    common = shapely.intersection(zone(frame, areas, one).outline, zone(frame, areas, other).outline)
    return float(shapely.area(common)) > LEAST_COMMON_M2


class Nearest:
    """Of some areas the one nearest to a position, asked for again and again."""

    def __init__(self, frame: Frame, areas: Mapping[str, Area], ids: Sequence[str]) -> None:
        self._ids = tuple(ids)
        self._tree = shapely.STRtree([shape_of(frame, areas[id_]) for id_ in ids] if len(ids) > 1 else [])

    def area(self, at: Positions, row: int) -> str:
        """The id of the area nearest to one of some positions."""
        if len(self._ids) == 1:
            return self._ids[0]
        return self._ids[int(self._tree.nearest(shapely.points(at.x[row], at.y[row])))]


def inner_point(area: Area) -> tuple[float, float]:
    """(lon, lat) of a point of an area: well inside a polygon, on a line, the point itself."""
    if area.point is not None:
        return area.point
    if area.line:
        return area.line[len(area.line) // 2]
    shapes = [shapely.Polygon(polygon[0], list(polygon[1:])) for polygon in area.polygons]
    largest = max((shapely.make_valid(shape) for shape in shapes), key=shapely.area)
    x, y = shapely.get_coordinates(shapely.point_on_surface(largest))[0].tolist()
    return x, y


def _part(frame: Frame, area: Area, where: Where) -> shapely.Geometry:
    if where.side is None:
        return outline_of(frame, area, where.within_m)
    assert area.line, area
    return _one_side(shape_of(frame, area), outline_of(frame, area, where.within_m or FAR_M), where.side)


def _one_side(line: shapely.Geometry, around: shapely.Geometry, side: Side) -> shapely.Geometry:
    """The faces of the ground around a line that lie on one side of it. The line is drawn on beyond both ends."""
    west, south, east, north = shapely.bounds(around)
    drawn = _drawn_on(shapely.get_coordinates(line), float(np.hypot(east - west, north - south)))
    cut = shapely.union_all([shapely.boundary(around), shapely.linestrings(drawn)])
    faces = shapely.get_parts(shapely.polygonize([cut]))
    faces = faces[shapely.contains(around, shapely.point_on_surface(faces))]
    along = np.diff(drawn, axis=0)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    turn = np.c_[-along[:, 1], along[:, 0]] / length[:, None] * (BESIDE_M if side == "left" else -BESIDE_M)
    beside = shapely.points((drawn[:-1] + drawn[1:]) / 2 + turn)
    tree = shapely.STRtree(faces)
    points, face = tree.query(beside, predicate="within")
    votes = np.bincount(face, length[points], len(faces))
    against = shapely.points((drawn[:-1] + drawn[1:]) / 2 - turn)
    points, face = tree.query(against, predicate="within")
    return shapely.union_all(faces[votes > np.bincount(face, length[points], len(faces))])


def _drawn_on(line: Floats, reach_m: float) -> Floats:
    first, last = line[0] - line[1], line[-1] - line[-2]
    before = line[0] + first / max(float(np.hypot(*first)), 1e-9) * reach_m
    after = line[-1] + last / max(float(np.hypot(*last)), 1e-9) * reach_m
    return np.vstack([before, line, after])


def _faces(shape: shapely.Geometry) -> shapely.Geometry:
    """What of a shape has an inside."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.multipolygons([part for part in parts if shapely.get_dimensions(part) == 2])
