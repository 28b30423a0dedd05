"""A region that still holds if one provider lies, nobody knows who, if any.

Hypotheses: nobody lies; provider A does; provider B does; … Under each the liar's picks are set aside and the
source is fitted to the others'. The hypotheses are weighed by how well they explain all picks (a lie may put its
own picks anywhere, which costs it probability), and the region is the union of their regions that holds the
stated share of the whole (leave-one-out union: Jaulin, Kieffer, Didrit & Walter 2001, Applied Interval Analysis,
§5.6 on relaxed intersections; weights: Bayesian model averaging, Hoeting et al. 1999).
"""

from dataclasses import dataclass, replace

import numpy as np

from truceline.fusion.cloud import normal_cloud, quantiles
from truceline.fusion.columns import Bools, Ints
from truceline.fusion.joint import Joint
from truceline.fusion.refine import linearise, refine
from truceline.fusion.scene import Scene, Sources
from truceline.sensors.contract import Floats

SOMEBODY_LIES = 0.7  # prior: the region is meant for when somebody may
LIE_S, LIE_RAD = 60.0, 0.7  # a single false pick may lie anywhere within these
PHANTOM_M2, PHANTOM_S = 1.6e9, 60.0  # a phantom of several picks may lie anywhere within these
LEAST_OTHERS = 3  # equations that must be left to fit a source by
LEAST_WEIGHT = 0.01
POINTS = 96
LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Robust:
    """Hypotheses of n sources: weight (n, k), mean (n, k, 2), covariance (n, k, 2, 2); radius (n,): squared
    Mahalanobis radius at which the union of their ellipses holds nine tenths. bounded (n,): false where leaving
    out one provider leaves too little to locate by."""

    weight: Floats
    mean: Floats
    covariance: Floats
    radius: Floats
    bounded: Bools


def robust_regions(scene: Scene, joint: Joint, source: Ints, pick: Ints) -> Robust:
    """Robust regions of all sources of a joint fit; (source, pick) as given to it, ordered by source."""
    count = len(joint.sources)
    provider = scene.channels.provider[scene.picks.channel[pick]]
    everyone = np.ones(len(pick), bool)
    fits = [_fit(scene, joint, source, pick, everyone)]
    log = [fits[0][2] + np.log(1.0 - SOMEBODY_LIES)]
    liars = np.unique(provider)
    bounded = np.ones(count, bool)
    for liar in liars.tolist():
        mine = provider == liar
        place, covariance, evidence, freedom = _fit(scene, joint, source, pick, ~mine)
        lie = _lie(scene, joint, source, pick, mine)
        concerned = np.bincount(source[mine], minlength=count) > 0
        enough = freedom >= LEAST_OTHERS
        bounded &= enough | ~concerned
        weight = evidence + lie + np.log(SOMEBODY_LIES / len(liars))
        log.append(np.where(concerned & enough, weight, -np.inf))
        fits.append((place, covariance, evidence, freedom))
    logs = np.stack(log, axis=1)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    mean = np.stack([fit[0] for fit in fits], axis=1)
    covariances = np.stack([fit[1] for fit in fits], axis=1) + joint.by_air[:, None, :2, :2]
    return Robust(weights, mean, covariances, union_radius(weights, mean, covariances), bounded)


def _fit(scene: Scene, joint: Joint, source: Ints, pick: Ints, used: Bools) -> tuple[Floats, Floats, Floats, Ints]:
    """Places (n, 2), covariances (n, 2, 2), log evidence (n,) of the picks used, and how many equations there were."""
    count = len(joint.sources)
    source, pick = source[used], pick[used]
    calm = replace(scene, air=joint.air)
    moved, covariance = refine(calm, joint.sources, source, pick, steps=3)
    linear = linearise(calm, moved, source, pick, robust=False)
    misfit = np.bincount(linear.source, linear.misfit**2, count)
    volume = 0.5 * np.linalg.slogdet(2 * np.pi * covariance)[1]
    evidence = -0.5 * misfit - _log_sigmas(calm, moved, source, pick, count) + volume
    equations = np.bincount(linear.source, minlength=count)
    return np.stack([moved.x, moved.y], axis=1), covariance[:, :2, :2], evidence, equations


def _log_sigmas(scene: Scene, sources: Sources, source: Ints, pick: Ints, count: int) -> Floats:
    """(n,) sum of the logs of √(2π)·sigma over all equations of each source."""
    picks = scene.picks
    predicted = scene.predict(sources, source, picks.channel[pick])
    time = np.log(np.hypot(picks.sigma_s[pick], predicted.path_sigma_s)) + 0.5 * LOG_2PI
    azimuth = np.log(picks.azimuth_sigma_rad[pick] * scene.azimuth_scale) + 0.5 * LOG_2PI
    total = time + np.where(np.isfinite(picks.azimuth_rad[pick]), np.nan_to_num(azimuth), 0.0)
    return np.asarray(np.bincount(source, total, count), float)


def _lie(scene: Scene, joint: Joint, source: Ints, pick: Ints, mine: Bools) -> Floats:
    """(n,) log evidence of a liar's own picks: each anywhere, or all of one phantom that lies anywhere."""
    count = len(joint.sources)
    azimuth = np.isfinite(scene.picks.azimuth_rad[pick[mine]])
    each = np.bincount(source[mine], -np.log(LIE_S) - azimuth * np.log(LIE_RAD), count)
    _, _, evidence, equations = _fit(scene, joint, source, pick, mine)
    phantom = evidence - np.log(PHANTOM_M2 * PHANTOM_S)
    return np.where(equations > LEAST_OTHERS, np.logaddexp(each, phantom), each)


def union_radius(weight: Floats, mean: Floats, covariance: Floats) -> Floats:
    """(n,) squared Mahalanobis radius at which the union of all hypotheses' ellipses holds nine tenths."""
    root = np.linalg.cholesky(covariance + 1e-2 * np.eye(2))
    white = np.linalg.inv(root).swapaxes(2, 3)
    points = mean[:, :, None] + normal_cloud(POINTS) @ root.swapaxes(2, 3)  # (n, k, POINTS, 2)
    off = points.reshape(len(weight), 1, -1, 2) - mean[:, :, None]  # (n, hypotheses, k * POINTS, 2)
    square = ((off @ white) ** 2).sum(axis=3)
    square = np.where((weight > LEAST_WEIGHT)[:, :, None], square, np.inf).min(axis=1)
    mass = np.repeat((weight / POINTS)[:, :, None], POINTS, axis=2).reshape(len(weight), -1)
    square = square.reshape(len(weight), -1)
    return quantiles(square, mass, (0.9,))[:, 0]
