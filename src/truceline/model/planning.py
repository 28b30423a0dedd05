"""What a planner asks: where to put sensors, of whom, at what cost, and where patrols should listen."""

from dataclasses import dataclass

from truceline.model.ground import Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOffered:
    """A kind of sensor and what one costs, all included, in the mission's own unit of account."""

    kind: str
    cost: float
    time_sigma_s: float = 0.02
    azimuth_sigma_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NationOffer:
    """What a nation could put up: at most so many of each kind, within a budget of its own."""

    provider: str
    kinds: tuple[tuple[str, int], ...]
    budget: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """Where sensors may stand: every `spacing_m` in a strip beside the line, on one party's ground, off forbidden
    ground. from_line_m: least and most distance from the line."""

    spacing_m: float = 2_000.0
    from_line_m: tuple[float, float] = (2_000.0, 12_000.0)
    ground: str | None = None  # the party that must hold it
    forbidden: tuple[str, ...] = ()  # ids of the agreement's areas
    forbidden_ground: tuple[Polygon, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatrolOffer:
    """A patrol: where it starts and ends, how fast it goes, how long, and how far its people hear where it stops."""

    provider: str
    base: tuple[float, float]
    speed_kmh: float
    hours: float
    stop_min: float
    hears_m: float
    share: float = 0.4  # of what they hear that they report


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """One question to the planner.

    classes: weights, any sum; risk_share: of the weight that lies where fire was known to be (0: every metre alike).
    """

    name: str
    line: str  # id of a line of the agreement
    classes: tuple[tuple[str, float], ...]
    providers_wanted: int = 2
    spacing_m: float = 1_000.0
    risk_share: float = 0.0
    budget: float | None = None
    count: int | None = None
    kinds: tuple[KindOffered, ...] = ()
    nations: tuple[NationOffer, ...] = ()
    sites: SiteRules = SiteRules()
    patrols: tuple[PatrolOffer, ...] = ()
