"""What a period's ceasefire violations are, row by row, by the counting rule of the agreement.

A row is what was observed of one class in one incident near one place. Events count one each if they happened more
probably than not. A person may have counted more than instruments located: of one incident and class the greater
counts, never the sum. What people alone reported and nothing else bears out counts as they reported it. What a party
itself supplied, or a sensor said before it was accepted, counts for nothing here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.finding import Finding
from truceline.model.instant import Instant
from truceline.model.network import Sensor
from truceline.model.observation import Bearing, Fix, Observation, Report, Track
from truceline.reports.periods import Period
from truceline.reports.placing import Located, Placing, where_words
from truceline.reports.texts import Texts
from truceline.terms.counting import CountingRule, Item, Tally, counting_rule, tally

HAPPENED = 0.5  # an event counts from such a probability of existence on
HEARD, SEEN, CAMERA, SATELLITE, RADAR, INSTRUMENTS = "heard", "seen", "camera", "satellite", "radar", "instruments"
MEANS: tuple[str, ...] = (HEARD, SEEN, CAMERA, SATELLITE, RADAR, INSTRUMENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One row. `count`: (least, most); None: uncountable. `events`: ids; empty: people alone reported it.

    `weapons`: as observers wrote; `corroborated`: each of its events was reported by two providers or more;
    `uncountable`: somebody said so beside; `findings`: ids.
    """

    class_: str
    from_us: Instant
    until_us: Instant
    sigma_s: float
    where: Located | None
    count: tuple[int, int] | None
    events: tuple[str, ...] = ()
    incident: str = ""
    means: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    weapons: tuple[str, ...] = ()
    corroborated: bool = False
    uncountable: bool = False
    findings: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """What of it is counted."""
        more = (Item(self.class_, None),) if self.uncountable and self.count is not None else ()
        return (Item(self.class_, self.count), *more)


@dataclass(frozen=True)
class Counted:
    """The rows of a period in order of time, and what they sum to."""

    rows: tuple[Violation, ...]
    tally: Tally

    @property
    def events(self) -> frozenset[str]:
        """Ids of the events that are counted."""
        return frozenset(id_ for row in self.rows for id_ in row.events)


@dataclass
class _Draft:
    """Events of one class, incident and place."""

    events: list[Event] = field(default_factory=list)
    where: Located | None = None
    reports: list[Report] = field(default_factory=list)


class Violations:
    """All that may be counted of a mission, ready to be asked for any period."""

    def __init__(self, case: Case, events: Sequence[Event], findings: Sequence[Finding], incidents: Mapping[str, str],
                 placing: Placing) -> None:  # fmt: skip
        """incidents: the incident of each event."""
        self.rule = counting_rule(case.agreement)
        counted = frozenset(class_ for _, classes in self.rule for class_ in classes)
        self._sensors = case.network.by_id
        self._observed = {one.id: one for one in case.observations}
        self._findings = {id_: one.id for one in findings for id_ in one.events}
        self._incidents = incidents
        happened = [one for one in events if one.existence >= HAPPENED and one.class_ in counted]
        self._events = sorted(happened, key=lambda one: (one.origin.time_us, one.id))
        self._where = dict(zip([one.id for one in self._events], _located(self._events, placing), strict=True))
        supported = {id_ for one in events for id_ in one.observations}
        self._alone = [
            one for one in case.observations
            if isinstance(one, Report) and one.id not in supported and _class_of(one) in counted and self._counts(one)
        ]  # fmt: skip
        self._placing = placing

    def between(self, period: Period, texts: Texts) -> Counted:
        """The violations of a period. `texts`: in whose language places are told, by which rows are kept apart."""
        rows = [*self._of_events(period, texts), *self._of_people(period)]
        rows.sort(key=lambda row: (row.from_us, row.class_, row.events, row.until_us))
        return Counted(tuple(rows), tally_of(rows, self.rule))

    def of_event(self, event: Event, where: Located) -> Violation:
        """One event as a row of its own, counted or not."""
        return self._row(self._incidents.get(event.id, event.id), _Draft(events=[event], where=where))

    def _counts(self, one: Observation) -> bool:
        """Whether what a sensor says counts: it is no party's, and it was accepted if anybody accepts sensors."""
        sensor = self._sensors[one.sensor]
        accepting = any(other.accepted_us is not None for other in self._sensors.values())
        accepted = sensor.accepted_us is not None and one.time_us >= sensor.accepted_us
        return sensor.supplied_by is None and (accepted or not accepting)

    def _of_events(self, period: Period, texts: Texts) -> Iterable[Violation]:
        drafts: dict[tuple[str, str, str], _Draft] = {}
        grouped: dict[tuple[str, str], list[_Draft]] = {}
        for event in self._events:
            if not period.holds(event.origin.time_us):
                continue
            where = self._where[event.id]
            key = (self._incidents.get(event.id, event.id), event.class_)
            draft = drafts.get((*key, where_words(where, texts)))
            if draft is None:
                draft = drafts[(*key, where_words(where, texts))] = _Draft(where=where)
                grouped.setdefault(key, []).append(draft)
            draft.events.append(event)
            draft.reports += [
                one for id_ in event.observations
                if isinstance(one := self._observed.get(id_), Report) and _class_of(one) == event.class_
            ]  # fmt: skip
        for (incident, _), some in grouped.items():
            yield from _raised(some, [self._row(incident, draft) for draft in some])

    def _row(self, incident: str, draft: _Draft) -> Violation:
        events = draft.events
        members = [one for event in events for id_ in event.observations if (one := self._observed.get(id_))]
        said = {one.weapon for one in members if isinstance(one, Report | Fix) and one.weapon}
        ids = tuple(event.id for event in events)
        first = min(events, key=lambda event: event.origin.time_us)
        return Violation(
            class_=first.class_,
            from_us=first.origin.time_us,
            until_us=max(event.origin.time_us for event in events),
            sigma_s=max(event.origin.time_sigma_s for event in events),
            where=draft.where,
            count=(len(events), len(events)),
            events=ids,
            incident=incident,
            means=_means(members, self._sensors),
            providers=tuple(sorted({provider for event in events for provider in event.providers})),
            weapons=tuple(sorted(said)),
            corroborated=all(len(event.providers) > 1 for event in events),
            uncountable=any(one.count is None for one in draft.reports),
            findings=tuple(dict.fromkeys(self._findings[id_] for id_ in ids if id_ in self._findings)),
        )

    def _of_people(self, period: Period) -> Iterable[Violation]:
        """What people alone reported."""
        some = [one for one in self._alone if period.holds(one.time_us)]
        for one, located in zip(some, self._placing.observed(some), strict=True):
            yield Violation(
                class_=_class_of(one),
                from_us=one.time_us,
                until_us=one.time_us,
                sigma_s=one.time_sigma_s,
                where=located,
                count=one.count,
                means=_means([one], self._sensors),
                providers=(self._sensors[one.sensor].provider,),
                weapons=(one.weapon,) if one.weapon else (),
            )


def _raised(drafts: Sequence[_Draft], rows: Sequence[Violation]) -> list[Violation]:
    """Rows of one incident and class, with what people counted beyond what was located, at the row of who counted."""
    located = sum(len(draft.events) for draft in drafts)
    counts = [(one.count, number) for number, draft in enumerate(drafts) for one in draft.reports if one.count]
    if not counts:
        return list(rows)
    least = max(0, max(count[0] for count, _ in counts) - located)
    most = max(0, max(count[1] for count, _ in counts) - located)
    _, number = max(counts, key=lambda one: (one[0][1], one[0][0], -one[1]))
    found = list(rows)
    has = len(drafts[number].events)
    found[number] = replace(found[number], count=(has + least, has + most))
    return found


def tally_of(rows: Iterable[Violation], rule: CountingRule) -> Tally:
    """What some rows sum to."""
    return tally([item for row in rows for item in row.items], rule)


def _class_of(report: Report) -> str:
    """What a person thought it most probably was."""
    return min(report.labels, key=lambda label: (-label[1], label[0]))[0] if report.labels else ""


def _located(events: Sequence[Event], placing: Placing) -> list[Located]:
    origins = [event.origin for event in events]
    return placing.located(
        [(one.lon, one.lat) for one in origins],
        [one.ellipse90.semi_major_m for one in origins],
        [one.time_us for one in origins],
    )


def _means(members: Iterable[Observation], sensors: Mapping[str, Sensor]) -> tuple[str, ...]:
    """How it was observed, in the words of the field: heard and seen by people, recorded by a camera, and so on."""
    found = set()
    for one in members:
        kind = sensors[one.sensor].kind
        if isinstance(one, Report):
            found |= {word for word, said in ((HEARD, one.heard), (SEEN, one.seen)) if said}
        elif kind == SATELLITE:
            found.add(SATELLITE)
        elif kind == CAMERA or isinstance(one, Bearing):
            found.add(CAMERA)
        else:
            found.add(RADAR if kind == RADAR or isinstance(one, Track) else INSTRUMENTS)
    return tuple(word for word in MEANS if word in found)
