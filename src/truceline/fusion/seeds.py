"""Where to look: hypotheses of a place and time that two or three picks suggest.

An azimuth gives a ray; a second pick of the same happening gives the range along it in closed form. Ranges
from many second picks pile up where something truly happened. Picks without azimuths are piled up over a
grid of places instead, by the time at which each would have had to leave there.
"""

import numpy as np

from truceline.fusion.columns import Bools, Ints
from truceline.fusion.scene import Scene, Sources
from truceline.geo.frame import wrap_rad
from truceline.sensors.contract import Floats

PARTNER_CHANNELS = 14
LEAST_RANGE_M = 30.0
AZIMUTH_GATE_SIGMAS = 4.0
PILE_WIDTH = 0.05  # of the range
LEAST_PILE_WIDTH_M = 120.0
PEAKS_PER_RAY = 1
RAY_STRIDE_M = 1e6  # more than any range, so that one sorted key holds ray and range
CELL_M, CELL_S = 300.0, 0.6


def ray_seeds(scene: Scene, free: Bools) -> Sources:
    """Hypotheses along the ray of every free pick with an azimuth, where ranges from other picks pile up."""
    rays = np.flatnonzero(free & np.isfinite(scene.picks.azimuth_rad))
    found = [_peaks(scene, *_ranges(scene, part, free)) for part in _parts(rays)]
    if not found:
        return Sources(np.zeros(0), np.zeros(0), np.zeros(0))
    x, y, time_s, pile = (np.concatenate(column) for column in zip(*found, strict=True))
    return _distinct(Sources(x, y, time_s), pile)


def _parts(rays: Ints) -> list[Ints]:
    return [rays[start : start + 4_000] for start in range(0, len(rays), 4_000)]


def _partners(scene: Scene) -> Ints:
    """(channels, k) the nearest channels that hear sound, of each channel; itself left out; −1 pads."""
    channels = scene.channels
    sound = np.flatnonzero(channels.of("acoustic"))
    square = (channels.x[:, None] - channels.x[sound]) ** 2 + (channels.y[:, None] - channels.y[sound]) ** 2
    square[np.arange(len(channels))[:, None] == sound] = np.inf
    k = min(PARTNER_CHANNELS, len(sound))
    nearest = np.argsort(square, axis=1, kind="stable")[:, :k]
    far = np.take_along_axis(square, nearest, axis=1) > 40_000.0**2
    return np.where(far, -1, sound[nearest])


def _ranges(scene: Scene, rays: Ints, free: Bools) -> tuple[Ints, Floats, Floats]:
    """Rays (pick indices), ranges in metres along them and weights, from all partner picks in time."""
    channels, picks = scene.channels, scene.picks
    own = picks.channel[rays]
    partner = _partners(scene)[own]  # (rays, k)
    ray, slot = np.nonzero(partner >= 0)
    there = partner[ray, slot]
    gap = np.hypot(channels.x[there] - channels.x[own[ray]], channels.y[there] - channels.y[own[ray]])
    middle = (picks.time_s[rays[ray]] - scene.origin_s) + there * scene.stride
    light = channels.of("optical")[own[ray]]
    late = gap / 300.0 + 1.5
    first = np.searchsorted(scene.key, middle - np.where(light, 0.5, late))
    last = np.searchsorted(scene.key, middle + np.where(light, 45.0, late))
    count = last - first
    ray, light = np.repeat(ray, count), np.repeat(light, count)
    other = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    keep = free[other]
    ray, other, light = ray[keep], other[keep], light[keep]
    return _solve(scene, rays[ray], other, light)


def _solve(scene: Scene, pick: Ints, other: Ints, light: Bools) -> tuple[Ints, Floats, Floats]:
    """Range along the ray of `pick` at which `other` fits too; pairs that fit nowhere are left out."""
    channels, picks = scene.channels, scene.picks
    a, b = picks.channel[pick], picks.channel[other]
    ux, uy = _ray(scene, pick)
    dx, dy = channels.x[b] - channels.x[a], channels.y[b] - channels.y[a]
    along, square = dx * ux + dy * uy, dx * dx + dy * dy
    state = scene.air.state(channels.x[a], channels.y[a], picks.time_s[pick])
    speed_a = state[:, 0] - state[:, 1] * ux - state[:, 2] * uy  # sound runs against the ray
    lag = picks.time_s[other] - picks.time_s[pick]
    with np.errstate(divide="ignore", invalid="ignore"):
        far_x, far_y = ux * 5_000.0 - dx, uy * 5_000.0 - dy
        for _ in range(2):  # the speed towards b hangs on where the source is
            norm = np.maximum(np.hypot(far_x, far_y), 1.0)
            speed_b = state[:, 0] - (state[:, 1] * far_x + state[:, 2] * far_y) / norm
            delta = speed_b * lag + np.where(light, 0.0, (speed_b / speed_a - 1.0) * np.hypot(far_x + dx, far_y + dy))
            sound = (square - delta * delta) / (2.0 * (delta + along))
            root = along * along - square + delta * delta
            seen = along + np.sqrt(np.maximum(root, 0.0))
            distance = np.where(light, np.where(root >= 0, seen, np.nan), sound)
            far_x, far_y = ux * distance - dx, uy * distance - dy
        range_b = np.hypot(far_x, far_y)
    reach = np.array([sensing.reach_m for sensing in channels.sensings])[channels.sensing[a]]
    fits = np.isfinite(distance) & (distance > LEAST_RANGE_M) & (distance < reach) & (range_b < reach)
    fits &= light | (delta + along > 0)
    misfit = np.abs(wrap_rad(picks.azimuth_rad[other] - np.arctan2(far_x, far_y)))
    gate = AZIMUTH_GATE_SIGMAS * (picks.azimuth_sigma_rad[other] + picks.azimuth_sigma_rad[pick]) + 0.03
    has_azimuth = np.isfinite(misfit)
    fits &= ~has_azimuth | (misfit < gate)
    return pick[fits], distance[fits], np.where(has_azimuth[fits], 3.0, 1.0)


def _ray(scene: Scene, pick: Ints) -> tuple[Floats, Floats]:
    """Unit vectors from each pick's sensor towards the source: the azimuth without the wind's turn."""
    picks, channels = scene.picks, scene.channels
    channel = picks.channel[pick]
    azimuth = picks.azimuth_rad[pick]
    state = scene.air.state(channels.x[channel], channels.y[channel], picks.time_s[pick])
    across = state[:, 1] * np.cos(azimuth) - state[:, 2] * np.sin(azimuth)
    azimuth = azimuth - np.where(channels.of("optical")[channel], 0.0, across / state[:, 0])
    return np.sin(azimuth), np.cos(azimuth)


def _peaks(scene: Scene, pick: Ints, distance: Floats, weight: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """x, y, time and weight of the best piles of ranges along each ray."""
    order = np.lexsort((distance, pick))
    pick, distance, weight = pick[order], distance[order], weight[order]
    key = pick * RAY_STRIDE_M + distance
    width = np.maximum(LEAST_PILE_WIDTH_M, PILE_WIDTH * distance)
    total = np.r_[0.0, np.cumsum(weight)]
    first, last = np.searchsorted(key, key - width), np.searchsorted(key, key + width, side="right")
    pile = total[last] - total[first]
    moment = np.r_[0.0, np.cumsum(weight * distance)]
    mean = (moment[last] - moment[first]) / np.maximum(pile, 1e-9)
    chosen: list[tuple[Ints, Floats, Floats]] = []
    for _ in range(PEAKS_PER_RAY):
        best = np.lexsort((distance, -pile, pick))
        top = best[np.r_[True, pick[best][1:] != pick[best][:-1]]] if len(best) else best
        chosen.append((pick[top], mean[top], pile[top]))
        peak = np.zeros(len(scene.picks))
        peak[pick[top]] = mean[top]
        away = np.abs(distance - peak[pick]) > 2 * width
        pick, distance, pile, mean, width = pick[away], distance[away], pile[away], mean[away], width[away]
    picks, ranges, piles = (np.concatenate(column) for column in zip(*chosen, strict=True))
    return *_along(scene, picks, ranges), piles


def _along(scene: Scene, pick: Ints, distance: Floats) -> tuple[Floats, Floats, Floats]:
    """The point at a range along each pick's ray, and when the signal left there."""
    channels, picks = scene.channels, scene.picks
    channel = picks.channel[pick]
    ux, uy = _ray(scene, pick)
    x, y = channels.x[channel] + distance * ux, channels.y[channel] + distance * uy
    here = Sources(x, y, picks.time_s[pick])
    travel = scene.predict(here, np.arange(len(pick)), channel).time_s - here.time_s
    return x, y, picks.time_s[pick] - travel


def _distinct(sources: Sources, pile: Floats) -> Sources:
    """The heaviest of each group of hypotheses that fall into one small cell of place and time."""
    order = np.lexsort((sources.time_s, sources.x, -pile))
    cells = np.floor(np.c_[sources.x / CELL_M, sources.y / CELL_M, sources.time_s / CELL_S])[order].astype(np.int64)
    _, first = np.unique(cells, axis=0, return_index=True)
    return sources.take(np.sort(order[first]))
