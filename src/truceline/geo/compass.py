"""Directions as people say them: sixteen points of the compass."""

from truceline.geo.frame import distance_azimuth
from truceline.geo.view import Position

POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")


def compass_point(azimuth_deg: float) -> str:
    """The nearest of sixteen points to an azimuth (degrees clockwise from north); a boundary goes clockwise."""
    return POINTS[int((azimuth_deg % 360.0) / 22.5 + 0.5) % 16]


def leg(start: Position, end: Position) -> tuple[float, float]:
    """Geodesic distance in metres, and azimuth in degrees [0, 360), of one position from another."""
    distance_m, azimuth_deg = distance_azimuth(*start, *end)
    return float(distance_m), float(azimuth_deg)
