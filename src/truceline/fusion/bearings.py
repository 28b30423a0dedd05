"""Arrays that are set up askew: found because every event they hear seems turned by the same angle."""

from dataclasses import dataclass

import numpy as np

from truceline.fusion.clocks import LIKELY
from truceline.fusion.columns import Ints
from truceline.fusion.scene import Scene, Sources
from truceline.fusion.score import slack
from truceline.sensors.contract import Floats

TIME_GATE_SIGMAS = 3.0
LEAST_TURN_SIGMAS = 3.0  # of one azimuth: less is left to the azimuths' own sigma
LEAST_SHARED = 4
PILE_SIGMAS = 2.0
SHARE = 0.6  # of the picks that fit in time must agree on the turn


@dataclass(frozen=True)
class Turns:
    """offset_rad (channels,): how far azimuths are turned clockwise, 0 where well; shared: picks that bear it out."""

    offset_rad: Floats
    shared: Ints


def straight(channels: int) -> Turns:
    """All arrays taken to be set up well."""
    return Turns(np.zeros(channels), np.zeros(channels, np.int64))


def find_turns(scene: Scene, sources: Sources, reach_m: Floats, known: Turns) -> Turns:
    """Turns of all channels, from sources that are well established; `scene.picks` have `known` taken off."""
    source, channel = scene.neighbours(sources)
    predicted = scene.predict(sources, source, channel)
    rows = np.flatnonzero(scene.detectability(predicted.distance_m, channel, reach_m[source]) > LIKELY)
    channel, predicted = channel[rows], predicted.rows(rows)
    sigma = np.hypot(np.hypot(predicted.path_sigma_s, slack(scene, predicted, channel)), scene.typical_sigma_s[channel])
    at = channel * scene.stride + (predicted.time_s - scene.origin_s)
    first = np.searchsorted(scene.key, at - TIME_GATE_SIGMAS * sigma)
    count = np.searchsorted(scene.key, at + TIME_GATE_SIGMAS * sigma) - first
    alone = count == 1  # more than one pick in the gate would let another event's direction pass for a turn
    pick, row = first[alone], np.flatnonzero(alone)
    turned = scene.azimuth_misfit(pick, predicted.azimuth_rad[row])
    known_azimuth = np.isfinite(turned)
    return _agreed(scene, channel[row][known_azimuth], turned[known_azimuth], pick[known_azimuth], known)


def _agreed(scene: Scene, channel: Ints, turned: Floats, pick: Ints, known: Turns) -> Turns:
    offset, shared = known.offset_rad.copy(), known.shared.copy()
    order = np.argsort(channel, kind="stable")
    bounds = np.searchsorted(channel[order], np.arange(len(offset) + 1))
    for index in range(len(offset)):
        mine = order[bounds[index] : bounds[index + 1]]
        if len(mine) < LEAST_SHARED:
            continue
        sigma = float(np.median(scene.picks.azimuth_sigma_rad[pick[mine]])) * scene.azimuth_scale
        angles = turned[mine]
        gap = np.abs((angles[:, None] - angles + np.pi) % (2 * np.pi) - np.pi)
        pile = (gap < PILE_SIGMAS * sigma).sum(axis=1)
        best = int(np.argmax(pile))
        members = gap[best] < PILE_SIGMAS * sigma
        centre = float(np.arctan2(np.sin(angles[members]).mean(), np.cos(angles[members]).mean()))
        if pile[best] >= max(LEAST_SHARED, SHARE * len(mine)) and abs(centre) > LEAST_TURN_SIGMAS * sigma:
            offset[index] += centre
            shared[index] = int(pile[best])
    return Turns(offset, shared)
