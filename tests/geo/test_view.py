"""Drawing on the ground: a view, its clipped shapes, coarse cells and the compass."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.geo.cells import cell_area_m2, cell_centre, cell_of, cell_ring, coarse_resolution
from truceline.geo.compass import POINTS, compass_point, leg
from truceline.geo.frame import distance_azimuth
from truceline.geo.view import View, shown_edges, shown_ground, view_of
from truceline.model.ground import ControlMap, HeldGround, Polygon

lats, lons = st.floats(-80, 80), st.floats(-180, 179.9)
WORLD: Polygon = (((-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0), (-180.0, -90.0)),)


def square(lon: float, lat: float, half: float = 0.05) -> Polygon:
    ring = [(lon - half, lat - half), (lon + half, lat - half), (lon + half, lat + half), (lon - half, lat + half)]
    return ((*ring, ring[0]),)


@settings(max_examples=25, deadline=None)
@given(lons, lats)
def test_a_view_is_north_up_and_true_to_scale(lon: float, lat: float) -> None:
    view = view_of([(lon, lat), (lon, lat + 0.1), (lon, lat - 0.1)])
    (middle,), (north,) = view.points([(lon, lat)]), view.points([(lon, lat + 0.1)])
    assert middle is not None and north is not None
    distance_m, _ = distance_azimuth(lon, lat, lon, lat + 0.1)
    assert north[1] - middle[1] == pytest.approx(float(distance_m), rel=2e-3)
    assert abs(north[0] - middle[0]) < 0.002 * float(distance_m)


def test_a_place_outside_the_view_has_no_point() -> None:
    view = view_of([(30.0, 50.0), (30.1, 50.1)])
    assert view.points([(30.05, 50.05), (31.0, 50.0), (-150.0, -50.0)])[1:] == [None, None]


def test_a_few_far_places_do_not_widen_the_view() -> None:
    near = [(30.0 + 0.01 * n, 50.0) for n in range(30)]
    assert view_of([*near, (-120.0, 10.0)]).width_m < 40_000


def test_a_view_across_the_antimeridian_is_whole() -> None:
    view = view_of([(179.9, 10.0), (-179.9, 10.0)])
    assert view.width_m < 40_000
    assert None not in view.points([(179.9, 10.0), (-179.9, 10.0)])
    assert view.lines([(179.95, 10.0), (179.99, 10.0)], 1.0)
    assert view.edges([square(-179.95, 10.0, 0.02)], 1.0)


@settings(max_examples=25, deadline=None)
@given(lons, lats)
def test_positions_and_points_agree(lon: float, lat: float) -> None:
    view = view_of([(lon, lat), (lon, lat + 0.05)])
    (point,) = view.points([(lon, lat + 0.02)])
    assert point is not None
    back = view.position(point)
    assert leg(back, (lon, lat + 0.02))[0] < 0.01


def test_the_frame_of_the_picture_is_no_edge() -> None:
    view = view_of([(30.0, 50.0), (30.1, 50.1)])
    assert view.edges([WORLD], 1.0) == []
    assert view.edges([square(30.05, 50.05, 0.01)], 1.0)


def test_ground_is_agreed_where_all_maps_agree_and_differing_elsewhere() -> None:
    view = view_of([(29.9, 49.9), (30.1, 50.1)])
    maps = [
        ControlMap(name, (HeldGround(party="amber", polygons=(square(lon, 50.0),), from_us=0, sigma_m=10.0),))
        for name, lon in (("one", 30.0), ("two", 30.03))
    ]
    (amber, teal) = shown_ground(view, maps, ["amber", "teal"], 5, 1.0)
    assert _area(amber.agreed) == pytest.approx(_area(amber.differing) * 7 / 6, rel=0.02)
    assert amber.label is not None
    assert (teal.agreed, teal.differing, teal.label) == ([], [], None)
    assert set(shown_edges(view, maps, 5, 1.0)) == {"one", "two"}
    assert shown_ground(view, maps, ["amber"], -5, 1.0)[0].agreed == [], "not held yet"


def _area(rings: list[list[tuple[float, float]]]) -> float:
    return sum(abs(sum(a[0] * b[1] - a[1] * b[0] for a, b in pairwise(ring))) / 2 for ring in rings)


def test_a_wider_view_keeps_its_middle() -> None:
    view = View(30.0, 50.0, -1000.0, 1000.0, -100.0, 100.0)
    wide = view.widened(0.5)
    assert (wide.width_m, wide.height_m) == (2000.0, 1000.0)
    assert view.widened(0.05).width_m == 4000.0


@given(lons, lats)
def test_cells_are_large_enough_and_hold_their_place(lon: float, lat: float) -> None:
    resolution = coarse_resolution([(lon, lat)], 5e6)
    cell = cell_of(lon, lat, resolution)
    assert cell_area_m2(cell) >= 5e6 and resolution in (6, 7)
    assert leg((lon, lat), cell_centre(cell))[0] < 5_000
    assert cell_ring(cell)[0] == cell_ring(cell)[-1]


def test_one_small_cell_makes_all_cells_larger() -> None:
    places = [(30.0, 50.0), (-34.1, 12.5)]
    assert coarse_resolution(places, 5e6) == min(coarse_resolution([one], 5e6) for one in places)


@pytest.mark.parametrize(
    ("azimuth_deg", "point"), [(0, "N"), (11.2, "N"), (11.25, "NNE"), (90, "E"), (236, "SW"), (359, "N"), (-90, "W")]
)
def test_sixteen_points(azimuth_deg: float, point: str) -> None:
    assert compass_point(azimuth_deg) == point and len(set(POINTS)) == 16
