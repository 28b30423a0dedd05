"""places.geojson: named places by id, or refused with feature and field."""

import pytest

from truceline.formats.places_geojson import read_places
from truceline.model.gazetteer import NamedPlace

from .faults import FILE, collection, faults, feature, where

GOOD = {"id": "p", "kind": "village", "names": {"uk": "Селище", "en": "Hamlet"}, "region": {"en": "The north"}}


def read(data: bytes) -> tuple[NamedPlace, ...]:
    return read_places(FILE, data)


def one(**properties: object) -> bytes:
    return collection(feature(GOOD | properties, [30.5, 49.5], "Point"))


def test_places_by_id_with_their_names() -> None:
    city = {"id": "c", "kind": "city", "names": {"en": "Port"}}
    port, hamlet = read(collection(feature(GOOD, [30.5, 49.5], "Point"), feature(city, [31, 50], "Point")))
    assert (hamlet.id, hamlet.lon, hamlet.lat, hamlet.kind) == ("p", 30.5, 49.5, "village")
    assert (hamlet.named("uk"), hamlet.named("en"), hamlet.named("fr")) == ("Селище", "Hamlet", "Hamlet")
    assert (hamlet.region_named("en"), hamlet.region_named("uk"), port.region_named("en")) == (
        "The north", "The north", "",
    )  # fmt: skip


def test_an_id_stands_once() -> None:
    rows = [feature(GOOD, [30.5, 49.5], "Point")] * 2
    (problem,) = faults(read_places, collection(*rows))
    assert problem.place.field == "id" and "twice" in problem.what


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", 7), ("kind", "hamlet"), ("kind", None), ("names", None), ("names", {}), ("names", "x"), ("region", ["x"])],
)
def test_a_property_of_another_kind_is_refused(field: str, value: object) -> None:
    assert field in [name for _, name in where(read_places, one(**{field: value}))]


def test_a_place_is_a_point() -> None:
    found = where(read_places, collection(feature(GOOD, [[30.0, 49.0], [30.5, 49.5]], "LineString")))
    assert ("p", "geometry") in found
