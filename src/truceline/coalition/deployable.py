"""What is deployable on a date, and why each thing is not: status, time, authority, conditions, caveats, needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truceline.coalition.caveats import Places, violation
from truceline.coalition.ledger import STANDING, Authority, Caveat, Contribution, Ledger, Status, holding
from truceline.model.finding import Reason
from truceline.model.instant import Instant, format_utc

GRANTED = "granted"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a contribution stands on a date. obstacles: everything that is in the way, each with what it rests on."""

    contribution: str
    status: Status | None
    obstacles: tuple[Reason, ...]

    @property
    def deployable(self) -> bool:
        return not self.obstacles


def deployable(ledger: Ledger, places: Places, when: Instant) -> Mapping[str, Standing]:
    """How every contribution stands on a date, by id."""
    found: dict[str, Standing] = {}
    granted = {one.id: _lacking(ledger, one, when) for one in ledger.authorities}
    for one in ledger.contributions:
        _stand(ledger, places, when, one, granted, found)
    return found


def _stand(
    ledger: Ledger,
    places: Places,
    when: Instant,
    one: Contribution,
    granted: Mapping[str, Reason | None],
    found: dict[str, Standing],
) -> Standing:
    if one.id in found:
        return found[one.id]
    obstacles = _own(ledger, places, when, one, granted)
    # What it needs must stand itself; a reader of ledgers refuses needs that go round in a circle.
    for id_ in one.needs:
        needed = _stand(ledger, places, when, ledger.contribution[id_], granted, found)
        if not needed.deployable:
            obstacles.append(Reason(f"It needs {id_}, which is not deployable", needed.obstacles))
    entry = holding(one.history, when)
    found[one.id] = Standing(one.id, None if entry is None else entry.status, tuple(obstacles))
    return found[one.id]


def _own(
    ledger: Ledger, places: Places, when: Instant, one: Contribution, granted: Mapping[str, Reason | None]
) -> list[Reason]:
    """What is in the way of a contribution by itself."""
    found = [*_status(one, when), *unmet(ledger, one.conditions, when)]
    authorities = [
        authority
        for authority in ledger.authorities_of.get(one.nation, ())
        if not authority.covers or one.id in authority.covers
    ]
    if not authorities and one.nation not in ledger.bodies:
        found.append(Reason(f"No authority of {one.nation} for it is on record"))
    found += [reason for authority in authorities if (reason := granted[authority.id]) is not None]
    for caveat in binding(ledger, one, when):
        wrong = violation(caveat, one, ledger, places)
        if wrong is not None:
            found.append(Reason(f"Caveat {caveat.id}: it {wrong}", (Reason(caveat.words),)))
    return found


def binding(ledger: Ledger, one: Contribution, when: Instant) -> Sequence[Caveat]:
    """The caveats that bind a contribution on a date."""
    return [
        caveat
        for caveat in ledger.caveats_of.get(one.nation, ())
        if caveat.holds_at(when) and (not caveat.covers or one.id in caveat.covers)
    ]


def _status(one: Contribution, when: Instant) -> list[Reason]:
    entry = holding(one.history, when)
    if entry is None:
        return [Reason("It is not pledged yet")]
    found = []
    if entry.status == "conditional" and not one.conditions:
        found.append(Reason(f"It is conditional since {_day(entry.at_us)}, and no condition is stated"))
    if entry.status not in (*STANDING, "conditional"):
        found.append(Reason(f"It is {entry.status} since {_day(entry.at_us)}, by {entry.by}"))
    if one.from_us is not None and when < one.from_us:
        found.append(Reason(f"It begins on {_day(one.from_us)}"))
    if one.until_us is not None and when >= one.until_us:
        found.append(Reason(f"It ended on {_day(one.until_us)}"))
    return found


def unmet(ledger: Ledger, ids: Sequence[str], when: Instant) -> list[Reason]:
    """Which of some conditions nobody has found met by a date."""
    found = []
    for id_ in ids:
        entry = holding(ledger.condition[id_].history, when)
        if entry is None or entry.outcome != GRANTED:
            since = f"found so on {_day(entry.at_us)}, by {entry.by}" if entry else "nobody has found it met"
            found.append(Reason(f"Condition {id_} is not met: {ledger.condition[id_].words}", (Reason(since),)))
    return found


def _lacking(ledger: Ledger, authority: Authority, when: Instant) -> Reason | None:
    """Why an authority does not hold on a date; None if it does."""
    because = [*unmet(ledger, authority.conditions, when)]
    entry = holding(authority.history, when)
    if entry is None:
        because.append(Reason("Nothing was decided yet"))
    elif entry.outcome != GRANTED:
        because.append(Reason(f"It is {entry.outcome} since {_day(entry.at_us)}, by {entry.by}"))
    if authority.expires_us is not None and when >= authority.expires_us:
        because.append(Reason(f"It expired on {_day(authority.expires_us)}"))
    if not because:
        return None
    return Reason(f"The {authority.kind} {authority.id} does not hold: {authority.title}", tuple(because))


def _day(instant: Instant) -> str:
    return format_utc(instant, digits=0)[:10]


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A contribution that is deployed where a caveat or the agreement forbids."""

    contribution: str
    caveat: str
    by_agreement: bool
    words: str


def misplaced(ledger: Ledger, places: Places, when: Instant) -> tuple[Misplaced, ...]:
    """Who stands where a caveat or the agreement forbids, in order of contribution."""
    found = []
    for one in ledger.contributions:
        entry = holding(one.history, when)
        if entry is None or entry.status != "deployed":
            continue
        for caveat in binding(ledger, one, when):
            wrong = violation(caveat, one, ledger, places)
            if wrong is not None:
                words = f"{one.id} ({one.asset}, {one.nation}) {wrong}"
                found.append(Misplaced(one.id, caveat.id, bool(caveat.article), words))
    return tuple(found)
