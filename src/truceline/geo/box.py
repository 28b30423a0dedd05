"""Boxes of longitude and latitude, and whether a GeoJSON geometry touches one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape


@dataclass(frozen=True, slots=True)
class Box:
    """Edges in WGS84 degrees, all included. west > east: it reaches over the meridian of 180°."""

    west: float
    south: float
    east: float
    north: float


def box_fault(box: Box) -> str | None:
    """What is wrong with a box; None if nothing is."""
    if not (-180 <= box.west <= 180 and -180 <= box.east <= 180):
        return "a longitude is not within -180 and 180"
    if not -90 <= box.south <= box.north <= 90:
        return "the latitudes are not within -90 and 90, the southern first"
    return None


def touches(geometry: Mapping[str, Any] | None, box: Box) -> bool:
    """Whether a geometry has a point in a box, its edge included. What has no geometry is nowhere."""
    if geometry is None:
        return False
    spans = [(box.west, box.east)] if box.west <= box.east else [(box.west, 180.0), (-180.0, box.east)]
    return any(shape(geometry).intersects(shapely.box(west, box.south, east, box.north)) for west, east in spans)
