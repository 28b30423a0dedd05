"""Coverage over ground: a fine raster, computed no finer than detection changes.

What carries ten kilometres changes over one; it is computed on a coarser lattice and raised to the fine one by
Catmull–Rom splines (Keys 1981, IEEE Trans. ASSP 29, 1153). Small arms are computed at every fine point near a
station. The raster lies along the network, turned with it, so that a long line wastes no ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from truceline.coverage.links import Links, Singles, links_of
from truceline.coverage.seen import MOST_PROVIDERS, Over, Seen, hour_of, seen, table_of
from truceline.coverage.stations import Ints, Stations
from truceline.coverage.watch import Watch
from truceline.geo.cells import cell_area_m2, cell_of, cells_of
from truceline.geo.frame import Frame
from truceline.sensors.contract import Floats

STEP_M = 250.0
MARGIN_M = 15_000.0  # of ground around the stations
COARSEST = 4  # fine steps
SMOOTH = 0.12  # steps of a lattice over the reach: finer shows nothing new
ALIKE = 0.4  # classes whose reaches differ by less, in logarithm, share a lattice
POINTS_A_CELL = 12
FAVOURED = 1.3  # how much farther than in still air anything is looked for


@dataclass(frozen=True)
class Raster:
    """Points x, y (rows, columns) = corner + column · step · along + row · step · across, frame metres."""

    frame: Frame
    corner: tuple[float, float]
    turn_rad: float
    step_m: float
    rows: int
    columns: int

    def xy(self, every: int = 1) -> tuple[Floats, Floats]:
        """(rows, columns) frame metres of every so-many-th point, with one more at the far ends if need be."""
        u = np.arange(-(-(self.columns - 1) // every) + 1) * every * self.step_m
        v = np.arange(-(-(self.rows - 1) // every) + 1) * every * self.step_m
        u, v = np.meshgrid(u, v)
        cos, sin = np.cos(self.turn_rad), np.sin(self.turn_rad)
        return self.corner[0] + u * cos - v * sin, self.corner[1] + u * sin + v * cos

    @cached_property
    def lonlat(self) -> tuple[Floats, Floats]:
        """(rows, columns) WGS84 degrees."""
        return self.frame.to_lonlat(*self.xy())


def raster_of(watch: Watch, step_m: float = STEP_M, margin_m: float = MARGIN_M) -> Raster:
    """The raster around a network's stations."""
    points = np.c_[watch.stations.x, watch.stations.y]
    middle = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - middle, full_matrices=True)
    along = axes[0] * (1.0 if axes[0][int(np.argmax(np.abs(axes[0])))] > 0 else -1.0)
    turn = float(np.arctan2(along[1], along[0]))
    across = np.array([-along[1], along[0]])
    u, v = (points - middle) @ along, (points - middle) @ across
    corner = middle + along * (u.min() - margin_m) + across * (v.min() - margin_m)
    columns = int(np.ceil((np.ptp(u) + 2 * margin_m) / step_m)) + 1
    rows = int(np.ceil((np.ptp(v) + 2 * margin_m) / step_m)) + 1
    return Raster(watch.frame, (float(corner[0]), float(corner[1])), turn, step_m, rows, columns)


@dataclass(frozen=True)
class Lattice:
    """Every so-many-th point of a raster, the links of those near a station, and the classes they serve."""

    every: int
    shape: tuple[int, int]
    live: Ints  # places in the lattice that have links
    links: Links
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """A raster with the lattices that its classes need: laid out once, then asked hour by hour."""

    raster: Raster
    lattices: tuple[Lattice, ...]
    classes: tuple[str, ...]


def ground_of(watch: Watch, raster: Raster, classes: Sequence[str], *, by_provider: bool = False) -> Ground:
    """Lay out a raster for some classes; `by_provider` where it will be asked how many providers hear."""
    carry, stations = watch.carry, watch.stations
    groups: dict[tuple[int, int], list[str]] = {}
    for class_ in classes:
        reach = float(carry.reach_m[carry.column(class_)])
        every = max(k for k in range(1, COARSEST + 1) if k == 1 or k * raster.step_m <= SMOOTH * reach)
        groups.setdefault((every, int(np.log(reach) / ALIKE)), []).append(class_)
    lattices = [
        _lattice(stations, raster, every, some, FAVOURED * table_of(carry, stations, some).far_m, by_provider)
        for (every, _), some in sorted(groups.items())
    ]
    return Ground(raster, tuple(lattices), tuple(classes))


def _lattice(
    stations: Stations, raster: Raster, every: int, classes: Sequence[str], far_m: float, by_provider: bool
) -> Lattice:
    x, y = raster.xy(every)
    tree = cKDTree(np.c_[stations.x, stations.y])
    nearest, _ = tree.query(np.c_[x.ravel(), y.ravel()], distance_upper_bound=far_m)
    live = np.flatnonzero(np.isfinite(nearest))
    links = links_of(x.ravel()[live], y.ravel()[live], stations, far_m, by_provider=by_provider)
    return Lattice(every, (x.shape[0], x.shape[1]), live, links, tuple(classes))


def covered(watch: Watch, ground: Ground, from_s: float, until_s: float, *, over: Over = map) -> Seen:
    """What would be noticed at each point of the raster in a span of time; places are the raster's, row by row."""
    count = ground.raster.rows * ground.raster.columns
    by_provider = any(lattice.links.by_provider for lattice in ground.lattices)
    rows = np.zeros((1 + MOST_PROVIDERS * by_provider, len(ground.classes), count), np.float32)
    for lattice in ground.lattices:
        table = table_of(watch.carry, watch.stations, lattice.classes)
        found = seen(hour_of(watch, lattice.links, from_s, until_s), table, over=over)
        at = [ground.classes.index(class_) for class_ in lattice.classes]
        for number, part in enumerate([found.known, *(found.providers if found.providers is not None else ())]):
            rows[number, at] = _raised(part, lattice, ground.raster)
    return Seen(ground.classes, rows[0], rows[1:] if by_provider else None)


def _raised(values: Singles, lattice: Lattice, raster: Raster) -> Singles:
    """(classes, lattice's live places) values on the fine raster, (classes, its points)."""
    flat = np.zeros((len(values), lattice.shape[0] * lattice.shape[1]), np.float32)
    flat[:, lattice.live] = values
    grid: Singles = flat.reshape(len(values), *lattice.shape)
    if lattice.every > 1:
        grid = _finer(_finer(grid, lattice.every, 2), lattice.every, 1)
        grid = np.clip(grid, 0.0, 1.0)
    return np.ascontiguousarray(grid[:, : raster.rows, : raster.columns]).reshape(len(values), -1)


def _finer(grid: Singles, every: int, axis: int) -> Singles:
    """A grid with `every` points for each one along an axis, by Catmull–Rom splines, held at the ends."""
    grid = np.moveaxis(grid, axis, -1)
    padded = np.concatenate([grid[..., :1], grid, grid[..., -1:], grid[..., -1:]], axis=-1)
    count = grid.shape[-1]
    fine = np.empty((*grid.shape, every), np.float32)
    for part in range(every):
        t = part / every
        weights = (
            (-t + 2 * t**2 - t**3) / 2,
            (2 - 5 * t**2 + 3 * t**3) / 2,
            (t + 4 * t**2 - 3 * t**3) / 2,
            (-(t**2) + t**3) / 2,
        )
        fine[..., part] = sum(
            np.float32(weight) * padded[..., at : at + count] for at, weight in enumerate(weights)
        )  # fmt: skip
    return np.moveaxis(fine.reshape(*grid.shape[:-1], -1), -1, axis)


def by_cell(raster: Raster, values: Singles, resolution: int) -> tuple[tuple[str, ...], Singles]:
    """The cells (H3) that the raster touches, in order of id, and the mean of values (…, points) in each.

    Points are taken no denser than POINTS_A_CELL needs.
    """
    x, y = raster.xy()
    middle = raster.frame.to_lonlat(float(x.mean()), float(y.mean()))
    area = cell_area_m2(cell_of(float(middle[0]), float(middle[1]), resolution))
    every = max(1, int(np.sqrt(area / POINTS_A_CELL) / raster.step_m))
    lon, lat = raster.frame.to_lonlat(x[::every, ::every].ravel(), y[::every, ::every].ravel())
    names, member = np.unique(np.array(cells_of(lon.tolist(), lat.tolist(), resolution)), return_inverse=True)
    count = np.bincount(member)
    grid = values.reshape(-1, raster.rows, raster.columns)[:, ::every, ::every]
    means = np.stack([np.bincount(member, row.ravel()) / count for row in grid])
    return tuple(str(name) for name in names), means.reshape(*values.shape[:-1], len(names))
