"""Places that fire again: a salvo is one place with many rounds.

Once some rounds of a salvo are located well, the others are looked for at the same place. Every pick says when
its sound would have left there; rounds are where these times pile up. Fire is also expected more densely near
a place that has fired, which decides between rounds that could be mistaken for one another.
"""

import numpy as np
from scipy.spatial import cKDTree

from truceline.fusion.columns import Bools
from truceline.fusion.scene import Scene, Sites, Sources
from truceline.sensors.contract import Floats

NEAR_M = 450.0  # rounds of one battery, impacts on one target
LEAST_ROUNDS = 3
PRECISE_M = 120.0  # a source must be located this well to speak for a site
LEAST_SPREAD_M, MOST_SPREAD_M = 40.0, 220.0
SPREAD_PRIOR_M, SPREAD_PRIOR_COUNT = 110.0, 4.0
SPOT_M = 100.0  # positions closer than this are one spot
TIME_PILE_S = 0.12
LEAST_PILE = 3
AZIMUTH_GATE_SIGMAS = 3.5


def find_sites(sources: Sources, covariance: Floats, span_s: float) -> Sites:
    """Sites from sources (n) with covariance (n, 3, 3); span_s: how long the sources' window is."""
    sigma = np.sqrt(np.maximum((covariance[:, 0, 0] + covariance[:, 1, 1]) / 2, 1.0))
    precise = np.flatnonzero(sigma < PRECISE_M)
    none = np.zeros(0)
    if len(precise) < LEAST_ROUNDS:
        return Sites(none, none, none, none)
    points = np.c_[sources.x[precise], sources.y[precise]]
    near = cKDTree(points).query_ball_point(points, NEAR_M, return_sorted=True)
    density = np.array([np.sum(1.0 / (1.0 + (sigma[precise[list(n)]] / 60.0) ** 2)) for n in near])
    free = np.ones(len(precise), bool)
    found = []
    for index in np.lexsort((points[:, 1], points[:, 0], -density)):
        members = np.array([m for m in near[index] if free[m]], np.int64)
        if not free[index] or len(members) < LEAST_ROUNDS:
            continue
        found.append(_site(points[members], sigma[precise[members]], span_s))
        free[members] = False
    if not found:
        return Sites(none, none, none, none)
    x, y, spread, rate = (np.array(column) for column in zip(*found, strict=True))
    return Sites(x, y, spread, rate)


def _site(points: Floats, sigma: Floats, span_s: float) -> tuple[float, float, float, float]:
    """Centre, spread and peak rate (events per square metre and second) of one site."""
    spread = SPREAD_PRIOR_M
    centre = np.median(points, axis=0)
    for _ in range(3):
        weight = 1.0 / (sigma**2 + spread**2)
        centre = (weight[:, None] * points).sum(axis=0) / weight.sum()
        off = np.minimum(((points - centre) ** 2).sum(axis=1) / 2, (3 * MOST_SPREAD_M) ** 2)
        excess = np.maximum(off - sigma**2, 0.0).sum()
        variance = (excess + SPREAD_PRIOR_COUNT * SPREAD_PRIOR_M**2) / (len(points) + SPREAD_PRIOR_COUNT)
        spread = float(np.clip(np.sqrt(variance), LEAST_SPREAD_M, MOST_SPREAD_M))
    rate = len(points) / (2 * np.pi * spread**2 * span_s)
    return float(centre[0]), float(centre[1]), spread, rate


def site_seeds(scene: Scene, sources: Sources, covariance: Floats, free: Bools) -> Sources:
    """Hypotheses at spots that are known to fire, at times at which free picks would have left there."""
    sites = scene.sites
    if not len(sites.x):
        return sources.take(np.zeros(len(sources), bool))
    sigma = np.sqrt((covariance[:, 0, 0] + covariance[:, 1, 1]) / 2)
    gap = np.hypot(sources.x[:, None] - sites.x, sources.y[:, None] - sites.y)
    close = np.flatnonzero((gap < 3 * sites.spread_m).any(axis=1) & (sigma < PRECISE_M))
    cells = np.floor(np.c_[sources.x, sources.y][close] / SPOT_M).astype(np.int64)
    order = np.lexsort((sources.time_s[close], sigma[close]))
    _, first = np.unique(cells[order], axis=0, return_index=True)
    spots = close[order[np.sort(first)]]
    x = np.r_[sites.x, sources.x[spots]]
    y = np.r_[sites.y, sources.y[spots]]
    found = [_times(scene, float(px), float(py), free) for px, py in zip(x, y, strict=True)]
    counts = [len(times) for times in found]
    return Sources(np.repeat(x, counts), np.repeat(y, counts), np.concatenate(found))


def _times(scene: Scene, x: float, y: float, free: Bools) -> Floats:
    """Times at which several channels agree that something happened at (x, y)."""
    picks, channels = scene.picks, scene.channels
    here = Sources(np.array([x]), np.array([y]), np.array([np.median(picks.time_s)]))
    _, near = scene.neighbours(here)
    predicted = scene.predict(here, np.zeros(len(near), np.int64), near)
    travel = np.full(len(channels), np.nan)
    travel[near] = predicted.time_s - here.time_s[0]
    azimuth = np.zeros(len(channels))
    azimuth[near] = predicted.azimuth_rad
    with np.errstate(invalid="ignore"):
        turned = np.abs(scene.azimuth_misfit(np.arange(len(picks)), azimuth[picks.channel]))
        fits = free & np.isfinite(travel[picks.channel])
        fits &= ~(turned > AZIMUTH_GATE_SIGMAS * picks.azimuth_sigma_rad * scene.azimuth_scale + 0.02)
    weight = np.where(np.isfinite(picks.azimuth_rad), 1.0, 0.5)[fits]
    left = picks.time_s[fits] - travel[picks.channel[fits]]
    order = np.argsort(left, kind="stable")
    left, weight = left[order], weight[order]
    total = np.r_[0.0, np.cumsum(weight)]
    first = np.searchsorted(left, left - TIME_PILE_S)
    last = np.searchsorted(left, left + TIME_PILE_S, side="right")
    pile = total[last] - total[first]
    moment = np.r_[0.0, np.cumsum(weight * left)]
    mean = (moment[last] - moment[first]) / np.maximum(pile, 1e-9)
    peak = (pile >= LEAST_PILE) & (pile >= _greatest(pile, first, last))
    return np.unique(np.round(mean[peak], 2))


def _greatest(pile: Floats, first: "np.ndarray", last: "np.ndarray") -> Floats:
    """The greatest pile within each window [first, last)."""
    if not len(pile):
        return pile
    padded = np.r_[pile, -np.inf]
    bounds = np.c_[first, last].ravel()
    return np.asarray(np.maximum.reduceat(padded, np.minimum(bounds, len(pile)))[::2])
