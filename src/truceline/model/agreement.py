"""The agreement as data: who is bound to what, where and when. What a kind of provision means is in `terms`."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from truceline.model.ground import Polygon
from truceline.model.instant import Instant

Robustness: TypeAlias = Literal["R0", "R1", "R2"]
ROBUSTNESS: tuple[Robustness, ...] = ("R0", "R1", "R2")
DEFAULT_THRESHOLD = 0.95
DEFAULT_ROBUSTNESS: Robustness = "R1"


@dataclass(frozen=True, slots=True)
class Area:
    """A named line, zone or point of the agreement. Exactly one of `line`, `polygons`, `point` is given.

    `sigma_m`: how far the edge as a whole may be off. `radius_m`: of a point. `kind`: what it is (settlement, school,
    hospital, storage, …). `names`: (language, name) as the annex spells it.
    """

    id: str
    polygons: tuple[Polygon, ...] = ()
    line: tuple[tuple[float, float], ...] = ()
    point: tuple[float, float] | None = None
    radius_m: float = 0.0
    sigma_m: float = 0.0
    kind: str = ""
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Time in which the agreement does not bind (a party, in an area; empty: all, everywhere)."""

    from_us: Instant
    until_us: Instant | None = None
    party: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One rule of the agreement. `rule` is the frozen record of the provision's own kind."""

    id: str
    article: str
    text: str
    kind: str
    binds: tuple[str, ...]
    rule: object
    area: str | None = None
    from_us: Instant | None = None
    until_us: Instant | None = None
    attribution_threshold: float = DEFAULT_THRESHOLD
    attribution_robustness: Robustness = DEFAULT_ROBUSTNESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the parties signed."""

    id: str
    title: str
    parties: tuple[str, ...]
    in_force_from_us: Instant
    in_force_until_us: Instant | None = None
    areas: tuple[Area, ...] = ()
    provisions: tuple[Provision, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    mandate: tuple[tuple[str, bool], ...] = field(default=())

    def may(self, act: str) -> bool:
        """Whether the mandate lets the mission do this; silence of the text allows it."""
        return dict(self.mandate).get(act, True)


MANDATE_ACTS: tuple[str, ...] = ("observe", "verify", "attribute", "name", "publish", "warn_civilians")
