"""Positions told by an area: so many metres inside or outside its edge, or from a line, on one side of it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import shapely

from truceline.geo.frame import GEOD, Frame, distance_azimuth
from truceline.geo.region import outline_of, shape_of
from truceline.model.agreement import Area, Side

Position = tuple[float, float]  # (lon, lat), WGS84 degrees

SHARES = (0.5, 0.37, 0.63, 0.21, 0.79)  # where along an edge a foot is tried
EXACT = 1e-6  # a foot is the nearest if nothing is nearer by more than this share of the distance, and a centimetre
NORTH, LEFT, RIGHT = 0.0, -90.0, 90.0
TURNS = {"left": (LEFT,), "right": (RIGHT,), None: (LEFT, RIGHT)}


def inside_by(frame: Frame, area: Area, depth_m: float) -> Position | None:
    """A position inside an area whose nearest edge is so far away; None if it is too narrow for one."""
    if area.point is not None or area.line:
        narrower = replace(area, radius_m=0.0)
        return None if depth_m >= area.radius_m else away_by(frame, narrower, area.radius_m - depth_m)
    outline = outline_of(frame, area)
    for lon, lat in _offsets(area, depth_m, (LEFT, RIGHT)):
        point = shapely.points(*map(float, frame.to_xy(lon, lat)))
        if shapely.contains(outline, point) and _nearest(frame, shapely.boundary(outline), (lon, lat), depth_m):
            return lon, lat
    return None


def away_by(frame: Frame, area: Area, distance_m: float, side: Side | None = None) -> Position | None:
    """A position outside an area, or beside a line or point, that is so far from it; None if there is none.

    Of a line on one side of it if one is asked for, and the nearer to its middle the better.
    """
    if area.point is not None:
        lon, lat, _ = GEOD.fwd(*area.point, NORTH, distance_m + area.radius_m)
        return float(lon), float(lat)
    reach = distance_m + area.radius_m
    shape = shape_of(frame, area)
    for lon, lat in _offsets(area, reach, TURNS[side]):
        point = shapely.points(*map(float, frame.to_xy(lon, lat)))
        if not shapely.contains(shape, point) and _nearest(frame, shape, (lon, lat), reach):
            return lon, lat
    return None


def _offsets(area: Area, distance_m: float, turns: tuple[float, ...]) -> Iterator[Position]:
    """Positions at a distance square from the edges of an area, the best to try first."""
    rings = [area.line] if area.line else [ring for polygon in area.polygons for ring in polygon]
    edges = [edge for ring in rings for edge in pairwise(ring)]
    if area.line:
        edges.sort(key=lambda edge: abs(_from_middle(area.line, edge[0])))
    else:
        edges.sort(key=lambda edge: -float(distance_azimuth(*edge[0], *edge[1])[0]))
    for share in SHARES:
        for (lon1, lat1), (lon2, lat2) in edges:
            foot = lon1 + (lon2 - lon1) * share, lat1 + (lat2 - lat1) * share
            along, _, _ = GEOD.inv(*foot, lon2, lat2)
            for turn in turns:
                lon, lat, _ = GEOD.fwd(*foot, along + turn, distance_m)
                yield float(lon), float(lat)


def _from_middle(line: tuple[Position, ...], start: Position) -> float:
    """How many edges lie between an edge and the middle of its line."""
    return line.index(start) - (len(line) - 2) / 2


def _nearest(frame: Frame, shape: shapely.Geometry, at: Position, distance_m: float) -> bool:
    """Whether the nearest of a shape to a position is at that distance, and no nearer."""
    point = shapely.points(*map(float, frame.to_xy(*at)))
    foot = shapely.get_coordinates(shapely.shortest_line(shape, point))[0]
    lon, lat = frame.to_lonlat(foot[0], foot[1])
    return abs(float(distance_azimuth(lon, lat, *at)[0]) - distance_m) < 0.01 + distance_m * EXACT
