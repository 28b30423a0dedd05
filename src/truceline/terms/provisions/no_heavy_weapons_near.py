"""no_heavy_weapons_near: no heavy weapon stands in or around protected places: settlements, schools, hospitals.

A weapon that was seen there, or that fired from there and that somebody named. Fire of which nobody named the weapon
says nothing under this article.

Keys: `weapons` (definitions of what is heavy), `objects` (kinds of area, or definitions of objects), and `within_m` for
what "around" means.
"""

from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Definition, Provision, Where
from truceline.model.numbers import said
from truceline.terms.arms import armed
from truceline.terms.contract import NONE, Classes, Forbids, Judgement, Key, Kind, Names, Question, share_of
from truceline.terms.matter import SIGHTING, Sighting
from truceline.terms.presence import FORCES


@dataclass(frozen=True)
class Rule:
    """What is heavy, and the areas that are protected."""

    weapons: tuple[Definition, ...]
    areas: tuple[str, ...]


class NoHeavyWeaponsNear(Forbids):
    name: ClassVar[str] = "no_heavy_weapons_near"
    of_weapons: ClassVar[bool] = True
    keys: ClassVar[tuple[Key, ...]] = (
        Key("weapons", "ids of the definitions of what is heavy", {"type": "array"}, True),
        Key("objects", "kinds of area, or ids of definitions of objects", {"type": "array"}, True),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        areas = names.objects(fields, "objects")
        bare = [id_ for id_ in areas if not names.areas[id_].polygons and not names.areas[id_].radius_m]
        if bare and not fields.table.get("within_m"):
            fields.fault("objects", f"area {bare[0]!r} has no inside", "add 'within_m', or draw it as a polygon")
        return Rule(names.weapons(fields, "weapons", required=True), areas)

    def classes(self, provision: Provision) -> Classes:
        return FORCES

    def places(self, provision: Provision, party: str) -> Where | None:
        said_ = provision.where or Where()
        return Where(_rule(provision).areas, said_.within_m, None, said_.outside)

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        matter, rule = question.matter, _rule(question.provision)
        share = share_of(matter.labels, NONE if excused is None else FORCES - excused)
        if not matter.weapons and not isinstance(matter.about, Sighting):
            return Judgement(0.0, 0.0, "nobody said of what weapon it was")
        arms = armed(matter, rule.weapons)
        seen = "it was seen there" if share_of(matter.labels, frozenset({SIGHTING})) else "it fired from there"
        words = f"{arms.words}; {seen} with probability {said(share)}"
        return Judgement(share * arms.low, share * arms.high, words)


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = NoHeavyWeaponsNear()
