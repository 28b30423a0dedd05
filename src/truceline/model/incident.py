"""Events that belong to one act or exchange."""

from dataclasses import dataclass

from truceline.model.instant import Instant


@dataclass(frozen=True, slots=True)
class Follows:
    """How probably an act's impacts were fired from the origins of another act (by its place in the incident)."""

    act: int
    probability: float


@dataclass(frozen=True, slots=True)
class Act:
    """Events of one incident that share one actor, whoever that is.

    origins: events at whose place the actor was (launches, bursts); arrivals: events that his fire caused
    elsewhere (impacts). An act of arrivals alone has no origin: what it may follow from is in `follows`.
    """

    origins: tuple[str, ...]  # event ids, in order of time
    arrivals: tuple[str, ...]
    linked: float = 1.0  # probability that the arrivals were fired from the origins
    speed_mps: float | None = None  # mean speed over ground of what was fired, where its arrivals tell
    slow: float | None = None  # probability that it flew as slowly as a mortar's rounds, likewise
    follows: tuple[Follows, ...] = ()

    @property
    def events(self) -> tuple[str, ...]:
        return self.origins + self.arrivals


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Events close in place and time that belong to one act or one exchange."""

    id: str
    from_us: Instant
    until_us: Instant
    events: tuple[str, ...]  # ids, in order of time
    counts: tuple[tuple[str, int], ...]  # by class
    acts: tuple[Act, ...]
