"""keep_out: a force stays away: from a line, from a zone, or outside its own hubs. Monitors and others may be exempt.

It binds forces that signed nothing of the parties' own: a coalition's units on the host's ground. What they say of
themselves counts against them and never for them. The mechanism watches everyone.

Keys: `exempt_roles` (required: who may be there all the same, `[]` for nobody), `classes` (what shows presence).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Provision
from truceline.model.observation import MOVING
from truceline.terms.contract import MATTERS, Classes, Forbids, Grant, Judgement, Key, Kind, Names, Question
from truceline.terms.presence import FORCES, present


@dataclass(frozen=True)
class Rule:
    """What shows presence."""

    classes: Classes


class KeepOut(Forbids):
    name: ClassVar[str] = "keep_out"
    keys: ClassVar[tuple[Key, ...]] = (
        Key(
            "classes",
            "what shows presence (outgoing, burst, shot, sighting, uav, vehicle, vessel, aircraft)",
            {"type": "array", "items": {"enum": list(MATTERS)}},
        ),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        if "area" not in fields.table and "outside" not in fields.table:
            fields.fault("area", "no place is named to keep out of", "add 'area', or 'outside' for where it may be")
        if "exempt_roles" not in fields.table:
            remedy = 'say who may be there all the same: exempt_roles = ["monitor"], or [] for nobody'
            fields.fault("exempt_roles", "required field 'exempt_roles' is missing", remedy)
        return Rule(frozenset(fields.words_among("classes", MATTERS)) or FORCES | MOVING)

    def classes(self, provision: Provision) -> Classes:
        return _rule(provision).classes

    def grants(self, provision: Provision) -> Sequence[Grant]:
        free = provision.where.outside if provision.where else ()
        classes = _rule(provision).classes
        return [Grant((id_,), classes, "lets be", party=party) for id_ in free for party in provision.binds]

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        return present(question.matter, _rule(question.provision).classes, (), excused)


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = KeepOut()
