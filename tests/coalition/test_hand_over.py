"""What stands open when a watch is handed over, and when the next may take it."""

import pytest

from truceline.coalition.consultation import Clock
from truceline.coalition.hand_over import LATE_US, Standing, hand_over_fault, last_of, matters_of
from truceline.coalition.roster import watches_of
from truceline.findings.decision import (
    Answered,
    Concluded,
    Decision,
    Dissented,
    Drawn,
    HandedOver,
    Matter,
    Notified,
    Published,
    Replied,
    Said,
    TakenUp,
    Triaged,
    WatchSet,
    read_decision,
    to_line,
)
from truceline.findings.review.case import Case, cases_of
from truceline.model.instant import US_PER_HOUR

F = "F-1"
DRAWN = Drawn(outcome="undetermined", party=None, provisions=("p1",), time_us=0, reasons=("monitors",), draw=9)


def decided(*said: Said, by: str = "dir") -> list[Decision]:
    """Decisions an hour apart, the first at 0; those of reviewers by reviewers."""
    found = []
    for number, one in enumerate(said):
        who = by
        if isinstance(one, TakenUp | Answered):
            who = one.ties if isinstance(one, TakenUp) else one.words
        found.append(Decision(number=number, at_us=number * US_PER_HOUR, by=who, nation="n", said=one))
    return found


def answers(*who: str) -> list[Said]:
    """Reviews of the finding: each of these is what a reviewer of that number answers."""
    said: list[Said] = [Triaged(findings={F: DRAWN})]
    for number, one in enumerate(who):
        said.append(TakenUp(finding=F, ties=f"r{number}", tied=False, masked=bool(number)))
        said.append(Answered(finding=F, forbidden="yes", who=one, words=f"r{number}"))
    return said


def of(*said: Said, now_us: int = 12 * US_PER_HOUR) -> list[tuple[str, str, str]]:
    cases = cases_of(decided(*said))
    return [(one.kind, one.what, one.id) for one in matters_of(Standing(), cases.values(), {}, now_us)]


def test_the_desk_s_own_matters_come_by_kind_most_urgent_first() -> None:
    standing = Standing(blind=("B2", "A1"), uncovered=3, help=("m.b",), overdue=("m.b", "m.a"), faults=("disk full",))
    found = [(one.kind, one.what, one.id) for one in matters_of(standing, (), {}, 0)]
    assert found == [
        ("alarm", "fault", "disk full"), ("alarm", "help", "m.b"), ("overdue", "patrol", "m.a"),
        ("overdue", "patrol", "m.b"), ("blind", "ground", "3"), ("blind", "sensor", "A1"), ("blind", "sensor", "B2"),
    ]  # fmt: skip
    assert matters_of(Standing(), (), {}, 0) == ()


def test_a_finding_that_waits_is_an_alarm_and_after_a_day_overdue() -> None:
    triaged = Triaged(findings={F: DRAWN})
    assert of(triaged) == [("alarm", "waiting", F)]
    assert of(triaged, now_us=LATE_US) == [("alarm", "waiting", F)]
    assert of(triaged, now_us=LATE_US + 1) == [("alarm", "waiting", F), ("overdue", "review", F)]
    automatic = Drawn(outcome="undetermined", party=None, provisions=(), time_us=0, reasons=(), draw=999_999)
    assert of(Triaged(findings={F: automatic})) == []


def test_reviewers_who_differ_and_who_agree() -> None:
    assert of(*answers("north")) == [("alarm", "in_review", F)]
    assert ("contested", "reviewers", F) in of(*answers("north", "south"))
    assert of(*answers("north", "north")) == []


def test_replies_and_dissent_are_contested_until_it_is_published() -> None:
    told = Notified(finding=F, parties=("north", "south"), reply_by_us=30 * US_PER_HOUR)
    said = [
        *answers("north", "north"),
        Dissented(finding=F, words="no"),
        told,
        Replied(finding=F, party="north", words="n"),
    ]
    assert of(*said) == [("contested", "dissent", F), ("contested", "reply", F)]
    late_us = 30 * US_PER_HOUR + LATE_US
    assert ("overdue", "conclusion", F) not in of(*said, now_us=late_us)
    assert ("overdue", "conclusion", F) in of(*said, now_us=late_us + 1)
    done = Concluded(finding=F, outcome="undetermined", party=None, words="It cannot be told.", draw=999_999)
    assert ("overdue", "conclusion", F) not in of(*said, done, now_us=late_us + 1)
    assert of(*said, done, Published(finding=F, words="w"), now_us=late_us + 1) == []


def test_a_clock_runs_and_is_then_over() -> None:
    clocks = {F: (Clock(hours=24, started_us=0, started_by="D", basis="b"),)}
    for now_us, kind in ((0, "clock"), (24 * US_PER_HOUR - 1, "clock"), (24 * US_PER_HOUR, "overdue")):
        (one,) = matters_of(Standing(), (), clocks, now_us)
        assert (one.kind, one.what, one.id) == (kind, "clock_24", F)


A1, B2 = (Matter(kind="blind", what="sensor", id=one) for one in ("A1", "B2"))


@pytest.mark.parametrize(
    ("taken", "giver", "by", "wrong"),
    [
        ((A1, B2), "old", "new", None),
        ((A1, B2), None, "new", None),
        ((A1,), "old", "new", "1 matters are not acknowledged"),
        ((), "old", "new", "2 matters are not acknowledged"),
        ((A1, B2, Matter(kind="blind", what="sensor", id="C3")), "old", "new", "does not stand any more"),
        ((A1, B2), "new", "new", "from somebody else"),
    ],
)
def test_a_watch_is_taken_over_with_every_matter_and_from_another(
    taken: tuple[Matter, ...], giver: str | None, by: str, wrong: str | None
) -> None:
    said = HandedOver(post="duty-desk", from_account=giver, matters=taken, words="")
    fault = hand_over_fault(said, by, (A1, B2))
    assert fault is None if wrong is None else wrong in (fault or "")


def watch(account: str, start_h: int, end_h: int) -> WatchSet:
    return WatchSet(post="duty-desk", account=account, from_us=start_h * US_PER_HOUR, until_us=end_h * US_PER_HOUR)


def test_the_roster_says_which_watch_was_handed_over_when() -> None:
    said = HandedOver(post="duty-desk", from_account="a", matters=(A1,), words="quiet")
    decisions = decided(watch("a", 0, 4), watch("b", 4, 8), watch("a", 8, 12))
    decisions.append(Decision(number=3, at_us=4 * US_PER_HOUR, by="b", nation="n", said=said))
    first, second, third = watches_of(decisions)
    assert (first.person, first.handed_over_us, first.note) == ("a", 4 * US_PER_HOUR, "quiet")
    assert second.handed_over_us is None
    assert third.handed_over_us is None
    assert last_of(decisions) == decisions[-1]
    assert last_of(decisions[:-1]) is None
    assert read_decision(to_line(decisions[-1])) == decisions[-1]


def test_a_hand_over_long_after_a_watch_leaves_it_as_it_was() -> None:
    said = HandedOver(post="duty-desk", from_account="a", matters=(), words="")
    decisions = decided(watch("a", 0, 4))
    decisions.append(Decision(number=1, at_us=28 * US_PER_HOUR, by="b", nation="n", said=said))
    assert watches_of(decisions)[0].handed_over_us is None


def test_cases_of_others_do_not_change_what_is_said_of_one() -> None:
    case = cases_of(decided(Triaged(findings={F: DRAWN, "F-2": DRAWN})))
    both = matters_of(Standing(), case.values(), {}, 0)
    turned: list[Case] = list(reversed(case.values()))
    assert both == matters_of(Standing(), turned, {}, 0)
    assert [one.id for one in both] == [F, "F-2"]
