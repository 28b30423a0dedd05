"""What may be decided next on a case, and why not. Roles are asked elsewhere; here is what no role may do."""

from collections.abc import Collection
from dataclasses import dataclass

from truceline.findings.decision import (
    Answered,
    ClockStarted,
    Concluded,
    Decision,
    Dissented,
    Notified,
    Published,
    Replied,
    Step,
    TakenUp,
    TeamAsked,
    TeamReported,
    too_long,
)
from truceline.findings.review.case import CANNOT_TELL, NO, OTHER, OUTCOMES, YES, Case, agrees, is_heard
from truceline.model.instant import US_PER_HOUR

LEAST_REPLY_US = 24 * US_PER_HOUR
LEAST_WORDS = 10  # characters of a reason that somebody else can follow
CLOCK_HOURS = (24, 72)
TASKS = ("patrol", "observe", "inspect", "interview", "collect_data")


@dataclass(frozen=True)
class Mandate:
    """Who the parties are, and whether the agreement lets the mission name and publish, and says that it may have
    civilians told of a danger."""

    parties: tuple[str, ...]
    may_name: bool
    may_publish: bool
    may_tell_civilians: bool = False


def step_fault(case: Case | None, decision: Decision, mandate: Mandate) -> str | None:
    """Why a decision cannot stand, and what to do; None if it can."""
    said = decision.said
    assert isinstance(said, Step)
    if case is None:
        return "the finding is not before people; choose one of the queue"
    if too_long(_words_of(said)):
        return "the words are too long; write less, and send the rest as an exhibit"
    match said:
        case TakenUp():
            return _taking(case, decision, said, mandate)
        case Answered():
            return _answering(case, decision, said, mandate)
        case Dissented():
            return _dissenting(case, decision, said)
        case TeamAsked():
            return _short(said.words) or (None if said.kind in TASKS else f"a team is asked to {', '.join(TASKS)}")
        case TeamReported():
            asked = any(isinstance(one.said, TeamAsked) for one in case.steps)
            return _short(said.words) or (None if asked else "no team was asked; ask one first")
        case Notified():
            return _notifying(case, decision, said, mandate)
        case Replied():
            told = case.notified is not None and said.party in case.notified.parties
            return _short(said.words) or (None if told else "this party was not told of it; wait until it is")
        case Concluded():
            return _concluding(case, decision, said, mandate)
        case Published():
            if case.concluded is None or case.published is not None:
                return "only what was concluded and is not published yet can be; look at its stage"
            return _short(said.words) or (
                None if mandate.may_publish else "the mandate does not let the mission publish"
            )
        case ClockStarted():
            return _starting(case, said)


def _taking(case: Case, decision: Decision, said: TakenUp, mandate: Mandate) -> str | None:
    seats = case.seats
    earlier = (*case.reviewers, *case.second)
    if not case.wants_reviewers:
        return "nobody is wanted for it now; choose another"
    if decision.nation in mandate.parties:
        return "who comes from a party does not review; leave it to others"
    if decision.by in {one.account for one in earlier}:
        return "you reviewed it already; leave it to somebody else"
    if decision.nation in {one.nation for one in seats}:
        return "another reviewer is of your nation already; leave it to another nation"
    if said.tied or not said.ties.strip():
        return "reviewers declare their ties and have none; leave it to somebody else"
    if len(seats) == 1 and said.masked == seats[0].sheet.masked:
        return "one of the two has a masked sheet, the other has not; ask for the other"
    if said.masked and sorted(said.sides) != sorted(mandate.parties):
        return "a masked sheet names every party as a side; draw the sides again"
    return None


def _answering(case: Case, decision: Decision, said: Answered, mandate: Mandate) -> str | None:
    mine = [one for one in case.seats if one.account == decision.by]
    if not mine or mine[0].answer is not None:
        return "you have no open sheet of it; take it up first"
    if said.forbidden not in (YES, NO, CANNOT_TELL) or said.who not in (*mandate.parties, OTHER, CANNOT_TELL):
        return "the answer is none of those on the sheet; choose one"
    return _short(said.words)


def _dissenting(case: Case, decision: Decision, said: Dissented) -> str | None:
    answered = any(one.account == decision.by and one.answer for one in (*case.reviewers, *case.second))
    return _short(said.words) or (None if answered else "only who reviewed it dissents; answer a sheet first")


def _notifying(case: Case, decision: Decision, said: Notified, mandate: Mandate) -> str | None:
    if case.result is None or case.notified is not None:
        return "parties are told once, when it is reviewed; look at its stage"
    if sorted(said.parties) != sorted(mandate.parties):
        return "every party is told, each the same; name them all"
    if said.reply_by_us < decision.at_us + LEAST_REPLY_US:
        return f"parties have at least {LEAST_REPLY_US // US_PER_HOUR} hours to reply; set a later time"
    return None


def _concluding(case: Case, decision: Decision, said: Concluded, mandate: Mandate) -> str | None:
    result = case.result
    if result is None or case.concluded is not None:
        return "only a reviewed finding is concluded, and once; look at its stage"
    if case.must_hear and not is_heard(case, decision.at_us):
        return "the parties were not heard yet; tell them, and wait for their replies or the end of their time"
    if said.outcome not in OUTCOMES:
        return f"a conclusion is one of {', '.join(OUTCOMES)}; choose one"
    same = agrees(case.drawn, result)
    if said.outcome == "upheld" and not same:
        return "reviewers found otherwise than the machine; amend it, withdraw it, or leave it undetermined"
    if said.outcome == "amended" and (same or result.forbidden == CANNOT_TELL):
        return "reviewers found nothing else than the machine; uphold it, withdraw it, or leave it undetermined"
    if said.party is not None and (said.party != case.names or said.outcome not in ("upheld", "amended")):
        return "only the party that the reviewers found can be named; name it, or nobody"
    if said.party is not None and not mandate.may_name:
        return "the mandate does not let the mission name anybody; leave the party out"
    return _short(said.words)


def _starting(case: Case, said: ClockStarted) -> str | None:
    if case.names is None or (case.concluded is not None and case.concluded.party is None):
        return "a clock is started on a reviewed finding that holds a party to have done it; look at its stage"
    if said.hours not in CLOCK_HOURS or said.hours in {_hours(one) for one in case.clocks}:
        return f"each clock ({' and '.join(map(str, CLOCK_HOURS))} hours) is started once; look at the case"
    if not said.person.strip():
        return "a named person starts a clock; sign in with an account that has a name"
    return _short(said.basis)


def _hours(decision: Decision) -> int:
    assert isinstance(decision.said, ClockStarted)
    return decision.said.hours


def _short(words: str) -> str | None:
    return None if len(words.strip()) >= LEAST_WORDS else "give reasons that others can follow; write a sentence"


def _words_of(said: Step) -> Collection[str]:
    names = ("words", "ties", "basis", "kind", "post")
    return [getattr(said, name) for name in names if hasattr(said, name)]
