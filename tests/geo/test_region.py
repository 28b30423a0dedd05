"""A zone's probability is exact for any shape; its distances are geodesic to a few centimetres."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.geo.frame import Frame, destination, distance_azimuth, frame_for
from truceline.geo.region import CHI2_90, Region, disc, positions, region
from truceline.model.agreement import Area
from truceline.model.event import Ellipse

WEDGE = ((37.0, 48.0), (38.0, 48.0), (38.0, 48.3), (37.5, 48.1), (37.0, 48.5), (37.0, 48.0))
FRAME = frame_for([37.0, 38.0], [48.0, 48.5])


def circle(sigma_m: float) -> Ellipse:
    return Ellipse(sigma_m * math.sqrt(CHI2_90), sigma_m * math.sqrt(CHI2_90), 0.0)


def chance(zone: Region, lon: float, lat: float, ellipse: Ellipse, frame: Frame = FRAME) -> tuple[float, float]:
    standing = zone.stand(positions(frame, [lon], [lat], [ellipse]))
    return standing.probability[0], standing.margin_m[0]


@settings(max_examples=60, deadline=None)
@given(
    lon=st.floats(36.95, 38.05),
    lat=st.floats(47.95, 48.55),
    major=st.floats(1.0, 30_000.0),
    ratio=st.floats(0.02, 1.0),
    azimuth=st.floats(0.0, 179.9),
)
def test_the_probability_is_that_of_drawing_from_the_density(
    lon: float, lat: float, major: float, ratio: float, azimuth: float
) -> None:
    zone = region(FRAME, Area("wedge", polygons=((WEDGE,),)))
    at = positions(FRAME, [lon], [lat], [Ellipse(major, major * ratio, azimuth)])
    root = np.linalg.cholesky(np.array([[at.xx[0], at.xy[0]], [at.xy[0], at.yy[0]]]))
    drawn = root @ np.random.default_rng(7).standard_normal((2, 20_000))
    share = shapely.contains_xy(zone.outline, at.x[0] + drawn[0], at.y[0] + drawn[1]).mean()
    assert zone.stand(at).probability[0] == pytest.approx(share, abs=0.016)


def test_a_hole_is_outside_and_an_island_in_it_inside() -> None:
    hole = ((37.1, 48.05), (37.3, 48.05), (37.3, 48.2), (37.1, 48.2), (37.1, 48.05))
    island = ((37.18, 48.1), (37.22, 48.1), (37.22, 48.15), (37.18, 48.15), (37.18, 48.1))
    zone = region(FRAME, Area("z", polygons=((WEDGE, hole), (island,))))
    assert chance(zone, 37.15, 48.1, circle(10.0)) == (0.0, -math.inf)
    assert chance(zone, 37.2, 48.12, circle(10.0)) == (1.0, math.inf)
    assert chance(zone, 37.05, 48.1, circle(10.0)) == (1.0, math.inf)


def test_a_small_zone_in_a_large_density_is_improbable_though_its_middle_is_the_likeliest_place() -> None:
    probability, _ = chance(disc(FRAME, 37.5, 48.2, 100.0), 37.5, 48.2, circle(500.0))
    assert probability == pytest.approx(1 - math.exp(-0.5 * (100 / 500) ** 2), abs=1e-4)


@pytest.mark.parametrize("sigma_m", [0.2, 5.0])
@pytest.mark.parametrize("off_m", [-1.0, 0.0, 1.0])
def test_one_metre_beside_an_edge(off_m: float, sigma_m: float) -> None:
    zone = region(FRAME, Area("wedge", polygons=((WEDGE,),)))
    lon, lat = destination(37.0, 48.2, 90.0, off_m)
    probability, margin = chance(zone, float(lon), float(lat), circle(sigma_m))
    assert probability == pytest.approx(0.5 * math.erfc(-off_m / sigma_m / math.sqrt(2)), abs=0.005)
    assert margin == pytest.approx(off_m, abs=0.01)


def test_an_edge_of_its_own_sigma_widens_the_doubt() -> None:
    area = Area("wedge", polygons=((WEDGE,),), sigma_m=40.0)
    lon, lat = destination(37.0, 48.2, 90.0, 50.0)
    probability, _ = chance(region(FRAME, area), float(lon), float(lat), circle(30.0))
    assert probability == pytest.approx(0.5 * math.erfc(-1 / math.sqrt(2)), abs=1e-3)


@pytest.mark.parametrize("within_m", [300.0, 5_000.0, 25_000.0, 70_000.0])
def test_within_a_distance_of_a_winding_line_is_geodesic_to_a_metre(within_m: float) -> None:
    line = tuple((36.5 + 0.02 * step, 48 + 0.05 * math.sin(step / 3)) for step in range(100))
    zone = region(FRAME, Area("line", line=line), within_m)
    dense = shapely.get_coordinates(shapely.segmentize(shapely.linestrings(np.array(line)), 2e-4))
    outline = shapely.get_coordinates(zone.outline)
    some = np.random.default_rng(3).integers(0, len(outline) - 1, 40)
    middle = (outline[some] + outline[some + 1]) / 2
    lon, lat = FRAME.to_lonlat(middle[:, 0], middle[:, 1])
    for x, y in zip(lon, lat, strict=True):
        assert distance_azimuth(x, y, dense[:, 0], dense[:, 1])[0].min() == pytest.approx(within_m, abs=0.5)


def test_a_long_edge_is_straight_in_degrees_as_geojson_says() -> None:
    band = ((30.0, 50.0), (40.0, 50.0), (40.0, 50.5), (30.0, 50.5), (30.0, 50.0))
    frame = frame_for([30.0, 40.0], [50.0, 50.5])
    zone = region(frame, Area("band", polygons=((band,),)))
    assert chance(zone, 35.003, 50.00001, circle(0.1), frame)[0] > 0.99
    assert chance(zone, 35.003, 49.99999, circle(0.1), frame)[0] < 0.01


def test_a_line_has_no_inside() -> None:
    with pytest.raises(AssertionError, match="no inside"):
        region(FRAME, Area("line", line=((37.0, 48.0), (38.0, 48.0))))
