"""notify: what a party announces in time is not a breach. It only exempts.

An event of the announced class within [from, until), radius and count of a notice that the centre received at least
`notice_hours` before its `from`. Of more events than the notice counts, the latest are left without cover. An
explosion whose kind is not determined may be what was announced. Who did not lodge the notice has no use of it.

Keys: `activity` (a class of events), `notice_hours`, `exempts` (the provisions it excepts from; absent: all).
"""

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Provision
from truceline.model.filing import Notice
from truceline.model.instant import US_PER_HOUR
from truceline.model.numbers import said
from truceline.model.observation import CLASSES, EXPLOSION
from truceline.terms.chance import within_span
from truceline.terms.contract import Classes, Excepts, Excuse, Ground, Key, Kind, Matter, Names, Question, share_of
from truceline.terms.facts import Facts
from truceline.terms.words import lapse, moment

HELD = 0.5  # an event uses up a notice's count if it is more probably than not what was announced, there and then


@dataclass(frozen=True)
class Rule:
    """What is announced, how long before, and which provisions it excepts from (none named: all)."""

    activity: str
    notice_us: int
    exempts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """Whether a notice covers an event: with what probability, or why not."""

    probability: float
    words: str


class Notify(Excepts):
    name: ClassVar[str] = "notify"
    keys: ClassVar[tuple[Key, ...]] = (
        Key("activity", "the class of events that is announced", {"enum": list(CLASSES)}, required=True),
        Key("notice_hours", "hours from receipt to the notice's `from`", {"type": "number", "minimum": 0}, True),
        Key("exempts", "ids of the provisions it excepts from; absent: all", {"type": "array"}),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        return Rule(
            activity=fields.choice("activity", CLASSES),
            notice_us=round(fields.number("notice_hours", least=0.0, most=8784.0) * US_PER_HOUR),
            exempts=fields.words_among("exempts", names.provisions),
        )

    def classes(self, provision: Provision) -> Classes:
        return frozenset({_rule(provision).activity, EXPLOSION})

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        """Which events each party's notices cover: {(party, row): Cover}."""
        covers: dict[tuple[str, int], Cover] = {}
        parties = {notice.party for notice in facts.notices if notice.party in provision.binds}
        for party in sorted(parties):
            mine = [notice for notice in facts.notices if notice.party == party]
            for row, cover in _party_covers(provision, mine, matters, ground):
                covers[party, row] = cover
        return covers

    def excuse(self, question: Question) -> Excuse | None:
        assert isinstance(question.state, Mapping)
        cover = question.state.get((question.party, question.matter.row))
        if cover is None:
            return None
        return Excuse(self.classes(question.provision), cover.probability, cover.probability, cover.words)


def _party_covers(
    provision: Provision, notices: Sequence[Notice], matters: Sequence[Matter], ground: Ground
) -> Iterator[tuple[int, Cover]]:
    """The cover of every event that a party's notices touch. Events take a notice's count in order of time."""
    touching: dict[int, list[tuple[int, str, float]]] = {}
    by_id: dict[str, Notice] = {}
    for notice in notices:
        if notice.activity != _rule(provision).activity:
            continue
        by_id[notice.id] = notice
        for row, probability in _touched(notice, matters, ground):
            insort(touching.setdefault(row, []), (notice.until_us, notice.id, probability))
    left = {id_: notice.count for id_, notice in by_id.items()}
    announced = frozenset({_rule(provision).activity, EXPLOSION})
    for row in sorted(touching):
        counts = share_of(matters[row].labels, announced) >= HELD
        yield row, _cover(provision, [(by_id[id_], p) for _, id_, p in touching[row]], left, counts)


def _touched(notice: Notice, matters: Sequence[Matter], ground: Ground) -> Iterator[tuple[int, float]]:
    """Rows that may lie in the notice's time and radius, with the probability that they do."""
    rows = ground.rows_between(notice.from_us, notice.until_us)
    for row, there in zip(rows, ground.near(notice.lon, notice.lat, notice.radius_m, rows), strict=True):
        matter = matters[row]
        then = within_span(matter.time_us, matter.time_sigma_s, notice.from_us, notice.until_us)
        if there * then > 0.01:
            yield row, there * then


def _cover(
    provision: Provision, touching: Sequence[tuple[Notice, float]], left: dict[str, int | None], counts: bool
) -> Cover:
    """The best cover among the notices that touch an event; what it uses up is taken off `left`."""
    best = Cover(0.0, "")
    for notice, probability in touching:
        early_us = notice.from_us - notice.received_us
        name = f"notice {notice.id} ({notice.activity}, received {moment(notice.received_us)}"
        if early_us < _rule(provision).notice_us:
            asked = lapse(_rule(provision).notice_us)
            cover = Cover(0.0, f"{name}) came only {lapse(early_us)} before its start; {asked} are asked")
        elif left[notice.id] == 0:
            cover = Cover(0.0, f"{name}) is used up: it counts {notice.count}, and this comes after them")
        else:
            cover = Cover(probability, f"{name}) covers its place and time with probability {said(probability)}")
            if counts and probability >= HELD:
                number = left[notice.id]
                left[notice.id] = None if number is None else number - 1
                return cover
        if cover.probability > best.probability or not best.words:
            best = cover
    return best


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = Notify()
