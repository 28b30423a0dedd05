"""Consultation on a finding or a pattern: who was informed, who holds what, what was decided, and why.

The obligation stays political. A clock is started by a named person and only counts; what follows is decided by States
and written down here. Nothing here, and nothing that reads this, can make anything happen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from truceline.model.instant import US_PER_HOUR, Instant

WITHOUT_PREJUDICE = "Without prejudice to the final judgment of States."

Measure: TypeAlias = Literal["military", "logistical", "economic", "diplomatic"]
MEASURES: tuple[Measure, ...] = ("military", "logistical", "economic", "diplomatic")
POSITIONS = ("supports", "opposes", "abstains", "reserves", "asks_time")
STEPS = ("not_needed", "submitted", "debated", "approved", "rejected")
CLOCK_HOURS = (24, 72)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock that a person started: on what, and why from then. Which event starts it may itself be contested."""

    hours: int
    started_us: Instant
    started_by: str
    basis: str

    @property
    def ends_us(self) -> Instant:
        return self.started_us + self.hours * US_PER_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Informed:
    """A nation or body was told."""

    nation: str
    at_us: Instant
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A position of a nation, with its reservations in its own words."""

    nation: str
    at_us: Instant
    position: str
    reservation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A parliamentary step of a nation."""

    nation: str
    at_us: Instant
    step: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """A measure that somebody laid before the others. To consider is not to decide."""

    kind: Measure
    words: str
    by: str
    at_us: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided, by whom, and why. `nothing`: that no measure follows is a decision too."""

    at_us: Instant
    by: tuple[str, ...]
    words: str
    reasons: str
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """One consultation. about: ids of findings, or a pattern in words. Entries stand in order of time."""

    id: str
    about: tuple[str, ...]
    pattern: str
    opened_us: Instant
    opened_by: str
    clocks: tuple[Clock, ...] = ()
    informed: tuple[Informed, ...] = ()
    positions: tuple[Held, ...] = ()
    parliaments: tuple[Step, ...] = ()
    considered: tuple[Considered, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock at an instant. left_us: until it runs out, negative after; decided_us: when the first decision fell."""

    clock: Clock
    left_us: int
    decided_us: Instant | None

    @property
    def state(self) -> str:
        if self.decided_us is not None:
            return "decided_in_time" if self.decided_us <= self.clock.ends_us else "decided_late"
        return "running" if self.left_us > 0 else "run_out"


@dataclass(frozen=True, slots=True)
class State:
    """Where a consultation stands at an instant."""

    clocks: tuple[ClockState, ...]
    informed: tuple[str, ...]
    not_informed: tuple[str, ...]
    positions: tuple[tuple[str, str], ...]  # (nation, its last position)
    silent: tuple[str, ...]  # informed, and without a position
    parliaments: tuple[tuple[str, str], ...]  # (nation, its last step)
    decided: Decision | None


def state_at(one: Consultation, nations: Sequence[str], when: Instant) -> State:
    """Where a consultation stands at an instant, among these nations. What came later is not known yet."""
    told = {entry.nation for entry in one.informed if entry.at_us <= when}
    held = {entry.nation: entry.position for entry in one.positions if entry.at_us <= when}
    steps = {entry.nation: entry.step for entry in one.parliaments if entry.at_us <= when}
    decisions = [entry for entry in one.decisions if entry.at_us <= when]
    first = decisions[0].at_us if decisions else None
    return State(
        clocks=tuple(
            ClockState(clock, clock.ends_us - when, first) for clock in one.clocks if clock.started_us <= when
        ),
        informed=tuple(nation for nation in nations if nation in told),
        not_informed=tuple(nation for nation in nations if nation not in told),
        positions=tuple(sorted(held.items())),
        silent=tuple(nation for nation in nations if nation in told and nation not in held),
        parliaments=tuple(sorted(steps.items())),
        decided=decisions[-1] if decisions else None,
    )
