"""Clocks that are wrong: found because their sensors hear every event late by the same time.

A sensor with a wrong clock matches nothing where it should. Over many events the lag between what was
predicted for it and what it reported piles up at one value; chance does not pile up.
"""

from dataclasses import dataclass

import numpy as np

from truceline.fusion.columns import Ints
from truceline.fusion.scene import Scene, Sources
from truceline.fusion.score import slack
from truceline.sensors.contract import Floats

MOST_LAG_S = 8.0
LEAST_LAG_S = 0.6
LEAST_SHARED = 3
PILE_S = 0.35
LEAST_PILED, ENOUGH_EXPECTED = 0.35, 40  # share of the arrivals expected that must pile up, of so many at most
STANDS_OUT = 2.5  # sigmas by which a pile must exceed the one at zero
AZIMUTH_GATE_SIGMAS = 3.5
NEAR_SIGMAS, LEAST_WIDE_S = 2.5, 0.02
DRIFT_S = 0.03  # by which a clock may wander from one epoch to the next
SAME_SIGMAS = 3.0  # within which what an epoch tells of a clock is held to be what earlier ones told
LIKELY = 0.4  # probability of detection from which a channel is expected to hear


@dataclass(frozen=True)
class Clocks:
    """offset_s (channels,): what the clock shows too late, 0 where it is well; sigma_s likewise; shared
    (channels,): arrivals that bear the offset out."""

    offset_s: Floats
    sigma_s: Floats
    shared: Ints


def well(channels: int) -> Clocks:
    """All clocks taken to be right."""
    return Clocks(np.zeros(channels), np.zeros(channels), np.zeros(channels, np.int64))


def find_clocks(scene: Scene, sources: Sources, reach_m: Floats, known: Clocks, before: Clocks) -> Clocks:
    """Offsets of all channels, from sources that are well established; `scene.picks` have `known` taken off; before:
    what earlier epochs told."""
    source, channel = scene.neighbours(sources)
    predicted = scene.predict(sources, source, channel)
    expected = scene.detectability(predicted.distance_m, channel, reach_m[source]) > LIKELY
    timed = scene.channels.of("acoustic") | scene.channels.of("seismic") | scene.channels.of("optical")
    rows = np.flatnonzero(expected & timed[channel])
    channel, predicted = channel[rows], predicted.rows(rows)
    at = channel * scene.stride + (predicted.time_s - scene.origin_s)
    first = np.searchsorted(scene.key, at - MOST_LAG_S)
    count = np.searchsorted(scene.key, at + MOST_LAG_S) - first
    row = np.repeat(np.arange(len(rows)), count)
    pick = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    turned = np.abs(scene.azimuth_misfit(pick, predicted.azimuth_rad[row]))
    spread = scene.picks.azimuth_sigma_rad[pick] * scene.azimuth_scale
    with np.errstate(invalid="ignore"):
        keep = ~(turned > AZIMUTH_GATE_SIGMAS * spread)
    row, pick = row[keep], pick[keep]
    lag = scene.picks.time_s[pick] - predicted.time_s[row]
    wide = np.hypot(predicted.path_sigma_s, slack(scene, predicted, channel))[row]
    now = _piles(channel[row], lag, wide, np.bincount(channel, minlength=len(scene.channels)), known, before)
    return _right_again(before, _together(before, now))


def _together(before: Clocks, now: Clocks) -> Clocks:
    """What this epoch tells of clocks and what earlier ones told, weighed by their sigmas where they agree."""
    doubt = np.hypot(before.sigma_s, DRIFT_S)
    new = (before.shared > 0) & ((now.offset_s != before.offset_s) | (now.sigma_s != before.sigma_s))
    same = new & (np.abs(now.offset_s - before.offset_s) <= SAME_SIGMAS * np.hypot(now.sigma_s, doubt))
    share = doubt**2 / np.maximum(doubt**2 + now.sigma_s**2, 1e-12)
    offset = before.offset_s + share * (now.offset_s - before.offset_s)
    return Clocks(
        np.where(same, offset, now.offset_s),
        np.where(same, np.sqrt(share) * now.sigma_s, now.sigma_s),
        now.shared,
    )


def _right_again(before: Clocks, now: Clocks) -> Clocks:
    """Clocks that were wrong and of which nothing says so any more are right."""
    off = np.abs(now.offset_s)
    doubt = SAME_SIGMAS * np.hypot(now.sigma_s, DRIFT_S)
    right = (before.offset_s != 0) & (off < LEAST_LAG_S) & (off <= doubt)
    return Clocks(*(np.where(right, 0, column) for column in (now.offset_s, now.sigma_s, now.shared)))


def _piles(channel: Ints, lag: Floats, wide: Floats, expected: Ints, known: Clocks, before: Clocks) -> Clocks:
    """The lag at which each channel's differences from what `known` says pile up, where that is not at zero; where
    nothing piles up, what was told before."""
    offset, sigma, shared = before.offset_s.copy(), before.sigma_s.copy(), before.shared.copy()
    order = np.lexsort((lag, channel))
    channel, lag, wide = channel[order], lag[order], wide[order]
    bounds = np.searchsorted(channel, np.arange(len(expected) + 1))
    for index in range(len(expected)):
        mine = slice(bounds[index], bounds[index + 1])
        lags, width = lag[mine], wide[mine]
        if len(lags) < LEAST_SHARED:
            continue
        typical = _median(width)
        half = max(PILE_S, 2.5 * typical)
        piled = np.searchsorted(lags, lags + half, side="right") - np.searchsorted(lags, lags - half)
        best = int(np.argmax(piled))
        near = np.abs(lags) <= half
        there, here = int(piled[best]), int(near.sum())
        chance = len(lags) * half / MOST_LAG_S
        enough = max(LEAST_SHARED, LEAST_PILED * min(expected[index], ENOUGH_EXPECTED))
        by_chance = chance + 2.0 * np.sqrt(chance)
        # Rounds that follow one another closely pile up at other lags too, but not as much as at the clock's own.
        stands_out = there > 2.0 * here + by_chance or there - here > STANDS_OUT * np.sqrt(there + here)
        strong = there >= enough and there > by_chance and stands_out
        members = np.abs(lags - lags[best]) <= half
        if strong and abs(centre := _centre(lags[members], width[members])) >= LEAST_LAG_S:
            offset[index] = known.offset_s[index] + centre
            sigma[index] = max(0.02, 1.25 * typical / np.sqrt(there))
            shared[index] = there
        elif (known.offset_s[index] != 0 or before.offset_s[index] != 0) and here >= LEAST_SHARED:
            offset[index] = known.offset_s[index] + _centre(lags[near], width[near])
            sigma[index] = max(0.02, 1.25 * _median(width[near]) / np.sqrt(here))
            shared[index] = here
    return Clocks(offset, sigma, shared)


def _median(values: Floats) -> float:
    """The median; of few values ten times as fast as numpy's."""
    ordered = np.sort(values)
    return float((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


def _centre(lags: Floats, wide: Floats) -> float:
    """Where lags pile up: their mean by weight, those far from the median left out. Near events say it best."""
    middle = _median(lags)
    near = np.abs(lags - middle) <= np.maximum(NEAR_SIGMAS * wide, LEAST_WIDE_S)
    weight = near / np.maximum(wide, LEAST_WIDE_S) ** 2
    return float((weight * lags).sum() / weight.sum()) if near.any() else float(middle)
