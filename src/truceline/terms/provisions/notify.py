"""notify: what a party announces in time is not a breach. It only exempts.

An event of the announced class within [from, until), radius and count of a notice that the centre received at least
`notice_hours` before its `from`. Of more events than the notice counts, the latest are left without cover. An
explosion whose kind is not determined may be what was announced. Who did not lodge the notice has no use of it. A
notice broader than the article allows covers nothing.

Keys: `activity` (a class of events), `notice_hours`, `exempts` (the provisions it excepts from; absent: all),
`most_radius_m`, `most_hours`, `most_count` (how broad a notice may be).
"""

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Provision
from truceline.model.filing import Notice
from truceline.model.instant import US_PER_HOUR
from truceline.model.observation import CLASSES, EXPLOSION
from truceline.terms.chance import within_span
from truceline.terms.contract import Classes, Excepts, Excuse, Ground, Key, Kind, Names, Question, share_of
from truceline.terms.facts import Facts
from truceline.terms.matter import Matter
from truceline.terms.registers.notices import NoticeEntry, Reception
from truceline.terms.words import between, lapse, moment

HELD = 0.5  # an event uses up a notice's count if it is more probably than not what was announced, there and then
LEAST_SHARE = 0.01  # an event less likely than this to be there and then is not touched by a notice


@dataclass(frozen=True)
class Rule:
    """What is announced, how long before, which provisions it excepts from (none named: all), and how broadly."""

    activity: str
    notice_us: int
    exempts: tuple[str, ...]
    most_radius_m: float | None = None
    most_hours: float | None = None
    most_count: int | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """Whether a notice covers an event: bounds of the probability, or why not."""

    low: float
    high: float
    words: str


@dataclass(frozen=True)
class Covers:
    """By party and row; and the register's entries."""

    by_row: Mapping[tuple[str, int], Cover]
    entries: tuple[NoticeEntry, ...]


@dataclass
class _Counter:
    """A notice while its count is being used up."""

    notice: Notice
    reception: Reception
    fault: str
    left: int | None
    used_by: list[str] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)


class Notify(Excepts):
    name: ClassVar[str] = "notify"
    keys: ClassVar[tuple[Key, ...]] = (
        Key("activity", "the class of events that is announced", {"enum": list(CLASSES)}, required=True),
        Key("notice_hours", "hours from receipt to the notice's `from`", {"type": "number", "minimum": 0}, True),
        Key("exempts", "ids of the provisions it excepts from; absent: all", {"type": "array"}),
        Key("most_radius_m", "a notice of a wider radius covers nothing", {"type": "number", "minimum": 0}),
        Key("most_hours", "a notice of a longer time covers nothing", {"type": "number", "minimum": 0}),
        Key(
            "most_count", "a notice of more, or of no stated number, covers nothing", {"type": "integer", "minimum": 1}
        ),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        return Rule(
            activity=fields.choice("activity", CLASSES),
            notice_us=round(fields.number("notice_hours", least=0.0, most=8784.0) * US_PER_HOUR),
            exempts=fields.words_among("exempts", names.provisions),
            most_radius_m=fields.number_or_none("most_radius_m", least=0.0, most=2e7),
            most_hours=fields.number_or_none("most_hours", least=0.0, most=1e6),
            most_count=fields.whole_or_none("most_count", least=1),
        )

    def classes(self, provision: Provision) -> Classes:
        return frozenset({_rule(provision).activity, EXPLOSION})

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        """Which events each party's notices cover."""
        covers: dict[tuple[str, int], Cover] = {}
        entries: list[NoticeEntry] = []
        rule = _rule(provision)
        parties = {notice.party for notice in facts.notices if notice.party in provision.binds}
        for party in sorted(parties):
            mine = [one for one in facts.notices if one.party == party and one.activity == rule.activity]
            counters = {notice.id: _counter(rule, notice) for notice in mine}
            for row, cover in _party_covers(rule, counters, matters, ground):
                covers[party, row] = cover
            entries += [_entry(provision, counter) for counter in counters.values()]
        return Covers(covers, tuple(entries))

    def speaks(self, state: object, party: str, matter: Matter) -> bool:
        return isinstance(state, Covers) and (party, matter.row) in state.by_row

    def excuse(self, question: Question) -> Excuse | None:
        assert isinstance(question.state, Covers)
        cover = question.state.by_row.get((question.party, question.matter.row))
        if cover is None:
            return None
        return Excuse(self.classes(question.provision), cover.low, cover.high, cover.words)


def _counter(rule: Rule, notice: Notice) -> _Counter:
    """A notice as the centre received it: in time, late, or broader than allowed."""
    early_us = notice.from_us - notice.received_us
    hours = (notice.until_us - notice.from_us) / US_PER_HOUR
    if early_us < rule.notice_us:
        late = lapse(rule.notice_us - early_us)
        fault = f"came {late} too late: {lapse(rule.notice_us)} before its start are asked"
        return _Counter(notice, "late", fault, notice.count)
    broad = ""
    if rule.most_radius_m is not None and notice.radius_m > rule.most_radius_m:
        broad = f"a radius of {notice.radius_m:,g} m; {rule.most_radius_m:,g} m are allowed"
    elif rule.most_hours is not None and hours > rule.most_hours:
        broad = f"{hours:g} h; {rule.most_hours:g} h are allowed"
    elif rule.most_count is not None and (notice.count is None or notice.count > rule.most_count):
        broad = f"{'no number' if notice.count is None else notice.count}; {rule.most_count} are allowed"
    if broad:
        return _Counter(notice, "too_broad", f"is too broad: it says {broad}", notice.count)
    return _Counter(notice, "in_time", "", notice.count)


def _party_covers(
    rule: Rule, counters: Mapping[str, _Counter], matters: Sequence[Matter], ground: Ground
) -> Iterator[tuple[int, Cover]]:
    """The cover of every event that a party's notices touch. Events take a notice's count in order of time."""
    touching: dict[int, list[tuple[int, str, float, float]]] = {}
    for counter in counters.values():
        for row, low, high in _touched(counter.notice, matters, ground):
            insort(touching.setdefault(row, []), (counter.notice.until_us, counter.notice.id, low, high))
    announced = frozenset({rule.activity, EXPLOSION})
    for row in sorted(touching):
        counts = share_of(matters[row].labels, announced) >= HELD
        found = [(counters[id_], low, high) for _, id_, low, high in touching[row]]
        yield row, _cover(matters[row], found, counts)


def _touched(notice: Notice, matters: Sequence[Matter], ground: Ground) -> Iterator[tuple[int, float, float]]:
    """Rows that may lie in the notice's time and radius, with bounds of the probability that they do."""
    rows = ground.rows_between(notice.from_us, notice.until_us)
    for row, there in zip(rows, ground.near(notice.lon, notice.lat, notice.radius_m, rows), strict=True):
        if there == 0.0:
            continue
        matter = matters[row]
        then = within_span(matter.time_us, matter.time_sigma_s, notice.from_us, notice.until_us)
        low, high = (0.0, then) if there < 0.0 else (there * then, there * then)
        if high > LEAST_SHARE:
            yield row, low, high


def _cover(matter: Matter, touching: Sequence[tuple[_Counter, float, float]], counts: bool) -> Cover:
    """The best cover among the notices that touch an event; what it uses up is taken off their counts."""
    best = Cover(0.0, 0.0, "")
    for counter, low, high in touching:
        notice = counter.notice
        name = f"notice {notice.id} ({notice.activity}, received {moment(notice.received_us)})"
        if counter.fault:
            cover = Cover(0.0, 0.0, f"{name} {counter.fault}")
        elif counter.left == 0 and matter.id not in counter.used_by:
            cover = Cover(0.0, 0.0, f"{name} is used up: it counts {notice.count}, and this comes after them")
            if counts and low >= HELD and matter.id not in counter.beyond:
                counter.beyond.append(matter.id)
        else:
            cover = Cover(low, high, f"{name} covers its place and time with probability {between(low, high)}")
            if counts and low >= HELD:
                if matter.id not in counter.used_by:
                    counter.used_by.append(matter.id)
                    counter.left = None if counter.left is None else counter.left - 1
                return cover
        if cover.high > best.high or not best.words:
            best = cover
    return best


def _entry(provision: Provision, counter: _Counter) -> NoticeEntry:
    notice = counter.notice
    early = lapse(notice.from_us - notice.received_us)
    count = "no stated number" if notice.count is None else str(notice.count)
    words = counter.fault or f"was received {early} before its start, of {count}"
    if counter.used_by and not counter.fault:
        words += f"; {_number(len(counter.used_by))} covered"
    if counter.beyond:
        words += f"; {_number(len(counter.beyond))} more than declared"
    return NoticeEntry(
        notice=notice,
        provision=provision.id,
        reception=counter.reception,
        words=f"notice {notice.id} {words}",
        used_by=tuple(counter.used_by),
        beyond=tuple(counter.beyond),
    )


def _number(number: int) -> str:
    return f"{number} event{'' if number == 1 else 's'}"


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = Notify()
