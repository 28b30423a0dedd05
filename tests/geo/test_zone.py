"""Grounds that rules speak of: unions, sides of lines, areas taken out; positions told by them; ground newly held."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.geo.beside import away_by, inside_by
from truceline.geo.frame import distance_azimuth, frame_for
from truceline.geo.gains import Gain, gains
from truceline.geo.held import prepare_maps
from truceline.geo.region import WORTH_A_GRID, Region, Standing, positions, region
from truceline.geo.zone import Nearest, inner_point, meet, outlines, zone
from truceline.model.agreement import Area, Side, Where
from truceline.model.event import Ellipse
from truceline.model.ground import ControlMap, HeldGround, Polygon
from truceline.model.instant import US_PER_HOUR

POINT, CIRCLE = Ellipse(0.0, 0.0, 0.0), Ellipse(200.0, 100.0, 30.0)
LINE = ((30.0, 50.0), (30.05, 50.2), (29.95, 50.4), (30.1, 50.6))


def square(west: float, south: float, size: float = 0.1) -> Polygon:
    east, north = west + size, south + size
    return (((west, south), (east, south), (east, north), (west, north), (west, south)),)


AREAS = {
    area.id: area
    for area in (
        Area("line", line=LINE),
        Area("a", polygons=(square(30.2, 50.1),)),
        Area("b", polygons=(square(30.25, 50.15),)),
        Area("far", polygons=(square(31.0, 50.1),), sigma_m=50.0),
        Area("school", point=(30.3, 50.4), radius_m=150.0),
    )
}
FRAME = frame_for([29.9, 31.2], [49.9, 50.7])


def stands(where: Where, *at: tuple[float, float]) -> list[float]:
    spots = positions(FRAME, [x for x, _ in at], [y for _, y in at], [POINT] * len(at))
    return zone(FRAME, AREAS, where).stand(spots).probability


def test_a_union_counts_common_ground_once() -> None:
    assert stands(Where(("a", "b")), (30.22, 50.12), (30.33, 50.23), (30.27, 50.17), (30.33, 50.12)) == [1, 1, 1, 0]


def test_areas_are_taken_out() -> None:
    assert stands(Where(("a",), outside=("b",)), (30.22, 50.12), (30.27, 50.17)) == [1, 0]
    assert stands(Where(("b",), outside=("a", "b")), (30.27, 50.17)) == [0]


def test_the_two_sides_of_a_line_are_the_whole_and_share_nothing() -> None:
    left, right, both = (zone(FRAME, AREAS, Where(("line",), 5000.0, side)) for side in ("left", "right", None))
    assert left.outline.area + right.outline.area == pytest.approx(both.outline.area, rel=1e-6)
    assert left.outline.intersection(right.outline).area < 1.0


@settings(max_examples=40, deadline=None)
@given(metres=st.floats(1.0, 4900.0), side=st.sampled_from(["left", "right"]))
def test_what_is_beside_a_line_is_on_that_side_and_no_other(metres: float, side: Side) -> None:
    at = away_by(FRAME, AREAS["line"], metres, side)
    assert at is not None
    other: Side = "right" if side == "left" else "left"
    assert stands(Where(("line",), 5000.0, side), at) == [1]
    assert stands(Where(("line",), 5000.0, other), at) == [0]
    assert stands(Where(("line",), 0.0, side), at) == [1]


def test_one_walks_a_line_northward_with_the_west_to_the_left() -> None:
    assert stands(Where(("line",), side="left"), (29.9, 50.2), (30.2, 50.2)) == [1, 0]


@settings(max_examples=60, deadline=None)
@given(
    id_=st.sampled_from(["line", "a", "school"]),
    metres=st.floats(0.5, 40_000.0),
)
def test_a_position_told_by_a_distance_is_at_that_distance(id_: str, metres: float) -> None:
    area = AREAS[id_]
    at = away_by(FRAME, area, metres)
    if at is None:
        return
    within, without = Where((id_,), metres + 0.2), Where((id_,), max(0.0, metres - 0.2))
    assert stands(within, at) == [1]
    assert (without.within_m == 0.0 and area.line) or stands(without, at)[0] < 1e-9


def test_a_position_inside_is_so_deep_or_there_is_none() -> None:
    at = inside_by(FRAME, AREAS["a"], 100.0)
    assert at is not None
    spot = positions(FRAME, [at[0]], [at[1]], [Ellipse(50.0, 50.0, 0.0)])
    assert zone(FRAME, AREAS, Where(("a",))).stand(spot).margin_m[0] == pytest.approx(100.0, abs=0.1)
    assert inside_by(FRAME, AREAS["a"], 20_000.0) is None
    centre = inside_by(FRAME, AREAS["school"], 140.0)
    assert centre is not None
    assert float(distance_azimuth(*centre, 30.3, 50.4)[0]) == pytest.approx(10.0, abs=0.01)
    assert inside_by(FRAME, AREAS["school"], 151.0) is None


def test_the_nearest_of_some_areas_is_named() -> None:
    spots = positions(FRAME, [30.2, 30.95, 30.3], [50.05, 50.1, 50.45], [POINT] * 3)
    nearest = Nearest(FRAME, AREAS, ("a", "far", "school"))
    assert [nearest.area(spots, row) for row in range(3)] == ["a", "far", "school"]
    assert Nearest(FRAME, AREAS, ("far",)).area(spots, 0) == "far"


def test_a_zone_is_as_unsure_as_its_least_sure_area() -> None:
    assert zone(FRAME, AREAS, Where(("a", "far"))).sigma_m == 50.0


def test_grounds_meet_or_do_not() -> None:
    assert meet(FRAME, AREAS, Where(("a",)), Where(("b",)))
    assert not meet(FRAME, AREAS, Where(("a",)), Where(("far",)))
    assert meet(FRAME, AREAS, Where(("school",)), Where(("line",), 30_000.0))


def test_outlines_are_closed_and_inner_points_are_inside() -> None:
    (polygon,) = outlines(FRAME, AREAS, Where(("line",), 1000.0))
    assert polygon[0][0] == polygon[0][-1] and len(polygon[0]) > 20
    for id_ in ("a", "school"):
        assert stands(Where((id_,)), inner_point(AREAS[id_])) == [1]
    assert inner_point(AREAS["line"]) in LINE


def test_many_positions_and_few_stand_alike() -> None:
    """A grid finds those that may touch an edge; it must miss none."""
    chance = np.random.default_rng(7)
    number = WORTH_A_GRID + 1_000
    lon, lat = chance.uniform(29.8, 31.2, number), chance.uniform(49.9, 50.7, number)
    spots = positions(FRAME, lon.tolist(), lat.tolist(), [CIRCLE] * number)
    for where in (Where(("line",), 5000.0), Where(("a", "b", "far")), Where(("school",), 300.0)):
        ground: Region = zone(FRAME, AREAS, where)
        whole = ground.stand(spots)
        parts = [ground.stand(spots.take(range(start, start + 1_000))) for start in range(0, number, 1_000)]
        assert whole == Standing(
            [one for part in parts for one in part.probability], [one for part in parts for one in part.margin_m]
        )


def test_an_area_without_ground_holds_nothing() -> None:
    assert region(FRAME, AREAS["a"]).stand(positions(FRAME, [], [], [])).probability == []
    assert stands(Where(("a",), outside=("a",)), (30.22, 50.12)) == [0]


# Ground newly held.

DAY = 24 * US_PER_HOUR


def held(
    party: str, polygon: Polygon, from_day: int, until_day: int | None = None, sigma_m: float = 30.0
) -> HeldGround:
    until = None if until_day is None else until_day * DAY
    return HeldGround(party=party, polygons=(polygon,), from_us=from_day * DAY, until_us=until, sigma_m=sigma_m)


def found(*maps: ControlMap) -> tuple[Gain, ...]:
    return gains(prepare_maps(maps, FRAME), FRAME)


OLD, NEW = square(30.0, 50.0, 0.2), square(30.0, 50.0, 0.22)


def test_a_wider_map_is_a_gain_where_and_as_wide_as_it_is() -> None:
    (gain,) = found(ControlMap("m", (held("teal", OLD, 0, 5), held("teal", NEW, 5))))
    assert (gain.party, gain.mapper, gain.when_us) == ("teal", "m", 5 * DAY)
    assert 1_400 < gain.width_m < 2_300 and gain.low == gain.high > 0.999
    assert stands(Where(("a",)), (gain.lon, gain.lat)) == [1] or gain.lon > 30.19


def test_what_is_within_the_map_s_error_may_be_none() -> None:
    (gain,) = found(ControlMap("m", (held("teal", OLD, 0, 5, 2000.0), held("teal", NEW, 5, None, 2000.0))))
    assert 0.6 < gain.high < 0.85


def test_a_map_redrawn_within_half_its_error_shows_no_gain() -> None:
    assert found(ControlMap("m", (held("teal", OLD, 0, 5, 5000.0), held("teal", NEW, 5, None, 5000.0)))) == ()


def test_a_map_that_shrinks_or_begins_shows_no_gain() -> None:
    assert found(ControlMap("m", (held("teal", NEW, 0, 5), held("teal", OLD, 5)))) == ()
    assert found(ControlMap("m", (held("teal", NEW, 0),))) == ()


def test_another_mapper_may_deny_it_confirm_it_or_not_know_that_ground() -> None:
    moved = ControlMap("m", (held("teal", OLD, 0, 5), held("teal", NEW, 5)))
    denies = ControlMap("n", (held("amber", square(30.0, 50.0, 0.5), 0),))
    confirms = ControlMap("n", (held("amber", square(30.0, 50.0, 0.5), 0, 5), held("teal", NEW, 5)))
    elsewhere = ControlMap("n", (held("amber", square(31.0, 50.0, 0.1), 0),))
    lows = [found(moved, other)[0].low for other in (denies, confirms, elsewhere)]
    assert lows[0] == 0.0 and lows[1] > 0.999 and lows[2] > 0.999
