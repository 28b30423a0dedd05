"""What may be said of ground where nothing is known to have happened, and of ground where something is.

Three statements only: *saw*; *would have seen and did not*; *could not have seen*. "No violation was seen" says
something of ground and time only where one would have been seen.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from truceline.model.instant import Instant
from truceline.sensors.contract import Floats

Said: TypeAlias = Literal["saw", "would_have_seen", "could_not_have_seen"]
WOULD_SEE = 0.9  # probability to be known, from which silence says something
ENOUGH_SHARE = 0.9  # of ground and time that must be seen so well before "no violation was seen" is said of all of it
SURE = 0.95


@dataclass(frozen=True, slots=True)
class Statement:
    """What may be said of one class in one cell (H3) over one span; known: probability that one would be known."""

    class_: str
    cell: str
    from_us: Instant
    until_us: Instant
    said: Said
    known: float
    events: int = 0


def said(known: float, events: int, least: float = WOULD_SEE) -> Said:
    """The one of three statements that holds."""
    if events:
        return "saw"
    return "would_have_seen" if known >= least else "could_not_have_seen"


@dataclass(frozen=True, slots=True)
class Silence:
    """Whether "none was seen" may be said of ground and a time, and how much it says.

    known: probability that one event anywhere there, any time, would have been known; seen_share: of ground and time
    where one would have been seen; most_events: a count that is surpassed with probability under 5 %, had there been
    so many, none of them being known (None: no count can be given).
    """

    class_: str
    may_be_said: bool
    known: float
    seen_share: float
    most_events: int | None
    words: str


def none_seen(class_: str, known: Floats, measure: Floats, events: int = 0, least: float = WOULD_SEE) -> Silence:
    """What silence says: known (spans, cells); measure: area, or area times length, (cells,) or (spans, cells)."""
    weight = np.broadcast_to(measure, known.shape)
    total = float(weight.sum())
    mean = float((known * weight).sum()) / total if total else 0.0
    share = float(weight[known >= least].sum()) / total if total else 0.0
    may = not events and share >= ENOUGH_SHARE
    most = None if mean < 0.01 else int(np.ceil(np.log(1 - SURE) / np.log1p(-min(mean, 0.9999)))) - 1
    return Silence(class_, may, mean, share, most, _words(class_, events, may, mean, share, most, least))


def _words(class_: str, events: int, may: bool, mean: float, share: float, most: int | None, least: float) -> str:
    if events:
        return f"{events} of class {class_} seen."
    if may:
        return (
            f"None of class {class_} was seen, and one would have been with probability {mean:.2f}: "
            f"{most or 0} or more would hardly have gone unseen."
        )
    told = f"at most {most} may have gone unseen" if most is not None else "any number may have gone unseen"
    return (
        f'"No violation was seen" is not said of class {class_}: one would have been seen with probability '
        f"{least:.2f} in {share:.0%} of the ground and time only; {told}."
    )


def spans_between(from_us: Instant, until_us: Instant, step_us: Instant) -> tuple[tuple[Instant, Instant], ...]:
    """Spans of equal length that fill a time, the last one cut."""
    return tuple((start, min(start + step_us, until_us)) for start in range(from_us, until_us, step_us))
