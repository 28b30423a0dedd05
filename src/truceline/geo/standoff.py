"""How far places lie from lines, and whether they lie inside areas, true to a centimetre within tens of kilometres.

Each place is the middle of a plane of its own, in which distances and azimuths from it are the ellipsoid's (azimuthal
equidistant); there a stretch of a line between two vertices is straight. For vertices ten kilometres apart, fifty
kilometres away, that is wrong by less than two centimetres.
"""

from collections.abc import Sequence

import numpy as np

from truceline.geo.frame import Floats, distance_azimuth
from truceline.geo.view import Position
from truceline.model.ground import Polygon

EDGE_M = 0.01  # nearer to an edge than this is on it


def metres_to_line(positions: Sequence[Position], line: Sequence[Position]) -> list[float]:
    """Metres from each position to the nearest point of a line of WGS84 degrees."""
    return [float(_to_segments(_plane(position, line)).min()) for position in positions]


def inside(positions: Sequence[Position], polygons: Sequence[Polygon]) -> list[bool]:
    """Whether each position lies in any of the polygons; their edges belong to them, those of holes too."""
    return [any(_in_polygon(position, polygon) for polygon in polygons) for position in positions]


def _plane(position: Position, line: Sequence[Position]) -> Floats:
    """(n, 2) metres east and north of a position, of the vertices of a line."""
    vertices = np.asarray(line, float)
    distance, azimuth = distance_azimuth(position[0], position[1], vertices[:, 0], vertices[:, 1])
    towards = np.radians(azimuth)
    return np.stack([distance * np.sin(towards), distance * np.cos(towards)], axis=1)


def _to_segments(points: Floats) -> Floats:
    """(n − 1,) metres from the middle of the plane to each stretch between neighbouring points."""
    if len(points) == 1:
        return np.asarray(np.hypot(points[:, 0], points[:, 1]))
    start, along = points[:-1], np.diff(points, axis=0)
    square = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(-(start * along).sum(axis=1) / square, 0.0, 1.0)
    nearest = start + share[:, None] * along
    return np.asarray(np.hypot(nearest[:, 0], nearest[:, 1]))


def _in_polygon(position: Position, polygon: Polygon) -> bool:
    """In the outer ring and in no hole; on an edge counts as in."""
    rings = [_plane(position, ring) for ring in polygon]
    if any(float(_to_segments(ring).min()) <= EDGE_M for ring in rings):
        return True
    return _around(rings[0]) and not any(_around(hole) for hole in rings[1:])


def _around(ring: Floats) -> bool:
    """Whether a closed ring goes around the middle of the plane (crossings of the ray to the east)."""
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    crosses = (y0 > 0) != (y1 > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x0 - y0 * (x1 - x0) / (y1 - y0)
    return bool(np.count_nonzero(crosses & (at > 0)) % 2)
