"""no_offensive: no attempt to change the positions held.

What counts as one, the agreement defines: presence or fire beyond the line, and ground that the maps show as newly
held (class `advance`). Only who gained the ground can have advanced.

Keys: `conduct` (the definition of an offensive; its place says, for each party, where it is one).
"""

from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Definition, Provision, Where
from truceline.terms.contract import NONE, Classes, Forbids, Judgement, Key, Kind, Names, Question, share_of
from truceline.terms.matter import Advance
from truceline.terms.presence import present
from truceline.terms.words import between, metres


@dataclass(frozen=True)
class Rule:
    """What counts as an attempt to change positions."""

    conduct: Definition | None


class NoOffensive(Forbids):
    name: ClassVar[str] = "no_offensive"
    keys: ClassVar[tuple[Key, ...]] = (
        Key("conduct", "id of the definition of what counts as an attempt", {"type": "string"}, True),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        return Rule(names.conduct(fields, "conduct"))

    def classes(self, provision: Provision) -> Classes:
        return frozenset(_conduct(provision).classes)

    def places(self, provision: Provision, party: str) -> Where | None:
        return provision.ground or _conduct(provision).where_of(party)

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        matter, classes = question.matter, self.classes(question.provision)
        if isinstance(matter.about, Advance):
            return _advanced(
                matter.about, question.party, share_of(matter.labels, classes if excused is not None else NONE)
            )
        return present(matter, classes, (), excused)


def _advanced(advance: Advance, party: str, share: float) -> Judgement:
    width = f"a strip of ground up to {metres(advance.width_m)} wide"
    if advance.party != party:
        return Judgement(0.0, 0.0, f"{advance.mapper} shows {width} newly held by {advance.party}, not by {party}")
    chance = between(advance.low, advance.high)
    words = f"{advance.mapper} shows {width} newly held by {party}: the positions changed with probability {chance}"
    return Judgement(advance.low * share, advance.high * share, words)


def _conduct(provision: Provision) -> Definition:
    assert isinstance(provision.rule, Rule) and provision.rule.conduct is not None
    return provision.rule.conduct


KIND: Kind = NoOffensive()
