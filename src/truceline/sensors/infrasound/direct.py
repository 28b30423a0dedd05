"""Infrasound that comes straight, within some hundred kilometres: no duct brings sound back to the ground so near.

The first returns from the stratosphere come down 150 to 250 km from the source, those from the thermosphere farther
still (Waxler & Assink 2019, Propagation modeling through realistic atmosphere and benchmarking, in: Infrasound
Monitoring for Atmospheric Studies, ch. 15); nearer, an arrival went through the lowest kilometres, at about the speed
of sound there plus the wind.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from truceline.sensors.contract import Floats, Paths, Travel

FALL_OFF = 0.17  # width of the fall of detection with distance, as a share of the reach
MOST_DETECTED = 0.9


@dataclass(frozen=True)
class Direct:
    """Straight rays at the speed of sound plus the wind along the path, as sound that is heard.

    path_scatter: of travel time, as a share of it, by shear and turbulence of the lowest kilometres; what is not known
    of the wind comes on top. turn_sigma_rad: likewise of the direction.
    """

    name: str = "infrasound"
    sensor_kinds: frozenset[str] = frozenset({"infrasound_array"})
    speed_mps: tuple[float, float] = (270.0, 420.0)
    reach_m: float = 110_000.0
    loud: bool = True
    path_scatter: float = 0.015
    turn_sigma_rad: float = float(np.radians(0.5))

    def travel(self, paths: Paths) -> Travel:
        along = paths.wind_x_mps * paths.unit_x + paths.wind_y_mps * paths.unit_y
        speed = np.clip(paths.sound_mps + along + paths.stretch_mps, *self.speed_mps)
        time = paths.distance_m / speed
        across = paths.wind_x_mps * paths.unit_y - paths.wind_y_mps * paths.unit_x
        return Travel(time, self.path_scatter * time, -time / speed, -across / paths.sound_mps)

    def detectability(self, distance_m: Floats, reach_m: Floats) -> Floats:
        return np.asarray(MOST_DETECTED * expit((reach_m - distance_m) / (FALL_OFF * reach_m)))
