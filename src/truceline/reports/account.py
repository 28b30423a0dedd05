"""A mission's record, ready to be asked for any period, and the account of one: all that a periodic report is made of.

Pure: same record, same period, same account. Whatever a report says is picked out here; the sections only say it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from truceline.formats.silence_ndjson import SilenceLine
from truceline.geo.nearest import nearest
from truceline.model.agreement import Suspension
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.filing import Claim
from truceline.model.finding import Finding, Probabilities
from truceline.model.incident import Incident
from truceline.model.instant import US_PER_HOUR, Instant, Span
from truceline.model.observation import Observation, Report
from truceline.reports.periods import LocalClock, Period
from truceline.reports.placing import Located, Placing
from truceline.reports.texts import Texts
from truceline.reports.violations import Counted, Violations
from truceline.terms.prepare import Prepared
from truceline.terms.registers.harm import HarmEntry, harm_register
from truceline.terms.registers.movement import MovementEntry, movement_register
from truceline.terms.registers.notices import NoticeEntry, notices_register
from truceline.terms.registers.storage import WeaponEntry, weapons_register

HOUR_US: Span = US_PER_HOUR
CLOSE_M = 5_000.0  # so near a disengagement area is close to it, as the field's reports have it
CROSSING, CROSSING_M = "crossing_point", 300.0

E = TypeVar("E", HarmEntry, MovementEntry, WeaponEntry)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a period: from how many sensors something came, and how many were in service."""

    from_us: Instant
    heard: int
    serving: int


@dataclass(frozen=True)
class Account:
    """What a period's report is made of. Entries stand with where they were (None: nobody said).

    `covered_us`: how much of the period the record covers; `hours`: who was heard from, hour by hour.
    """

    period: Period
    counted: Counted
    covered_us: Span
    hours: tuple[Hour, ...]
    findings: tuple[Finding, ...]
    harm: tuple[tuple[HarmEntry, Located | None], ...]
    movement: tuple[tuple[MovementEntry, Located | None], ...]
    weapons: tuple[tuple[WeaponEntry, Located | None], ...]
    notices: tuple[NoticeEntry, ...]
    suspensions: tuple[Suspension, ...]
    claims: tuple[tuple[Claim, str], ...]  # with what became of it
    crossings: tuple[tuple[str, Report], ...]  # the crossing point's id, and what was seen there

    @property
    def heard(self) -> float:
        """How many sensors were heard from, of an hour on average."""
        return sum(one.heard for one in self.hours) / len(self.hours) if self.hours else 0.0

    @property
    def serving(self) -> float:
        """How many were in service, likewise."""
        return sum(one.serving for one in self.hours) / len(self.hours) if self.hours else 0.0


@dataclass(frozen=True, kw_only=True)
class Record:
    """A mission and what a run concluded of it. `outcomes`: of each claim; `opened_by`: of each incident."""

    case: Case
    events: tuple[Event, ...]
    findings: tuple[Finding, ...]
    incidents: tuple[Incident, ...]
    prepared: Prepared
    outcomes: Mapping[str, str]
    opened_by: Mapping[str, Probabilities]
    silences: tuple[SilenceLine, ...] = ()
    digests: tuple[tuple[str, str], ...] = ()

    @cached_property
    def clock(self) -> LocalClock:
        return LocalClock(self.case.agreement.clock)

    @cached_property
    def placing(self) -> Placing:
        return Placing(self.case)

    @cached_property
    def incident_of(self) -> Mapping[str, str]:
        """The incident of each event."""
        return {event: one.id for one in self.incidents for event in one.events}

    @cached_property
    def violations(self) -> Violations:
        return Violations(self.case, self.events, self.findings, self.incident_of, self.placing)

    @cached_property
    def span(self) -> tuple[Instant, Instant] | None:
        """The first and the last instant of which there is an observation; None if there is none."""
        times = [one.time_us for one in self.case.observations]
        return (min(times), max(times)) if times else None

    def covers(self, period: Period) -> Span:
        """How much of a period the record covers."""
        if self.span is None:
            return 0
        return max(0, min(self.span[1] + 1, period.until_us) - max(self.span[0], period.from_us))

    def account(self, period: Period, texts: Texts) -> Account:
        """All of one period. `texts`: by whose words places are told apart."""
        case = self.case
        harm = harm_register(case.observations, case.network.sensors, self.events)
        movement = movement_register(case.observations, case.network.sensors, case.agreement.parties)
        return Account(
            period=period,
            counted=self.violations.between(period, texts),
            covered_us=self.covers(period),
            hours=self._hours(period),
            findings=tuple(one for one in self.findings if period.holds(one.time_us)),
            harm=self._placed([one for one in harm if period.holds(one.time_us)]),
            movement=self._placed(
                [one for one in movement if period.meets(one.time_us, max(one.until_us or 0, one.time_us + 1))]
            ),
            weapons=self._placed([one for one in weapons_register(self.prepared) if period.holds(one.time_us)]),
            notices=tuple(
                one for one in notices_register(self.prepared, case.notices)
                if period.meets(one.notice.from_us, one.notice.until_us) or period.holds(one.notice.received_us)
            ),
            suspensions=tuple(one for one in case.agreement.suspensions if period.meets(one.from_us, one.until_us)),
            claims=tuple((one, self.outcomes.get(one.id, "")) for one in case.claims if period.holds(one.time_us)),
            crossings=tuple(self._crossings(period)),
        )  # fmt: skip

    def account_of(self, incident: Incident, texts: Texts) -> Account:
        """The account of the whole hours around one incident, with its findings and the harm that it may have done."""
        start = incident.from_us // HOUR_US * HOUR_US
        period = Period(start, incident.until_us // HOUR_US * HOUR_US + HOUR_US, (self.clock.day(incident.from_us),))
        harm = harm_register(self.case.observations, self.case.network.sensors, self.events)
        return replace(
            self.account(period, texts),
            findings=tuple(one for one in self.findings if one.incident == incident.id),
            harm=self._placed([one for one in harm if set(one.perhaps) & set(incident.events)]),
        )

    def _placed(self, entries: Sequence[E]) -> tuple[tuple[E, Located | None], ...]:
        """Entries of a register, each with where what it speaks of was."""
        where = self.placing.observed([self._observed[one.id] for one in entries])
        return tuple(zip(entries, where, strict=True))

    @cached_property
    def _observed(self) -> Mapping[str, Observation]:
        return {one.id: one for one in self.case.observations}

    def _crossings(self, period: Period) -> Iterator[tuple[str, Report]]:
        """What people wrote of who came and went at crossing points."""
        points = [area for area in self.case.agreement.areas if area.kind == CROSSING and area.point is not None]
        some = [
            one for one in self.case.observations if isinstance(one, Report) and one.text and period.holds(one.time_us)
        ]
        if not points or not some:
            return
        near = nearest(
            [area.point for area in points if area.point is not None], [self.case.network.place_of(one) for one in some]
        )
        for one, found in zip(some, near, strict=True):
            if found.distance_m <= max(points[found.index].radius_m, CROSSING_M):
                yield points[found.index].id, one

    def _hours(self, period: Period) -> tuple[Hour, ...]:
        """Hour by hour, of the part of the period that the record covers."""
        if self.span is None or not self.covers(period):
            return ()
        first = max(self.span[0], period.from_us)
        begins = range(
            period.from_us + (first - period.from_us) // HOUR_US * HOUR_US,
            min(self.span[1] + 1, period.until_us),
            HOUR_US,
        )
        heard: list[set[str]] = [set() for _ in begins]
        for one in self.case.observations:
            if period.holds(one.time_us) and one.time_us >= begins.start:
                heard[(one.time_us - begins.start) // HOUR_US].add(one.sensor)
        sensors = self.case.network.sensors
        return tuple(
            Hour(start, len(some), sum(sensor.serves_at(start + HOUR_US // 2) for sensor in sensors))
            for start, some in zip(begins, heard, strict=True)
        )
