"""Observations as columns: channels (a sensor sensing one way) and picks (what a channel reported when)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from truceline.geo.frame import Frame
from truceline.model.instant import US_PER_S, Instant
from truceline.model.network import Network
from truceline.model.observation import Arrival, Bearing, Observation
from truceline.sensors.contract import Floats, Sensing

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

OPTICAL = "optical"
LEAST_TIME_S, LEAST_AZIMUTH_RAD = 1e-3, float(np.radians(0.1))  # sigmas, whatever is claimed


@dataclass(frozen=True)
class Channels:
    """One row a channel. x, y in frame metres; north_rad: true north in the frame, clockwise from +y."""

    sensor: tuple[str, ...]
    sensing: Ints  # index into `sensings`
    provider: Ints  # index into `providers`
    kind: Ints  # index into `kinds`: detection is learnt per kind of sensor
    x: Floats
    y: Floats
    north_rad: Floats
    sensings: tuple[Sensing, ...]
    providers: tuple[str, ...]
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.sensor)

    def of(self, name: str) -> Bools:
        """Which channels sense in the way of this name."""
        wanted = [index for index, sensing in enumerate(self.sensings) if sensing.name == name]
        return np.isin(self.sensing, wanted)


@dataclass(frozen=True)
class Picks:
    """One row a pick, in order of (channel, time, id).

    time_s is relative to `base_us` and by the sensor's clock, corrected where a clock is known to be wrong;
    azimuth_rad is in the frame, clockwise from +y, NaN where none was measured.
    """

    base_us: Instant
    channel: Ints
    time_s: Floats
    sigma_s: Floats
    azimuth_rad: Floats
    azimuth_sigma_rad: Floats
    observation: Ints  # index into the observations the columns were made of

    def __len__(self) -> int:
        return len(self.channel)

    def take(self, rows: Ints | Bools) -> "Picks":
        """Some of the picks, in the same order."""
        return Picks(
            self.base_us,
            self.channel[rows],
            self.time_s[rows],
            self.sigma_s[rows],
            self.azimuth_rad[rows],
            self.azimuth_sigma_rad[rows],
            self.observation[rows],
        )

    def shifted(self, offset_s: Floats) -> "Picks":
        """The picks with each channel's clock offset (channels,) taken off, in order again."""
        moved = replace(self, time_s=self.time_s - offset_s[self.channel])
        return moved.take(np.lexsort((moved.observation, moved.time_s, moved.channel)))

    def turned(self, offset_rad: Floats) -> "Picks":
        """The picks with each channel's turn of azimuth (channels,) taken off."""
        return replace(self, azimuth_rad=self.azimuth_rad - offset_rad[self.channel])


def channels_of(network: Network, frame: Frame, sensings: Sequence[Sensing]) -> Channels:
    """The channels of all sensors of the network that one of the sensings understands."""
    rows = [
        (sensor, index)
        for sensor in network.sensors
        for index, sensing in enumerate(sensings)
        if sensor.kind in sensing.sensor_kinds
    ]
    lon = np.array([sensor.lon for sensor, _ in rows])
    lat = np.array([sensor.lat for sensor, _ in rows])
    x, y = frame.to_xy(lon, lat)
    kinds = tuple(sorted({sensor.kind for sensor, _ in rows}))
    return Channels(
        sensor=tuple(sensor.id for sensor, _ in rows),
        sensing=np.array([index for _, index in rows], np.int64),
        provider=np.array([network.providers.index(sensor.provider) for sensor, _ in rows], np.int64),
        kind=np.array([kinds.index(sensor.kind) for sensor, _ in rows], np.int64),
        x=x,
        y=y,
        north_rad=frame.north_rad(lon, lat),
        sensings=tuple(sensings),
        providers=network.providers,
        kinds=kinds,
    )


def picks_of(observations: Sequence[Observation], channels: Channels, base_us: Instant) -> Picks:
    """The arrivals and bearings among the observations that belong to a channel.

    The least sigma of time is a millisecond, of azimuth a tenth of a degree: a claim of less would let one sensor
    outvote all others.
    """
    row_of = {
        (sensor, channels.sensings[sensing].name): row
        for row, (sensor, sensing) in enumerate(zip(channels.sensor, channels.sensing, strict=True))
    }
    rows: list[tuple[int, float, str, float, float, float, int]] = []
    for index, seen in enumerate(observations):
        if isinstance(seen, Arrival):
            row = row_of.get((seen.sensor, seen.wave))
        elif isinstance(seen, Bearing):
            row = row_of.get((seen.sensor, OPTICAL))
        else:
            continue
        if row is None:
            continue
        azimuth = np.nan if seen.azimuth_deg is None else np.radians(seen.azimuth_deg) + channels.north_rad[row]
        sigma = np.nan if seen.azimuth_sigma_deg is None else max(np.radians(seen.azimuth_sigma_deg), LEAST_AZIMUTH_RAD)
        time_s = (seen.time_us - base_us) / US_PER_S
        rows.append((row, time_s, seen.id, max(seen.time_sigma_s, LEAST_TIME_S), azimuth, sigma, index))
    rows.sort(key=lambda row: row[:3])
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    return Picks(
        base_us,
        channel=np.array(columns[0], np.int64),
        time_s=np.array(columns[1], float),
        sigma_s=np.array(columns[3], float),
        azimuth_rad=np.array(columns[4], float),
        azimuth_sigma_rad=np.array(columns[5], float),
        observation=np.array(columns[6], np.int64),
    )
