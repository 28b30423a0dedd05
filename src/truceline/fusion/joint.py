"""All sources of an epoch fitted together with the air they share.

Arrow-shaped normal equations, eliminated from the point inwards: each source's place and time, then each parcel's
air, then the epoch's air (nested Schur complements). How gusty the air is, is chosen by the evidence.
"""

from dataclasses import dataclass, replace

import numpy as np

from truceline.fusion.air import CALM_MPS, PARCEL_SHAPE, PARCEL_SIZE, SIZE, Air
from truceline.fusion.columns import Ints
from truceline.fusion.refine import Linear, adding_up, linearise, normal
from truceline.fusion.scene import Scene, Sources
from truceline.sensors.contract import Floats

GUSTS_MPS = (CALM_MPS, 0.3, 0.7, 1.4, 2.5)
BOTH = PARCEL_SIZE + SIZE
_BOTH = np.concatenate([np.arange(PARCEL_SIZE), np.arange(SIZE)])  # a parcel's numbers act as the epoch's first five do
MOST_STEP_M = 3_000.0
WITHIN = 0.42  # gusts differ within a parcel, too: by this share of how parcels differ


@dataclass(frozen=True)
class Joint:
    """Sources and air, fitted together. conditional (n, 3, 3): covariance of x, y, time with the air held fixed;
    by_air (n, 3, 3): what the air's remaining doubt adds; air: corrected."""

    sources: Sources
    conditional: Floats
    by_air: Floats
    air: Air

    def covariance(self) -> Floats:
        """(n, 3, 3) covariance of x, y, time, all sources of error included."""
        return np.asarray(self.conditional + self.by_air)


@dataclass(frozen=True)
class _Reduced:
    """The normal equations with the sources eliminated: per parcel (k, BOTH, BOTH) and (k, BOTH), over a parcel's
    own numbers, then the epoch's; and what is needed to go back to the sources."""

    matrix: Floats
    right: Floats
    conditional: Floats  # (n, 3, 3)
    source_right: Floats  # (n, 3)
    lever: Floats  # (n, 3, BOTH)
    parcel: Ints  # (n,) row of each source's parcel


@dataclass(frozen=True)
class _Solved:
    """Air that solves the reduced equations: parcel (k, PARCEL_SIZE), epoch (SIZE,), their covariances."""

    parcel: Floats
    epoch: Floats
    parcel_covariance: Floats  # (k, BOTH, BOTH), with the epoch's
    epoch_covariance: Floats


def refine_jointly(scene: Scene, prior: Air, sources: Sources, source: Ints, pick: Ints, *, steps: int = 4) -> Joint:
    """Fit all sources of an epoch and the air they share.

    `prior` is the air before anything was heard; `scene.air` is where to start.
    """
    air = _with_parcels(scene.air, sources)
    solved = reduced = linear = None
    for _ in range(steps):
        linear = linearise(replace(scene, air=air), sources, source, pick, before=linear)
        reduced = _reduce(scene, sources, air, linear)
        solved, gust = _best(reduced, prior, air)
        change = np.concatenate(
            [solved.parcel - air.parcel_mean, np.tile(solved.epoch - air.mean, (len(air.parcels), 1))], axis=1
        )
        move = np.einsum("nij,nj->ni", reduced.conditional, reduced.source_right)
        move += np.einsum("nij,nj->ni", reduced.lever, change[reduced.parcel])
        length = np.hypot(move[:, 0], move[:, 1])
        move *= np.minimum(1.0, MOST_STEP_M / np.maximum(length, 1e-9))[:, None]
        sources = Sources(sources.x + move[:, 0], sources.y + move[:, 1], sources.time_s + move[:, 2])
        air = replace(
            air, mean=solved.epoch, covariance=solved.epoch_covariance, parcel_mean=solved.parcel, gust_mps=gust
        )
    assert solved is not None and reduced is not None
    shared = solved.parcel_covariance[reduced.parcel]
    own = np.zeros(BOTH)
    own[:PARCEL_SIZE] = (WITHIN * (air.gust_mps - CALM_MPS) * PARCEL_SHAPE) ** 2
    shared = shared + np.diag(own)
    by_air = reduced.lever @ shared @ reduced.lever.transpose(0, 2, 1)
    return Joint(sources, reduced.conditional, np.asarray(by_air, float), air)


def _with_parcels(air: Air, sources: Sources) -> Air:
    """The air with a parcel for each source, keeping what is known of parcels it already had."""
    keys = np.unique(air.parcel_of(sources.x, sources.y, sources.time_s))
    mean = np.zeros((len(keys), PARCEL_SIZE))
    if len(air.parcels):
        at = np.minimum(np.searchsorted(air.parcels, keys), len(air.parcels) - 1)
        mean = np.where((air.parcels[at] == keys)[:, None], air.parcel_mean[at], 0.0)
    return replace(air, parcels=keys, parcel_mean=mean)


def _reduce(scene: Scene, sources: Sources, air: Air, linear: Linear) -> _Reduced:
    """Eliminate the sources from the linearised problem."""
    count, parcels = len(sources), len(air.parcels)
    parcel = np.searchsorted(air.parcels, air.parcel_of(sources.x, sources.y, sources.time_s))
    parcel = np.minimum(parcel, max(0, parcels - 1))
    information, right = normal(scene, sources, linear)
    pairs = linear.jacobian[:, :, None] * linear.shared[:, None]
    cross = linear.adding @ pairs.reshape(-1, 3 * SIZE)
    cross = cross.reshape(count, 3, SIZE)
    conditional = np.linalg.inv(information)
    lever = -conditional @ cross  # (n, 3, SIZE)
    own = adding_up(parcel[linear.source], parcels)
    push = own @ (linear.shared * linear.misfit[:, None])
    squares = linear.shared[:, :, None] * linear.shared[:, None]
    matrix = own @ squares.reshape(-1, SIZE * SIZE)
    matrix = matrix.reshape(parcels, SIZE, SIZE)
    np.add.at(matrix, parcel, cross.transpose(0, 2, 1) @ lever)
    np.add.at(push, parcel, np.einsum("nik,ni->nk", lever, right))
    return _Reduced(
        matrix[:, _BOTH][:, :, _BOTH], push[:, _BOTH], np.asarray(conditional, float), right, lever[:, :, _BOTH], parcel
    )


def _best(reduced: _Reduced, prior: Air, air: Air) -> tuple[_Solved, float]:
    """The solution under the gustiness that the evidence favours (the calmer of equals)."""
    here = np.concatenate([air.parcel_mean, np.tile(air.mean, (len(air.parcels), 1))], axis=1)
    right = reduced.right + np.einsum("kij,kj->ki", reduced.matrix, here)
    known = np.asarray(np.linalg.inv(prior.covariance), float)
    under = _under(reduced.matrix, right, known, prior.mean)
    # The gusts are in order, so the first of equals is the calmer.
    best = int(np.argmax(np.round(under.evidence, 6)))
    return _solve(under, best, right), GUSTS_MPS[best]


@dataclass(frozen=True)
class _Under:
    """The equations with the parcels eliminated under each of g gustinesses: inner (g, k, PARCEL_SIZE, PARCEL_SIZE)
    covariance of a parcel's numbers with the epoch's held fixed, gain (g, k, PARCEL_SIZE, SIZE) of the former by the
    latter; covariance (g, SIZE, SIZE) of the epoch's and push (g, SIZE), whose product they are; evidence (g,)."""

    inner: Floats
    gain: Floats
    covariance: Floats
    push: Floats
    evidence: Floats


def _under(matrix: Floats, right: Floats, known: Floats, mean: Floats) -> _Under:
    """Eliminate parcels and solve for the epoch; everything as seen from no correction at all.

    known (SIZE, SIZE), mean (SIZE,): what was known of the epoch's air before, as precision and mean.
    """
    p, e = slice(0, PARCEL_SIZE), slice(PARCEL_SIZE, BOTH)
    precision = (np.array(GUSTS_MPS)[:, None] * PARCEL_SHAPE) ** -2.0
    stiff = precision[:, None, :, None] * np.eye(PARCEL_SIZE)
    inner = np.linalg.inv(matrix[:, p, p] + stiff)
    gain = inner @ matrix[:, p, e]
    total = known + (matrix[:, e, e] - gain.swapaxes(2, 3) @ matrix[:, p, e]).sum(axis=1)
    push = known @ mean + (right[:, e] - np.einsum("gkij,ki->gkj", gain, right[:, p])).sum(axis=1)
    covariance = np.linalg.inv((total + total.swapaxes(1, 2)) / 2)
    moved = (inner @ right[:, p, None])[..., 0]
    quadratic = (right[:, p] * moved).sum(axis=(1, 2)) + np.einsum("gi,gij,gj->g", push, covariance, push)
    volume = np.linalg.slogdet(inner)[1].sum(axis=1) + len(matrix) * np.log(precision).sum(axis=1)
    volume += np.linalg.slogdet(covariance)[1]
    return _Under(
        np.asarray(inner, float), gain, np.asarray(covariance, float), push, np.asarray((quadratic + volume) / 2)
    )


def _solve(under: _Under, best: int, right: Floats) -> _Solved:
    """Back to the parcels, under the best gustiness."""
    p, e = slice(0, PARCEL_SIZE), slice(PARCEL_SIZE, BOTH)
    inner, gain, covariance = under.inner[best], under.gain[best], under.covariance[best]
    epoch = covariance @ under.push[best]
    parcel = np.einsum("kij,kj->ki", inner, right[:, p]) - gain @ epoch
    full = np.empty((len(inner), BOTH, BOTH))
    full[:, p, p] = inner + gain @ covariance @ gain.transpose(0, 2, 1)
    full[:, p, e] = -gain @ covariance
    full[:, e, p] = full[:, p, e].transpose(0, 2, 1)
    full[:, e, e] = covariance
    return _Solved(parcel, epoch, full, covariance)
