"""Who sends on a feed, as the mission knows it, and what a format makes of the bytes that came."""

from dataclasses import dataclass

from truceline.model.instant import Instant
from truceline.model.observation import Observation
from truceline.model.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A source on a feed: the sensor's id in the network, and the sigmas that stand where a message gives none.

    lon, lat: where it stands (WGS84 degrees), for messages that say a direction and a distance.
    """

    sensor: str
    time_sigma_s: float
    position_sigma_m: float = 50.0
    azimuth_sigma_deg: float = 5.0
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a message or file says: its observations, and the faults of what could not be used."""

    observations: tuple[Observation, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A message as it came: when, and the SHA-256 (hex) of its bytes."""

    received_us: Instant
    digest: str
