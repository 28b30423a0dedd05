"""The wind that carries sound: the mission's weather as columns, turned into the frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.geo.frame import Frame
from truceline.model.ground import WeatherRow
from truceline.model.instant import US_PER_S, Instant
from truceline.sensors.contract import Floats


@dataclass(frozen=True)
class Winds:
    """Weather places in the frame, and per place its hours with (wind x, wind y) in m/s, where the air moves to."""

    x: Floats
    y: Floats
    time_s: tuple[Floats, ...]
    wind_mps: tuple[Floats, ...]  # (hours, 2) a place

    def at(self, x: Floats, y: Floats, time_s: Floats) -> Floats:
        """(n, 2) wind at points and times: nearest place, linear in time, held at the ends; still air if unknown."""
        found = np.zeros((len(x), 2))
        if not len(self.x):
            return found
        place = np.argmin((x[:, None] - self.x) ** 2 + (y[:, None] - self.y) ** 2, axis=1)
        for index in np.unique(place):
            mine = place == index
            for column in range(2):
                found[mine, column] = np.interp(
                    time_s[mine], self.time_s[index], self.wind_mps[index][:, column]
                )  # fmt: skip
        return found


def winds_of(weather: Sequence[WeatherRow], frame: Frame, base_us: Instant) -> Winds:
    """The weather's wind; times in seconds from the base."""
    places = sorted({(row.lon, row.lat) for row in weather})
    if not places:
        return Winds(np.zeros(0), np.zeros(0), (), ())
    lon, lat = np.array(places).T
    x, y = frame.to_xy(lon, lat)
    times, winds = [], []
    for place, north in zip(places, frame.north_rad(lon, lat).tolist(), strict=True):
        rows = sorted((row for row in weather if (row.lon, row.lat) == place), key=lambda row: row.time_us)
        wind = np.array([(row.wind_east_mps, row.wind_north_mps) for row in rows])
        turn = np.array([[np.cos(north), -np.sin(north)], [np.sin(north), np.cos(north)]])
        times.append(np.array([(row.time_us - base_us) / US_PER_S for row in rows]))
        winds.append(np.asarray(wind @ turn))
    return Winds(x, y, tuple(times), tuple(winds))
