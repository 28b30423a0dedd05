"""Where to look when no direction was measured: places from which several sensors' picks left at one time.

Every pick is carried back to every place of a coarse grid; where the times of leaving of four sensors or more
agree as well as the grid allows, finer places are tried with those picks (the pruning idea of PyOcto, Münchmeyer
2024, Seismica 3(1), in columns).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from truceline.fusion.columns import Bools, Channels, Ints
from truceline.fusion.scene import Scene, Sources
from truceline.sensors.contract import Floats

CELL_M = 2_000.0
FINE = 4  # finer places along each side of a cell
REACH_M = 30_000.0
LEAST_PICKS = 4
MOST_PICKS = 24  # of one pile; more would be a salvo that directions should have told apart
PILE_SIZES = (0, 6, 12, MOST_PICKS)  # piles are looked at in groups of like size
HALF_DIAGONAL = np.sqrt(0.5)
MOST_ENTRIES = 6_000_000
MOST_PILES = 4_000  # looked at at once: their tables stay in the processor's cache


@dataclass(frozen=True)
class Grid:
    """Cells x, y (frame metres) and which channels hear them: (cell, channel) pairs and their distances."""

    x: Floats
    y: Floats
    cell: Ints
    channel: Ints
    distance_m: Floats


def grid_of(channels: Channels) -> Grid:
    """Cells over the ground around the channels that hear sound, with the channels within reach of each."""
    sound = np.flatnonzero(channels.of("acoustic"))
    points = np.c_[channels.x[sound], channels.y[sound]]
    if len(sound) < LEAST_PICKS:
        none = np.zeros(0)
        return Grid(none, none, np.zeros(0, np.int64), np.zeros(0, np.int64), none)
    occupied = np.unique(np.floor(points / CELL_M).astype(np.int64), axis=0)
    ring = int(np.ceil(0.5 * REACH_M / CELL_M))
    shift = np.stack(np.meshgrid(np.arange(-ring, ring + 1), np.arange(-ring, ring + 1)), axis=-1).reshape(-1, 2)
    cells = np.unique((occupied[:, None] + shift).reshape(-1, 2), axis=0)
    centre = (cells + 0.5) * CELL_M
    found = cKDTree(centre).sparse_distance_matrix(cKDTree(points), REACH_M, output_type="coo_matrix")
    order = np.lexsort((found.col, found.row))
    cell, channel, distance = found.row[order], sound[found.col[order]], found.data[order]
    heard = np.bincount(cell, minlength=len(cells)) >= LEAST_PICKS
    number = np.cumsum(heard) - 1
    keep = heard[cell]
    return Grid(centre[heard, 0], centre[heard, 1], number[cell[keep]], channel[keep], distance[keep])


def grid_seeds(scene: Scene, grid: Grid, free: Bools) -> Sources:
    """Hypotheses from free picks of sound, whatever their directions."""
    none = Sources(np.zeros(0), np.zeros(0), np.zeros(0))
    own = free & scene.channels.of("acoustic")[scene.picks.channel]
    if own.sum() < LEAST_PICKS or not len(grid.x):
        return none
    picks = np.flatnonzero(own)
    still = scene.air.state(
        scene.channels.x[scene.picks.channel], scene.channels.y[scene.picks.channel], scene.picks.time_s
    )
    count = np.bincount(scene.picks.channel[picks], minlength=len(scene.channels))
    first = np.searchsorted(scene.picks.channel[picks], np.arange(len(scene.channels)))
    found = []
    total = count[grid.channel]
    bounds = np.searchsorted(np.cumsum(total), np.arange(0, int(total.sum()), MOST_ENTRIES))
    for start, stop in zip(bounds, [*bounds[1:], len(total)], strict=True):
        rows = np.arange(start, stop)
        pair = np.repeat(rows, total[rows])
        turn = np.arange(len(pair)) - np.repeat(np.cumsum(total[rows]) - total[rows], total[rows])
        pick = picks[first[grid.channel[pair]] + turn]
        found.append(_piles(scene, still, grid, pair, pick))
    cell, members = (np.concatenate(column) for column in zip(*found, strict=True))
    return _finer(scene, still, grid, cell, members) if len(cell) else none


def _piles(scene: Scene, still: Floats, grid: Grid, pair: Ints, pick: Ints) -> tuple[Ints, Ints]:
    """Cells at which picks agree, and those picks (n, MOST_PICKS), padded with −1."""
    cell = grid.cell[pair]
    speed = _speed(scene, still, grid.x[cell], grid.y[cell], pick)
    left = scene.picks.time_s[pick] - grid.distance_m[pair] / speed
    doubt = 3.0 * float(scene.speed_sigma_mps.max()) * grid.distance_m[pair] / (speed * speed)
    width = 2.0 * (HALF_DIAGONAL * CELL_M / 335.0) + doubt
    stride = float(np.ptp(left)) + 1e4
    key = cell * stride + (left - left.min())
    order = np.argsort(key, kind="stable")
    cell, pick, key = cell[order], pick[order], key[order]
    last = np.searchsorted(key, key + width[order], side="right")
    here = np.arange(len(key))
    size = last - here
    # A pile counts once: where it begins, if the one before it does not hold it all.
    before = np.r_[0, last[:-1]]
    same = np.r_[False, cell[1:] == cell[:-1]]
    begins = np.flatnonzero((size >= LEAST_PICKS) & ~(same & (before >= last)))
    slot = begins[:, None] + np.arange(MOST_PICKS)
    held = slot < last[begins][:, None]
    members = np.where(held, pick[np.minimum(slot, len(pick) - 1)], -1)
    enough = _distinct(scene, members) >= LEAST_PICKS
    return cell[begins[enough]], members[enough]


def _distinct(scene: Scene, members: Ints) -> Ints:
    """(n,) how many different channels the picks of each row come from."""
    channel = np.sort(np.where(members >= 0, scene.picks.channel[members], -1), axis=1)
    return np.asarray(
        (channel[:, 0] >= 0).astype(np.int64) + ((np.diff(channel, axis=1) > 0) & (channel[:, 1:] >= 0)).sum(axis=1)
    )


def _finer(scene: Scene, still: Floats, grid: Grid, cell: Ints, members: Ints) -> Sources:
    """The best finer place of each pile: where most picks agree, and most closely."""
    size = (members >= 0).sum(axis=1)
    found = []
    for least, most in pairwise(PILE_SIZES):
        rows = np.flatnonzero((size > least) & (size <= most))
        for start in range(0, len(rows), MOST_PILES):
            part = rows[start : start + MOST_PILES]
            found.append(_finer_of(scene, still, grid, cell[part], members[part, :most]))
    sources = Sources(*(np.concatenate([getattr(one, axis) for one, _ in found]) for axis in ("x", "y", "time_s")))
    return _one_each(sources, np.concatenate([picks for _, picks in found]))


def _finer_of(scene: Scene, still: Floats, grid: Grid, cell: Ints, members: Ints) -> tuple[Sources, Ints]:
    """The best finer places of piles of at most so many picks as `members` has columns, and how many agree there."""
    offset = (np.arange(FINE) + 0.5) / FINE - 0.5
    ox, oy = (side.ravel() * CELL_M for side in np.meshgrid(offset, offset))
    x, y = grid.x[cell, None] + ox, grid.y[cell, None] + oy  # (n, places)
    held = members >= 0
    channel = scene.picks.channel[members]
    dx = x[:, :, None] - scene.channels.x[channel][:, None, :]
    dy = y[:, :, None] - scene.channels.y[channel][:, None, :]
    speed = _speed(scene, still, grid.x[cell], grid.y[cell], members[:, 0])[:, None, None]
    left = np.where(held[:, None, :], scene.picks.time_s[members][:, None, :] - np.hypot(dx, dy) / speed, np.nan)
    doubt = 3.0 * float(scene.speed_sigma_mps.max()) * 50.0 / 335.0
    width = 2.0 * HALF_DIAGONAL * CELL_M / FINE / 335.0 + doubt
    ordered = np.sort(left, axis=2)  # padding last
    size = _together(ordered, width)
    start = np.argmax(size, axis=2)
    most = np.take_along_axis(size, start[:, :, None], axis=2)[:, :, 0].astype(np.int64)
    slot = np.arange(ordered.shape[2])
    chosen = (slot >= start[:, :, None]) & (slot < (start + most)[:, :, None])
    times = np.where(chosen, ordered, 0.0)
    mean = times.sum(axis=2) / np.maximum(most, 1)
    off = np.where(chosen, times - mean[:, :, None], 0.0)
    spread = (off * off).sum(axis=2) / np.maximum(most, 1)
    place = np.argmax(most - spread / (width * width), axis=1)
    row = np.arange(len(cell))
    good = most[row, place] >= LEAST_PICKS
    return Sources(x[row, place][good], y[row, place][good], mean[row, place][good]), most[row, place][good]


def _together(ordered: Floats, width: float) -> npt.NDArray[np.int8]:
    """How many of the times (n, places, picks), in their order, lie within `width` from each one on; 0 for NaN."""
    size = np.isfinite(ordered).astype(np.int8)
    until = ordered + width
    for lag in range(1, ordered.shape[2]):
        near = ordered[:, :, lag:] <= until[:, :, :-lag]
        if not near.any():
            break
        size[:, :, :-lag] += near
    return size


def _one_each(sources: Sources, size: Ints) -> Sources:
    """The best of hypotheses that share one small cell of place and time."""
    order = np.lexsort((sources.time_s, sources.x, -size))
    cells = np.floor(np.c_[sources.x / 600.0, sources.y / 600.0, sources.time_s / 1.5])[order].astype(np.int64)
    _, first = np.unique(cells, axis=0, return_index=True)
    return sources.take(np.sort(order[first]))


def _speed(scene: Scene, still: Floats, x: Floats, y: Floats, pick: Ints) -> Floats:
    """Effective speed from places to the picks' sensors; still (picks, 3): speed of sound and wind at each pick."""
    channel = scene.picks.channel[pick]
    dx, dy = scene.channels.x[channel] - x, scene.channels.y[channel] - y
    norm = np.maximum(np.hypot(dx, dy), 1.0)
    return np.asarray(still[pick, 0] + (still[pick, 1] * dx + still[pick, 2] * dy) / norm)
