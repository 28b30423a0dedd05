"""The hand-over of a watch: what stands open, each matter by its name, and that the next has taken on every one.

Pure: what the desk knows, and what people decided so far, come in; matters go out, in one order, whoever asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from truceline.coalition.consultation import Clock
from truceline.findings.decision import Decision, Dissented, HandedOver, Matter
from truceline.findings.review.case import Case, is_heard, stage
from truceline.model.instant import US_PER_HOUR, Instant

KINDS = ("alarm", "clock", "overdue", "contested", "blind")
LATE_US = 24 * US_PER_HOUR  # a finding that waits longer for reviewers, or a conclusion for its director, is overdue


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the desk stands, by ids. blind: sensors in service that cannot be counted on; uncovered: patches of ground
    where too little is heard now; help, overdue: patrols that call for help or have not called; faults: of the
    service."""

    blind: tuple[str, ...] = ()
    uncovered: int = 0
    help: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def matters_of(
    standing: Standing, cases: Iterable[Case], clocks: Mapping[str, Sequence[Clock]], now_us: Instant
) -> tuple[Matter, ...]:
    """What the next must know, most urgent kind first, then by what and id."""
    found = [Matter(kind="alarm", what="help", id=one) for one in standing.help]
    found += [Matter(kind="alarm", what="fault", id=one) for one in standing.faults]
    found += [Matter(kind="overdue", what="patrol", id=one) for one in standing.overdue]
    found += [Matter(kind="blind", what="sensor", id=one) for one in standing.blind]
    if standing.uncovered:
        found.append(Matter(kind="blind", what="ground", id=str(standing.uncovered)))
    for case in cases:
        found += _of_case(case, now_us)
    for finding, started in clocks.items():
        found += [
            Matter(kind="clock" if now_us < one.ends_us else "overdue", what=f"clock_{one.hours}", id=finding)
            for one in started
        ]
    return tuple(sorted(set(found), key=lambda one: (KINDS.index(one.kind), one.what, one.id)))


def _of_case(case: Case, now_us: Instant) -> list[Matter]:
    if case.published is not None or not case.drawn.reasons:
        return []
    found: list[Matter] = []
    at = stage(case, now_us)
    if at in ("waiting", "in_review"):
        found.append(Matter(kind="alarm", what=at, id=case.finding))
        if now_us - case.opened_us > LATE_US:
            found.append(Matter(kind="overdue", what="review", id=case.finding))
    heard = case.notified if case.concluded is None and is_heard(case, now_us) else None
    if heard is not None and now_us - heard.reply_by_us > LATE_US:
        found.append(Matter(kind="overdue", what="conclusion", id=case.finding))
    if case.replies:
        found.append(Matter(kind="contested", what="reply", id=case.finding))
    if _differ(case):
        found.append(Matter(kind="contested", what="reviewers", id=case.finding))
    if any(isinstance(one.said, Dissented) for one in case.steps):
        found.append(Matter(kind="contested", what="dissent", id=case.finding))
    return found


def _differ(case: Case) -> bool:
    return len({(one.answer.forbidden, one.answer.who) for one in case.reviewers if one.answer is not None}) > 1


def last_of(decisions: Sequence[Decision]) -> Decision | None:
    """The last hand-over; None if there was none."""
    return next((one for one in reversed(decisions) if isinstance(one.said, HandedOver)), None)


def hand_over_fault(said: HandedOver, by: str, matters: Sequence[Matter]) -> str | None:
    """Why somebody cannot take over in this way, and what to do; None if they can."""
    if said.from_account == by:
        return "a watch is taken over from somebody else; choose whose it was, or nobody"
    left = [one for one in matters if one not in said.matters]
    if left:
        return f"{len(left)} matters are not acknowledged yet; look at the page again, and acknowledge each by its name"
    if len(said.matters) != len(matters):
        return "something was acknowledged that does not stand any more; look at the page again"
    return None
