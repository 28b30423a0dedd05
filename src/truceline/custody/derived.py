"""Derived fields of a record: coarse enough to be shown where the exact may not be.

~hour    the hour of its `time`, or of its `from`, UTC
~cells   the cells of the H3 grid, resolution 6 (some 36 km²), that hold its places, in order
"""

from typing import Any

import msgspec

from truceline.custody.canonical import canonical_json
from truceline.custody.reading import decode
from truceline.geo.cells import cell_of

CELL_RESOLUTION = 6


class _Geometry(msgspec.Struct):
    type: str
    coordinates: Any


class _Feature(msgspec.Struct):
    geometry: _Geometry | None
    properties: dict[str, Any]


def derived(data: bytes) -> dict[str, bytes]:
    """The derived fields of a GeoJSON feature; none if it is none."""
    try:
        feature = decode(data, _Feature)
        positions = _positions(feature.geometry)
    except (ValueError, msgspec.ValidationError):
        return {}
    found = {}
    time = feature.properties.get("time") or feature.properties.get("from")
    if isinstance(time, str):
        found["~hour"] = canonical_json(f"{time[:13]}:00:00Z")
    if positions:
        found["~cells"] = canonical_json(sorted({cell_of(lon, lat, CELL_RESOLUTION) for lon, lat in positions}))
    return found


def _positions(geometry: _Geometry | None) -> list[tuple[float, float]]:
    """Raises msgspec.ValidationError for coordinates that are none."""
    if geometry is None:
        return []
    places = [geometry.coordinates] if geometry.type == "Point" else geometry.coordinates
    read = msgspec.convert(places, list[list[float]])
    return [(place[0], place[1]) for place in read if len(place) >= 2]
