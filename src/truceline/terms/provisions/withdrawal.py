"""withdrawal: weapons stand no nearer to a line than a distance; withdrawn weapons stay where they are stored.

Each party may measure from a line of its own, by [provision.for.PARTY]. The provision's `from` is the day by which
the weapons must be gone. An inspection that finds fewer of them than were stored there breaks the duty to keep them;
one that was refused, or that could not count, leaves it open.

Keys: `weapons` (definitions), `stored_at` (areas where they are kept; each belongs to a party, by its `party`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Definition, Provision
from truceline.model.observation import Inspection
from truceline.terms.arms import armed
from truceline.terms.contract import NONE, Classes, Forbids, Grant, Judgement, Key, Kind, Names, Question, share_of
from truceline.terms.matter import INSPECTION, SIGHTING, Sighting
from truceline.terms.presence import LAUNCHES
from truceline.terms.reading.where import area_ids
from truceline.terms.stores import refused
from truceline.terms.weapons import matches, named_by

LOOKED_AT: Classes = LAUNCHES | {SIGHTING, INSPECTION}


@dataclass(frozen=True)
class Rule:
    """What is withdrawn, and where it is kept: (area, party whose it is)."""

    weapons: tuple[Definition, ...]
    stored_at: tuple[tuple[str, str], ...]


class Withdrawal(Forbids):
    name: ClassVar[str] = "withdrawal"
    of_weapons: ClassVar[bool] = True
    anywhere: ClassVar[Classes] = frozenset({INSPECTION})
    keys: ClassVar[tuple[Key, ...]] = (
        Key("weapons", "ids of the definitions of what is withdrawn", {"type": "array"}, True),
        Key("stored_at", "ids of the areas where they are kept, each with its `party`", {"type": "array"}),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        if "area" not in fields.table and "outside" not in fields.table:
            fields.fault("area", "no line or zone is named", "add 'area' and 'within_m', or 'outside' for storage")
        stored = area_ids(fields, "stored_at", names.areas)
        for id_ in stored:
            if not names.areas[id_].party:
                fields.fault("stored_at", f"area {id_!r} does not say whose it is", "give it a 'party' in its file")
        return Rule(
            weapons=names.weapons(fields, "weapons", required=True),
            stored_at=tuple((id_, names.areas[id_].party) for id_ in stored),
        )

    def classes(self, provision: Provision) -> Classes:
        return LOOKED_AT if _rule(provision).stored_at else LOOKED_AT - {INSPECTION}

    def grants(self, provision: Provision) -> Sequence[Grant]:
        rule, sighted = _rule(provision), frozenset({SIGHTING})
        kept = [(id_, party) for id_, party in rule.stored_at if party in provision.binds]
        return [Grant((id_,), sighted, "keeps weapons", party=party, weapons=rule.weapons) for id_, party in kept]

    def number(self, provision: Provision) -> tuple[str, float] | None:
        return ("metres from the line", provision.where.within_m) if provision.where else None

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        matter, rule = question.matter, _rule(question.provision)
        if isinstance(matter.about, Inspection):
            return _kept(matter.about, rule, question.party)
        share = share_of(matter.labels, NONE if excused is None else self.classes(question.provision) - excused)
        if not matter.weapons and not isinstance(matter.about, Sighting):
            return Judgement(0.0, 0.0, "nobody said of what weapon it was")
        arms = armed(matter, rule.weapons)
        return Judgement(share * arms.low, share * arms.high, arms.words)


def _kept(inspection: Inspection, rule: Rule, party: str) -> Judgement:
    """Whether what was stored at a site of the party is there."""
    if (inspection.site, party) not in rule.stored_at:
        return Judgement(0.0, 0.0, f"{inspection.site} is no store of {party} under this article")
    if refused(inspection.access):
        return Judgement(0.0, 1.0, f"access to {inspection.site} was {inspection.access}: it could not be verified")
    low, high, words = 0.0, 0.0, f"what was stored at {inspection.site} is there"
    for item in inspection.items:
        match = matches(rule.weapons, named_by(rule.weapons, item.kind))
        if match != "no" and item.found < item.expected:
            missing = f"{item.expected - item.found} of {item.expected} × {item.kind} are missing at {inspection.site}"
            low, high = max(low, float(match == "yes")), 1.0
            words = missing if match == "yes" else f"{missing}; whether the article speaks of them is open"
    return Judgement(low, high, words)


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = Withdrawal()
