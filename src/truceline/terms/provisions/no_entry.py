"""no_entry: nobody of those bound may be in the area: a disengagement area, a buffer zone, ground beyond a line.

Who fires from inside is inside: launches, shots and bursts count beside what was seen. Vehicles that nobody named
military count only if `classes` says so.

Keys: `classes` (what shows presence), `weapons` (definitions: only these may not be there).
"""

from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Definition, Provision
from truceline.terms.contract import MATTERS, Classes, Forbids, Judgement, Key, Kind, Names, Question
from truceline.terms.presence import FORCES, present


@dataclass(frozen=True)
class Rule:
    """What shows presence, and the weapons it is about (none: any)."""

    classes: Classes
    weapons: tuple[Definition, ...]


class NoEntry(Forbids):
    name: ClassVar[str] = "no_entry"
    keys: ClassVar[tuple[Key, ...]] = (
        Key(
            "classes",
            "what shows presence (outgoing, burst, shot, sighting)",
            {"type": "array", "items": {"enum": list(MATTERS)}},
        ),
        Key("weapons", "ids of definitions: only these weapons may not be there", {"type": "array"}),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        classes = fields.words_among("classes", MATTERS)
        if "area" not in fields.table and "outside" not in fields.table:
            fields.fault("area", "no place is named that may not be entered", "add 'area'")
        return Rule(frozenset(classes) or FORCES, names.weapons(fields, "weapons"))

    def classes(self, provision: Provision) -> Classes:
        return _rule(provision).classes

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        rule = _rule(question.provision)
        return present(question.matter, rule.classes, rule.weapons, excused)


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = NoEntry()
