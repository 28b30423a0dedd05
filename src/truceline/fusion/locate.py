"""Where and when, as a posterior: a cloud of weighted points, and regions that hold what they say.

Least squares gives a Gaussian; where the geometry is one-sided or the picks few, the posterior is not one.
A fixed cloud of points around each best fit is weighted by the exact likelihood (time integrated out), then
moved about by what remains unknown of the air, which all picks share.
"""

from dataclasses import dataclass

import numpy as np

from truceline.fusion.cloud import normal_cloud, quantiles, scrambled
from truceline.fusion.columns import Ints
from truceline.fusion.joint import Joint
from truceline.fusion.scene import Scene, Sources
from truceline.sensors.contract import Floats

POINTS = 192
WIDENING = 1.7  # the cloud reaches farther than the Gaussian it starts from
GAUSSIAN_QUANTILES = {0.50: 1.3863, 0.90: 4.6052, 0.95: 5.9915}  # of chi-squared with two degrees of freedom
ROW_LIMIT = 1_500_000
LEAST_SIGMA_M = 1.0
MISTAKEN, MISTAKEN_SIGMAS, MISTAKEN_M, MOST_MISTAKEN_M = 0.28, 4.5, 30.0, 250.0
TAIL_PICKS = (5.0, 7.0, 9.0, 18.0, 26.0)
TAIL_FACTORS = (  # of the radii squared
    (1.07, 1.09, 1.0, 1.0, 1.0),
    (1.34, 1.22, 0.96, 0.96, 0.8),
    (1.52, 1.38, 0.98, 1.0, 0.84),
)


@dataclass(frozen=True)
class Located:
    """Posteriors of n sources. x, y (n, POINTS) frame metres and weight (n, POINTS) summing to one; mean (n, 2);
    covariance (n, 2, 2); time_s, time_sigma_s (n,); scale (n, 3): squared Mahalanobis radius that holds
    50, 90, 95 % of the posterior."""

    x: Floats
    y: Floats
    weight: Floats
    mean: Floats
    covariance: Floats
    time_s: Floats
    time_sigma_s: Floats
    scale: Floats


@dataclass(frozen=True)
class Doubt:
    """How far picks may be other sources'. drift (n, 2): where sources move on average over the assignments that
    are probable; covariance (n, 2, 2): how they scatter; contested (n,): share of picks that others may claim."""

    drift: Floats
    covariance: Floats
    contested: Floats


def locate(scene: Scene, joint: Joint, source: Ints, pick: Ints, doubt: Doubt) -> Located:
    """Posteriors of all sources of a joint fit; (source, pick) as given to it, ordered by source."""
    count = len(joint.sources)
    normal = normal_cloud(POINTS)
    root = _root(joint.conditional[:, :2, :2])
    for widen in (WIDENING, 1.3):
        step = widen * (normal @ root.transpose(0, 2, 1))
        log_weight = _log_posterior(scene, joint.sources, source, pick, step)
        log_weight += 0.5 * (normal**2).sum(axis=1)  # the cloud's own density divided out
        log_weight -= log_weight.max(axis=1, keepdims=True)
        weight = np.exp(log_weight)
        weight /= weight.sum(axis=1, keepdims=True)
        mean, covariance = _moments(step, weight)
        centre = Sources(joint.sources.x + mean[:, 0], joint.sources.y + mean[:, 1], joint.sources.time_s)
        if widen == WIDENING:
            # A second look from the posterior's own centre and shape: the first may have been badly placed.
            joint = Joint(centre, joint.conditional, joint.by_air, joint.air)
            root = _root(covariance)
    shift = _root(joint.by_air[:, :2, :2] + doubt.covariance) @ normal[scrambled(POINTS)].T
    cloud = np.stack([joint.sources.x, joint.sources.y], axis=1)[:, None] + step + shift.transpose(0, 2, 1)
    cloud += doubt.drift[:, None]
    mean, covariance = _moments(cloud, weight)
    time_s, time_sigma = _times(scene, joint, mean, count, source, pick)
    scale = _scale(cloud - mean[:, None], weight, covariance)
    cloud, weight, scale = _with_mistakes(cloud, weight, scale, mean, covariance, doubt.contested)
    scale = scale * _tails(np.bincount(source, minlength=count))
    return Located(cloud[..., 0], cloud[..., 1], weight, mean, covariance, time_s, time_sigma, scale)


def _with_mistakes(
    cloud: Floats, weight: Floats, scale: Floats, mean: Floats, covariance: Floats, contested: Floats
) -> tuple[Floats, Floats, Floats]:
    """Clouds, weights and radii with the chance of a wholly mistaken association.

    Rounds that come faster than their sounds can be told apart may be put together wrongly in a way that no
    single exchange of picks undoes. How often, and how far off, was learnt on simulated salvos
    (docs/science/fusion.md); it grows with the share of picks that others may claim.
    """
    chance = MISTAKEN * contested**2
    sigma = np.sqrt(np.trace(covariance, axis1=1, axis2=2) / 2)
    far = np.minimum(MISTAKEN_SIGMAS * sigma + MISTAKEN_M, MOST_MISTAKEN_M)
    away = mean[:, None] + far[:, None, None] * normal_cloud(POINTS)[scrambled(POINTS)]
    both = np.concatenate([cloud, away], axis=1)
    weights = np.concatenate(
        [(1 - chance)[:, None] * weight, np.repeat(chance[:, None] / POINTS, POINTS, axis=1)], axis=1
    )
    touched = chance > 1e-3
    radii = _quantiles(both - mean[:, None], weights, covariance)
    scale = np.where(touched[:, None], np.maximum(radii, scale), scale)
    return both, weights, scale


def _tails(picks: Ints) -> Floats:
    """(n, 3) what the radii of 50, 90 and 95 % are to be multiplied by, for sources of so many picks.

    One wrong pick among few throws a place farther than the picks' own sigmas say, and what all picks share is doubted
    too much where there are many. Learnt on simulated worlds (docs/science/fusion.md).
    """
    return np.stack([np.interp(picks, TAIL_PICKS, factor) for factor in TAIL_FACTORS], axis=1)


def _root(covariance: Floats) -> Floats:
    """(n, 2, 2) square roots of covariances, kept from collapsing."""
    safe = covariance + np.eye(2) * LEAST_SIGMA_M**2 * 1e-2
    return np.asarray(np.linalg.cholesky((safe + safe.transpose(0, 2, 1)) / 2), float)


def _log_posterior(scene: Scene, sources: Sources, source: Ints, pick: Ints, step: Floats) -> Floats:
    """(n, POINTS) log posterior at each source's place plus step, its time integrated out, the air held fixed."""
    picks, channels = scene.picks, scene.channels
    channel = picks.channel[pick]
    predicted = scene.predict(sources, source, channel)
    doubt = scene.timing_extra_s[channel] if len(scene.timing_extra_s) else 0.0
    sigma = np.sqrt(picks.sigma_s[pick] ** 2 + predicted.path_sigma_s**2 + doubt**2)
    slow = (predicted.time_s - sources.time_s[source]) / predicted.distance_m
    late = picks.time_s[pick] - predicted.time_s
    total = np.zeros((len(sources), POINTS))
    counts = np.bincount(source, minlength=len(sources))
    per_part = max(1, ROW_LIMIT // POINTS)
    bounds = np.r_[0, np.cumsum(counts)]
    start = 0
    while start < len(sources):
        stop = int(np.searchsorted(bounds, bounds[start] + per_part, side="right")) - 1
        stop = max(stop, start + 1)
        rows = slice(bounds[start], bounds[stop])
        own = source[rows]
        dx = channels.x[channel[rows], None] - sources.x[own, None] - step[own, :, 0]
        dy = channels.y[channel[rows], None] - sources.y[own, None] - step[own, :, 1]
        distance = np.hypot(dx, dy)
        misfit = late[rows, None] - slow[rows, None] * (distance - predicted.distance_m[rows, None])
        precision = sigma[rows, None] ** -2.0
        begins = bounds[start:stop] - bounds[start]
        some = counts[start:stop] > 0
        begins = begins[some]
        a = np.add.reduceat(np.broadcast_to(precision, misfit.shape), begins, axis=0)
        b = np.add.reduceat(precision * misfit, begins, axis=0)
        c = np.add.reduceat(precision * misfit**2, begins, axis=0)
        value = -0.5 * (c - b * b / a)
        turned = (picks.azimuth_rad[pick[rows], None] - np.arctan2(-dx, -dy)) - (
            predicted.azimuth_rad[rows, None] - np.arctan2(-predicted.unit_x[rows], -predicted.unit_y[rows])[:, None]
        )
        turned = np.where(np.isfinite(turned), (turned + np.pi) % (2 * np.pi) - np.pi, 0.0)
        spread = picks.azimuth_sigma_rad[pick[rows]] * scene.azimuth_scale
        spread = np.where(np.isfinite(spread), spread, 1.0)[:, None]
        value -= 0.5 * np.add.reduceat((turned / spread) ** 2, begins, axis=0)
        total[np.flatnonzero(some) + start] = value
        start = stop
    return total


def _moments(points: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """(n, 2) means and (n, 2, 2) covariances of weighted points (n, POINTS, 2)."""
    mean = (weight[:, None] @ points)[:, 0]
    off = points - mean[:, None]
    return mean, np.asarray((off * weight[..., None]).transpose(0, 2, 1) @ off + np.eye(2) * 1e-2)


def _times(scene: Scene, joint: Joint, mean: Floats, count: int, source: Ints, pick: Ints) -> tuple[Floats, Floats]:
    """(n,) times that fit best at the mean place, and their sigma, place and air integrated out."""
    moved = Sources(mean[:, 0], mean[:, 1], joint.sources.time_s)
    channel = scene.picks.channel[pick]
    predicted = scene.predict(moved, source, channel)
    precision = 1.0 / (scene.picks.sigma_s[pick] ** 2 + predicted.path_sigma_s**2)
    late = scene.picks.time_s[pick] - predicted.time_s
    total = np.bincount(source, precision, count)
    shift = np.bincount(source, precision * late, count) / np.maximum(total, 1e-12)
    variance = joint.covariance()[:, 2, 2]
    return moved.time_s + shift, np.asarray(np.sqrt(np.maximum(variance, 1e-6)))


def _scale(off: Floats, weight: Floats, covariance: Floats) -> Floats:
    """(n, 3) squared Mahalanobis radii that hold 50, 90 and 95 % of each cloud, half drawn to the Gaussian's."""
    return np.asarray((_quantiles(off, weight, covariance) + list(GAUSSIAN_QUANTILES.values())) / 2)


def _quantiles(off: Floats, weight: Floats, covariance: Floats) -> Floats:
    """(n, 3) squared Mahalanobis radii that hold 50, 90 and 95 % of weighted points about their centre."""
    square = ((off @ np.linalg.inv(covariance)) * off).sum(axis=2)
    return quantiles(square, weight, tuple(GAUSSIAN_QUANTILES))
