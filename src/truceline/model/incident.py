"""Events that belong to one act or exchange."""

from dataclasses import dataclass

from truceline.model.instant import Instant


@dataclass(frozen=True, slots=True)
class Act:
    """What one actor did within an incident: events that share one actor, whoever that is."""

    events: tuple[str, ...]  # ids, in order of time
    kind: str  # fire (launches, bursts), impacts (no launch heard), other


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Events close in place and time that belong to one act or exchange."""

    id: str
    from_us: Instant
    until_us: Instant
    events: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    acts: tuple[Act, ...]
