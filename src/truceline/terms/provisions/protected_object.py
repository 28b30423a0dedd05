"""protected_object: hospitals, schools, power stations and the like are not struck. The breach is the firer's.

What comes down inside, or within `within_m`, breaks it. Damage that was seen there breaks it as far as those who saw it
say that fire caused it (their labels); where they do not say, it is open.

Keys: `objects` (kinds of area, or definitions of objects), `classes` (what strikes).
"""

from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Provision, Where
from truceline.model.numbers import said
from truceline.model.observation import AIRBURST, CLASSES, EXPLOSION, IMPACT, MISSILE, PROJECTILE, Damage
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
from truceline.terms.matter import DAMAGE

STRIKING: Classes = frozenset({IMPACT, AIRBURST, EXPLOSION, PROJECTILE, MISSILE})


@dataclass(frozen=True)
class Rule:
    """What strikes, and the areas that are protected."""

    classes: Classes
    areas: tuple[str, ...]


class ProtectedObject(Forbids):
    name: ClassVar[str] = "protected_object"
    keys: ClassVar[tuple[Key, ...]] = (
        Key("objects", "kinds of area, or ids of definitions of objects", {"type": "array"}, True),
        Key(
            "classes",
            "what strikes (impact, airburst, explosion, projectile, missile)",
            {"type": "array", "items": {"enum": list(CLASSES)}},
        ),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        areas = names.objects(fields, "objects")
        bare = [id_ for id_ in areas if not names.areas[id_].polygons and not names.areas[id_].radius_m]
        if bare and not fields.table.get("within_m"):
            fields.fault("objects", f"area {bare[0]!r} has no inside", "add 'within_m', or draw it as a polygon")
        return Rule(frozenset(fields.words_among("classes", CLASSES)) or STRIKING, areas)

    def classes(self, provision: Provision) -> Classes:
        return _rule(provision).classes | {DAMAGE}

    def places(self, provision: Provision, party: str) -> Where | None:
        place = provision.where or Where()
        return Where(_rule(provision).areas, place.within_m, None, place.outside)

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        rule, matter = _rule(question.provision), question.matter
        counted = NONE if excused is None else rule.classes - excused
        if isinstance(matter.about, Damage):
            return _damaged(matter.about, counted)
        share = share_of(matter.labels, counted)
        words = f"it came down there with probability {said(share)} ({label_words(matter.labels)})"
        return Judgement(share, share, words)


def _damaged(damage: Damage, counted: Classes) -> Judgement:
    """Damage by fire, as far as those who saw it say what caused it."""
    seen = f"damage to {damage.object} was seen"
    if not damage.labels:
        stated = f", caused by “{damage.cause_stated}” as stated there" if damage.cause_stated else ""
        return Judgement(0.0, 1.0 if counted else 0.0, f"{seen}{stated}; the observers do not say what caused it")
    share = share_of(damage.labels, counted)
    return Judgement(share, share, f"{seen}, by fire with probability {said(share)} ({label_words(damage.labels)})")


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = ProtectedObject()
