"""obligation: something must be done by a day: a notification, an answer, a notice, access for an inspection.

What is not done is put before the text as an omission on its day. A duty whose day lies outside what the mission's
record covers is not judged: nothing is held against anybody for what nobody was there to write down.

Keys: `proof` (what shows that it was done), and one of `by` (a day), `within_hours` (of coming into force), or both
`after` (a kind of contact addressed to the party) and `within_hours`. `about`: what the contact must be about;
`sites`: where the inspection must be; `activity`: what the notice must announce.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Provision
from truceline.model.filing import CONTACT_KINDS
from truceline.model.instant import US_PER_HOUR, Instant, Span
from truceline.model.observation import CLASSES, Inspection
from truceline.terms.contract import Classes, Forbids, Ground, Judgement, Key, Kind, Names, Question
from truceline.terms.facts import Facts
from truceline.terms.matter import OMISSION, Matter, Omission
from truceline.terms.reading.where import area_ids
from truceline.terms.stores import refused
from truceline.terms.words import lapse, moment

INSPECTED, NOTICE = "inspection", "notice"
PROOFS: tuple[str, ...] = (*CONTACT_KINDS, INSPECTED, NOTICE)


@dataclass(frozen=True)
class Rule:
    """What shows that it was done, and by when: a day, or so long after coming into force or after a contact."""

    proof: str
    by_us: Instant | None
    within_us: Span
    after: str | None
    about: str | None
    sites: tuple[str, ...]
    activity: str | None


class Obligation(Forbids):
    name: ClassVar[str] = "obligation"
    anywhere: ClassVar[Classes] = frozenset({OMISSION})
    keys: ClassVar[tuple[Key, ...]] = (
        Key("proof", "what shows that it was done", {"enum": list(PROOFS)}, True),
        Key("by", "the day by which it must be done", {"description": "date and time with its offset"}),
        Key("within_hours", "hours after it comes into force, or after `after`", {"type": "number", "minimum": 0}),
        Key("after", "each contact of this kind to the party begins the hours", {"enum": list(CONTACT_KINDS)}),
        Key("about", "what the contact must be about", {"type": "string"}),
        Key("sites", "ids of the areas to which access must be given", {"type": "array"}),
        Key("activity", "what the notice must announce", {"enum": list(CLASSES)}),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        by = fields.instant_or_none("by")
        within = fields.number_or_none("within_hours", least=0.0, most=1e6)
        after = fields.choice("after", CONTACT_KINDS) if "after" in fields.table else None
        proof = fields.choice("proof", PROOFS)
        if ("by" in fields.table) == ("within_hours" in fields.table):
            fields.fault("proof", "the duty has no day, or two", "say 'by', or 'within_hours' (with 'after' if any)")
        if after is not None and (by is not None or proof not in CONTACT_KINDS):
            fields.fault(
                "after", "'after' goes with 'within_hours' and a contact as proof", "mend the one or the other"
            )
        sites = area_ids(fields, "sites", names.areas)
        if (proof == INSPECTED) != bool(sites):
            fields.fault(
                "sites", "'sites' goes with proof = \"inspection\", and only with it", "add or leave out 'sites'"
            )
        return Rule(
            proof=proof,
            by_us=by,
            within_us=round((within or 0.0) * US_PER_HOUR),
            after=after,
            about=fields.text_or_none("about"),
            sites=sites,
            activity=fields.choice("activity", CLASSES) if "activity" in fields.table else None,
        )

    def classes(self, provision: Provision) -> Classes:
        return frozenset({OMISSION})

    def omissions(self, provision: Provision, facts: Facts, start_us: Instant) -> Sequence[Omission]:
        record = facts.record
        if record is None:
            return ()
        duties = [duty for party in provision.binds for duty in _duties(provision, facts, party, start_us)]
        return [duty for duty in duties if record[0] <= duty.due_us <= record[1]]

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        """Whether each duty of this article was done: {(party, day): Judgement}, for those of this reading of it."""
        rule, found = _rule(provision), {}
        for matter in matters:
            duty = matter.about
            if isinstance(duty, Omission) and duty.provision == provision.name and _due(rule, duty) == duty.due_us:
                found[duty.party, duty.due_us] = _undone(rule, facts, duty)
        return found

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        about, state = question.matter.about, question.state
        assert isinstance(state, Mapping)
        if not isinstance(about, Omission) or about.provision != question.provision.name or excused is None:
            return Judgement(0.0, 0.0, "it is no duty of this article")
        if about.party != question.party:
            return Judgement(0.0, 0.0, f"it is a duty of {about.party}, not of {question.party}")
        found = state.get((about.party, about.due_us))
        return found if found is not None else Judgement(0.0, 0.0, f"nothing is due on {moment(about.due_us)}")


def _duties(provision: Provision, facts: Facts, party: str, start_us: Instant) -> Iterator[Omission]:
    """The days on which something was due from a party."""
    rule, name = _rule(provision), provision.name
    if rule.after is None:
        day = rule.by_us if rule.by_us is not None else start_us + rule.within_us
        yield Omission(name, party, start_us, day)
        return
    for one in facts.contacts:
        if one.kind == rule.after and one.to == party:
            yield Omission(name, party, one.time_us, one.time_us + rule.within_us, one.id)


def _due(rule: Rule, duty: Omission) -> Instant:
    return rule.by_us if rule.by_us is not None else duty.asked_us + rule.within_us


def _undone(rule: Rule, facts: Facts, duty: Omission) -> Judgement:
    """Bounds of the probability that a duty was not done by its day."""
    if rule.proof == INSPECTED:
        return _not_opened(rule, facts, duty)
    if rule.proof == NOTICE:
        times = [
            (one.received_us, one.id, True)
            for one in facts.notices
            if one.party == duty.party and rule.activity in (None, one.activity)
        ]
    else:
        wanted = rule.about or duty.about
        mine = [one for one in facts.contacts if one.kind == rule.proof and one.sender == duty.party]
        times = [
            (one.time_us, one.id, wanted in (None, one.about))
            for one in mine
            if one.about in (None, wanted) or not wanted
        ]
    name, day = rule.proof.replace("_", " "), moment(duty.due_us)
    exact = sorted(time_us for time_us, _, about in times if about and time_us >= duty.asked_us)
    if exact and exact[0] <= duty.due_us:
        return Judgement(0.0, 0.0, f"{name} of {moment(exact[0])} came in time; it was due by {day}")
    if any(duty.asked_us <= time_us <= duty.due_us for time_us, _, _ in times):
        return Judgement(0.0, 1.0, f"a {name} came in time, but does not say of what; it was due by {day}")
    if exact:
        return Judgement(1.0, 1.0, f"{name} was due by {day} and came {lapse(exact[0] - duty.due_us)} late")
    return Judgement(1.0, 1.0, f"{name} was due by {day}, and none is on record")


def _not_opened(rule: Rule, facts: Facts, duty: Omission) -> Judgement:
    """Whether sites were closed to every inspection that was tried by the day."""
    tried = [
        one
        for one in facts.observations
        if isinstance(one, Inspection) and one.site in rule.sites and duty.asked_us <= one.time_us <= duty.due_us
    ]
    day = moment(duty.due_us)
    opened = {one.site for one in tried if not refused(one.access)}
    closed = sorted({one.site for one in tried} - opened)
    if closed:
        return Judgement(1.0, 1.0, f"access to {', '.join(closed)} was refused, and not given by {day}")
    if opened == set(rule.sites):
        return Judgement(0.0, 0.0, f"access was given by {day}")
    left = ", ".join(sorted(set(rule.sites) - opened))
    return Judgement(0.0, 1.0, f"nobody is on record as having asked for access to {left} by {day}")


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = Obligation()
