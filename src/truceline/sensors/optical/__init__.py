"""Flashes, seen by cameras at the speed of light."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from truceline.sensors.contract import Floats, Paths, Travel

LIGHT_MPS = 299_792_458.0
SEEN = 0.45  # a camera looks one way, and much stands in the way
SIGHT_M = 9_000.0
FALL_OFF_M = 800.0
SMALL_ARMS_REACH_M = 3_500.0  # what is heard no farther than this
UNSEEN = 0.01


@dataclass(frozen=True)
class Optical:
    """Light travels straight; how far a flash is seen hangs on terrain and haze rather than on loudness.

    Only shells, rockets and charges flash brightly enough to be noticed from afar; small arms do not.
    """

    name: str = "optical"
    sensor_kinds: frozenset[str] = frozenset({"camera"})
    speed_mps: tuple[float, float] = (LIGHT_MPS, LIGHT_MPS)
    reach_m: float = 15_000.0
    loud: bool = False

    def travel(self, paths: Paths) -> Travel:
        time = paths.distance_m / LIGHT_MPS
        return Travel(time, np.zeros_like(time), np.zeros_like(time), np.zeros_like(time))

    def detectability(self, distance_m: Floats, reach_m: Floats) -> Floats:
        bright = np.where(reach_m > SMALL_ARMS_REACH_M, SEEN, UNSEEN)
        return np.asarray(bright * expit((SIGHT_M - distance_m) / FALL_OFF_M))
