"""Waves through the ground, felt by seismometers."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from truceline.sensors.contract import Floats, Paths, Travel

SPEED_MPS = 3_000.0
PATH_SCATTER = 0.03
MOST_DETECTED = 0.95
FALL_OFF = 0.17


@dataclass(frozen=True)
class Seismic:
    """Straight paths at 3.0 km/s ± 3 % (contract 1); each path through its own ground, so scatter is independent."""

    name: str = "seismic"
    sensor_kinds: frozenset[str] = frozenset({"seismic"})
    speed_mps: tuple[float, float] = (2_500.0, 3_500.0)
    reach_m: float = 30_000.0
    loud: bool = True

    def travel(self, paths: Paths) -> Travel:
        time = paths.distance_m / SPEED_MPS
        return Travel(time, PATH_SCATTER * time, np.zeros_like(time), np.zeros_like(time))

    def detectability(self, distance_m: Floats, reach_m: Floats) -> Floats:
        return np.asarray(MOST_DETECTED * expit((reach_m - distance_m) / (FALL_OFF * reach_m)))
