"""Universal Transverse Mercator positions as degrees."""

import re
from functools import lru_cache

from truceline.geo.frame import Frame

_ZONE = re.compile(r"(\d{1,2})\s*([C-HJ-NP-X])", re.IGNORECASE)


@lru_cache(maxsize=120)
def _frame(zone: int, south: bool) -> Frame:
    return Frame(f"+proj=utm +zone={zone} {'+south ' if south else ''}+ellps=WGS84 +units=m +no_defs")


def from_utm(easting_m: float, northing_m: float, zone: str) -> tuple[float, float]:
    """WGS84 (lon, lat) of a position in a zone with its latitude band, like 36U. Raises ValueError."""
    found = _ZONE.fullmatch(zone.strip())
    if not found or not 1 <= int(found[1]) <= 60:
        raise ValueError(f"{zone!r} is no UTM zone with its band, like 36U")
    if not (0.0 <= easting_m <= 1_000_000.0 and 0.0 <= northing_m <= 10_000_000.0):
        raise ValueError(f"easting {easting_m:g}, northing {northing_m:g} lie outside zone {zone}")
    lon, lat = _frame(int(found[1]), found[2].upper() < "N").to_lonlat(easting_m, northing_m)
    return float(lon), float(lat)
