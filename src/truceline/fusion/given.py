"""What does not change while observations come in: the network in its frame, the forecast, the kinds of sensing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from truceline.fusion.columns import Channels, channels_of
from truceline.fusion.grid import Grid, grid_of
from truceline.geo.frame import Frame, frame_for
from truceline.model.case import Case
from truceline.model.ground import WeatherRow
from truceline.model.network import Network
from truceline.sensors.contract import Sensing
from truceline.sensors.infrasound import MOST_SLOWNESS, Infrasound

MARGIN_M = 8_000.0  # ground around the network in which events are expected
GRACE_S = 5.0
LEAST_AFTER_S = 300.0  # a person's report may be this late


@dataclass(frozen=True)
class Given:
    """A network laid out for fusion. local_s: how long after an event its sound may still arrive at a sensor within
    reach; regional_s: the same for infrasound, 0 where no array listens for it."""

    network: Network
    weather: tuple[WeatherRow, ...]
    frame: Frame
    channels: Channels
    grid: Grid
    area_m2: float
    infrasound: Infrasound
    local_s: float
    regional_s: float

    @property
    def after_s(self) -> float:
        """How long after an epoch's end observations may still bear on its events."""
        return max(2 * self.local_s, LEAST_AFTER_S, self.regional_s)


def given(case: Case, sensings: Sequence[Sensing], infrasound: Infrasound, frame: Frame | None = None) -> Given:
    """Lay out a case's network; `frame` where it must be one that was chosen before."""
    sensors = case.network.sensors
    frame = frame or frame_for([sensor.lon for sensor in sensors], [sensor.lat for sensor in sensors])
    channels = channels_of(case.network, frame, sensings)
    listens = any(sensor.kind in infrasound.sensor_kinds for sensor in sensors)
    return Given(
        network=case.network,
        weather=case.weather,
        frame=frame,
        channels=channels,
        grid=grid_of(channels),
        area_m2=_area(channels) if len(channels) else 1.0,
        infrasound=infrasound,
        local_s=max(sensing.reach_m / sensing.speed_mps[0] for sensing in sensings) + GRACE_S,
        regional_s=infrasound.reach_km * MOST_SLOWNESS + GRACE_S if listens else 0.0,
    )


def _area(channels: Channels) -> float:
    """Square metres of ground in which events are expected: the network's hull and a margin."""
    points = np.c_[channels.x, channels.y]
    try:
        hull = ConvexHull(points)
        return float(hull.volume + hull.area * MARGIN_M + np.pi * MARGIN_M**2)
    except (QhullError, ValueError):
        length = float(np.hypot(np.ptp(channels.x), np.ptp(channels.y)))
        return 2 * length * MARGIN_M + np.pi * MARGIN_M**2
