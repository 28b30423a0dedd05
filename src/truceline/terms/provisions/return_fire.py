"""return_fire: fire in answer to an offensive is no breach, if four things hold. It only exempts.

(i) it answers an offensive operation of another, as the agreement defines it; (ii) it was ordered by the leadership;
(iii) the coordination mechanism was tried before, without success; (iv) it was notified. (ii) to (iv) are proven from
the record of contacts. Who shows none of them invokes nothing. Whose an offensive was, only its source can say here: a
map that shows who gained ground, a sighting that says whose forces they were. Where none says, or nothing was seen,
(i) stays open: an offensive may have gone unseen. A contact that is not on record was not made.

Keys: `in_response_to` (the definition of an offensive), `response_hours` (how long after it), `answer_minutes` (how
long the mechanism has to answer), `notify_hours` (how long after the fire it may be notified), `exempts`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Definition, Provision
from truceline.model.filing import Contact
from truceline.model.finding import Reason
from truceline.model.instant import US_PER_HOUR, Instant, Span
from truceline.model.numbers import said
from truceline.model.observation import AIRBURST, BURST, EXPLOSION, IMPACT, MISSILE, OUTGOING, PROJECTILE, SHOT
from truceline.terms.contract import (
    Classes,
    Excepts,
    Excuse,
    Ground,
    Judgement,
    Key,
    Kind,
    Names,
    Question,
    Rows,
    share_of,
)
from truceline.terms.facts import Facts
from truceline.terms.matter import Advance, Matter, Sighting
from truceline.terms.words import lapse, moment

FIRE: Classes = frozenset({OUTGOING, IMPACT, AIRBURST, EXPLOSION, BURST, SHOT, PROJECTILE, MISSILE})
REQUEST, ANSWER, REFUSAL = "coordination_request", "answer", "refusal"
ORDER, MEASURE = "order_notified", "measure_notified"
LEAST_SHARE = 0.01  # what is less likely to have been an offensive is not spoken of


@dataclass(frozen=True)
class Rule:
    """What is answered, and the times that go with it."""

    in_response_to: Definition | None
    response_us: Span
    answer_us: Span
    notify_us: Span
    exempts: tuple[str, ...]
    parties: tuple[str, ...]


@dataclass(frozen=True)
class Offensive:
    """What may have been an offensive of another. `share`: that it was one, if another did it; `known`: that he did."""

    time_us: Instant
    id: str
    share: float
    known: bool


@dataclass(frozen=True)
class Record:
    """By party, what may have been an offensive of another; and the contacts; both in order of time.

    `sent`: by party, when it sent any contact.
    """

    rule: Rule
    offensives: Mapping[str, tuple[Offensive, ...]]
    contacts: tuple[Contact, ...]
    sent: Mapping[str, Sequence[Instant]]
    as_of_us: Instant | None


class ReturnFire(Excepts):
    name: ClassVar[str] = "return_fire"
    keys: ClassVar[tuple[Key, ...]] = (
        Key("in_response_to", "id of the definition of an offensive operation", {"type": "string"}, True),
        Key("response_hours", "how long after it fire still answers it", {"type": "number", "minimum": 0}, True),
        Key("answer_minutes", "how long the mechanism has to answer", {"type": "number", "minimum": 0}, True),
        Key("notify_hours", "how long after the fire it may be notified", {"type": "number", "minimum": 0}, True),
        Key("exempts", "ids of the provisions it excepts from; absent: all", {"type": "array"}),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        return Rule(
            in_response_to=names.conduct(fields, "in_response_to"),
            response_us=round(fields.number("response_hours", least=0.0, most=8784.0) * US_PER_HOUR),
            answer_us=round(fields.number("answer_minutes", least=0.0, most=1e5) * US_PER_HOUR / 60),
            notify_us=round(fields.number("notify_hours", least=0.0, most=8784.0) * US_PER_HOUR),
            exempts=fields.words_among("exempts", names.provisions),
            parties=names.parties,
        )

    def classes(self, provision: Provision) -> Classes:
        return FIRE

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        conduct = _rule(provision).in_response_to
        assert conduct is not None
        classes = frozenset(conduct.classes)
        offensives = {}
        for party in provision.binds if facts.contacts else ():
            others = [other for other in _rule(provision).parties if other != party]
            wheres = {other: conduct.where_of(other) for other in others}
            inside = {other: None if where is None else ground.inside(where) for other, where in wheres.items()}
            drafts = (_offensive(matter, classes, inside) for matter in matters)
            offensives[party] = tuple(draft for draft in drafts if draft is not None and draft.share >= LEAST_SHARE)
        contacts = tuple(sorted(facts.contacts, key=lambda one: (one.time_us, one.id)))
        sent = {party: [one.time_us for one in contacts if one.sender == party] for party in provision.binds}
        return Record(_rule(provision), offensives, contacts, sent, facts.as_of_us)

    def speaks(self, state: object, party: str, matter: Matter) -> bool:
        assert isinstance(state, Record)
        sent = state.sent[party]
        if not sent:
            return False
        first, last = matter.time_us - state.rule.response_us, matter.time_us + state.rule.notify_us
        return bisect_left(sent, first) != bisect_right(sent, last)

    def excuse(self, question: Question) -> Excuse | None:
        rule, record, when = _rule(question.provision), question.state, question.matter.time_us
        assert isinstance(record, Record)
        first, last = when - rule.response_us, when + rule.notify_us
        offensive, since = _answers(record, question, rule)
        start = first if since is None else since
        conditions = (
            offensive,
            _ordered(record, question.party, (start, when, last)),
            _tried(record, question.party, (start, when), rule.answer_us),
            _notified(record, question.party, (start, when, last)),
        )
        low = prod(one.low for one in conditions)
        high = min(one.high for one in conditions)
        weakest = min(conditions, key=lambda one: (one.high, one.low))
        words = f"return fire: {weakest.words}" if low < 1.0 else "return fire: all four conditions hold"
        return Excuse(None, low, high, words, tuple(Reason(one.words) for one in conditions))


def _offensive(matter: Matter, classes: Classes, inside: Mapping[str, Rows | None]) -> Offensive | None:
    """What a matter may have been, if one of the others did it; None if none of them can have.

    `inside`: by other, the probability of every row to lie where it would be one (None: everywhere).
    """
    share = share_of(matter.labels, classes)
    if share == 0.0:
        return None
    about = matter.about
    if isinstance(about, Advance):
        return Offensive(matter.time_us, matter.id, share * about.low, True) if about.party in inside else None
    whose = about.whose if isinstance(about, Sighting) else None
    if whose is not None and whose not in inside:
        return None
    there = [1.0 if rows is None else rows[matter.row] for other, rows in inside.items() if whose in (None, other)]
    return Offensive(matter.time_us, matter.id, share * max(0.0, *there), whose is not None)


def _answers(record: Record, question: Question, rule: Rule) -> tuple[Judgement, Instant | None]:
    """(i) An offensive of another shortly before; and since when."""
    when = question.matter.time_us
    mine = {matter.id for matter in question.act}
    offensives = record.offensives[question.party]
    first = bisect_left(offensives, when - rule.response_us, key=_when)
    before = [one for one in offensives[first : bisect_left(offensives, when, key=_when)] if one.id not in mine]
    known = [one for one in before if one.known]
    if known:
        share = 1.0 - prod(1.0 - one.share for one in known)
        since = moment(known[0].time_us)
        words = (
            f"(i) it answers an offensive of another ({_named(known)}, since {since}) with probability {said(share)}"
        )
        return Judgement(share, 1.0, words), known[0].time_us
    hours = f"in the {lapse(rule.response_us)} before"
    if before:
        seen = f"what may have been an offensive of another was recorded {hours} ({_named(before)})"
        words = f"(i) {seen}; whose it was, is open"
    else:
        words = f"(i) no offensive of another was recorded {hours}; it may have gone unseen"
    return Judgement(0.0, 1.0, words), None


def _when(one: Offensive) -> Instant:
    return one.time_us


def _named(offensives: Sequence[Offensive], most: int = 3) -> str:
    return ", ".join(list(dict.fromkeys(one.id for one in offensives))[-most:])


def _ordered(record: Record, party: str, times: tuple[Instant, Instant, Instant]) -> Judgement:
    """(ii) The order, notified before the fire; one notified after it may have been given before."""
    start, when, last = times
    found = [one.time_us for one in record.contacts if one.kind == ORDER and one.sender == party]
    if any(start <= time_us <= when for time_us in found):
        return Judgement(
            1.0, 1.0, f"(ii) the leadership's order was notified at {moment(max(t for t in found if t <= when))}"
        )
    if any(when < time_us <= last for time_us in found):
        return Judgement(0.0, 1.0, "(ii) the leadership's order was notified only after the fire")
    if record.as_of_us is not None and record.as_of_us < last:
        return Judgement(0.0, 1.0, "(ii) no order of the leadership is on record yet")
    return Judgement(0.0, 0.0, "(ii) no order of the leadership is on record")


def _tried(record: Record, party: str, times: tuple[Instant, Instant], answer_us: Span) -> Judgement:
    """(iii) The mechanism was asked, and refused, or did not answer in time."""
    start, when = times
    asked = [
        one for one in record.contacts if one.kind == REQUEST and one.sender == party and start <= one.time_us <= when
    ]
    if not asked:
        return Judgement(0.0, 0.0, "(iii) the coordination mechanism was not tried before")
    request = asked[-1]
    replies = [
        one
        for one in record.contacts
        if one.kind in (ANSWER, REFUSAL) and one.sender == request.to and one.about in (None, request.id)
        and request.time_us <= one.time_us <= when
    ]  # fmt: skip
    name = f"(iii) request {request.id} of {moment(request.time_us)}"
    if any(one.kind == ANSWER for one in replies):
        return Judgement(0.0, 0.0, f"{name} was answered: the mechanism worked")
    if replies:
        return Judgement(1.0, 1.0, f"{name} was refused")
    waited = when - request.time_us
    if waited >= answer_us:
        return Judgement(1.0, 1.0, f"{name} stayed without an answer for {lapse(waited)}")
    early = lapse(answer_us - waited)
    return Judgement(
        0.0, 0.0, f"{name} had {lapse(answer_us)} to be answered; fire was opened {early} before they were over"
    )


def _notified(record: Record, party: str, times: tuple[Instant, Instant, Instant]) -> Judgement:
    """(iv) The measure was notified."""
    start, _, last = times
    found = [one.time_us for one in record.contacts if one.kind == MEASURE and one.sender == party]
    held = [time_us for time_us in found if start <= time_us <= last]
    if held:
        return Judgement(1.0, 1.0, f"(iv) it was notified at {moment(held[0])}")
    if record.as_of_us is not None and record.as_of_us < last:
        return Judgement(0.0, 1.0, f"(iv) it is not notified yet; there is time until {moment(last)}")
    return Judgement(0.0, 0.0, f"(iv) it was not notified by {moment(last)}")


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = ReturnFire()
