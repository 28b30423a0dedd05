"""Given the sources, which pick belongs to which: the assignment that explains most, each pick used once."""

import numpy as np
from scipy.sparse import coo_matrix, csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching
from scipy.special import ndtri

from truceline.fusion.columns import Bools, Ints
from truceline.fusion.scene import Scene, Sources
from truceline.fusion.score import GATE_SIGMAS, pick_gain, slack
from truceline.sensors.contract import Floats

MOST_CANDIDATES = 8  # picks of one channel that one source may choose among


def assign(
    scene: Scene, sources: Sources, reach_m: Floats, free: Bools, *, draw: int | None = None
) -> tuple[Ints, Ints]:
    """(source, pick) pairs, ordered by source: in each channel the best one-to-one assignment.

    reach_m (sources,): the loudness of each source, which decides what a miss costs. With `draw` the worths are
    disturbed first, so that the best assignment is one drawn about as often as it is probable (perturb and MAP,
    Papandreou & Yuille 2011); draws of one number are always alike.
    """
    source, _, row, pick, worth = _candidates(scene, sources, reach_m, free)
    if draw is not None:
        worth = worth + _gumbel(source[row], pick, draw)
    good = worth > 0
    row, pick, worth = row[good], pick[good], worth[good]
    chosen = one_to_one(row, pick, worth, len(source), len(scene.picks))
    order = np.lexsort((pick[chosen], source[row[chosen]]))
    return source[row[chosen]][order], pick[chosen][order]


def contested(scene: Scene, sources: Sources, reach_m: Floats, source: Ints, pick: Ints) -> Floats:
    """(sources,) share of each source's own picks that another source could have caused as well."""
    _, _, _, candidate, worth = _candidates(scene, sources, reach_m, np.ones(len(scene.picks), bool))
    claims = np.bincount(candidate[worth > 0], minlength=len(scene.picks))
    own = np.bincount(source, minlength=len(sources))
    return np.asarray(np.bincount(source, claims[pick] > 1, len(sources)) / np.maximum(own, 1))


def better_taken(scene: Scene, sources: Sources, reach_m: Floats, source: Ints, pick: Ints, worth: Floats) -> Bools:
    """(sources,) whether all would be explained better without a source: others that miss its picks would take them.

    Two hypotheses of one happening share out its picks, and each then misses half; no single pick that changes hands
    tells. (source, pick): the assignment; worth (sources,): what each source explains by its own.
    """
    by, _, row, candidate, gain = _candidates(scene, sources, reach_m, np.ones(len(scene.picks), bool))
    taker = by[row]
    owner = np.full(len(scene.picks), -1)
    owner[pick] = source
    busy = np.zeros((len(sources), len(scene.channels)), bool)
    busy[source, scene.picks.channel[pick]] = True
    rival = (gain > 0) & (owner[candidate] >= 0) & (owner[candidate] != taker)
    rival &= ~busy[taker, scene.picks.channel[candidate]] & (worth[taker] > worth[owner[candidate]])
    taken = np.zeros(len(scene.picks))
    np.maximum.at(taken, candidate[rival], gain[rival])
    return np.asarray(np.bincount(source, taken[pick], len(sources)) > worth)


def _candidates(scene: Scene, sources: Sources, reach_m: Floats, free: Bools) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """Rows (source, channel) within reach, and which free picks each might take: row, pick and worth of each."""
    source, channel = scene.neighbours(sources)
    predicted = scene.predict(sources, source, channel)
    wide = slack(scene, predicted, channel)
    sigma = np.sqrt(predicted.path_sigma_s**2 + wide**2)
    gate = GATE_SIGMAS * np.hypot(sigma, scene.pick_sigma_s[channel]) + 1e-6
    at = channel * scene.stride + (predicted.time_s - scene.origin_s)
    first, last = np.searchsorted(scene.key, at - gate), np.searchsorted(scene.key, at + gate)
    # One vague pick makes its channel's gate wide, so of many picks those about the middle are tried.
    middle = np.searchsorted(scene.key, at) - MOST_CANDIDATES // 2
    first = np.maximum(first, np.minimum(middle, last - MOST_CANDIDATES))
    count = np.minimum(last - first, MOST_CANDIDATES)
    row = np.repeat(np.arange(len(source)), count)
    pick = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    row, pick = row[free[pick]], pick[free[pick]]
    gain = pick_gain(scene, predicted, row, pick, channel[row], wide[row], 0.0)
    caught = scene.detectability(predicted.distance_m[row], channel[row], reach_m[source[row]])
    return source, channel, row, pick, np.log(caught) + gain - np.log1p(-caught)


def _gumbel(source: Ints, pick: Ints, draw: int) -> Floats:
    """Gumbel noise that hangs on source, pick and draw alone."""
    return np.asarray(-np.log(-np.log(_uniform(source * 1_000_003 + pick, draw))))


def noise(source: Ints, draw: int) -> Floats:
    """(n, 3) standard normal noise that hangs on source and draw alone."""
    return np.stack([ndtri(_uniform(source * 31 + axis, draw + 7_919)) for axis in range(3)], axis=1)


def _uniform(number: Ints, draw: int) -> Floats:
    """Numbers in (0, 1) scattered from integers by SplitMix64 (Steele, Lea & Flood 2014)."""
    state = number.astype(np.uint64) + np.full(1, draw, np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(((state ^ (state >> np.uint64(31))) >> np.uint64(11)).astype(float) * 2.0**-53 + 2.0**-54)


def one_to_one(row: Ints, pick: Ints, worth: Floats, rows: int, picks: int) -> Ints:
    """Which candidates to take so that no row and no pick is used twice and the worth is greatest."""
    if not len(row):
        return np.zeros(0, np.int64)
    graph = coo_matrix((np.ones(len(row)), (row, pick + rows)), shape=(rows + picks, rows + picks))
    _, component = connected_components(graph, directed=False)
    group = component[row]
    order = np.lexsort((pick, row, -worth, group))
    starts = np.flatnonzero(np.r_[True, group[order][1:] != group[order][:-1]])
    sizes = np.diff(np.r_[starts, len(order)])
    one_row = np.repeat(row[order[starts]], sizes) == row[order]
    one_pick = np.repeat(pick[order[starts]], sizes) == pick[order]
    simple = np.logical_and.reduceat(one_row, starts) | np.logical_and.reduceat(one_pick, starts)
    # Where all candidates share their row or their pick, the worthiest is the answer.
    rest = order[np.repeat(~simple, sizes)]
    return np.concatenate([order[starts[simple]], rest[_best_of(row[rest], pick[rest], worth[rest])]])


def _best_of(row: Ints, pick: Ints, worth: Floats) -> Ints:
    """The best one-to-one choice among candidates that contend for rows and picks, of any number of groups.

    Every row may also go without: a column of its own, at no worth. Costs are made positive, since a matching of
    all rows is wanted and a constant for each changes nothing.
    """
    if not len(row):
        return np.zeros(0, np.int64)
    _, r = np.unique(row, return_inverse=True)
    columns, p = np.unique(pick, return_inverse=True)
    rows = int(r.max()) + 1
    most = float(worth.max()) + 1.0
    cost = np.r_[most - worth, np.full(rows, most)]
    ends = np.r_[p, len(columns) + np.arange(rows)]
    table = csr_array((cost, (np.r_[r, np.arange(rows)], ends)), shape=(rows, len(columns) + rows))
    left, right = min_weight_full_bipartite_matching(table)
    partner = np.empty(rows, np.int64)
    partner[left] = right
    return np.flatnonzero(partner[r] == p)
