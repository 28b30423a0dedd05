"""How well a hypothesis explains what was heard, and what was not, against clutter.

The generative view of NET-VISA (Arora, Russell & Sudderth 2013, BSSA 103, 709): a source of some loudness is
caught by each sensor with a probability that falls with distance; a catch has a time and perhaps an azimuth;
false arrivals come at each sensor's own rate. The score is the log of the ratio of the two explanations.
"""

from dataclasses import dataclass

import numpy as np

from truceline.fusion.columns import Bools, Ints
from truceline.fusion.scene import DIRECTIONS, REACHES_M, Predicted, Scene, Sources
from truceline.sensors.contract import Floats

GATE_SIGMAS = 4.0
LOG_2PI = float(np.log(2 * np.pi))
OUTLIER_SHARE = 0.01  # of honest arrivals that miss their own sigma threefold
LOUDNESS_PRIOR = np.log(np.full(len(REACHES_M), 1.0 / len(REACHES_M)))


@dataclass(frozen=True)
class Reading:
    """Sources against channels: one row a (source, channel) pair within reach, ordered by source, then channel.

    pick: the pick that fits best or −1; gain: log-likelihood ratio of that pick against clutter, without the
    probability of detection; reach_m (sources,): the loudness that explains best; score (sources,): total;
    loudness (sources, reaches): log-likelihood by how far it carried.
    """

    source: Ints
    channel: Ints
    pick: Ints
    gain: Floats
    term: Floats  # contribution to the score
    reach_m: Floats
    score: Floats
    loudness: Floats
    predicted: Predicted


def slack(scene: Scene, predicted: Predicted, channel: Ints) -> Floats:
    """Sigma in seconds of arrival for what paths share: the air as far as it is not known yet, mended clocks.

    The air's share hangs on the path's direction alone (its change over the epoch is taken at its worst), so it
    is read from a table by direction.
    """
    step = ((predicted.azimuth_rad % (2 * np.pi)) * (DIRECTIONS / (2 * np.pi))).astype(np.int64) % DIRECTIONS
    doubt = scene.timing_extra_s[channel] if len(scene.timing_extra_s) else 0.0
    return np.asarray(np.hypot(predicted.rate_s * scene.speed_sigma_mps[step], doubt))


def read(
    scene: Scene,
    sources: Sources,
    free: Bools,
    *,
    source_sigma_s: float = 0.0,
    owner: tuple[Ints, Ints] | None = None,
) -> Reading:
    """Score sources against all channels within reach, each taking its best free pick.

    source_sigma_s widens the gates for sources whose place is still rough. Picks may be taken by several
    sources here; choosing among them is `select`'s task. With `owner` (source, pick) each source is read
    with exactly those picks instead.
    """
    source, channel = scene.neighbours(sources)
    predicted = scene.predict(sources, source, channel)
    if owner is None:
        pick, gain = best_picks(scene, predicted, channel, free, source_sigma_s)
    else:
        pick, gain = _owned(scene, predicted, source, channel, owner)
    return _total(scene, sources, source, channel, pick, gain, predicted)


def read_again(scene: Scene, sources: Sources, reading: Reading, free: Bools) -> Reading:
    """A reading of the same sources with other free picks: what they should look like is known already."""
    pick, gain = best_picks(scene, reading.predicted, reading.channel, free, 0.0)
    return _total(scene, sources, reading.source, reading.channel, pick, gain, reading.predicted)


def _owned(
    scene: Scene, predicted: Predicted, source: Ints, channel: Ints, owner: tuple[Ints, Ints]
) -> tuple[Ints, Floats]:
    """For each row the pick that was assigned to it (−1: none) and its gain."""
    pick = np.full(len(source), -1)
    gain = np.full(len(source), -np.inf)
    if not len(source):  # nobody is within reach of any source
        return pick, gain
    width = len(scene.channels)
    wanted = owner[0] * width + scene.picks.channel[owner[1]]
    key = source * width + channel  # ordered, as neighbours are
    row = np.searchsorted(key, wanted)
    known = (row < len(key)) & (key[np.minimum(row, len(key) - 1)] == wanted)
    row, held = row[known], owner[1][known]
    near = predicted.rows(row)
    wide = slack(scene, near, channel[row])
    pick[row] = held
    gain[row] = pick_gain(scene, near, np.arange(len(row)), held, channel[row], wide, 0.0)
    return pick, gain


def best_picks(
    scene: Scene, predicted: Predicted, channel: Ints, free: Bools, source_sigma_s: float
) -> tuple[Ints, Floats]:
    """For each row the free pick that fits best (−1: none within the gate) and its gain."""
    pick = np.full(len(channel), -1)
    gain = np.full(len(channel), -np.inf)
    if not len(scene.picks):
        return pick, gain
    loosest = float(scene.speed_sigma_mps.max())
    gate = GATE_SIGMAS * (
        predicted.path_sigma_s + np.abs(predicted.rate_s) * loosest + source_sigma_s + scene.pick_sigma_s[channel]
    )
    at = channel * scene.stride + (predicted.time_s - scene.origin_s)
    middle = np.searchsorted(scene.key, at)
    key = np.r_[-np.inf, scene.key, np.inf]
    row = np.flatnonzero((key[middle] >= at - gate) | (key[middle + 1] < at + gate))
    near = predicted.rows(row)
    wide = np.hypot(slack(scene, near, channel[row]), source_sigma_s)
    middle = middle[row]
    for step in (-2, -1, 0, 1):
        candidate = middle + step
        inside = (candidate >= 0) & (candidate < len(scene.picks))
        candidate = np.clip(candidate, 0, len(scene.picks) - 1)
        some = np.flatnonzero(inside & free[candidate] & (scene.picks.channel[candidate] == channel[row]))
        worth = pick_gain(scene, near, some, candidate[some], channel[row[some]], wide[some], source_sigma_s)
        better = worth > gain[row[some]]
        pick[row[some[better]]] = candidate[some[better]]
        gain[row[some[better]]] = worth[better]
    return pick, gain


def pick_gain(
    scene: Scene, predicted: Predicted, rows: Ints, pick: Ints, channel: Ints, wide_s: Floats, source_sigma_s: float
) -> Floats:
    """Log-likelihood ratio of picks for predicted rows against clutter; −inf beyond the gate."""
    picks = scene.picks
    sigma = np.sqrt(picks.sigma_s[pick] ** 2 + predicted.path_sigma_s[rows] ** 2 + wide_s**2)
    z = (picks.time_s[pick] - predicted.time_s[rows]) / sigma
    worth = _robust(z) - np.log(sigma) - 0.5 * LOG_2PI - np.log(scene.clutter_hz[channel])
    turned = scene.azimuth_misfit(pick, predicted.azimuth_rad[rows])
    has_azimuth = np.isfinite(turned)
    lateral = np.minimum(source_sigma_s * 340.0 / np.maximum(predicted.distance_m[rows], 300.0), 0.5)
    wind = np.sqrt(scene.air.covariance[1, 1]) / 335.0
    spread = np.sqrt((picks.azimuth_sigma_rad[pick] * scene.azimuth_scale) ** 2 + lateral**2 + wind**2)
    with np.errstate(invalid="ignore"):
        z_azimuth = np.where(has_azimuth, turned / spread, 0.0)
        worth += np.where(has_azimuth, _robust(z_azimuth) - np.log(spread) + 0.5 * LOG_2PI, 0.0)
    inside = (np.abs(z) <= GATE_SIGMAS) & (np.abs(z_azimuth) <= GATE_SIGMAS)
    return np.where(inside, worth, -np.inf)


def _robust(z: Floats) -> Floats:
    """Log of a normal density (without its constant) that allows a few arrivals to miss threefold."""
    square = z * z
    likelihood = (1 - OUTLIER_SHARE) * np.exp(-0.5 * square) + OUTLIER_SHARE / 3 * np.exp(-square / 18)
    return np.asarray(np.log(np.maximum(likelihood, 1e-300)))


def _total(
    scene: Scene, sources: Sources, source: Ints, channel: Ints, pick: Ints, gain: Floats, predicted: Predicted
) -> Reading:
    count = len(sources)
    row = np.flatnonzero(pick >= 0)
    caught, missed = scene.log_odds_of_detection(predicted.distance_m, channel, row)
    edge = np.maximum(caught + gain[row, None] - missed[row], 0.0)
    totals = LOUDNESS_PRIOR + _by_source(source, missed, count) + _by_source(source[row], edge, count)
    best = np.argmax(totals, axis=1)
    peak = totals.max(axis=1)
    term = missed[np.arange(len(source)), best[source]]
    own = edge[np.arange(len(row)), best[source[row]]]
    term[row] += own
    taken = np.full(len(source), -1)
    taken[row[own > 0]] = pick[row[own > 0]]
    return Reading(
        source=source,
        channel=channel,
        pick=taken,
        gain=gain,
        term=term,
        reach_m=REACHES_M[best],
        score=peak + np.log(np.exp(totals - peak[:, None]).sum(axis=1)),
        loudness=totals,
        predicted=predicted,
    )


def _by_source(source: Ints, rows: Floats, count: int) -> Floats:
    """(count, k) sums of the rows (m, k) of each source; source (m,) in order."""
    total = np.zeros((count, rows.shape[1]))
    if len(rows):
        first = np.flatnonzero(np.r_[True, source[1:] != source[:-1]])
        total[source[first]] = np.add.reduceat(rows, first, axis=0)
    return total
