"""Boxes of longitude and latitude."""

from typing import Any

import pytest

from truceline.geo.box import Box, box_fault, touches

BOX = Box(10.0, 50.0, 11.0, 51.0)


@pytest.mark.parametrize(
    ("geometry", "inside"),
    [
        ({"type": "Point", "coordinates": [10.5, 50.5]}, True),
        ({"type": "Point", "coordinates": [10.0, 51.0]}, True),  # the edge is in it
        ({"type": "Point", "coordinates": [9.999999, 50.5]}, False),
        ({"type": "LineString", "coordinates": [[9.0, 50.5], [12.0, 50.5]]}, True),  # through it
        ({"type": "MultiPoint", "coordinates": [[0.0, 0.0], [10.5, 50.5]]}, True),
        (
            {"type": "Polygon", "coordinates": [[[0.0, 40.0], [20.0, 40.0], [20.0, 60.0], [0.0, 60.0], [0.0, 40.0]]]},
            True,
        ),
        (None, False),
    ],
)
def test_what_touches_a_box(geometry: dict[str, Any] | None, inside: bool) -> None:
    assert touches(geometry, BOX) is inside


def test_a_box_over_the_meridian_of_180() -> None:
    box = Box(179.0, -10.0, -179.0, 10.0)
    at = {
        lon: touches({"type": "Point", "coordinates": [lon, 0.0]}, box) for lon in (178.9, 179.5, -179.5, -178.9, 0.0)
    }
    assert at == {178.9: False, 179.5: True, -179.5: True, -178.9: False, 0.0: False}


@pytest.mark.parametrize(
    "box", [Box(-181, 0, 0, 1), Box(0, 0, 181, 1), Box(0, 1, 1, 0), Box(0, -91, 1, 0), Box(0, 0, 1, 91)]
)
def test_what_is_no_box(box: Box) -> None:
    assert box_fault(box)
    assert box_fault(BOX) is None
