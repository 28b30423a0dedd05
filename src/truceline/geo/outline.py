"""Closed outlines on the ground: how much they hold."""

from truceline.geo.frame import GEOD
from truceline.model.ground import Ring


def outline_area_m2(ring: Ring) -> float:
    """The ground that a closed outline (lon, lat; WGS84 degrees) holds, square metres, whichever way it runs."""
    area, _ = GEOD.polygon_area_perimeter([lon for lon, _ in ring], [lat for _, lat in ring])
    return abs(float(area))
