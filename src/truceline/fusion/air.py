"""The air over the mission: the forecast, and its error as a latent field that all paths of an epoch share.

A forecast that is wrong by 3 m/s shifts every arrival of the hour alike. Treated as independent noise of
each path it makes regions too small and places wrong; estimated jointly from all events of the epoch it is
mostly removed, and what remains of its uncertainty is carried into every region.

Latent of one epoch: (speed, wind_x, wind_y, stretch_cos, stretch_sin) at mid-epoch in m/s, then the change of
the first three over the epoch. "Stretch" is an even error of the speed along the path's direction: shear,
terrain, and what straight rays leave out.

Gusts and regional gradients are left to parcels: ground of ten kilometres for ten minutes, each with an air of
its own, how different from the epoch's is learnt from all of them together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.fusion.columns import Ints
from truceline.geo.frame import Frame
from truceline.model.ground import WeatherRow
from truceline.model.instant import US_PER_S, Instant
from truceline.sensors.contract import Floats, Paths
from truceline.sensors.medium import sound_speed, sound_speed_rate

SIZE = 8  # latent numbers of one epoch
PARCEL_SIZE = 5  # latent numbers of one parcel: the first five
PARCEL_M, PARCEL_S = 7_000.0, 450.0
PARCEL_SHAPE = np.array([0.4, 1.0, 1.0, 0.3, 0.3])  # sigmas of a parcel's numbers, as shares of its wind's
CALM_MPS = 0.05  # how much parcels differ where nothing speaks for gusts
STRETCH_SIGMA_MPS = 0.4
UNKNOWN_TEMPERATURE_C, UNKNOWN_TEMPERATURE_SIGMA_C, UNKNOWN_WIND_SIGMA_MPS = 12.0, 10.0, 6.0
LEAST_SIGMA_MPS = 0.05


@dataclass(frozen=True)
class Forecast:
    """The weather file as columns: places in the frame, and per place hours with their rows."""

    base_us: Instant
    x: Floats
    y: Floats
    time_s: tuple[Floats, ...]
    rows: tuple[Floats, ...]  # per place (hours, 5): temperature, wind x, wind y, temperature sigma, wind sigma

    def at(self, x: Floats, y: Floats, time_s: Floats) -> Floats:
        """(n, 5) forecast at points and times: nearest place, linear in time, held at the ends."""
        if len(self.x) == 1:
            return _between(time_s, self.time_s[0], self.rows[0])
        place = np.argmin((x[:, None] - self.x) ** 2 + (y[:, None] - self.y) ** 2, axis=1)
        found = np.empty((len(x), 5))
        for index in np.unique(place):
            chosen = np.flatnonzero(place == index)
            found[chosen] = _between(time_s[chosen], self.time_s[index], self.rows[index])
        return found


def _between(time_s: Floats, hours_s: Floats, rows: Floats) -> Floats:
    """(n, columns) rows (hours, columns) at times, linear between their hours, held at the ends."""
    at = np.searchsorted(hours_s, time_s, side="right") - 1
    before = np.maximum(at, 0)
    span = np.diff(hours_s, append=hours_s[-1:])  # none after the last
    slope = np.diff(rows, axis=0, append=rows[-1:]) / np.where(span > 0, span, 1.0)[:, None]
    since = np.where((at >= 0) & (span > 0)[before], time_s - hours_s[before], 0.0)
    return np.asarray(slope[before] * since[:, None] + rows[before])


def forecast_of(weather: Sequence[WeatherRow], frame: Frame, base_us: Instant) -> Forecast:
    """The weather rows as columns; a broad guess where the mission has no weather."""
    if not weather:
        guess = [UNKNOWN_TEMPERATURE_C, 0.0, 0.0, UNKNOWN_TEMPERATURE_SIGMA_C, UNKNOWN_WIND_SIGMA_MPS]
        return Forecast(base_us, np.zeros(1), np.zeros(1), (np.zeros(1),), (np.array([guess]),))
    places = sorted({(row.lon, row.lat) for row in weather})
    x, y = frame.to_xy([lon for lon, _ in places], [lat for _, lat in places])
    north = frame.north_rad([lon for lon, _ in places], [lat for _, lat in places])
    times, tables = [], []
    for (lon, lat), angle in zip(places, north, strict=True):
        rows = sorted((row for row in weather if (row.lon, row.lat) == (lon, lat)), key=lambda row: row.time_us)
        wind = np.array([[row.wind_east_mps, row.wind_north_mps] for row in rows])
        turned = np.c_[
            wind[:, 0] * np.cos(angle) + wind[:, 1] * np.sin(angle),
            -wind[:, 0] * np.sin(angle) + wind[:, 1] * np.cos(angle),
        ]
        others = np.array([[row.temperature_c, row.temperature_sigma_c, row.wind_sigma_mps] for row in rows])
        times.append(np.array([(row.time_us - base_us) / US_PER_S for row in rows]))
        tables.append(np.c_[others[:, :1], turned, others[:, 1:]])
    return Forecast(base_us, x, y, tuple(times), tuple(tables))


@dataclass(frozen=True)
class Air:
    """The forecast corrected over one epoch [start_s, end_s). mean (SIZE,), covariance (SIZE, SIZE).

    parcels: sorted keys of the parcels that were heard through, parcel_mean (parcels, PARCEL_SIZE) how their air
    differs from the epoch's, gust_mps by how much parcels differ (one sigma of wind).
    """

    forecast: Forecast
    start_s: float
    end_s: float
    mean: Floats
    covariance: Floats
    parcels: Ints
    parcel_mean: Floats
    gust_mps: float = CALM_MPS

    def paths(self, x: Floats, y: Floats, time_s: Floats, to_x: Floats, to_y: Floats, source: Ints) -> Paths:
        """Paths from sources (x, y, time_s; (n,)) to points (m,); `source` (m,) says whose path each is."""
        own = self.parcel_air(x, y, time_s)
        state = (self._still(x, y, time_s) + own[:, :3]).T
        sound, wind_x, wind_y = (column[source] for column in state)
        dx, dy = to_x - x[source], to_y - y[source]
        distance = np.maximum(np.hypot(dx, dy), 1e-3)
        ux, uy = dx / distance, dy / distance
        stretch_cos, stretch_sin = (column[source] for column in (self.mean[3:5] + own[:, 3:5]).T)
        even = stretch_cos * (ux * ux - uy * uy) + stretch_sin * (2 * ux * uy)
        return Paths(distance, ux, uy, sound, wind_x, wind_y, even)

    def state(self, x: Floats, y: Floats, time_s: Floats) -> Floats:
        """(n, 3) speed of sound, wind x, wind y at points and times, corrected."""
        return np.asarray(self._still(x, y, time_s) + self.parcel_air(x, y, time_s)[:, :3])

    def _still(self, x: Floats, y: Floats, time_s: Floats) -> Floats:
        """(n, 3) the epoch's corrected air, without what is a parcel's own."""
        given = self.forecast.at(x, y, time_s)
        still = given[:, :3]
        still[:, 0] = sound_speed(given[:, 0])
        still += self.mean[:3] + self.phase(time_s)[:, None] * self.mean[5:8]
        return still

    def parcel_of(self, x: Floats, y: Floats, time_s: Floats) -> Ints:
        """(n,) keys of the parcels that points and times fall into."""
        column, row = np.floor(x / PARCEL_M).astype(np.int64), np.floor(y / PARCEL_M).astype(np.int64)
        slot = np.clip(np.floor((time_s - self.start_s) / PARCEL_S), -8, 55).astype(np.int64)
        return np.asarray(((column + 100_000) * 200_000 + row + 100_000) * 64 + slot + 8)

    def parcel_air(self, x: Floats, y: Floats, time_s: Floats) -> Floats:
        """(n, PARCEL_SIZE) how the air of each point's parcel differs; zero where nothing was heard through it."""
        if not len(self.parcels):
            return np.zeros((len(x), PARCEL_SIZE))
        key = self.parcel_of(x, y, time_s)
        at = np.minimum(np.searchsorted(self.parcels, key), len(self.parcels) - 1)
        return np.asarray(np.where((self.parcels[at] == key)[:, None], self.parcel_mean[at], 0.0))

    def phase(self, time_s: Floats) -> Floats:
        """Where in the epoch, −0.5 at its start to 0.5 at its end, held beyond."""
        return np.clip((time_s - self.start_s) / (self.end_s - self.start_s) - 0.5, -0.5, 0.5)

    def basis(self, ux: Floats, uy: Floats, phase: Floats) -> Floats:
        """(m, SIZE) change of the effective speed along paths of these directions by each latent number; phase (m,)."""
        one = np.ones_like(ux)
        return np.stack([one, ux, uy, ux * ux - uy * uy, 2 * ux * uy, phase, phase * ux, phase * uy], axis=-1)


def air_prior(forecast: Forecast, start_s: float, end_s: float) -> Air:
    """The air of an epoch before anything was heard: the forecast, wrong by about its own sigma.

    The rows of the forecast are wrong independently, so the error may also change over the epoch.
    """
    middle = np.array([(start_s + end_s) / 2])
    given = forecast.at(forecast.x[:1], forecast.y[:1], middle)[0]
    speed_sigma = max(LEAST_SIGMA_MPS, float(given[3] * sound_speed_rate(given[:1])[0]))
    wind_sigma = max(LEAST_SIGMA_MPS, float(given[4]))
    sigma = np.array([speed_sigma, wind_sigma, wind_sigma, STRETCH_SIGMA_MPS, STRETCH_SIGMA_MPS])
    sigma = np.r_[sigma, np.sqrt(2) * sigma[:3]]
    none = np.zeros((0, PARCEL_SIZE))
    return Air(forecast, start_s, end_s, np.zeros(SIZE), np.diag(sigma**2), np.zeros(0, np.int64), none)
