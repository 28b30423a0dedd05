"""What would change a finding: observations that nobody has made yet, and what they would do. For the mission alone."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from truceline.model.instant import Instant

Means: TypeAlias = Literal["records", "survey", "craters"]
NOBODY = "undetermined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """One further observation that could move a finding over its threshold, the cheapest means first in order.

    moves: whom the finding would name then, or `undetermined`, and with what probability each; what it says now is
    among them. names: of the providers who can bring it; until_us: when it can no longer be had, by rule; None: it does
    not perish.
    """

    finding: str
    means: Means
    names: tuple[str, ...]
    moves: tuple[tuple[str, float], ...]
    change: float  # probability that the finding would say something else
    until_us: Instant | None
    words: str
