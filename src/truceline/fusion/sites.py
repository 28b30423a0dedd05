"""Places that fire again: a salvo is one place with many rounds.

Once some rounds of a salvo are located well, the others are looked for at the same place. Every pick says when
its sound would have left there; rounds are where these times pile up. Fire is also expected more densely near
a place that has fired, which decides between rounds that could be mistaken for one another.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from scipy.spatial import cKDTree

from truceline.fusion.columns import Bools, Ints
from truceline.fusion.scene import Scene, Sites, Sources
from truceline.sensors.contract import Floats

Site: TypeAlias = tuple[float, float, float, float]  # x, y, spread, peak rate

NEAR_M = 450.0  # rounds of one battery, impacts on one target
LEAST_ROUNDS = 3
PRECISE_M = 120.0  # a source must be located this well to speak for a site
LEAST_SPREAD_M, MOST_SPREAD_M = 40.0, 220.0
SPREAD_PRIOR_M, SPREAD_PRIOR_COUNT = 110.0, 4.0
VAGUE_M = 1_500.0  # a source located worse than this says nothing of a site
LEAST_POOLED, SALVO_S = 5, 60.0  # so many rounds within so long of the one in their midst may be a salvo
SCATTER_M = 1_000.0  # rounds that took one another's picks are scattered by so much at most
POOLED_M = 300.0  # how well their common place must be known
SPOT_M = 100.0  # positions closer than this are one spot
TIME_PILE_S = 0.12
ALIKE_S, MOST_ALIKE = 0.25, 3  # of what spots of one site say happened within so long, so many are tried
LEAST_PILE = 2.5  # picks with directions count one each, others half
AZIMUTH_GATE_SIGMAS = 3.5


def find_sites(sources: Sources, covariance: Floats, span_s: float) -> Sites:
    """Sites from sources (n) with covariance (n, 3, 3); span_s: how long the sources' window is.

    Sources that are located well make sites first; of the others, salvos do whose rounds agree on a place that is
    known well from all of them together, though from none alone.
    """
    sigma = np.sqrt(np.maximum((covariance[:, 0, 0] + covariance[:, 1, 1]) / 2, 1.0))
    found = _precise_sites(sources, sigma, span_s)
    found += _pooled_sites(sources, sigma, [one[:2] for one in found], span_s)
    if not found:
        return Sites(*(np.zeros(0),) * 4)
    x, y, spread, rate = (np.array(column) for column in zip(*found, strict=True))
    return Sites(x, y, spread, rate)


def _precise_sites(sources: Sources, sigma: Floats, span_s: float) -> list[Site]:
    precise = np.flatnonzero(sigma < PRECISE_M)
    if len(precise) < LEAST_ROUNDS:
        return []
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
    return found


def _pooled_sites(sources: Sources, sigma: Floats, known: Sequence[tuple[float, float]], span_s: float) -> list[Site]:
    """Sites of salvos none of whose rounds is located well."""
    vague = np.flatnonzero((sigma >= PRECISE_M) & (sigma < VAGUE_M))
    for x, y in known:
        vague = vague[np.hypot(sources.x[vague] - x, sources.y[vague] - y) > NEAR_M]
    order = vague[np.argsort(sources.time_s[vague], kind="stable")]
    found = []
    while len(order) >= LEAST_POOLED:
        # The round in the middle of the densest stretch of time leads; those that may be at its place follow.
        near = np.abs(sources.time_s[order][:, None] - sources.time_s[order]) < SALVO_S
        lead = order[int(np.argmax(near.sum(axis=1)))]
        rest = order[np.abs(sources.time_s[order] - sources.time_s[lead]) < SALVO_S]
        members, centre, pooled = _pool(np.c_[sources.x, sources.y], rest, lead)
        order = order[~np.isin(order, members) & (order != lead)]
        if len(members) >= LEAST_POOLED and pooled < POOLED_M:
            spread = float(np.hypot(SPREAD_PRIOR_M, pooled))
            rate = len(members) / (2 * np.pi * spread**2 * span_s)
            found.append((float(centre[0]), float(centre[1]), spread, rate))
    return found


def _pool(points: Floats, rows: Ints, lead: np.int64) -> tuple[Ints, Floats, float]:
    """Rounds that may be at one place with `lead`, the place in their middle, and its sigma in metres.

    Rounds that took one another's picks are off by far more than they know, this way and that: so their scatter is
    believed, not their covariances, and their median.
    """
    members, centre, scale = rows, points[lead], SCATTER_M
    for _ in range(4):
        off = np.hypot(*(points[rows] - centre).T)
        members = rows[off < 3.0 * scale]
        if len(members) < LEAST_POOLED:
            break
        centre = np.median(points[members], axis=0)
        spread = 1.4826 * np.median(np.abs(points[members] - centre), axis=0)
        scale = float(np.clip(np.sqrt((spread**2).mean()), PRECISE_M, SCATTER_M))
    return members, centre, 1.2533 * scale / np.sqrt(max(len(members), 1))


def _site(points: Floats, sigma: Floats, span_s: float) -> Site:
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
    heard = Sources(x, y, np.full(len(x), np.median(scene.picks.time_s)))
    spot, channel = scene.neighbours(heard)
    predicted = scene.predict(heard, spot, channel)
    travel_s = predicted.time_s - heard.time_s[spot]
    bounds = np.searchsorted(spot, np.arange(len(x) + 1))
    found = []
    for near in (slice(*pair) for pair in pairwise(bounds.tolist())):
        found.append(_times(scene, channel[near], travel_s[near], predicted.azimuth_rad[near], free))
    counts = [len(times) for times, _ in found]
    seeds = Sources(np.repeat(x, counts), np.repeat(y, counts), np.concatenate([times for times, _ in found]))
    site = np.r_[np.arange(len(sites.x)), np.argmin(gap[spots], axis=1)]
    agreeing = np.concatenate([some for _, some in found])
    return seeds.take(_unlike(np.repeat(site, counts), seeds.time_s, agreeing))


def _unlike(site: Ints, time_s: Floats, agreeing: Floats) -> Ints:
    """Rows of the seeds without those that others stand for: of one site and moment, the few on which most agree."""
    moment = np.floor(time_s / ALIKE_S)
    order = np.lexsort((-agreeing, moment, site))
    first = np.r_[True, (np.diff(site[order]) != 0) | (np.diff(moment[order]) != 0)]
    at = np.arange(len(order))
    rank = at - np.maximum.accumulate(np.where(first, at, 0))
    return np.sort(order[rank < MOST_ALIKE])


def _times(scene: Scene, near: Ints, travel_s: Floats, azimuth_rad: Floats, free: Bools) -> tuple[Floats, Floats]:
    """Times at which several channels agree that something happened at a place, and how many agree; near: the channels
    that may hear it, with travel time and azimuth as they would measure it."""
    picks = scene.picks
    row = np.full(len(scene.channels), -1)
    row[near] = np.arange(len(near))
    fits = np.flatnonzero(free & (row[picks.channel] >= 0))
    row = row[picks.channel[fits]]
    with np.errstate(invalid="ignore"):
        turned = np.abs(scene.azimuth_misfit(fits, azimuth_rad[row]))
        gate = AZIMUTH_GATE_SIGMAS * picks.azimuth_sigma_rad[fits] * scene.azimuth_scale + 0.02
        inside = ~(turned > gate)
    fits, row = fits[inside], row[inside]
    weight = np.where(np.isfinite(picks.azimuth_rad[fits]), 1.0, 0.5)
    left = picks.time_s[fits] - travel_s[row]
    order = np.argsort(left, kind="stable")
    left, weight = left[order], weight[order]
    total = np.r_[0.0, np.cumsum(weight)]
    first = np.searchsorted(left, left - TIME_PILE_S)
    last = np.searchsorted(left, left + TIME_PILE_S, side="right")
    pile = total[last] - total[first]
    moment = np.r_[0.0, np.cumsum(weight * left)]
    mean = (moment[last] - moment[first]) / np.maximum(pile, 1e-9)
    peak = (pile >= LEAST_PILE) & (pile >= _greatest(pile, first, last))
    times, first = np.unique(np.round(mean[peak], 2), return_index=True)
    return times, pile[peak][first]


def _greatest(pile: Floats, first: "np.ndarray", last: "np.ndarray") -> Floats:
    """The greatest pile within each window [first, last)."""
    if not len(pile):
        return pile
    padded = np.r_[pile, -np.inf]
    bounds = np.c_[first, last].ravel()
    return np.asarray(np.maximum.reduceat(padded, np.minimum(bounds, len(pile)))[::2])
