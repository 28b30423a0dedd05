"""Sound through the air, heard by microphones and arrays within tens of kilometres."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from truceline.sensors.contract import Floats, Paths, Travel

PATH_SCATTER = 0.005  # turbulence: scatter of travel time, as a share of it, independent from path to path
MOST_DETECTED = 0.97
FALL_OFF = 0.17  # width of the fall of detection with distance, as a share of the reach


@dataclass(frozen=True)
class Acoustic:
    """Straight rays at the speed of sound plus the wind along the path.

    The effective speed is c + w·u (Pierce 1981, Acoustics, §8-1, for winds small against c); scatter by
    turbulence grows with travel time (Ostashev & Wilson 2015, Acoustics in Moving Inhomogeneous Media, ch. 3).
    """

    name: str = "acoustic"
    sensor_kinds: frozenset[str] = frozenset({"acoustic_array", "microphone"})
    speed_mps: tuple[float, float] = (270.0, 420.0)
    reach_m: float = 36_000.0
    loud: bool = True
    path_scatter: float = PATH_SCATTER

    def travel(self, paths: Paths) -> Travel:
        along = paths.wind_x_mps * paths.unit_x + paths.wind_y_mps * paths.unit_y
        speed = np.clip(paths.sound_mps + along + paths.stretch_mps, *self.speed_mps)
        time = paths.distance_m / speed
        # A wave drifts with the air: it arrives from where the wind carried it, upwind of the source's direction.
        across = paths.wind_x_mps * paths.unit_y - paths.wind_y_mps * paths.unit_x
        return Travel(time, self.path_scatter * time, -time / speed, -across / paths.sound_mps)

    def detectability(self, distance_m: Floats, reach_m: Floats) -> Floats:
        return np.asarray(MOST_DETECTED * expit((reach_m - distance_m) / (FALL_OFF * reach_m)))
