"""force_ceiling: no more than a number of weapons or troops of a party in an area at one time.

Sightings within the window may have seen the same ones: what was surely there at least, and possibly at most, is
compared with the ceiling; between the two it is open.

Keys: `most` (the ceiling; by party in [provision.for.PARTY]), `weapons` (definitions; absent: whatever was sighted),
`window_hours` (how long a sighting stands for; 24 if absent).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Definition, Provision
from truceline.model.instant import US_PER_HOUR, Span
from truceline.terms.contract import Classes, Forbids, Ground, Judgement, Key, Kind, Names, Question
from truceline.terms.facts import Facts
from truceline.terms.matter import SIGHTING, Matter, Sighting
from truceline.terms.strength import strengths

WINDOW_HOURS = 24.0


@dataclass(frozen=True)
class Rule:
    """The ceiling, of what, and how long a sighting stands for."""

    most: int
    weapons: tuple[Definition, ...]
    window_us: Span


class ForceCeiling(Forbids):
    name: ClassVar[str] = "force_ceiling"
    keys: ClassVar[tuple[Key, ...]] = (
        Key("most", "the ceiling", {"type": "integer", "minimum": 0}, True),
        Key("weapons", "ids of the definitions of what is counted; absent: whatever was sighted", {"type": "array"}),
        Key("window_hours", "how long a sighting stands for (24)", {"type": "number", "exclusiveMinimum": 0}),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        most = fields.whole_or_none("most")
        if "most" not in fields.table:
            fields.fault("most", "required field 'most' is missing", "add 'most'")
        hours = fields.number_or_none("window_hours", above=0.0, most=8784.0)
        window_us = round((WINDOW_HOURS if hours is None else hours) * US_PER_HOUR)
        return Rule(most or 0, names.weapons(fields, "weapons"), window_us)

    def classes(self, provision: Provision) -> Classes:
        return frozenset({SIGHTING})

    def number(self, provision: Provision) -> tuple[str, float] | None:
        return "weapons or troops", _rule(provision).most

    def prepare(self, provision: Provision, facts: Facts, matters: Sequence[Matter], ground: Ground) -> object:
        rule, where = _rule(provision), provision.ground
        return strengths(matters, None if where is None else ground.inside(where), rule.weapons, rule.window_us)

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        rule, state = _rule(question.provision), question.state
        assert isinstance(state, Mapping)
        if not isinstance(question.matter.about, Sighting) or excused is None or SIGHTING in excused:
            return Judgement(0.0, 0.0, "nothing was sighted")
        found = state[question.matter.row]
        many = "an uncountable number" if found.most is None else f"at most {found.most}"
        words = f"at least {found.least} and {many} were there; {rule.most} are allowed"
        return Judgement(float(found.least > rule.most), float(found.most is None or found.most > rule.most), words)


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = ForceCeiling()
