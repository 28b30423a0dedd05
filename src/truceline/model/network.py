"""Who watches from where: the sensors of a mission, as their makers and providers state them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from truceline.model.instant import Instant
from truceline.model.observation import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One source. Position in WGS84 degrees; a stated sigma is a claim, not a promise."""

    id: str
    kind: str
    provider: str
    lon: float
    lat: float
    time_sigma_s: float
    height_m: float | None = None
    azimuth_sigma_deg: float | None = None
    position_sigma_m: float | None = None
    from_us: Instant | None = None
    until_us: Instant | None = None
    vendor: str | None = None
    path: str | None = None  # communications path
    time_source: str | None = None  # gnss, holdover, network
    host: str | None = None  # the party that holds its ground
    supplied_by: str | None = None  # a party
    accepted_us: Instant | None = None

    def serves_at(self, instant: Instant) -> bool:
        """Whether the sensor is in service at an instant (from included, until excluded)."""
        started = self.from_us is None or instant >= self.from_us
        return started and (self.until_us is None or instant < self.until_us)


@dataclass(frozen=True)
class Network:
    """All sensors, in order of id."""

    sensors: tuple[Sensor, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Sensor]:
        return {sensor.id: sensor for sensor in self.sensors}

    @cached_property
    def providers(self) -> tuple[str, ...]:
        return tuple(sorted({sensor.provider for sensor in self.sensors}))

    def place_of(self, seen: Observation) -> tuple[float, float]:
        """(lon, lat) from which something was observed: where it says that it was, or where its sensor stands."""
        sensor = self.by_id[seen.sensor]
        return seen.at or (sensor.lon, sensor.lat)

    def run_by(self, providers: frozenset[str]) -> frozenset[str]:
        """Ids of the sensors of these providers."""
        return frozenset(sensor.id for sensor in self.sensors if sensor.provider in providers)
