"""How a wavefront gets from a source to a sensor: straight rays through moving, layered air.

Sound travels with the air: seen from the ground a ray towards the unit vector n goes at V = w·n + √(c² − w⊥²),
c being the speed of sound and w⊥ the wind across the ray. The wavefront that arrives is not square to the ray:
its normal k satisfies c k = V n − w, so an array points to where the sound seems to come from, turned by the
wind (Ostashev & Wilson, Acoustics in Moving Inhomogeneous Media, 2nd ed., 2016, chapter 3). In layered air the
horizontal direction of the normal is the same at every height, so the mean wind of the path turns it.
Speed of sound in dry air: c = 331.3 m/s · √(1 + T/273.15 °C).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.geo.frame import distance_azimuth
from truceline.sim.air import Air

Floats = npt.NDArray[np.float64]

FREEZING_K = 273.15
SOUND_AT_FREEZING_MPS = 331.3
SEISMIC_MPS = 3000.0
SEISMIC_SHARE = 0.03  # scatter of the seismic speed from path to path


@dataclass(frozen=True)
class Paths:
    """Paths from sources to sensors, one an entry."""

    source_along_m: Floats
    source_across_m: Floats
    sensor_along_m: Floats
    sensor_across_m: Floats
    distance_m: Floats  # geodesic
    azimuth_deg: Floats  # from the sensor towards the source, true north


def sound_speed_mps(temperature_c: Floats) -> Floats:
    """Speed of sound in dry air, any shape."""
    return SOUND_AT_FREEZING_MPS * np.sqrt(1.0 + temperature_c / FREEZING_K)


def paths_between(
    source: tuple[Floats, Floats, Floats, Floats], sensor: tuple[Floats, Floats, Floats, Floats]
) -> Paths:
    """Paths for pairs of (along, across, lon, lat) arrays of one shape."""
    distance, azimuth = distance_azimuth(sensor[2], sensor[3], source[2], source[3])
    return Paths(source[0], source[1], sensor[0], sensor[1], distance, azimuth)


def tailwind_mps(air: Air, paths: Paths, time_s: Floats) -> Floats:
    """Wind near the ground along each path, positive from source to sensor; taken in its middle."""
    along = (paths.source_along_m + paths.sensor_along_m) / 2
    across = (paths.source_across_m + paths.sensor_across_m) / 2
    _, east, north = air.at(along, across, time_s, np.zeros(np.shape(along)))
    towards = np.radians(paths.azimuth_deg)
    return -(east * np.sin(towards) + north * np.cos(towards))


def sound(air: Air, paths: Paths, time_s: Floats) -> tuple[Floats, Floats]:
    """Mean travel time in seconds, and the azimuth an array would measure without error, in degrees."""
    temperature, east, north = air.along_path(
        (paths.source_along_m, paths.source_across_m),
        (paths.sensor_along_m, paths.sensor_across_m),
        time_s,
        paths.distance_m,
    )
    speed = sound_speed_mps(temperature)
    towards = np.radians(paths.azimuth_deg)
    out_east, out_north = np.sin(towards), np.cos(towards)  # from the sensor towards the source
    tail = -(east * out_east + north * out_north)
    cross = east * out_north - north * out_east  # blowing to the right as one looks at the source
    carried = tail + np.sqrt(np.maximum(speed**2 - cross**2, 1.0))
    turned = np.degrees(np.arcsin(np.clip(cross / speed, -1.0, 1.0)))
    return paths.distance_m / np.maximum(carried, 1.0), (paths.azimuth_deg + turned) % 360.0


def ground_wave(paths: Paths, chance: np.random.Generator) -> Floats:
    """Travel time through the ground, each path with its own speed."""
    scatter = np.clip(1.0 + SEISMIC_SHARE * chance.standard_normal(np.shape(paths.distance_m)), 0.8, 1.2)
    return paths.distance_m / (SEISMIC_MPS * scatter)
