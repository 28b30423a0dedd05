"""no_fly: no aircraft or unmanned aircraft of those bound in the area, above or below a height if one is stated.

Heights are metres above the WGS84 ellipsoid. Where a height is asked for and nobody measured one, it is open.

Keys: `classes` (of uav, aircraft, projectile, missile; the first two if absent), `above_m`, `below_m`.
"""

from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Provision
from truceline.model.numbers import said
from truceline.model.observation import AIRCRAFT, MISSILE, PROJECTILE, UAV
from truceline.terms.contract import (
    NONE,
    Classes,
    Forbids,
    Judgement,
    Key,
    Kind,
    Names,
    Question,
    label_words,
    share_of,
)
from truceline.terms.words import metres

FLYING = (UAV, AIRCRAFT, PROJECTILE, MISSILE)
CRAFT: Classes = frozenset({UAV, AIRCRAFT})


@dataclass(frozen=True)
class Rule:
    """What may not fly, and between which heights (None: open)."""

    classes: Classes
    above_m: float | None
    below_m: float | None


class NoFly(Forbids):
    name: ClassVar[str] = "no_fly"
    keys: ClassVar[tuple[Key, ...]] = (
        Key("classes", "what may not fly (uav, aircraft)", {"type": "array", "items": {"enum": list(FLYING)}}),
        Key("above_m", "only above this height, metres above the ellipsoid", {"type": "number"}),
        Key("below_m", "only below this height, metres above the ellipsoid", {"type": "number"}),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        classes = fields.words_among("classes", FLYING)
        above = fields.number_or_none("above_m", least=-500.0, most=1e6)
        below = fields.number_or_none("below_m", least=-500.0, most=1e6)
        if above is not None and below is not None and below <= above:
            fields.fault("below_m", "'below_m' is not more than 'above_m'", "let the heights enclose something")
        return Rule(frozenset(classes) or CRAFT, above, below)

    def classes(self, provision: Provision) -> Classes:
        return _rule(provision).classes

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        rule, matter = _rule(question.provision), question.matter
        share = share_of(matter.labels, NONE if excused is None else rule.classes - excused)
        words = f"it flew, with probability {said(share)} ({label_words(matter.labels)})"
        if (rule.above_m is None and rule.below_m is None) or share == 0.0:
            return Judgement(share, share, words)
        height = matter.spot.height_m if matter.spot else None
        if height is None:
            return Judgement(0.0, share, f"{words}; nobody measured how high")
        held = (rule.above_m is None or height >= rule.above_m) and (rule.below_m is None or height < rule.below_m)
        there = "where the article forbids it" if held else "where the article does not forbid it"
        return Judgement(share * held, share * held, f"{words}, at {metres(height)}, {there}")


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = NoFly()
