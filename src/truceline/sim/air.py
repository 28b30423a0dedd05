"""The true air of a world: temperature and wind by place, height and time, and what weather.csv makes of it.

The wind near the ground changes from hour to hour (smoothly, or in steps on the hour), over the region, in
gusts, and with height. Wind is where the air moves to.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.sim.ground import Ground
from truceline.sim.world import AirKeys, WeatherKeys

Floats = npt.NDArray[np.float64]

HOUR_S = 3600.0
GUSTS = 32  # waves that make up the gusts
SAMPLES = ((1 / 6, 1 / 3), (1 / 2, 1 / 3), (5 / 6, 1 / 3))  # places on a path and their weights
CEILING_M = 800.0  # paths bend down from here at the latest


@dataclass(frozen=True)
class Gusts:
    """A wind that changes over kilometres and minutes: waves, for the east and the north component."""

    east_mps: Floats  # (n,) amplitudes
    north_mps: Floats
    along_rad_per_m: Floats
    across_rad_per_m: Floats
    turn_rad_per_s: Floats
    phase_rad: Floats

    def at(self, along_m: Floats, across_m: Floats, time_s: Floats) -> tuple[Floats, Floats]:
        """East and north, m/s, for arrays of one shape."""
        angle = (
            along_m[..., None] * self.along_rad_per_m
            + across_m[..., None] * self.across_rad_per_m
            + time_s[..., None] * self.turn_rad_per_s
            + self.phase_rad
        )
        return (self.east_mps * np.cos(angle)).sum(-1), (self.north_mps * np.sin(angle)).sum(-1)


@dataclass(frozen=True)
class Air:
    """The air. Node arrays hold one value an hour from the world's beginning."""

    temperature_c: Floats  # (h,)
    east_mps: Floats
    north_mps: Floats
    steps: bool
    shear_mps_per_km: float
    veer_deg_per_km: float
    lapse_c_per_km: float
    gradient: Floats  # (2, 2) change of (east, north) by (along, across), 1/s
    gusts: Gusts | None
    path_share: float
    arc_share: float

    def at(self, along_m: Floats, across_m: Floats, time_s: Floats, height_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Temperature (°C), east and north wind (m/s) at places and moments, arrays of one shape."""
        temperature, east, north = (self._hourly(values, time_s) for values in self._nodes())
        east = east + self.gradient[0, 0] * along_m + self.gradient[0, 1] * across_m
        north = north + self.gradient[1, 0] * along_m + self.gradient[1, 1] * across_m
        if self.gusts is not None:
            gust_east, gust_north = self.gusts.at(along_m, across_m, time_s)
            east, north = east + gust_east, north + gust_north
        height_km = height_m / 1000.0
        speed = np.hypot(east, north)
        growth = 1.0 + self.shear_mps_per_km * height_km / np.maximum(speed, 0.1)
        turn = np.radians(self.veer_deg_per_km * height_km)
        east, north = (
            growth * (east * np.cos(turn) + north * np.sin(turn)),
            growth * (north * np.cos(turn) - east * np.sin(turn)),
        )
        return temperature - self.lapse_c_per_km * height_km, east, north

    def along_path(
        self, source: tuple[Floats, Floats], sensor: tuple[Floats, Floats], time_s: Floats, distance_m: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Temperature and wind as a path meets them: at three places of it, at the height it keeps."""
        height = np.minimum(self.arc_share * distance_m, CEILING_M)
        sums = [np.zeros(np.shape(distance_m)) for _ in range(3)]
        places = SAMPLES if self.gusts is not None or np.any(self.gradient) else ((0.5, 1.0),)
        for share, weight in places:
            along = source[0] + share * (sensor[0] - source[0])
            across = source[1] + share * (sensor[1] - source[1])
            for total, value in zip(sums, self.at(along, across, time_s, height), strict=True):
                total += weight * value
        return sums[0], sums[1], sums[2]

    def _nodes(self) -> tuple[Floats, Floats, Floats]:
        return self.temperature_c, self.east_mps, self.north_mps

    def _hourly(self, values: Floats, time_s: Floats) -> Floats:
        hour = np.clip(time_s / HOUR_S, 0.0, values.size - 1.0)
        if self.steps:
            return np.asarray(values[hour.astype(int)], float)
        return np.interp(hour, np.arange(values.size), values)


def make_air(keys: AirKeys, hours: float, chance: np.random.Generator) -> Air:
    """Draw the air of a world."""
    nodes = int(np.ceil(hours)) + 1
    trend = keys.temperature_trend_c_per_h.draw(chance)
    temperature = keys.temperature_c.draw(chance) + trend * np.arange(nodes)
    if keys.wind_steps:
        speed, heading = keys.wind_mps.many(chance, nodes), np.radians(keys.wind_azimuth_deg.many(chance, nodes))
    else:
        speed = np.full(nodes, keys.wind_mps.draw(chance))
        heading = np.full(nodes, np.radians(keys.wind_azimuth_deg.draw(chance)))
    drift = keys.wind_drift_mps.draw(chance) * chance.standard_normal((2, nodes))
    drift = np.zeros((2, nodes)) if keys.wind_steps else np.cumsum(drift, axis=1)
    strength = keys.gradient_mps_per_100km.draw(chance) / 100_000.0
    slope = chance.standard_normal((2, 2))
    return Air(
        temperature_c=np.asarray(temperature, float),
        east_mps=speed * np.sin(heading) + drift[0],
        north_mps=speed * np.cos(heading) + drift[1],
        steps=keys.wind_steps,
        shear_mps_per_km=keys.shear_mps_per_km.draw(chance),
        veer_deg_per_km=keys.veer_deg_per_km.draw(chance),
        lapse_c_per_km=keys.lapse_c_per_km.draw(chance),
        gradient=strength * slope / np.linalg.norm(slope),
        gusts=_gusts(keys, chance),
        path_share=keys.path_share.draw(chance),
        arc_share=keys.arc_share.draw(chance),
    )


def _gusts(keys: AirKeys, chance: np.random.Generator) -> Gusts | None:
    sigma, size_m = keys.gust_mps.draw(chance), keys.gust_km.draw(chance) * 1000.0
    life_s = keys.gust_min.draw(chance) * 60.0
    draws = chance.standard_normal((5, GUSTS))
    phase = 2 * np.pi * chance.random(GUSTS)
    if sigma == 0.0:
        return None
    amplitude = sigma * np.sqrt(2.0 / GUSTS)
    return Gusts(
        east_mps=amplitude * draws[0] / np.sqrt(np.mean(draws[0] ** 2)),
        north_mps=amplitude * draws[1] / np.sqrt(np.mean(draws[1] ** 2)),
        along_rad_per_m=draws[2] / size_m,
        across_rad_per_m=draws[3] / size_m,
        turn_rad_per_s=draws[4] / life_s,
        phase_rad=phase,
    )


@dataclass(frozen=True)
class WeatherTable:
    """The rows of weather.csv, row by row over places and hours; columns as in the file."""

    time_s: Floats
    along_m: Floats
    across_m: Floats
    temperature_c: Floats
    east_mps: Floats
    north_mps: Floats
    temperature_sigma_c: float
    wind_sigma_mps: float


def observed_weather(
    keys: WeatherKeys, air: Air, ground: Ground, hours: float, chance: np.random.Generator
) -> WeatherTable | None:
    """What the weather service says: the truth at each place and hour, wrong by its sigma; None if it is silent."""
    t_sigma, w_sigma = keys.temperature_sigma_c.draw(chance), keys.wind_sigma_mps.draw(chance)
    factor, shared = keys.error_factor.draw(chance), keys.shared_error.draw(chance)
    if keys.places == 0:
        return None
    nodes = int(np.ceil(hours)) + 1
    offsets = (np.arange(keys.places) + 0.5) / keys.places * 2.0 - 1.0
    across = 2000.0 * chance.standard_normal(keys.places) if keys.places > 1 else np.zeros(1)
    place = np.repeat(np.arange(keys.places), nodes)
    time_s = np.tile(np.arange(nodes) * HOUR_S, keys.places)
    along = (offsets * ground.half_m)[place]
    temperature, east, north = air.at(along, across[place], time_s, np.zeros(time_s.size))
    own = chance.standard_normal((3, time_s.size))
    common = chance.standard_normal((3, keys.places))[:, place]
    error = factor * (np.sqrt(1.0 - shared) * own + np.sqrt(shared) * common)
    known = 0.0 if keys.blind else 1.0
    return WeatherTable(
        time_s=time_s,
        along_m=along,
        across_m=across[place],
        temperature_c=temperature + t_sigma * error[0] * known,
        east_mps=known * (east + w_sigma * error[1]) + 0.0,  # no minus zero
        north_mps=known * (north + w_sigma * error[2]) + 0.0,
        temperature_sigma_c=t_sigma,
        wind_sigma_mps=w_sigma,
    )
