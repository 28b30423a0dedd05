"""What the public may know of a result, and nothing else: the door that public.html stands behind.

Everything that a page for the public says is made of these records. They hold no sensor, observer, source, provider
or mapper, no count of them and nothing measured by them: hours instead of times, whole cells of the ground at least
a day old instead of origins, words instead of probabilities. Ids are left out, because an id is a digest of what an
observation is called and can be guessed back to it. Findings that differ only in how well they were heard are one.

Places are told for fire that carries far. Small arms and the like are heard from near by only: where they were
heard, a sensor or an observer stands. They are counted, without a place.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil, sqrt

from truceline.findings.expected import expected_wrong
from truceline.findings.words import likelihood
from truceline.geo.cells import cell_area_m2, cell_of, coarse_resolution
from truceline.model.agreement import PUBLIC, Agreement
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.finding import Finding
from truceline.model.instant import US_PER_HOUR, US_PER_S, Instant
from truceline.model.observation import (
    AIRBURST,
    CLASSES,
    DEMOLITION,
    EXPLOSION,
    IMPACT,
    MISSILE,
    OUTGOING,
    QUARRY_BLAST,
)
from truceline.model.received import last_received
from truceline.model.result import Result
from truceline.reports.figures import hour
from truceline.reports.shares import evenness
from truceline.reports.symbols import shown_class

LEAST_CELL_M2 = 5e6
LEAST_AGE_US = 24 * US_PER_HOUR
FAR_HEARD = frozenset({OUTGOING, IMPACT, AIRBURST, EXPLOSION, MISSILE, DEMOLITION, QUARRY_BLAST})
LEAST_EXISTENCE = 0.5
TOLD: tuple[str, ...] = ("attributed", "undetermined", "exempt")
HOUR_KNOWN_S = 900.0  # an event whose time is known worse is told by its day
AGE_SIGMAS = 3.0


@dataclass(frozen=True)
class When:
    """An hour, or a day where the hour is not known: from included, until excluded."""

    from_us: Instant
    until_us: Instant


@dataclass(frozen=True)
class PublicFinding:
    """Findings of one incident with one outcome and one party, taken together."""

    when: When
    outcome: str
    party: str | None
    counts: tuple[tuple[str, int], ...]
    cells: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]  # by class: (cell, how many there), in order
    too_fresh: bool  # a place is withheld that may be told later
    happened: str  # words
    from_ground: str  # words; empty where no party is named


@dataclass(frozen=True)
class PublicFacts:
    """`published`, `verified`, `placed`: what the mandate lets be told: anything, findings, names and places.

    `as_of_us`: to the hour. `counted`: events by when and class. `uneven`: None where it cannot be told.
    """

    published: bool
    verified: bool
    placed: bool
    as_of_us: Instant
    cell_km2: int
    counted: tuple[tuple[When, str, int], ...]
    findings: tuple[PublicFinding, ...]
    no_breach: int
    uneven: bool | None
    wrong: int  # names that must be expected to be wrong, as a whole number; more are not


def public_facts(case: Case, result: Result, as_of_us: Instant | None) -> PublicFacts:
    """The facts. `as_of_us` is now, by somebody's clock; None: the last observation received that is to be believed."""
    agreement = case.agreement
    may = partial(agreement.may, to=PUBLIC)
    named, verified = may("name") and may("attribute"), may("verify")
    as_of = last_received(case) if as_of_us is None else as_of_us
    if not may("publish"):
        return PublicFacts(False, False, False, hour(as_of), 0, (), (), 0, None, 0)
    events = {event.id: event for event in result.events if event.existence >= LEAST_EXISTENCE}
    free = [finding for finding in result.findings if verified and _for_the_public(finding, agreement)]
    told = [finding for finding in free if finding.outcome in TOLD]
    grid = _Grid([events[id_] for one in told for id_ in one.events if id_ in events] if named else [], as_of)
    groups: defaultdict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for one in told:
        groups[one.incident, one.outcome, one.party or ""].append(one)
    findings = [_finding(group, events, grid, named) for group in groups.values()]
    counted = Counter((_when([event]), shown_class(event)) for event in events.values())
    even = evenness(result, agreement.parties) if named else None
    return PublicFacts(
        published=True,
        verified=verified,
        placed=named,
        as_of_us=hour(as_of),
        cell_km2=round(grid.least_area_m2 / 1e6),
        counted=tuple(sorted(((when, class_, n) for (when, class_), n in counted.items()), key=_counted_order)),
        findings=tuple(sorted((one for one in findings if one is not None), key=_finding_order)),
        no_breach=sum(one.outcome == "no_breach" for one in free),
        uneven=None if even is None else not even.even,
        wrong=ceil(expected_wrong(told)) if named else 0,
    )


def _for_the_public(finding: Finding, agreement: Agreement) -> bool:
    """Whether every provision that a finding is under lets the public learn of it."""
    under = [one for one in agreement.provisions if one.id in finding.provisions]
    return all(one.disclosure == PUBLIC for one in under)


class _Grid:
    """One size of cell for the whole page, and which events may be placed in one."""

    def __init__(self, events: Sequence[Event], as_of_us: Instant) -> None:
        self._latest_us = as_of_us - LEAST_AGE_US
        old = [event for event in events if event.class_ in FAR_HEARD and self.old(event)]
        self._resolution = coarse_resolution([(one.origin.lon, one.origin.lat) for one in old], LEAST_CELL_M2)
        self._cells = {one.id: cell_of(one.origin.lon, one.origin.lat, self._resolution) for one in old}
        self.least_area_m2 = min((cell_area_m2(cell) for cell in self._cells.values()), default=0.0)

    def old(self, event: Event) -> bool:
        """Whether an event surely happened at least a day before the page was made."""
        return event.origin.time_us + AGE_SIGMAS * event.origin.time_sigma_s * US_PER_S <= self._latest_us

    def cell(self, event: Event) -> str | None:
        """The cell of an event; None for one too fresh, heard from near by only, or known worse than a cell."""
        cell = self._cells.get(event.id)
        vague = cell is not None and event.origin.ellipse90.semi_major_m > sqrt(cell_area_m2(cell))
        return None if vague else cell


def _finding(group: Sequence[Finding], events: dict[str, Event], grid: _Grid, named: bool) -> PublicFinding | None:
    members = [events[id_] for one in group for id_ in one.events if id_ in events]
    if not members:
        return None
    cells: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for event in members:
        cell = grid.cell(event)
        if cell is not None:
            cells[shown_class(event)][cell] += 1
    party = group[0].party if named and group[0].outcome == "attributed" else None
    share = min(dict(one.responsibility).get(party, 0.0) for one in group) if party else 0.0
    in_field = all(one.in_field for one in group)
    return PublicFinding(
        when=_when(members),
        outcome=group[0].outcome,
        party=party,
        counts=_ordered(Counter(shown_class(event) for event in members)),
        cells=tuple((class_, tuple(sorted(cells[class_].items()))) for class_ in CLASSES if class_ in cells),
        too_fresh=named and any(event.class_ in FAR_HEARD and not grid.old(event) for event in members),
        happened=likelihood(min(one.occurrence for one in group), in_field=in_field),
        from_ground=likelihood(share, in_field=in_field) if party else "",
    )


def _when(events: Iterable[Event]) -> When:
    """Whole hours that hold the events, or whole days where an hour is not known."""
    origins = [event.origin for event in events]
    step = US_PER_HOUR if all(origin.time_sigma_s <= HOUR_KNOWN_S for origin in origins) else 24 * US_PER_HOUR
    first, last = min(origin.time_us for origin in origins), max(origin.time_us for origin in origins)
    return When(first // step * step, last // step * step + step)


def _ordered(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], CLASSES.index(item[0]))))


def _counted_order(item: tuple[When, str, int]) -> tuple[Instant, Instant, int]:
    return item[0].from_us, item[0].until_us, CLASSES.index(item[1])


def _finding_order(one: PublicFinding) -> tuple[object, ...]:
    """An order made of what is told, so that the order tells nothing more; whose party it is plays no part in it."""
    return one.when.from_us, one.when.until_us, one.outcome, one.counts, one.cells, one.happened
