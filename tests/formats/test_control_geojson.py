"""control.geojson: one map for each mapper, in whatever order its areas stand; or refused with feature and field."""

import pytest

from truceline.formats.control_geojson import read_control
from truceline.model.ground import ControlMap
from truceline.model.instant import parse_utc

from .faults import FILE, HUGE, SQUARE, collection, faults, feature, spelled, where

LEAST = {"party": "arvia", "from": "2026-01-01T00:00:00Z", "sigma_m": 150}
RING = SQUARE[0]
EAST = [[[31.0, 49.0], [32.0, 49.0], [32.0, 50.0], [31.0, 50.0], [31.0, 49.0]]]


def one(coordinates: object = SQUARE, geometry: str = "Polygon", without: str = "", /, **changes: object) -> bytes:
    table = LEAST | changes
    return collection(feature({key: v for key, v in table.items() if key != without}, coordinates, geometry))


def read(data: bytes) -> tuple[ControlMap, ...]:
    return read_control(FILE, data)


def test_an_area_in_full() -> None:
    (found,) = read(one(source="atlas", until="2026-02-01T00:00:00Z"))
    assert found.mapper == "atlas"
    (area,) = found.areas
    assert (area.party, area.sigma_m) == ("arvia", 150.0)
    assert (area.from_us, area.until_us) == (parse_utc("2026-01-01T00:00:00Z"), parse_utc("2026-02-01T00:00:00Z"))
    assert area.polygons == ((tuple(map(tuple, RING)),),)


def test_holes_and_several_polygons_are_kept() -> None:
    hole = [[30.4, 49.4], [30.6, 49.4], [30.6, 49.6], [30.4, 49.4]]
    (found,) = read(one([[RING, hole], EAST], "MultiPolygon"))
    assert [len(polygon) for polygon in found.areas[0].polygons] == [2, 1]


def test_each_source_is_a_map_and_the_file_is_one_where_none_is_named() -> None:
    data = collection(
        feature(LEAST | {"source": "zeta"}, SQUARE, "Polygon"),
        feature(LEAST, SQUARE, "Polygon"),
        feature(LEAST | {"source": "atlas", "party": "bardo"}, EAST, "Polygon"),
        feature(LEAST | {"source": "zeta", "party": "bardo"}, EAST, "Polygon"),
    )
    assert [(one.mapper, len(one.areas)) for one in read(data)] == [("atlas", 1), (FILE, 1), ("zeta", 2)]


def test_order_in_the_file_does_not_matter() -> None:
    rows = [feature(LEAST | {"party": party}, EAST, "Polygon") for party in ("arvia", "bardo", "corvo")]
    assert read(collection(*rows)) == read(collection(*rows[::-1]))


@pytest.mark.parametrize("field", sorted(LEAST))
@pytest.mark.parametrize("how", ["missing", "null"])
def test_a_required_field_that_is_missing_is_named(field: str, how: str) -> None:
    data = one(SQUARE, "Polygon", field) if how == "missing" else one(**{field: None})
    (problem,) = faults(read_control, data)
    assert (problem.place.feature, problem.place.field) == ("0", field)
    assert "missing" in problem.what


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("party", ""), ("party", 3), ("party", ["arvia"]), ("source", ""), ("source", {}),
        ("sigma_m", "150"), ("sigma_m", -0.1), ("sigma_m", 1.1e6), ("sigma_m", True),
        ("from", "2026-01-01"), ("from", 0), ("until", "soon"), ("until", "2026-01-01T00:00:00Z"),
    ],
)  # fmt: skip
def test_a_field_of_another_type_or_size_is_refused(field: str, value: object) -> None:
    assert where(read_control, one(**{field: value})) == [("0", field)]


def test_a_number_that_nothing_holds() -> None:
    assert where(read_control, spelled(one(sigma_m="@@"), HUGE)) == [("0", "sigma_m")]


def test_the_ends_of_sigma() -> None:
    for sigma in (0, 1e6):
        assert read(one(sigma_m=sigma))[0].areas[0].sigma_m == sigma


@pytest.mark.parametrize(
    ("coordinates", "geometry"),
    [
        ([RING[:-1]], "Polygon"),  # not closed
        ([RING[:2] + RING[:1]], "Polygon"),  # three positions
        ([RING[:1] * 4], "Polygon"),  # one corner
        ([[RING[0], RING[1], RING[1], RING[0]]], "Polygon"),  # two corners
        ([[[lat, lon + 100] for lon, lat in RING]], "Polygon"),  # latitude first
        ([], "Polygon"),
        ([[]], "Polygon"),
        (RING, "Polygon"),
        ("ring", "Polygon"),
        (None, "Polygon"),
        ([], "MultiPolygon"),
        ([[]], "MultiPolygon"),
        (SQUARE, "MultiPolygon"),
        ([31, 49], "Point"),
        (RING, "LineString"),
        (SQUARE, "polygon"),
        ([[[*RING[0][:1], "49"], *RING[1:]]], "Polygon"),
    ],
)
def test_ground_that_has_no_inside(coordinates: object, geometry: str) -> None:
    (problem,) = faults(read_control, one(coordinates, geometry))
    assert problem.place.field == "geometry"


def test_a_map_of_nothing_is_refused() -> None:
    (problem,) = faults(read_control, collection())
    assert "no area" in problem.what and "leave the file out" in problem.remedy


def test_deep_and_huge_positions() -> None:
    assert faults(read_control, spelled(one("@@"), "[" * 100_000 + "]" * 100_000))
    assert where(read_control, spelled(one([[["@@", 49.0], *RING[1:]]]), HUGE)) == [("0", "geometry")]
