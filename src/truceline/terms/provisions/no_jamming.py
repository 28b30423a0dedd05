"""no_jamming: monitors' means of observation and navigation are not interfered with.

Monitors say "jammed" of what they are sure of and "probable jamming" of what they are not: the second leaves it open.

Keys: none of its own.
"""

from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Provision
from truceline.model.observation import Restriction
from truceline.terms.contract import Classes, Forbids, Judgement, Key, Kind, Names, Question
from truceline.terms.hindrance import JAMMED, OF_SIGNALS, PROBABLE_JAMMING, hindrance
from truceline.terms.matter import RESTRICTION


@dataclass(frozen=True)
class Rule:
    """It has no keys."""


class NoJamming(Forbids):
    name: ClassVar[str] = "no_jamming"
    keys: ClassVar[tuple[Key, ...]] = ()

    def read(self, fields: Fields, names: Names) -> Rule:
        return Rule()

    def classes(self, provision: Provision) -> Classes:
        return frozenset({RESTRICTION})

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        about = question.matter.about
        if not isinstance(about, Restriction) or excused is None:
            return Judgement(0.0, 0.0, "no signal was interfered with")
        found = hindrance(about.what)
        words = f"monitors reported “{about.what}”"
        if found not in OF_SIGNALS:
            return Judgement(0.0, 0.0, f"{words}, which is no interference with signals")
        if found == PROBABLE_JAMMING:
            return Judgement(0.0, 1.0, f"{words}: they were not sure that it was jamming")
        assert found == JAMMED
        return Judgement(1.0, 1.0, words)


KIND: Kind = NoJamming()
