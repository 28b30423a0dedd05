"""What follows, condition by condition, if something in the ledger were otherwise.

A supposition changes a copy of the ledger; the ledger itself stays as it is. What the mission would still see, and how
findings would stand, is recomputed by a function that the caller gives: nothing here can reach it by itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from truceline.coalition.caveats import Places
from truceline.coalition.deployable import Standing, deployable
from truceline.coalition.ledger import Decided, Ledger, StatusFrom
from truceline.coalition.pillars import PillarState, pillars
from truceline.model.finding import Reason
from truceline.model.instant import Instant

SUPPOSED = "supposed"  # who decided what is only supposed


@dataclass(frozen=True, slots=True)
class Lapse:
    """All authorities of a nation lapse at an instant (or one of them, by its id)."""

    nation: str
    at_us: Instant
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A nation withdraws some contributions (all, if none are named) at an instant."""

    nation: str
    at_us: Instant
    contributions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionTurns:
    """A condition is found met, or not met, at an instant."""

    condition: str
    at_us: Instant
    met: bool


Supposition: TypeAlias = "Lapse | Withdrawal | ConditionTurns"


@dataclass(frozen=True, slots=True)
class Fall:
    """A finding whose robustness changes: before, and after (None: it is not reached at all)."""

    finding: str
    before: str
    after: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Sight:
    """What the mission sees without some sensors: share of the weighted line by number of providers, before and after;
    falls: findings that stand less firmly."""

    line: tuple[tuple[int, float, float], ...]  # (providers, share before, share after)
    findings: int
    falls: tuple[Fall, ...]


Recompute: TypeAlias = Callable[[frozenset[str]], Sight]


@dataclass(frozen=True, slots=True)
class Lost:
    """A contribution that is no longer deployable, and why."""

    contribution: str
    nation: str
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows. gained: contributions that become deployable; sensors: that would be gone; sight: what that
    means, if it was asked."""

    when: Instant
    lost: tuple[Lost, ...]
    gained: tuple[str, ...]
    before: tuple[PillarState, ...]
    after: tuple[PillarState, ...]
    sensors: tuple[str, ...]
    supplies: tuple[str, ...]  # kinds of supply that nobody would give any more
    sight: Sight | None = None


def suppose(ledger: Ledger, what: Supposition) -> Ledger:
    """A copy of the ledger in which something is otherwise."""
    match what:
        case Lapse(nation, at_us, authority):
            entry = Decided(at_us=at_us, outcome="withdrawn", by=SUPPOSED)
            return replace(
                ledger,
                authorities=tuple(
                    replace(one, history=_put(one.history, entry))
                    if one.nation == nation and authority in (None, one.id)
                    else one
                    for one in ledger.authorities
                ),
            )
        case Withdrawal(nation, at_us, contributions):
            status = StatusFrom(at_us=at_us, status="withdrawn", by=SUPPOSED)
            return replace(
                ledger,
                contributions=tuple(
                    replace(one, history=_put(one.history, status))
                    if one.nation == nation and (not contributions or one.id in contributions)
                    else one
                    for one in ledger.contributions
                ),
            )
        case ConditionTurns(condition, at_us, met):
            turn = Decided(at_us=at_us, outcome="granted" if met else "refused", by=SUPPOSED)
            return replace(
                ledger,
                conditions=tuple(
                    replace(one, history=_put(one.history, turn)) if one.id == condition else one
                    for one in ledger.conditions
                ),
            )


def _put(history: Sequence[Decided] | Sequence[StatusFrom], entry: Decided | StatusFrom) -> tuple:  # type: ignore[type-arg]
    """A history in which nothing later undoes what is supposed."""
    return (*(one for one in history if one.at_us < entry.at_us), entry)


def what_if(
    ledger: Ledger, places: Places, what: Supposition, when: Instant, recompute: Recompute | None = None
) -> Consequences:
    """What follows on a date, were something otherwise."""
    other = suppose(ledger, what)
    now, then = deployable(ledger, places, when), deployable(other, places, when)
    lost = tuple(
        Lost(id_, ledger.contribution[id_].nation, then[id_].obstacles)
        for id_ in now
        if now[id_].deployable and not then[id_].deployable
    )
    gone = frozenset(sensor for one in lost for sensor in ledger.contribution[one.contribution].sensors)
    return Consequences(
        when=when,
        lost=lost,
        gained=tuple(id_ for id_ in now if then[id_].deployable and not now[id_].deployable),
        before=pillars(ledger, now, when),
        after=pillars(other, then, when),
        sensors=tuple(sorted(gone)),
        supplies=tuple(sorted(_supplied(ledger, now) - _supplied(other, then))),
        sight=recompute(gone) if recompute is not None and gone else None,
    )


def _supplied(ledger: Ledger, standings: Mapping[str, Standing]) -> frozenset[str]:
    return frozenset(kind for one in ledger.contributions if standings[one.id].deployable for kind in one.supplies)
