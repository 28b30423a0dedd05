"""What is given about the ground and the air: who holds which ground, by which mapper, and the weather."""

from dataclasses import dataclass
from typing import TypeAlias

from truceline.model.instant import Instant

Ring: TypeAlias = tuple[tuple[float, float], ...]  # closed, (lon, lat) degrees
Polygon: TypeAlias = tuple[Ring, ...]  # outer ring, then holes


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldGround:
    """Ground that a mapper says a party holds, from–until (from included, until excluded)."""

    party: str
    polygons: tuple[Polygon, ...]
    from_us: Instant
    sigma_m: float
    until_us: Instant | None = None

    def holds_at(self, when: Instant) -> bool:
        """Whether the mapper says that this ground was held so at an instant."""
        return self.from_us <= when and (self.until_us is None or when < self.until_us)


@dataclass(frozen=True, slots=True)
class ControlMap:
    """One mapper's view. Ground in no area, or in areas of two parties, is unknown on this map."""

    mapper: str
    areas: tuple[HeldGround, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherRow:
    """The air at a place and hour. Wind is where the air moves *to*; errors are shared by all paths of the hour."""

    time_us: Instant
    lon: float
    lat: float
    temperature_c: float
    wind_east_mps: float
    wind_north_mps: float
    temperature_sigma_c: float
    wind_sigma_mps: float
