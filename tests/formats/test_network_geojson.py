"""network.geojson: every sensor read whole, or the network refused with feature and field."""

import pytest

from truceline.formats.network_geojson import read_network
from truceline.model.instant import parse_utc
from truceline.model.network import Network, Sensor

from .faults import ENDLESS, FILE, HUGE, collection, faults, feature, spelled, where

LEAST = {"id": "aland-a01", "kind": "acoustic_array", "provider": "aland", "time_sigma_s": 0.02}
FULL = LEAST | {
    "azimuth_sigma_deg": 1.5,
    "position_sigma_m": 3.0,
    "from": "2026-01-01T00:00:00Z",
    "until": "2026-06-01T00:00:00Z",
    "vendor": "hark",
    "path": "satellite-2",
    "time_source": "gnss",
    "host": "arvia",
    "supplied_by": "bardo",
    "accepted_at": "2026-01-02T00:00:00Z",
}
HERE = [31.25, 49.5]


def one(coordinates: object = HERE, without: str = "", /, **changes: object) -> bytes:
    """A network of one sensor with these properties changed and one, perhaps, left out."""
    table = LEAST | changes
    return collection(feature({key: value for key, value in table.items() if key != without}, coordinates))


def read(data: bytes) -> Network:
    return read_network(FILE, data)


def test_a_sensor_in_full() -> None:
    (sensor,) = read(collection(feature(FULL, [31.25, 49.5, 180.5]))).sensors
    assert sensor == Sensor(
        id="aland-a01",
        kind="acoustic_array",
        provider="aland",
        lon=31.25,
        lat=49.5,
        height_m=180.5,
        time_sigma_s=0.02,
        azimuth_sigma_deg=1.5,
        position_sigma_m=3.0,
        from_us=parse_utc("2026-01-01T00:00:00Z"),
        until_us=parse_utc("2026-06-01T00:00:00Z"),
        vendor="hark",
        path="satellite-2",
        time_source="gnss",
        host="arvia",
        supplied_by="bardo",
        accepted_us=parse_utc("2026-01-02T00:00:00Z"),
    )


def test_a_sensor_at_its_least_and_fields_nobody_reads() -> None:
    (sensor,) = read(one(colour="green", f={"x": [1]})).sensors
    assert sensor == Sensor(
        id="aland-a01", kind="acoustic_array", provider="aland", lon=31.25, lat=49.5, time_sigma_s=0.02
    )


def test_order_in_the_file_does_not_matter() -> None:
    rows = [feature(LEAST | {"id": id_}, HERE) for id_ in ("c", "a", "b")]
    assert read(collection(*rows)) == read(collection(*rows[::-1]))
    assert [sensor.id for sensor in read(collection(*rows)).sensors] == ["a", "b", "c"]


@pytest.mark.parametrize("field", sorted(LEAST))
def test_a_required_field_that_is_missing_is_named(field: str) -> None:
    (problem,) = faults(read_network, one(HERE, field))
    assert (problem.place.field, problem.remedy) == (field, f"add '{field}'")
    assert problem.place.feature == ("0" if field == "id" else "aland-a01")


def test_a_slip_of_the_pen_is_pointed_out() -> None:
    (problem,) = faults(read_network, one(HERE, "provider", provder="aland"))
    assert "is 'provder' meant for it?" in problem.what


@pytest.mark.parametrize("field", ["id", "kind", "provider", "vendor", "path", "time_source", "host", "supplied_by"])
@pytest.mark.parametrize("value", ["", "  ", 7, True, ["a"], {"a": 1}])
def test_a_text_of_another_type_is_refused(field: str, value: object) -> None:
    assert field in [name for _, name in where(read_network, one(**{field: value}))]


@pytest.mark.parametrize("field", ["time_sigma_s", "azimuth_sigma_deg", "position_sigma_m"])
@pytest.mark.parametrize("value", ["0.1", True, [0.1], {"a": 1}, -0.1, 1.1e7])
def test_a_number_of_another_type_or_size_is_refused(field: str, value: object) -> None:
    assert where(read_network, one(**{field: value})) == [("aland-a01", field)]


def test_the_ends_of_the_numbers() -> None:
    (sensor,) = read(one(time_sigma_s=0, azimuth_sigma_deg=360, position_sigma_m=1e7)).sensors
    assert (sensor.time_sigma_s, sensor.azimuth_sigma_deg, sensor.position_sigma_m) == (0.0, 360.0, 1e7)
    for field in ("azimuth_sigma_deg", "position_sigma_m"):
        (problem,) = faults(read_network, one(**{field: 0}))
        assert "above 0" in problem.remedy


@pytest.mark.parametrize("text", [HUGE, f"-{HUGE}", ENDLESS, "NaN", "Infinity", "1e999", "-1e999", "01", "+1"])
def test_numbers_that_nothing_holds(text: str) -> None:
    assert faults(read_network, spelled(one(time_sigma_s="@@"), text))
    assert faults(read_network, spelled(one(["@@", 49.5]), text))
    assert faults(read_network, spelled(one([31.25, 49.5, "@@"]), text))


@pytest.mark.parametrize("coordinates", [[180, 90], [-180, -90, -430.5], [0, 0, 36_000_000]])
def test_the_ends_of_the_earth(coordinates: list[float]) -> None:
    (sensor,) = read(one(coordinates)).sensors
    assert [sensor.lon, sensor.lat] == coordinates[:2]
    assert sensor.height_m == (coordinates[2] if len(coordinates) > 2 else None)


@pytest.mark.parametrize(
    "coordinates",
    [
        [49.5, 131.25],  # latitude first
        [180.0000001, 0],
        [0, -90.0000001],
        [31.25],
        [],
        ["31.25", "49.5"],
        [True, False],
        [[31.25, 49.5]],
        {"lon": 31.25, "lat": 49.5},
        None,
        [31.25, 49.5, "180"],
        [31.25, 49.5, True],
    ],
)
def test_a_position_that_is_none(coordinates: object) -> None:
    (problem,) = faults(read_network, one(coordinates))
    assert (problem.place.feature, problem.place.field) == ("aland-a01", "geometry")
    assert "longitude first" in problem.remedy or "metres above the ellipsoid" in problem.remedy


@pytest.mark.parametrize("field", ["from", "until", "accepted_at"])
@pytest.mark.parametrize("value", ["yesterday", "2026-01-01", "2026-01-01T00:00:00+01:00", 1_767_225_600, True, []])
def test_a_time_that_is_none(field: str, value: object) -> None:
    (problem,) = faults(read_network, one(**{field: value}))
    assert problem.place.field == field
    assert "2026-03-02T10:51:38.479Z" in problem.what + problem.remedy or "ending in Z" in problem.remedy


def test_service_ends_after_it_begins() -> None:
    same = "2026-01-01T00:00:00Z"
    (problem,) = faults(read_network, one(**{"from": same, "until": same}))
    assert problem.place.field == "until"
    later = read(one(**{"from": same, "until": "2026-01-01T00:00:00.000001Z"}))
    assert later.sensors[0].serves_at(parse_utc(same)) and not later.sensors[0].serves_at(parse_utc(same) + 1)


def test_an_id_stands_once() -> None:
    data = collection(feature(LEAST, HERE), feature(LEAST, [32, 50]))
    (problem,) = faults(read_network, data)
    assert (problem.place.feature, problem.place.field) == ("aland-a01", "id")
    assert "twice" in problem.what


def test_all_faults_are_told_at_once_and_none_twice() -> None:
    data = collection(
        feature(LEAST | {"time_sigma_s": -1}, HERE), feature({}, [400, 0]), feature({}, HERE, "Polygon"), 3, None
    )
    found = where(read_network, data)
    assert ("aland-a01", "time_sigma_s") in found
    assert {("1", "id"), ("1", "kind"), ("1", "provider"), ("1", "time_sigma_s"), ("1", "geometry")} <= set(found)
    assert {("2", "geometry"), ("3", ""), ("4", "")} <= set(found)
    assert len(found) == len(set(found)), found


@pytest.mark.parametrize(
    "data",
    [
        b"", b"null", b"[]", b"{}", b"{", b"\xff", b"[" * 200_000, b'{"a":' * 200_000,
        b'{"type": "FeatureCollection"}',
        b'{"type": "FeatureCollection", "features": {}}',
        b'{"type": "Feature", "features": []}',
        b'{"type": "featurecollection", "features": []}',
        collection() + b"x",
    ],
)  # fmt: skip
def test_what_is_no_collection_of_features(data: bytes) -> None:
    (problem,) = faults(read_network, data)
    assert not problem.place.feature


def test_a_network_without_a_sensor_is_no_network() -> None:
    (problem,) = faults(read_network, collection())
    assert "no sensor" in problem.what
