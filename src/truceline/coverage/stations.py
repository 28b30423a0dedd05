"""The network as columns: every sensor that one of the kinds of sensing understands, in frame metres."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.geo.frame import Frame
from truceline.model.network import Network, Sensor
from truceline.model.observation import WAVES, Arrival, Bearing, Observation, Report
from truceline.sensors.contract import Floats, Sensing

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Stations:
    """One row a station, a sensor sensing one way. x, y: frame metres.

    sensing, provider, kind: places in `sensings`, `providers`, `kinds`. time_sigma_s, azimuth_sigma_rad: as stated
    (NaN: no direction).
    """

    sensor: tuple[str, ...]
    sensing: Ints
    provider: Ints
    kind: Ints
    x: Floats
    y: Floats
    time_sigma_s: Floats
    azimuth_sigma_rad: Floats
    sensings: tuple[Sensing, ...]
    providers: tuple[str, ...]
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.sensor)

    @property
    def reach_m(self) -> Floats:
        """(stations,) from farther nothing of interest is caught."""
        return np.array([sensing.reach_m for sensing in self.sensings])[self.sensing]

    @property
    def directed(self) -> Bools:
        """(stations,) whether a station gives a direction."""
        return np.asarray(np.isfinite(self.azimuth_sigma_rad))


def stations_of(network: Network, frame: Frame, sensings: Sequence[Sensing]) -> Stations:
    """The stations of a network, in order of sensor; sensors of kinds that no sensing understands are left out."""
    rows = [
        (sensor, number)
        for sensor in network.sensors
        for number, sensing in enumerate(sensings)
        if sensor.kind in sensing.sensor_kinds
    ]
    x, y = frame.to_xy([sensor.lon for sensor, _ in rows], [sensor.lat for sensor, _ in rows])
    kinds = tuple(sorted({sensor.kind for sensor, _ in rows}))
    return Stations(
        sensor=tuple(sensor.id for sensor, _ in rows),
        sensing=np.array([number for _, number in rows], np.int64),
        provider=np.array([network.providers.index(sensor.provider) for sensor, _ in rows], np.int64),
        kind=np.array([kinds.index(sensor.kind) for sensor, _ in rows], np.int64),
        x=x,
        y=y,
        time_sigma_s=np.array([sensor.time_sigma_s for sensor, _ in rows]),
        azimuth_sigma_rad=np.radians([_direction_sigma_deg(sensor) for sensor, _ in rows]),
        sensings=tuple(sensings),
        providers=network.providers,
        kinds=kinds,
    )


def _direction_sigma_deg(sensor: Sensor) -> float:
    return float("nan") if sensor.azimuth_sigma_deg is None else sensor.azimuth_sigma_deg


def unwatched(network: Network, sensings: Sequence[Sensing]) -> tuple[str, ...]:
    """Kinds of sensors of which nothing can be said here, because no kind of sensing understands them."""
    known = frozenset(kind for sensing in sensings for kind in sensing.sensor_kinds)
    return tuple(sorted({sensor.kind for sensor in network.sensors} - known))


def catches(seen: Observation, sensing: Sensing) -> bool:
    """Whether an observation of one of its sensors is a catch by this kind of sensing."""
    if isinstance(seen, Arrival):
        return seen.wave == sensing.name
    return isinstance(seen, Bearing | Report) and sensing.name not in WAVES
