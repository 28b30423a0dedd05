"""A finding on its way through people's hands, worked out from what was decided, in order.

    automatic → (triage) waiting → in review → reviewed → notified → heard → upheld, amended, withdrawn or
    undetermined → published

Two reviewers of different nations, of no party, without ties; where they differ, a third. One of the two has a masked
sheet. One concluded case in twenty is reviewed again by others. Pure: instants are arguments.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from truceline.findings.decision import (
    Answered,
    ClockStarted,
    Concluded,
    Decision,
    Dissented,
    Drawn,
    Notified,
    Published,
    Replied,
    Step,
    TakenUp,
    TeamAsked,
    TeamReported,
    Triaged,
)
from truceline.findings.review.triage import again
from truceline.model.instant import Instant

YES, NO, CANNOT_TELL, OTHER = "yes", "no", "cannot_tell", "other"
OUTCOMES = ("upheld", "amended", "withdrawn", "undetermined")
ENOUGH, MOST_REVIEWERS = 2, 3


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who reviews, on which sheet, and what they answered."""

    account: str
    nation: str
    sheet: TakenUp
    answer: Answered | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What reviewers found together. agreed: the first two said the same."""

    forbidden: str
    who: str
    agreed: bool


@dataclass(frozen=True)
class Case:
    """One finding. `steps` holds every decision on it, in order."""

    finding: str
    drawn: Drawn
    opened_us: Instant
    reviewers: tuple[Reviewer, ...] = ()
    second: tuple[Reviewer, ...] = ()
    steps: tuple[Decision, ...] = ()
    notified: Notified | None = None
    replies: tuple[tuple[Instant, Replied], ...] = ()
    concluded: Concluded | None = None
    published: Published | None = None
    clocks: tuple[Decision, ...] = field(default=())

    @property
    def result(self) -> Result | None:
        """What the reviewers found; None until enough have answered."""
        return result_of(self.reviewers)

    @property
    def names(self) -> str | None:
        """The party that reviewers hold to have done what is forbidden."""
        result = self.result
        return result.who if result is not None and result.forbidden == YES and result.who not in UNNAMED else None

    @property
    def seats(self) -> tuple[Reviewer, ...]:
        """The reviewers of the round that is under way: the first, or the one more."""
        return self.second if self.again else self.reviewers

    @property
    def again(self) -> bool:
        """Whether it was concluded and is to be reviewed once more."""
        return self.concluded is not None and again(self.concluded.draw)

    @property
    def wants_reviewers(self) -> bool:
        """Whether somebody may still take it up."""
        if not self.drawn.reasons or (self.concluded is not None and not self.again):
            return False
        seats = self.seats
        if len(seats) < ENOUGH:
            return True
        return len(seats) < MOST_REVIEWERS and all(one.answer for one in seats) and result_of(seats) is None

    @property
    def must_hear(self) -> bool:
        """Whether the parties must be told and heard first: somebody is named, by the machine or by people."""
        return self.drawn.party is not None or self.names is not None


UNNAMED = (OTHER, CANNOT_TELL)


def result_of(reviewers: Sequence[Reviewer]) -> Result | None:
    """What the answers come to: what two say, that stands; where three say three things, nobody can tell."""
    answers = [(one.answer.forbidden, one.answer.who) for one in reviewers if one.answer is not None]
    if len(answers) < ENOUGH:
        return None
    for one in answers:
        if answers.count(one) >= ENOUGH:
            return Result(*one, agreed=answers[0] == answers[1])
    return Result(CANNOT_TELL, CANNOT_TELL, agreed=False) if len(answers) == MOST_REVIEWERS else None


def agrees(drawn: Drawn, result: Result) -> bool:
    """Whether people found what the machine had said: the same party, or that nobody can be named."""
    if drawn.outcome == "attributed":
        return result.forbidden == YES and result.who == drawn.party
    if drawn.outcome in ("no_breach", "exempt"):
        return result.forbidden == NO
    return result.who in UNNAMED and result.forbidden != NO


def stage(case: Case, now_us: Instant) -> str:
    """How far a case is at an instant."""
    if case.published is not None:
        return "published"
    if case.concluded is not None:
        return case.concluded.outcome
    if case.notified is not None:
        return "heard" if is_heard(case, now_us) else "notified"
    if case.result is not None:
        return "reviewed"
    if case.reviewers:
        return "in_review"
    return "waiting" if case.drawn.reasons else "automatic"


def is_heard(case: Case, now_us: Instant) -> bool:
    """Whether every party that was told has replied, or the time for it is over."""
    if case.notified is None:
        return False
    replied = {reply.party for _, reply in case.replies}
    return now_us >= case.notified.reply_by_us or replied >= set(case.notified.parties)


def cases_of(decisions: Sequence[Decision]) -> dict[str, Case]:
    """Every case, by finding, from all decisions in order."""
    cases: dict[str, Case] = {}
    for one in decisions:
        take(cases, one)
    return cases


def take(cases: dict[str, Case], decision: Decision) -> None:
    """Put one more decision into the cases. A finding that the machine now says otherwise begins anew; what was decided
    before stays among its steps."""
    said = decision.said
    if isinstance(said, Triaged):
        for finding, drawn in said.findings.items():
            before = cases[finding].steps if finding in cases else ()
            cases[finding] = Case(finding, drawn, decision.at_us, steps=(*before, decision))
    elif isinstance(said, Step) and said.finding in cases:
        case = cases[said.finding]
        cases[said.finding] = replace(_after(case, decision, said), steps=(*case.steps, decision))


def _after(case: Case, decision: Decision, said: Step) -> Case:
    match said:
        case TakenUp():
            seats = (*case.seats, Reviewer(decision.by, decision.nation, said))
            return replace(case, second=seats) if case.again else replace(case, reviewers=seats)
        case Answered():
            seats = tuple(
                replace(one, answer=said) if one.account == decision.by else one for one in case.seats
            )  # fmt: skip
            return replace(case, second=seats) if case.again else replace(case, reviewers=seats)
        case Notified():
            return replace(case, notified=said)
        case Replied():
            return replace(case, replies=(*case.replies, (decision.at_us, said)))
        case Concluded():
            return replace(case, concluded=said)
        case Published():
            return replace(case, published=said)
        case ClockStarted():
            return replace(case, clocks=(*case.clocks, decision))
        case Dissented() | TeamAsked() | TeamReported():
            return case
