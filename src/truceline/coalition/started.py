"""The clocks that people started, from what was decided: by whom, with which mandate, on which reviewed finding.

A clock counts, and nothing follows by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from truceline.coalition.consultation import Clock
from truceline.findings.decision import AccountGiven, Answered, ClockStarted, Decision, Triaged
from truceline.findings.review.case import Case, take

MANDATED = "director"  # the role that a clock's starter holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A clock as the log has it. party: whom the reviewers hold to have done it; decision, mandate, reviewed: numbers
    of the decisions that started it, that gave its starter the role (None: a seat of an exercise, given by a link),
    and in which the reviewers answered."""

    clock: Clock
    finding: str
    party: str | None
    account: str
    nation: str
    decision: int
    mandate: int | None
    reviewed: tuple[int, ...]

    @property
    def rests_on(self) -> tuple[int, ...]:
        """The numbers of all decisions that are needed to see that it was started rightly, in order."""
        given = () if self.mandate is None else (self.mandate,)
        return tuple(sorted({*given, *self.reviewed, self.decision}))


def started_of(decisions: Iterable[Decision]) -> tuple[Started, ...]:
    """The clocks, in the order in which they were started. decisions: all, or at least those about accounts and about
    the findings that are asked for; in order."""
    cases: dict[str, Case] = {}
    mandates: dict[str, int] = {}
    found = []
    for one in decisions:
        said = one.said
        if isinstance(said, AccountGiven):
            if said.active and MANDATED in said.roles:
                mandates[said.account] = one.number
            else:
                mandates.pop(said.account, None)
        elif isinstance(said, ClockStarted):
            found.append(_started(cases.get(said.finding), one, said, mandates.get(one.by)))
        take(cases, one)
    return tuple(found)


def _started(case: Case | None, one: Decision, said: ClockStarted, mandate: int | None) -> Started:
    answers: list[int] = []
    for step in case.steps if case is not None else ():
        if isinstance(step.said, Triaged):
            answers = []  # the finding began anew
        elif isinstance(step.said, Answered):
            answers.append(step.number)
    return Started(
        clock=Clock(hours=said.hours, started_us=one.at_us, started_by=said.person, basis=said.basis),
        finding=said.finding, party=case.names if case is not None else None, account=one.by, nation=one.nation,
        decision=one.number, mandate=mandate, reviewed=tuple(answers),
    )  # fmt: skip


def clocks_of(decisions: Sequence[Decision]) -> Mapping[str, tuple[Clock, ...]]:
    """The clocks by finding, in the order in which they were started."""
    found: dict[str, tuple[Clock, ...]] = {}
    for one in started_of(one for one in decisions if isinstance(one.said, ClockStarted)):
        found[one.finding] = (*found.get(one.finding, ()), one.clock)
    return found


def started_on(decisions: Sequence[Decision], finding: str) -> tuple[Started, ...]:
    """The clocks of one finding."""
    about = (one for one in decisions if isinstance(one.said, AccountGiven) or _about(one, finding))
    return started_of(about)


def _about(one: Decision, finding: str) -> bool:
    return (isinstance(one.said, Triaged) and finding in one.said.findings) or getattr(
        one.said, "finding", None
    ) == finding
