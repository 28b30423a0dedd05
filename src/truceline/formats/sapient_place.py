"""Places and directions of SAPIENT (BSI Flex 335 v2.0): positions in degrees, radians or UTM; range and bearing;
regions.
"""

import math
from dataclasses import dataclass
from typing import Any

from truceline.geo.frame import destination
from truceline.geo.utm import from_utm
from truceline.model.node import Ground, Region, Sector

DEGREES, RADIANS, UTM = 1, 2, 5  # LocationCoordinateSystem
WGS84_ELLIPSOID = 1  # LocationDatum
TRUE_NORTH = 1  # RangeBearingDatum
IN_RADIANS, IN_KILOMETRES = (2, 4), (3, 4)  # RangeBearingCoordinateSystem
M_PER_DEGREE = 111_195.0
MOST_SIGMA_M, LEAST_SIGMA_M = 1e7, 0.1


@dataclass(frozen=True, slots=True)
class Spot:
    """A position in WGS84 degrees. sigma_m: one standard deviation on each axis, None if the message gives none."""

    lon: float
    lat: float
    sigma_m: float | None
    height_m: float | None = None


@dataclass(frozen=True, slots=True)
class Ray:
    """A direction from true north, with what is known of its distance."""

    azimuth_deg: float
    azimuth_sigma_deg: float | None
    range_m: float | None
    range_sigma_m: float | None


def spot(location: Any) -> Spot:
    """A Location as a spot. Raises ValueError if it lies nowhere."""
    system, x, y = location.coordinate_system, location.x, location.y
    errors = [error for error in (_error(location, "x_error"), _error(location, "y_error")) if error]
    sigma = math.sqrt(sum(error**2 for error in errors) / len(errors)) if errors else None
    if system == UTM:
        lon, lat = from_utm(x, y, location.utm_zone)
    else:
        scale = math.degrees(1.0) if system == RADIANS else 1.0
        lon, lat = x * scale, y * scale
        sigma = None if sigma is None else sigma * scale * M_PER_DEGREE
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        raise ValueError(f"longitude {lon:g}, latitude {lat:g} lie nowhere: x is longitude, y is latitude")
    height = location.z if location.HasField("z") and location.datum == WGS84_ELLIPSOID else None
    if sigma is not None:
        sigma = min(max(sigma, LEAST_SIGMA_M), MOST_SIGMA_M)
    return Spot(lon, lat, sigma, height if height is not None and math.isfinite(height) else None)


def _error(location: Any, name: str) -> float | None:
    value = getattr(location, name)
    return float(value) if location.HasField(name) and value > 0.0 else None


def ray(bearing: Any) -> Ray:
    """A RangeBearing as a ray. Raises ValueError if it says no direction from true north."""
    if not bearing.HasField("azimuth"):
        raise ValueError("azimuth is missing: a direction needs one")
    if bearing.datum != TRUE_NORTH:
        raise ValueError("the azimuth is not from true north: set datum RANGE_BEARING_DATUM_TRUE")
    turn = math.degrees(1.0) if bearing.coordinate_system in IN_RADIANS else 1.0
    metres = 1_000.0 if bearing.coordinate_system in IN_KILOMETRES else 1.0
    sigma = bearing.azimuth_error * turn if bearing.HasField("azimuth_error") else 0.0
    distance = bearing.range * metres if bearing.HasField("range") else None
    if distance is not None and not 0.0 <= distance <= 2e7:
        raise ValueError(f"range {distance:g} m is no distance on Earth")
    spread = bearing.range_error * metres if bearing.HasField("range_error") else 0.0
    return Ray(
        (bearing.azimuth * turn) % 360.0,
        min(sigma, 180.0) if sigma > 0 else None,
        distance,
        spread if spread > 0 else None,
    )


def along(ray_: Ray, lon: float, lat: float, azimuth_sigma_deg: float, sigma_m: float) -> Spot:
    """Where a ray with a range ends, from a position known to `sigma_m`. The larger axis of its error counts for
    both.
    """
    assert ray_.range_m is not None
    x, y = destination(lon, lat, ray_.azimuth_deg, ray_.range_m)
    across = ray_.range_m * math.radians(ray_.azimuth_sigma_deg or azimuth_sigma_deg)
    worst = math.hypot(max(across, ray_.range_sigma_m or 0.0), sigma_m)
    return Spot(float(x), float(y), min(max(worst, LEAST_SIGMA_M), MOST_SIGMA_M))


def region(given: Any) -> Region:
    """A LocationOrRangeBearing as a region. Raises ValueError if it cannot be read."""
    if given.WhichOneof("fov_oneof") == "location_list":
        return Ground(tuple((place.lon, place.lat) for place in map(spot, given.location_list.locations)))
    cone = given.range_bearing
    if not cone.HasField("horizontal_extent"):
        raise ValueError("horizontal_extent is missing: a cone needs its angle")
    turn = math.degrees(1.0) if cone.coordinate_system in IN_RADIANS else 1.0
    middle = ray(cone)
    return Sector(
        azimuth_deg=middle.azimuth_deg,
        width_deg=min(max(cone.horizontal_extent * turn, 0.0), 360.0),
        range_m=middle.range_m,
    )
