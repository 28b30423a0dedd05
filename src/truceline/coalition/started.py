"""The clocks that people started, from what was decided: a clock counts, and nothing follows by itself."""

from collections.abc import Sequence

from truceline.coalition.consultation import Clock
from truceline.findings.decision import ClockStarted, Decision


def clocks_of(decisions: Sequence[Decision]) -> dict[str, tuple[Clock, ...]]:
    """The clocks by finding, in the order in which they were started."""
    found: dict[str, tuple[Clock, ...]] = {}
    for one in decisions:
        if isinstance(one.said, ClockStarted):
            clock = Clock(
                hours=one.said.hours, started_us=one.at_us, started_by=one.said.person, basis=one.said.basis
            )  # fmt: skip
            found[one.said.finding] = (*found.get(one.said.finding, ()), clock)
    return found
