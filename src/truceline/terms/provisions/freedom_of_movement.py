"""freedom_of_movement: monitors are not hindered: denied, delayed, sent on conditions, threatened, fired at, blinded.

Mines and weather hinder too, but are nobody's conduct. Words that name no kind of restriction leave it open.

Keys: `restrictions` (which kinds break the article; all if absent).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Provision
from truceline.model.observation import VEHICLE, Restriction
from truceline.terms.contract import Classes, Forbids, Grant, Judgement, Key, Kind, Names, Question
from truceline.terms.hindrance import NOBODY, OF_MOVEMENT, OTHER_HINDRANCE, hindrance
from truceline.terms.matter import RESTRICTION, SIGHTING

MONITOR = "monitor"  # the role that it speaks for


@dataclass(frozen=True)
class Rule:
    """Which kinds of restriction break the article."""

    restrictions: frozenset[str]


class FreedomOfMovement(Forbids):
    name: ClassVar[str] = "freedom_of_movement"
    keys: ClassVar[tuple[Key, ...]] = (
        Key(
            "restrictions",
            f"which kinds of restriction break the article ({', '.join(OF_MOVEMENT)})",
            {"type": "array", "items": {"enum": list(OF_MOVEMENT)}},
        ),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        return Rule(frozenset(fields.words_among("restrictions", OF_MOVEMENT) or OF_MOVEMENT))

    def classes(self, provision: Provision) -> Classes:
        return frozenset({RESTRICTION})

    def grants(self, provision: Provision) -> Sequence[Grant]:
        areas = provision.ground.areas if provision.ground else ()
        moving = frozenset({VEHICLE, SIGHTING})
        return [Grant((id_,), moving, "lets move freely", role=MONITOR) for id_ in areas]

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        about, rule = question.matter.about, question.provision.rule
        assert isinstance(rule, Rule)
        if not isinstance(about, Restriction) or excused is None:
            return Judgement(0.0, 0.0, "no monitor was hindered")
        found = hindrance(about.what)
        words = f"monitors were hindered: “{about.what}”"
        if found == NOBODY:
            return Judgement(0.0, 0.0, f"{words}, which is nobody's conduct")
        if found == OTHER_HINDRANCE:
            return Judgement(0.0, 1.0, f"{words}, which names no kind of restriction")
        if found not in rule.restrictions:
            return Judgement(0.0, 0.0, f"{words}, which the article does not speak of")
        return Judgement(1.0, 1.0, f"{words} ({found.replace('_', ' ')})")


KIND: Kind = FreedomOfMovement()
