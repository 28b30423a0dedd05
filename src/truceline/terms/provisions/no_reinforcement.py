"""no_reinforcement: no further weapons or troops are brought into an area.

What is seen coming in from outside breaks it, fix by fix of its track; so does a sighting of more than the level that
was declared when the article came into force. What was inside when first seen may have been there before: open.

Keys: `weapons` (definitions; absent: whatever was sighted), `level` (how many were declared; 0 if absent), `classes`
(what comes in: sighting, and of the moving ones vehicle, vessel, aircraft, uav).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Definition, Provision
from truceline.model.numbers import said
from truceline.model.observation import MOVING
from truceline.terms.contract import (
    NONE,
    Classes,
    Forbids,
    Ground,
    Judgement,
    Key,
    Kind,
    Names,
    Question,
    label_words,
    share_of,
)
from truceline.terms.facts import Facts
from truceline.terms.matter import SIGHTING, Matter, Sighting
from truceline.terms.strength import Strength, strengths

COMING: tuple[str, ...] = (SIGHTING, *sorted(MOVING))


@dataclass(frozen=True)
class Rule:
    """What comes in, of which weapons, and the level declared."""

    classes: Classes
    weapons: tuple[Definition, ...]
    level: int


@dataclass(frozen=True)
class Seen:
    """By row of a sighting, how many it saw; by id of a track, the probability that its first fix lay outside."""

    strength: Mapping[int, Strength]
    came_from_outside: Mapping[str, float | None]


class NoReinforcement(Forbids):
    name: ClassVar[str] = "no_reinforcement"
    keys: ClassVar[tuple[Key, ...]] = (
        Key(
            "weapons", "ids of the definitions of what may not come in; absent: whatever was sighted", {"type": "array"}
        ),
        Key("level", "how many were declared when it came into force (0)", {"type": "integer", "minimum": 0}),
        Key("classes", "what comes in (sighting)", {"type": "array", "items": {"enum": list(COMING)}}),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        if "area" not in fields.table:
            fields.fault("area", "no area is named that may not be reinforced", "add 'area'")
        classes = frozenset(fields.words_among("classes", COMING)) or frozenset({SIGHTING})
        return Rule(classes, names.weapons(fields, "weapons"), fields.whole_or_none("level") or 0)

    def classes(self, provision: Provision) -> Classes:
        return _rule(provision).classes

    def number(self, provision: Provision) -> tuple[str, float] | None:
        return "weapons or troops", _rule(provision).level

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        rule, where = _rule(provision), provision.ground
        assert where is not None
        inside, moving = ground.inside(where), rule.classes & MOVING
        first: dict[str, float | None] = {}
        counted: dict[str, int] = {}
        for matter in matters:
            if share_of(matter.labels, moving) > 0.0:
                first.setdefault(matter.id, 1.0 - inside[matter.row] if inside[matter.row] >= 0.0 else None)
                counted[matter.id] = counted.get(matter.id, 0) + 1
        known = {id_: share if counted[id_] > 1 else None for id_, share in first.items()}
        return Seen(strengths(matters, inside, rule.weapons, 0), known)

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        rule, state, matter = _rule(question.provision), question.state, question.matter
        assert isinstance(state, Seen)
        counted = NONE if excused is None else rule.classes - excused
        share = share_of(matter.labels, counted)
        if isinstance(matter.about, Sighting):
            found = state.strength[matter.row]
            many = "an uncountable number" if found.most is None else f"at most {found.most}"
            words = f"at least {found.least} and {many} were there; {rule.level} were declared"
            low, high = float(found.least > rule.level), float(found.most is None or found.most > rule.level)
            return Judgement(share * low, share * high, words)
        words = f"it moved there with probability {said(share)} ({label_words(matter.labels)})"
        outside = state.came_from_outside.get(matter.id)
        if outside is None:
            return Judgement(0.0, share, f"{words}; where it came from was not seen")
        came = f"{words}, and had come from outside with probability {said(outside)}"
        return Judgement(share * outside, share * outside, came)


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = NoReinforcement()
