"""Hills in the way, and how well a place would be told."""

import numpy as np
import pytest

from truceline.coverage.links import links_of
from truceline.coverage.locate import located
from truceline.coverage.seen import hour_of, seen, table_of
from truceline.coverage.terrain import with_terrain
from truceline.coverage.watch import stated_watch
from truceline.formats.ascii_grid import read_heights
from truceline.geo.heights import Heights
from truceline.model.network import Network
from truceline.model.problem import Unusable

from .making import SENSINGS, chance, row_of_sensors, sensor

GRID = b"""ncols 3
nrows 2
xllcorner -0.15
yllcorner 10.0
cellsize 0.1
NODATA_value -9999
1 2 -9999
4 5 6
"""


def test_a_grid_is_read_northernmost_first() -> None:
    heights = read_heights("heights.asc", GRID)
    found = heights.at(np.array([-0.1, 0.0, 0.1, -0.1, 0.0]), np.array([10.05, 10.05, 10.05, 10.15, 10.10]))
    assert found.tolist() == pytest.approx([4.0, 5.0, 6.0, 1.0, 3.5])
    assert heights.at(np.array([5.0]), np.array([10.0])).tolist() == [0.0]


@pytest.mark.parametrize(
    ("change", "line", "what"),
    [
        ((b"4 5 6", b"4 5"), 8, "not 3 numbers"),
        ((b"4 5 6", b"4 x 6"), 8, "not 3 numbers"),
        ((b"cellsize 0.1", b"cellsize -1"), 1, "not positive"),
        ((b"ncols 3\n", b""), 1, "lacks ncols"),
        ((b"nrows 2", b"nrows two"), 2, "no name and number"),
        ((b"xllcorner -0.15", b"xllcorner 500000"), 1, "not in degrees"),
        ((b"nrows 2", b"nrows 3"), 7, "2 lines of heights"),
    ],
)
def test_a_faulty_grid_is_refused_at_its_line(change: tuple[bytes, bytes], line: int, what: str) -> None:
    with pytest.raises(Unusable) as refused:
        read_heights("heights.asc", GRID.replace(*change))
    (problem,) = refused.value.problems
    assert problem.place.line == line
    assert what in problem.what


def ridge(height_m: float) -> Heights:
    """A wall of hills along the meridian of 0.03°, about 3.3 km east of nought."""
    lon = np.arange(-0.3, 0.3, 0.002)
    rows = np.tile(np.where(np.abs(lon - 0.03) < 0.004, height_m, 0.0), (300, 1))
    return Heights(-0.3, -0.3, 0.002, rows)


def behind(kind: str, height_m: float) -> float:
    """How probably a sensor catches a blast 7 km west of it, a ridge half way."""
    watch = stated_watch(Network((sensor("S", 0.0629, 0.0, kind=kind),)), SENSINGS, 0)
    links = links_of(np.array([watch.stations.x[0] - 7_000.0]), np.array([watch.stations.y[0]]), watch.stations)
    there = with_terrain(links, watch.stations, watch.frame, ridge(height_m))
    caught = table_of(watch.carry, watch.stations, ("impact",)).caught.take(hour_of(watch, there, 0, 1).bin, axis=1)
    return float(caught.mean())


def test_a_ridge_dims_sound_and_stops_sight_and_leaves_the_ground_wave() -> None:
    for kind in ("acoustic_array", "camera", "seismic"):
        open_ground = behind(kind, 0.0)
        assert open_ground > 0.2, kind
        assert behind(kind, 1.0) == pytest.approx(open_ground, abs=0.02), kind
    assert behind("acoustic_array", 60.0) < 0.85 * behind("acoustic_array", 0.0)
    assert behind("acoustic_array", 200.0) < 0.5 * behind("acoustic_array", 60.0)
    assert behind("camera", 150.0) == 0.0
    assert behind("seismic", 400.0) == behind("seismic", 0.0)


def test_places_are_told_as_well_as_drawing_catches_by_lot_says() -> None:
    """Against ten thousand draws, each with its own information."""
    watch = stated_watch(row_of_sensors(6, 4_000.0), SENSINGS, 0)
    stations = watch.stations
    x, y = np.array([stations.x[2] + 1_500.0]), np.array([stations.y[2] + 5_000.0])
    links = links_of(x, y, stations)
    within = (60.0, 150.0, 600.0)
    found = located(watch, links, ("impact",), 0.0, 1.0, within)[:, 0, 0]
    known = seen(hour_of(watch, links, 0, 1), table_of(watch.carry, stations, ("impact",))).known[0, 0]
    assert np.all(np.diff(found) > 0)
    assert found[-1] <= known + 1e-6
    away = np.hypot(stations.x - x, stations.y - y)
    unit = np.c_[stations.x - x, stations.y - y] / away[:, None]
    draw, count, inside = chance(), 10_000, np.zeros(3)
    reaches, weights = watch.carry.loudness("impact")
    for _ in range(count):
        reach = draw.choice(reaches, p=weights)
        caught = watch.carry.caught(SENSINGS[0], 0, watch.carry.column("impact"), away, np.full(6, reach))
        heard = draw.random(6) < caught
        if draw.random() >= [0.0, 0.0, 0.06, 0.33, 0.68, 0.9, 1.0][min(2 * int(heard.sum()), 6)]:
            continue
        if heard.sum() < 2:
            continue  # one direction alone tells no place
        travel = away / 338.5
        sigma2 = 0.02**2 + (0.005 * travel) ** 2 + (travel / 338.5 * 0.5) ** 2
        slope = -unit / 338.5
        weight = heard / sigma2
        moment = (weight[:, None] * slope).sum(axis=0)
        across = np.c_[unit[:, 1], -unit[:, 0]] * (heard / (np.radians(1.5) * away))[:, None]
        information = (weight[:, None, None] * slope[:, :, None] * slope[:, None, :]).sum(axis=0)
        information += across.T @ across - np.outer(moment, moment) / weight.sum()
        off = np.linalg.inv(np.linalg.cholesky(information)).T @ draw.standard_normal(2)
        inside += np.hypot(*off) <= within
    assert found.tolist() == pytest.approx((inside / count).tolist(), abs=0.03)
