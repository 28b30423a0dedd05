"""What a mission knows beforehand: blasts that it surveyed itself, and how its findings look beside them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from truceline.model.finding import FIELD_ENOUGH
from truceline.model.instant import Instant

MISSION = "mission"  # who set a blast off: the mission itself

Said: TypeAlias = Literal["right", "wrong", "nobody", "missed"]  # whom a finding names for a known blast


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A blast whose time, place and author the mission knows. It is kept from the engine until all is found.

    party: who set it off, a party or `mission`; sigma_m, sigma_s: how well it was surveyed, each axis.
    """

    id: str
    time_us: Instant
    lon: float
    lat: float
    class_: str
    party: str
    sigma_m: float
    sigma_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What was said of a known blast. off_m: how far from it the event was placed; inside90: whether the event's 90 %
    region holds it; probability: of its class, as the event's labels say."""

    known: Known
    said: Said
    event: str | None = None
    finding: str | None = None
    named: str | None = None
    off_m: float | None = None
    inside90: bool | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class FieldScore:
    """A running score over a mission's own blasts. It stands beside the simulated one and is never merged with it.

    borne_out: whether what is stated of wrong names and of 90 % regions may be true, by these counts.
    """

    scored: int
    found: int
    inside90: int
    named: int
    wrong: int
    borne_out: bool

    @property
    def leant_on(self) -> bool:
        """Whether there are enough, and they bear out what is stated."""
        return self.scored >= FIELD_ENOUGH and self.borne_out
