"""What a reader of a whole file says of it: every fault with its place and what to do."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from truceline.model.problem import Problem, Unusable

FILE = "folder/file"
HUGE = "9" * 400  # no float holds it
ENDLESS = "9" * 5_000  # no Python int is read from it
SQUARE = [[[30.0, 49.0], [31.0, 49.0], [31.0, 50.0], [30.0, 50.0], [30.0, 49.0]]]


def faults(read: Callable[[str, bytes], object], data: bytes) -> tuple[Problem, ...]:
    """The faults for which a file is refused; each says where, what and what to do."""
    with pytest.raises(Unusable) as caught:
        read(FILE, data)
    for one in caught.value.problems:
        assert one.place.file == FILE and one.what and one.remedy, one
    return caught.value.problems


def where(read: Callable[[str, bytes], object], data: bytes) -> list[tuple[str, str]]:
    """(feature, field) of every fault."""
    return [(one.place.feature, one.place.field) for one in faults(read, data)]


def collection(*features: object) -> bytes:
    """A GeoJSON FeatureCollection."""
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def feature(properties: object, coordinates: object, geometry: str = "Point") -> dict[str, Any]:
    """A GeoJSON Feature."""
    return {
        "type": "Feature",
        "geometry": {"type": geometry, "coordinates": coordinates},
        "properties": properties,
    }


def spelled(data: bytes, text: str) -> bytes:
    """The bytes with the marker "@@" replaced by this text as it stands, quotes and all."""
    assert data.count(b'"@@"') == 1
    return data.replace(b'"@@"', text.encode())
