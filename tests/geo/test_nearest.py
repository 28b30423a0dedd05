"""The nearest of many points, and who held the ground at a place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.geo.frame import distance_azimuth, frame_for
from truceline.geo.held import prepare_maps
from truceline.geo.holders import DISPUTED, UNKNOWN, holders
from truceline.geo.nearest import nearest
from truceline.model.ground import ControlMap, HeldGround, Polygon

positions = st.tuples(st.floats(-179.9, 179.9), st.floats(-85.0, 85.0))


@settings(max_examples=60, deadline=None)
@given(st.lists(positions, min_size=1, max_size=30), st.lists(positions, min_size=1, max_size=5))
def test_it_is_the_one_that_looking_at_each_finds(
    points: list[tuple[float, float]], at: list[tuple[float, float]]
) -> None:
    for position, found in zip(at, nearest(points, at), strict=True):
        metres = [float(distance_azimuth(*point, *position)[0]) for point in points]
        assert found.distance_m == pytest.approx(min(metres), abs=1e-3)
        assert metres[found.index] == pytest.approx(min(metres), abs=1e-3)


def test_the_direction_is_from_the_point_to_the_position() -> None:
    (found,) = nearest([(30.0, 50.0)], [(30.1, 50.0)])
    assert found.azimuth_deg == pytest.approx(90.0, abs=0.1)
    assert nearest([(30.0, 50.0)], []) == []


def square(west: float, east: float) -> tuple[Polygon, ...]:
    return (((((west, 50.0), (east, 50.0), (east, 50.2), (west, 50.2), (west, 50.0)),)),)


def control(mapper: str, *areas: tuple[str, float, float, int, int | None]) -> ControlMap:
    return ControlMap(
        mapper,
        tuple(
            HeldGround(party=party, polygons=square(west, east), from_us=start, until_us=end, sigma_m=100.0)
            for party, west, east, start, end in areas
        ),
    )


def held(*maps: ControlMap, at: float = 30.05, when: int = 5) -> str:
    frame = frame_for([30.0, 30.2], [50.0, 50.2])
    (found,) = holders(prepare_maps(maps, frame), ("amber", "teal"), frame, [(at, 50.1)], [when])
    return found


def test_who_held_the_ground_by_the_maps_of_the_time() -> None:
    one = control("one", ("amber", 30.0, 30.1, 0, 10), ("teal", 30.0, 30.1, 10, None))
    assert held(one) == "amber" and held(one, when=10) == "teal"
    assert held(one, at=30.15) == UNKNOWN
    assert held(one, at=30.0999) == UNKNOWN, "within the sigma of an edge nobody is named"
    assert held() == UNKNOWN


def test_maps_that_name_different_holders_dispute_it_and_a_silent_map_does_not() -> None:
    one, other = control("one", ("amber", 30.0, 30.1, 0, None)), control("two", ("teal", 30.0, 30.1, 0, None))
    elsewhere = control("three", ("teal", 30.15, 30.2, 0, None))
    assert held(one, other) == DISPUTED
    assert held(one, elsewhere) == "amber"
