"""The raster is as good as every point computed by itself, and the mirror of a world has the mirrored raster."""

from dataclasses import replace

import numpy as np
import pytest

from truceline.coverage.links import links_of
from truceline.coverage.raster import by_cell, covered, ground_of, raster_of
from truceline.coverage.seen import hour_of, seen, table_of
from truceline.coverage.watch import Watch, stated_watch
from truceline.geo.cells import cell_of
from truceline.model.network import Network

from .making import SENSINGS, chance, row_of_sensors, sensor

CLASSES = ("outgoing", "thunder", "burst")


def scattered(count: int = 60) -> Watch:
    draw = chance()
    kinds = draw.choice(["acoustic_array", "microphone", "seismic", "camera"], count)
    some = tuple(
        sensor(f"S{n:03d}", *draw.uniform(-0.4, 0.4, 2).tolist(), kind=str(kind), provider="abc"[n % 3])
        for n, kind in enumerate(kinds)
    )
    watch = stated_watch(Network(some), SENSINGS, 0)
    return replace(watch, carry=replace(watch.carry, reach_sigma=np.full(len(watch.carry.classes), 0.1)))


@pytest.mark.parametrize("by_provider", [False, True])
def test_the_lattice_loses_next_to_nothing(by_provider: bool) -> None:
    watch = scattered()
    raster = raster_of(watch, margin_m=20_000.0)
    ground = ground_of(watch, raster, CLASSES, by_provider=by_provider)
    found = covered(watch, ground, 0.0, 3600.0)
    some = chance().choice(raster.rows * raster.columns, 4_000, replace=False)
    x, y = (part.ravel()[some] for part in raster.xy())
    links = links_of(x, y, watch.stations, by_provider=by_provider)
    exact = seen(hour_of(watch, links, 0.0, 3600.0), table_of(watch.carry, watch.stations, CLASSES))
    off = np.abs(found.known[:, some] - exact.known)
    assert off.max() < 0.025
    assert np.sqrt((off**2).mean()) < 0.003
    if by_provider:
        assert np.abs(found.by(2)[:, some] - exact.by(2)).max() < 0.025


def test_a_network_turned_about_has_the_same_coverage() -> None:
    """The raster turns with the network, and no direction is special."""
    lon_lat = chance().uniform(-0.3, 0.3, (25, 2))
    means = []
    for turn in (0.0, 0.7):
        cos, sin = np.cos(turn), np.sin(turn)
        turned = lon_lat @ np.array([[cos, sin], [-sin, cos]])
        some = tuple(sensor(f"S{n:02d}", *place.tolist()) for n, place in enumerate(turned))
        watch = stated_watch(Network(some), SENSINGS, 0)
        raster = raster_of(watch)
        found = covered(watch, ground_of(watch, raster, ("outgoing",)), 0.0, 3600.0)
        means.append(float(found.known.sum()) * raster.step_m**2 / 1e6)
    assert means[0] == pytest.approx(means[1], rel=0.01)


def test_cells_hold_the_mean_of_their_points() -> None:
    watch = stated_watch(row_of_sensors(4), SENSINGS, 0)
    raster = raster_of(watch)
    found = covered(watch, ground_of(watch, raster, ("outgoing",)), 0.0, 3600.0)
    cells, means = by_cell(raster, found.known, 7)
    lon, lat = (part.ravel() for part in raster.lonlat)
    middle = int(np.argmax(found.known[0]))
    cell = cell_of(float(lon[middle]), float(lat[middle]), 7)
    inside = [n for n in range(len(lon)) if cell_of(float(lon[n]), float(lat[n]), 7) == cell]
    assert means[0, cells.index(cell)] == pytest.approx(float(found.known[0, inside].mean()), abs=0.02)
    assert list(cells) == sorted(cells)
