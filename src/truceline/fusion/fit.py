"""Sources of sound, shaking and light within tens of kilometres, fitted epoch by epoch.

Each epoch (an hour of event time) is inferred from the picks of its own window and what earlier epochs taught
about the sensors; picks that an epoch's events claim are gone for the next. Batch is streaming with one batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from truceline.fusion.air import forecast_of
from truceline.fusion.columns import Channels, channels_of, picks_of
from truceline.fusion.epoch import EPOCH_S, EpochFit, Setting, fit_epoch, no_beliefs
from truceline.fusion.grid import grid_of
from truceline.fusion.hearing import deafness
from truceline.fusion.scene import Sources
from truceline.geo.frame import Frame
from truceline.model.case import Case
from truceline.model.instant import US_PER_S, Instant
from truceline.sensors.contract import Floats, Sensing

EARLY_S = 10.0  # a clock that runs behind reports events of the epoch before the epoch began
MARGIN_M = 8_000.0  # ground around the network in which events are expected
PICKS_GRACE_S = 5.0


@dataclass(frozen=True)
class Hints:
    """Sources of each epoch (by its start, seconds from base_us) found by an earlier look at more data, and the
    frame they stand in. They are hypotheses to be tried, nothing more."""

    frame: Frame
    base_us: Instant
    sources: Mapping[float, Sources]


@dataclass(frozen=True)
class Fits:
    """All epochs of a case, fitted; none where nothing was sensed."""

    frame: Frame
    channels: Channels
    base_us: Instant
    epochs: tuple[EpochFit, ...]

    def hints(self) -> Hints:
        """What another look at part of the same data may try first."""
        return Hints(self.frame, self.base_us, {fit.scene.air.start_s: fit.joint.sources for fit in self.epochs})


def fit_case(case: Case, frame: Frame, sensings: Sequence[Sensing], hints: Hints | None = None) -> Fits:
    """Fit every epoch that has picks, in order of time."""
    channels = channels_of(case.network, frame, sensings)
    base_us = _base(case) if hints is None else hints.base_us
    picks = picks_of(case.observations, channels, base_us)
    if not len(picks):
        return Fits(frame, channels, base_us, ())
    setting = Setting(
        channels=channels,
        deaf=deafness(case.network, case.observations, channels, base_us),
        forecast=forecast_of(case.weather, frame, base_us),
        grid=grid_of(channels),
        area_m2=_area(channels),
        hints=None if hints is None else hints.sources,
    )
    pad_s = max(sensing.reach_m / sensing.speed_mps[0] for sensing in sensings) + PICKS_GRACE_S
    beliefs = no_beliefs(channels)
    claimed = np.zeros(len(case.observations), bool)
    epochs: list[EpochFit] = []
    for number in _numbers(picks.time_s, pad_s):
        start_s = number * EPOCH_S
        window = (picks.time_s >= start_s - EARLY_S) & (picks.time_s < start_s + EPOCH_S + 2 * pad_s)
        window &= ~claimed[picks.observation]
        fit = fit_epoch(setting, picks.take(window), start_s, beliefs) if window.any() else None
        if fit is not None:
            beliefs = fit.beliefs
            mine = fit.own[fit.source]
            claimed[fit.scene.picks.observation[fit.pick[mine]]] = True
            epochs.append(fit)
    return Fits(frame, channels, base_us, tuple(epochs))


def _base(case: Case) -> Instant:
    """The hour in which the first observation was made."""
    hour_us = int(EPOCH_S) * US_PER_S
    return min((seen.time_us for seen in case.observations), default=0) // hour_us * hour_us


def _numbers(time_s: Floats, pad_s: float) -> list[float]:
    """Numbers of the epochs in which something may have caused the picks."""
    shifts = np.array([EARLY_S, 0.0, -pad_s])
    return [float(number) for number in np.unique(np.floor((time_s[:, None] + shifts) / EPOCH_S))]


def _area(channels: Channels) -> float:
    """Square metres of ground in which events are expected: the network's hull and a margin."""
    points = np.c_[channels.x, channels.y]
    try:
        hull = ConvexHull(points)
        return float(hull.volume + hull.area * MARGIN_M + np.pi * MARGIN_M**2)
    except (QhullError, ValueError):
        length = float(np.hypot(np.ptp(channels.x), np.ptp(channels.y)))
        return 2 * length * MARGIN_M + np.pi * MARGIN_M**2
