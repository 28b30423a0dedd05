"""What each kind of sensing must answer, in columns.

A kind of sensing says how its signal travels from a source to a sensor (`travel`) and how probably it is
caught (`detectability`). It knows nothing of events, networks or other kinds.

Frame: metres, x and y of the mission's plane frame. Paths run from the source to the sensor.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Paths:
    """Straight paths from sources to sensors, and the air along them. All arrays share one shape.

    distance_m; unit_x, unit_y: unit vector from source to sensor; sound_mps: speed of sound in still air;
    wind_x_mps, wind_y_mps: where the air moves to; stretch_mps: even (second-harmonic) error of the speed.
    """

    distance_m: Floats
    unit_x: Floats
    unit_y: Floats
    sound_mps: Floats
    wind_x_mps: Floats
    wind_y_mps: Floats
    stretch_mps: Floats

    def rows(self, rows: Ints) -> "Paths":
        """Some of the paths, (n,) of (m,)."""
        return Paths(
            self.distance_m[rows],
            self.unit_x[rows],
            self.unit_y[rows],
            self.sound_mps[rows],
            self.wind_x_mps[rows],
            self.wind_y_mps[rows],
            self.stretch_mps[rows],
        )


@dataclass(frozen=True)
class Travel:
    """How a signal travels along paths.

    time_s: travel time; path_sigma_s: its own scatter, independent from path to path; rate_s: derivative of
    the travel time by the effective speed (s per m/s), zero where the air does not matter; turn_rad: how far
    the arriving wavefront's direction is turned from the direction to the source, clockwise.
    """

    time_s: Floats
    path_sigma_s: Floats
    rate_s: Floats
    turn_rad: Floats


class Sensing(Protocol):
    """One kind of sensing."""

    @property
    def name(self) -> str: ...

    @property
    def sensor_kinds(self) -> frozenset[str]:
        """Kinds of network.geojson that sense this way."""
        ...

    @property
    def speed_mps(self) -> tuple[float, float]:
        """Slowest and fastest that its signal may travel."""
        ...

    @property
    def reach_m(self) -> float:
        """No signal of interest is caught from farther."""
        ...

    @property
    def loud(self) -> bool:
        """Whether loudness decides how far it is caught."""
        ...

    def travel(self, paths: Paths) -> Travel:
        """Travel along paths, any shape."""
        ...

    def detectability(self, distance_m: Floats, reach_m: Floats) -> Floats:
        """Probability [0, 1) that a working sensor catches a source.

        `reach_m` is the distance at which a source of this loudness is caught as often as not (ignored by
        kinds of sensing for which loudness does not matter). Shapes broadcast.
        """
        ...
