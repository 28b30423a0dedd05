"""areas.geojson: lines, zones and points by id, or refused with feature and field."""

import pytest

from truceline.formats.areas_geojson import read_areas
from truceline.model.agreement import Area

from .faults import FILE, HUGE, SQUARE, collection, faults, feature, spelled, where

LINE = [[30.0, 49.0], [30.5, 49.5], [31.0, 49.0]]


def read(data: bytes) -> tuple[Area, ...]:
    return read_areas(FILE, data)


def one(geometry: str = "Polygon", coordinates: object = SQUARE, /, **properties: object) -> bytes:
    return collection(feature({"id": "zone"} | properties, coordinates, geometry))


def test_the_three_shapes_by_id() -> None:
    data = collection(
        feature(
            {"id": "zone", "kind": "buffer", "sigma_m": 50, "names": {"uk": "зона", "en": "zone"}}, SQUARE, "Polygon"
        ),
        feature({"id": "line"}, LINE, "LineString"),
        feature({"id": "depot", "radius_m": 300}, [30.5, 49.5], "Point"),
        feature({"id": "islands"}, [SQUARE, SQUARE], "MultiPolygon"),
    )
    depot, islands, line, zone = read(data)
    assert (depot.id, depot.point, depot.radius_m) == ("depot", (30.5, 49.5), 300.0)
    assert (islands.id, len(islands.polygons)) == ("islands", 2)
    assert (line.id, line.line) == ("line", ((30.0, 49.0), (30.5, 49.5), (31.0, 49.0)))
    assert (zone.id, zone.kind, zone.sigma_m) == ("zone", "buffer", 50.0)
    assert zone.names == (("en", "zone"), ("uk", "зона"))
    assert zone.polygons == ((tuple(map(tuple, SQUARE[0])),),)
    for area in (depot, islands, line, zone):
        assert [bool(area.line), bool(area.polygons), area.point is not None].count(True) == 1


def test_none_at_all_is_allowed() -> None:
    assert read(collection()) == ()


WAY_ROUND = [[179.9, 1.0], [-179.9, 1.0], [-179.9, 2.0], [179.9, 2.0], [179.9, 1.0]]
WEST_AND_EAST = [
    [[[179.9, 1.0], [180.0, 1.0], [180.0, 2.0], [179.9, 2.0], [179.9, 1.0]]],
    [[[-180.0, 1.0], [-179.9, 1.0], [-179.9, 2.0], [-180.0, 2.0], [-180.0, 1.0]]],
]


@pytest.mark.parametrize(("geometry", "coordinates"), [("Polygon", [WAY_ROUND]), ("LineString", WAY_ROUND[:2])])
def test_a_zone_across_the_meridian_of_180_is_never_taken_for_the_rest_of_the_world(
    geometry: str, coordinates: object
) -> None:
    (problem,) = faults(read_areas, one(geometry, coordinates))
    assert (problem.place.feature, problem.place.field) == ("zone", "geometry")
    assert "from longitude 179.9 to -179.9" in problem.what and "MultiPolygon" in problem.remedy


def test_a_zone_cut_at_the_meridian_of_180_is_read() -> None:
    (zone,) = read(one("MultiPolygon", WEST_AND_EAST))
    assert len(zone.polygons) == 2


def test_an_id_is_needed_and_stands_once() -> None:
    (problem,) = faults(read_areas, collection(feature({"kind": "x"}, SQUARE, "Polygon")))
    assert (problem.place.feature, problem.place.field, problem.remedy) == ("0", "id", "add 'id'")
    rows = [feature({"id": "zone"}, SQUARE, "Polygon")] * 2
    (problem,) = faults(read_areas, collection(*rows))
    assert problem.place.field == "id" and "twice" in problem.what


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 7), ("id", ""), ("kind", 7), ("kind", ""), ("sigma_m", -1), ("sigma_m", "50"), ("sigma_m", 1.1e6),
        ("radius_m", -0.1), ("radius_m", 2.1e7), ("radius_m", [1]), ("names", ["zone"]), ("names", {"en": 3}),
        ("names", "zone"),
    ],
)  # fmt: skip
def test_a_property_of_another_type_or_size_is_refused(field: str, value: object) -> None:
    assert field in [name for _, name in where(read_areas, one(**{field: value}))]


def test_a_number_that_nothing_holds() -> None:
    assert where(read_areas, spelled(one(sigma_m="@@"), HUGE)) == [("zone", "sigma_m")]


@pytest.mark.parametrize(
    ("geometry", "coordinates"),
    [
        ("Circle", SQUARE), ("", SQUARE), ("GeometryCollection", []), ("MultiPoint", [[30, 49]]),
        ("LineString", [[30, 49]]), ("LineString", []), ("LineString", SQUARE), ("LineString", None),
        ("LineString", [[30, 49], [30, 149]]), ("Point", []), ("Point", [30]), ("Point", [49, 130]),
        ("Polygon", [SQUARE[0][:-1]]), ("Polygon", []), ("MultiPolygon", []), ("MultiPolygon", SQUARE),
    ],
)  # fmt: skip
def test_a_shape_that_is_none(geometry: str, coordinates: object) -> None:
    found = where(read_areas, one(geometry, coordinates))
    assert ("zone", "geometry") in found


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"{}", b"[" * 100_000])
def test_what_is_no_collection_of_features(data: bytes) -> None:
    assert faults(read_areas, data)
