"""Candidates as one probability over azimuth: where, how sure, and which element is suspect."""

from dataclasses import dataclass

import numpy as np

from truceline.sensors.array.evidence import Candidates, log_evidence, log_noise
from truceline.sensors.array.hypotheses import Hypotheses
from truceline.sensors.array.layout import Complex, Setup
from truceline.sensors.array.refine import Refined
from truceline.sensors.contract import Floats

POINTS = 400  # points that stand for one candidate's spread
HELD = 0.95
NEGLIGIBLE = 1e-3  # probability that does not move an interval
SAME_STEPS = 0.5  # candidates of one hypothesis nearer than this, in steps of the grid, are one


@dataclass(frozen=True)
class Directions:
    """What each window says, in columns (windows,).

    azimuth_deg: from the array towards the source. interval_from_deg, interval_width_deg: the narrowest arc,
    clockwise, that holds 95 % of the probability. azimuth_sigma_deg: half of that arc over 1.96. trace_velocity_mps.
    snr_db: signal over noise at one element, while the signal lasts, in the band. log_odds: natural log odds that the
    elements hold a common wave at all. suspects: (windows, elements) probability that an element is bad.
    """

    azimuth_deg: Floats
    azimuth_sigma_deg: Floats
    interval_from_deg: Floats
    interval_width_deg: Floats
    trace_velocity_mps: Floats
    snr_db: Floats
    log_odds: Floats
    suspects: Floats


def directions(setup: Setup, which: Hypotheses, spectra: Complex, refined: Refined) -> Directions:
    """The posterior of every window from its candidates; each window has one at least, in order of window."""
    weight, log_total = _weights(setup, which, spectra, refined)
    candidates = refined.candidates
    windows = len(spectra)
    begins = np.searchsorted(candidates.window, np.arange(windows))
    ends = np.append(begins[1:], len(candidates.window))
    azimuth = _azimuths(refined)
    best = np.array([begin + weight[begin:end].argmax() for begin, end in zip(begins, ends, strict=True)])
    log_odds = log_total - log_noise(setup, which, spectra)
    hidden = 1.0 / (1.0 + np.exp(np.clip(log_odds, -50.0, 50.0)))
    arcs = np.array([_arc(azimuth[b:e], weight[b:e], h) for b, e, h in zip(begins, ends, hidden, strict=True)])
    suspects = np.zeros((windows, setup.count))
    who = which.suspect[candidates.hypothesis]
    blamed = who >= 0
    np.add.at(suspects, (candidates.window[blamed], who[blamed]), weight[blamed])
    slowness = candidates.slowness_s_m[best]
    return Directions(
        azimuth_deg=_azimuth_deg(slowness),
        azimuth_sigma_deg=np.maximum(arcs[:, 1] / 2.0 / 1.96, 1e-3),
        interval_from_deg=arcs[:, 0],
        interval_width_deg=arcs[:, 1],
        trace_velocity_mps=1.0 / np.maximum(np.hypot(slowness[:, 0], slowness[:, 1]), 1e-6),
        snr_db=10.0 * np.log10(np.maximum(refined.snr[best], 1e-3)),
        log_odds=log_odds,
        suspects=suspects,
    )


def _weights(setup: Setup, which: Hypotheses, spectra: Complex, refined: Refined) -> tuple[Floats, Floats]:
    """Posterior weight of each candidate within its window, and the log of the window's sum."""
    candidates = refined.candidates
    log = log_evidence(setup, which, spectra, candidates)
    spread = 0.5 * np.log(np.linalg.det(refined.covariance)) + np.log(2.0 * np.pi / setup.prior_area)
    log = np.where(_again(setup, candidates), -np.inf, log + np.minimum(spread, 0.0))
    top = np.full(len(spectra), -np.inf)
    np.maximum.at(top, candidates.window, log)
    raw = np.exp(log - top[candidates.window])
    total = np.bincount(candidates.window, raw, len(spectra))
    return raw / total[candidates.window], np.asarray(top + np.log(total))


def _again(setup: Setup, candidates: Candidates) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which candidates are an earlier one of the same window and hypothesis over again."""
    again = np.zeros(len(candidates.window), bool)
    near = SAME_STEPS * setup.step_s_m
    for back in range(1, len(again)):
        same = candidates.window[back:] == candidates.window[:-back]
        if not same.any():
            break
        same &= candidates.hypothesis[back:] == candidates.hypothesis[:-back]
        apart = candidates.slowness_s_m[back:] - candidates.slowness_s_m[:-back]
        again[back:] |= same & (np.hypot(apart[:, 0], apart[:, 1]) < near)
    return again


def _azimuth_deg(slowness_s_m: Floats) -> Floats:
    """Azimuth towards the source: the wave goes along its slowness."""
    return np.degrees(np.arctan2(-slowness_s_m[..., 0], -slowness_s_m[..., 1])) % 360.0


def _azimuths(refined: Refined) -> Floats:
    """Azimuths (n, POINTS) of points spread as each candidate's covariance says."""
    root = np.linalg.cholesky(refined.covariance)
    points = refined.candidates.slowness_s_m[:, None] + np.einsum("nij,pj->npi", root, _NORMAL)
    return _azimuth_deg(points)


def _normal_points(count: int) -> Floats:
    """Points that fill the plane as a standard normal does: a sunflower's seeds, their radii by quantile."""
    rank = np.arange(count) + 0.5
    radius = np.sqrt(-2.0 * np.log1p(-rank / count))
    turn = rank * np.pi * (1.0 + np.sqrt(5.0))
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])


_NORMAL = _normal_points(POINTS)
_EVERYWHERE = np.arange(0.25, 360.0, 0.5)


def _arc(azimuth_deg: Floats, weight: Floats, hidden: float) -> tuple[float, float]:
    """The narrowest arc, as start and width, that holds `HELD` of weighted azimuths (candidates, points).

    With probability `hidden` the wave is too faint to show among the candidates, and may come from anywhere.
    """
    flat = azimuth_deg.ravel()
    share = np.repeat((1.0 - hidden) * weight / weight.sum() / azimuth_deg.shape[1], azimuth_deg.shape[1])
    if hidden > NEGLIGIBLE:
        flat = np.concatenate([flat, _EVERYWHERE])
        share = np.concatenate([share, np.full(len(_EVERYWHERE), hidden / len(_EVERYWHERE))])
    order = np.argsort(flat)
    around, share = flat[order], share[order]
    upto = np.cumsum(share)
    twice = np.concatenate([upto, upto + upto[-1]])
    before = np.concatenate([[0.0], upto[:-1]])
    last = np.searchsorted(twice, before + HELD - 1e-9)
    width = np.concatenate([around, around + 360.0])[last] - around
    narrowest = int(width.argmin())
    return float(around[narrowest]), float(min(width[narrowest], 360.0))
