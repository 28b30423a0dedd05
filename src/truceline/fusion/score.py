"""How well a hypothesis explains what was heard, and what was not, against clutter.

The generative view of NET-VISA (Arora, Russell & Sudderth 2013, BSSA 103, 709): a source of some loudness is
caught by each sensor with a probability that falls with distance; a catch has a time and perhaps an azimuth;
false arrivals come at each sensor's own rate. The score is the log of the ratio of the two explanations.
"""

from dataclasses import dataclass

import numpy as np

from truceline.fusion.columns import Bools, Ints
from truceline.fusion.scene import REACHES_M, Predicted, Scene, Sources
from truceline.sensors.contract import Floats

GATE_SIGMAS = 4.0
LOG_2PI = float(np.log(2 * np.pi))
OUTLIER_SHARE = 0.01  # of honest arrivals that miss their own sigma threefold
LOUDNESS_PRIOR = np.log(np.full(len(REACHES_M), 1.0 / len(REACHES_M)))


@dataclass(frozen=True)
class Reading:
    """Sources against channels: one row a (source, channel) pair within reach, ordered by source, then channel.

    pick: the pick that fits best or −1; gain: log-likelihood ratio of that pick against clutter, without the
    probability of detection; reach_m (sources,): the loudness that explains best; score (sources,): total.
    """

    source: Ints
    channel: Ints
    pick: Ints
    gain: Floats
    caught: Bools  # whether taking the pick explains better than a miss
    term: Floats  # contribution to the score
    reach_m: Floats
    score: Floats
    predicted: Predicted


def slack(scene: Scene, predicted: Predicted, channel: Ints) -> Floats:
    """Sigma in seconds of arrival for what paths share: the air as far as it is not known yet, mended clocks."""
    shared = np.einsum("mi,ij,mj->m", predicted.basis, scene.air.covariance, predicted.basis)
    doubt = scene.timing_extra_s[channel] if len(scene.timing_extra_s) else 0.0
    return np.asarray(np.sqrt(predicted.rate_s**2 * shared + doubt**2))


def read(scene: Scene, sources: Sources, free: Bools, *, source_sigma_s: float = 0.0) -> Reading:
    """Score sources against all channels within reach, each taking its best free pick.

    source_sigma_s widens the gates for sources whose place is still rough. Picks may be taken by several
    sources here; choosing among them is `select`'s task.
    """
    source, channel = scene.neighbours(sources)
    predicted = scene.predict(sources, source, channel)
    pick, gain = best_picks(scene, predicted, channel, free, source_sigma_s)
    return _total(scene, sources, source, channel, pick, gain, predicted)


def best_picks(
    scene: Scene, predicted: Predicted, channel: Ints, free: Bools, source_sigma_s: float
) -> tuple[Ints, Floats]:
    """For each row the free pick that fits best (−1: none within the gate) and its gain."""
    wide = np.hypot(slack(scene, predicted, channel), source_sigma_s)
    at = channel * scene.stride + (predicted.time_s - scene.origin_s)
    middle = np.searchsorted(scene.key, at)
    pick = np.full(len(channel), -1)
    gain = np.full(len(channel), -np.inf)
    for step in (-2, -1, 0, 1):
        candidate = np.clip(middle + step, 0, max(0, len(scene.picks) - 1))
        inside = (
            (middle + step >= 0) & (middle + step < len(scene.picks))
            if len(scene.picks)
            else np.zeros(len(channel), bool)
        )
        if not inside.any():
            continue
        inside &= free[candidate] & (scene.picks.channel[candidate] == channel)
        rows = np.flatnonzero(inside)
        worth = pick_gain(scene, predicted, rows, candidate[rows], channel[rows], wide[rows], source_sigma_s)
        better = worth > gain[rows]
        pick[rows[better]] = candidate[rows[better]]
        gain[rows[better]] = worth[better]
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
    return np.asarray(np.logaddexp(np.log1p(-OUTLIER_SHARE) - 0.5 * z * z, np.log(OUTLIER_SHARE / 3) - z * z / 18))


def _total(
    scene: Scene, sources: Sources, source: Ints, channel: Ints, pick: Ints, gain: Floats, predicted: Predicted
) -> Reading:
    count = len(sources)
    caught = scene.detectability(predicted.distance_m, channel, REACHES_M[:, None])  # (reaches, m)
    term = np.maximum(np.log(caught) + gain, np.log1p(-caught))
    totals = np.stack([np.bincount(source, row, count) for row in term]) + LOUDNESS_PRIOR[:, None]
    best = np.argmax(totals, axis=0)
    peak = totals.max(axis=0)
    score = peak + np.log(np.exp(totals - peak).sum(axis=0))
    row = np.arange(len(source))
    chosen = caught[best[source], row]
    taken = (pick >= 0) & (np.log(chosen) + gain > np.log1p(-chosen))
    return Reading(
        source=source,
        channel=channel,
        pick=np.where(taken, pick, -1),
        gain=gain,
        caught=taken,
        term=term[best[source], row],
        reach_m=REACHES_M[best],
        score=score,
        predicted=predicted,
    )
