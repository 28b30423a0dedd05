"""GeoJSON FeatureCollections (RFC 7946): the parts that every GeoJSON file of contract 1 shares.

    {"type": "FeatureCollection",
     "features": [{"type": "Feature", "geometry": {"type", "coordinates"}, "properties": {}}, …]}

Positions are WGS84 degrees, longitude first; a third number is metres above the ellipsoid.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from truceline.formats.fields import Fields, not_json
from truceline.model.ground import Polygon, Ring
from truceline.model.problem import Place, Problem, Unusable

MOST_BYTES = 256 * 1024 * 1024
MOST_POSITIONS = 2_000_000
MOST_HEIGHT_M = 1e9
LEAST_CORNERS = 3  # of a ring that encloses anything


@dataclass(frozen=True)
class Feature:
    """One feature: its geometry's type and raw coordinates, and the reader of its properties."""

    name: str
    geometry: str
    coordinates: object
    fields: Fields


def features(file: str, data: bytes) -> Iterator[Feature]:
    """The features of a file in their order. Raises Unusable if the file is no FeatureCollection."""
    if len(data) > MOST_BYTES:
        raise _unusable(file, f"the file has {len(data):,} bytes", f"keep it under {MOST_BYTES:,}")
    try:
        table = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unusable(file, not_json(data, error), "mend the file or export it again") from None
    members = table.get("features") if isinstance(table, dict) else None
    if not isinstance(table, dict) or table.get("type") != "FeatureCollection" or not isinstance(members, list):
        raise _unusable(
            file, "not a GeoJSON FeatureCollection", 'write {"type": "FeatureCollection", "features": [...]}'
        )
    for number, member in enumerate(members):
        yield _feature(file, number, member)


def _feature(file: str, number: int, member: object) -> Feature:
    table: Mapping[str, object] = member if isinstance(member, dict) else {}
    properties = table.get("properties")
    geometry = table.get("geometry")
    shape: Mapping[str, object] = geometry if isinstance(geometry, dict) else {}
    held: Mapping[str, object] = properties if isinstance(properties, dict) else {}
    name = str(held.get("id") or number)
    fields = Fields(held, lambda field: Place(file, feature=name, field=field))
    kind = str(shape.get("type") or "")
    if table.get("type") != "Feature" or not kind or not isinstance(properties, dict):
        fields.fault(
            "", "not a GeoJSON Feature with a geometry and properties", "write a Feature with all three members"
        )
    return Feature(name, kind, shape.get("coordinates"), fields)


def point(feature: Feature) -> tuple[float, float, float | None]:
    """(lon, lat, height or None) of a Point feature; a fault is noted and (0, 0, None) given back."""
    if feature.geometry != "Point":
        feature.fields.fault(
            "geometry", f"the geometry is {feature.geometry or 'missing'}, not a Point", "give a Point"
        )
        return 0.0, 0.0, None
    position = _position(feature.coordinates)
    if position is None:
        _bad_position(feature)
        return 0.0, 0.0, None
    assert isinstance(feature.coordinates, list)
    return *position, _height(feature, feature.coordinates[2:])


def _height(feature: Feature, rest: list[object]) -> float | None:
    """The third number of a position, if there is one."""
    if not rest:
        return None
    if isinstance(rest[0], bool) or not isinstance(rest[0], int | float) or abs(rest[0]) > MOST_HEIGHT_M:
        feature.fields.fault("geometry", "the height is not a number of metres", "give metres above the ellipsoid")
        return None
    return float(rest[0])


def polygons(feature: Feature) -> tuple[Polygon, ...]:
    """The polygons of a Polygon or MultiPolygon feature; a fault is noted and () given back."""
    raw = feature.coordinates
    members = [raw] if feature.geometry == "Polygon" else raw if feature.geometry == "MultiPolygon" else None
    if not isinstance(members, list):
        feature.fields.fault(
            "geometry", f"the geometry is {feature.geometry or 'missing'}", "give a Polygon or MultiPolygon"
        )
        return ()
    if not members:
        _bad_position(feature, "the geometry holds no polygon")
    found: list[Polygon] = []
    for member in members:
        rings = [_ring(ring) for ring in member] if isinstance(member, list) and member else [None]
        if any(ring is None for ring in rings):
            _bad_position(feature, "a ring is not a closed list of positions in degrees, three of them different")
            return ()
        found.append(tuple(ring for ring in rings if ring is not None))
    _refuse_way_round(feature, [ring for polygon in found for ring in polygon])
    return tuple(found)


def line(feature: Feature) -> Ring:
    """The positions of a LineString feature; a fault is noted and () given back."""
    raw = feature.coordinates
    positions = [_position(item) for item in raw] if isinstance(raw, list) and len(raw) <= MOST_POSITIONS else [None]
    if len(positions) < 2 or any(position is None for position in positions):
        _bad_position(feature, "the line is not a list of at least two positions in degrees")
        return ()
    found = tuple(position for position in positions if position is not None)
    _refuse_way_round(feature, [found])
    return found


def _refuse_way_round(feature: Feature, paths: Iterable[Ring]) -> None:
    """Note a fault for an edge that crosses the meridian of 180°: straight in degrees, it would go round the Earth the
    other way. An edge along a whole parallel is meant so."""
    for path in paths:
        for (west, _), (east, _) in pairwise(path):
            if 180.0 < abs(east - west) < 360.0:
                what = f"an edge runs from longitude {west:g} to {east:g}, more than half way round the Earth"
                remedy = "cut it at the meridian of 180°, as RFC 7946 says: a MultiPolygon, or two features"
                feature.fields.fault("geometry", what, remedy)
                return


def _ring(raw: object) -> Ring | None:
    if not isinstance(raw, list) or not 4 <= len(raw) <= MOST_POSITIONS:
        return None
    ring = tuple(_position(item) for item in raw)
    if any(position is None for position in ring) or ring[0] != ring[-1] or len(set(ring)) < LEAST_CORNERS:
        return None
    return tuple(position for position in ring if position is not None)


def _position(raw: object) -> tuple[float, float] | None:
    if not isinstance(raw, list) or len(raw) < 2:
        return None
    lon, lat = raw[0], raw[1]
    if (
        isinstance(lon, bool)
        or isinstance(lat, bool)
        or not isinstance(lon, int | float)
        or not isinstance(lat, int | float)
    ):
        return None
    return (float(lon), float(lat)) if abs(lon) <= 180 and abs(lat) <= 90 else None


def _bad_position(feature: Feature, what: str = "the position is not [longitude, latitude] in degrees") -> None:
    feature.fields.fault("geometry", what, "give WGS84 degrees, longitude first")


def _unusable(file: str, what: str, remedy: str) -> Unusable:
    return Unusable([Problem(Place(file), what, remedy)])
