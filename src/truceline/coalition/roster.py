"""Who keeps the watch, from what was decided: a later word for the same time takes the place of an earlier one."""

from collections.abc import Sequence
from dataclasses import replace

from truceline.coalition.command import Watch
from truceline.findings.decision import Decision, HandedOver, WatchSet
from truceline.model.instant import US_PER_HOUR, Instant

DUTY_DESK = "duty-desk"
MOST_US = 24 * US_PER_HOUR  # of one watch


def watches_of(decisions: Sequence[Decision], post: str = DUTY_DESK) -> tuple[Watch, ...]:
    """The watches at a post, in order of time. Where a later decision gives the same time to somebody else, it stands:
    what was decided before ends where it begins, and goes on where it ends. A watch that the next has taken over says
    when, and with what words."""
    watches: list[Watch] = []
    for one in decisions:
        said = one.said
        if isinstance(said, WatchSet) and said.post == post:
            fresh = Watch(post=post, person=said.account, from_us=said.from_us, until_us=said.until_us)
            watches = [part for before in watches for part in _less(before, fresh)] + [fresh]
        if isinstance(said, HandedOver) and said.post == post:
            _hand_over(watches, said, one.at_us)
    return tuple(sorted(watches, key=lambda one: (one.from_us, one.person)))


def keeps_watch(watches: Sequence[Watch], account: str, when: Instant) -> bool:
    """Whether somebody is on duty at an instant."""
    return any(one.person == account and one.from_us <= when < one.until_us for one in watches)


def watch_fault(said: WatchSet) -> str | None:
    """What is wrong with a watch; None if nothing is."""
    if not said.from_us < said.until_us <= said.from_us + MOST_US:
        return f"a watch ends after it begins and within {MOST_US // US_PER_HOUR} hours; set its times right"
    return None


def _hand_over(watches: list[Watch], said: HandedOver, at_us: Instant) -> None:
    """Write on the last watch of whom it was taken from when that was; one of long ago stays as it is."""
    theirs = [
        number for number, one in enumerate(watches)
        if one.person == said.from_account and one.from_us <= at_us < one.until_us + MOST_US
    ]  # fmt: skip
    if theirs:
        last = max(theirs, key=lambda number: watches[number].until_us)
        watches[last] = replace(watches[last], handed_over_us=at_us, note=said.words)


def _less(before: Watch, fresh: Watch) -> list[Watch]:
    """What is left of a watch beside another."""
    parts = (
        replace(before, until_us=min(before.until_us, fresh.from_us)),
        replace(before, from_us=max(before.from_us, fresh.until_us)),
    )
    return [part for part in parts if part.from_us < part.until_us]
