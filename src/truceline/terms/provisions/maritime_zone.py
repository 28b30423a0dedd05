"""maritime_zone: vessels of those bound stay out of a zone of the sea, or only pass through it.

Where passage is free, a vessel that keeps at least a speed is in passage; one that loiters or stops is not; one whose
speed nobody measured leaves it open.

Keys: `passage_least_mps` (passage is free at this speed or more; absent: no vessel may enter), `classes`.
"""

from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Provision
from truceline.model.numbers import said
from truceline.model.observation import AIRCRAFT, UAV, VESSEL
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

AT_SEA = (VESSEL, UAV, AIRCRAFT)


@dataclass(frozen=True)
class Rule:
    """What may not be there, and the speed from which passage is free (None: it is not)."""

    classes: Classes
    passage_least_mps: float | None


class MaritimeZone(Forbids):
    name: ClassVar[str] = "maritime_zone"
    keys: ClassVar[tuple[Key, ...]] = (
        Key("passage_least_mps", "passage is free at this speed or more, metres a second", {"type": "number"}),
        Key("classes", "what may not be there (vessel)", {"type": "array", "items": {"enum": list(AT_SEA)}}),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        if "area" not in fields.table and "outside" not in fields.table:
            fields.fault("area", "no zone is named", "add 'area'")
        passage = fields.number_or_none("passage_least_mps", above=0.0, most=100.0)
        return Rule(frozenset(fields.words_among("classes", AT_SEA)) or frozenset({VESSEL}), passage)

    def classes(self, provision: Provision) -> Classes:
        return _rule(provision).classes

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        rule, matter = _rule(question.provision), question.matter
        share = share_of(matter.labels, NONE if excused is None else rule.classes - excused)
        words = f"a vessel was there with probability {said(share)} ({label_words(matter.labels)})"
        if rule.passage_least_mps is None or share == 0.0:
            return Judgement(share, share, words)
        speed = matter.spot.speed_mps if matter.spot else None
        if speed is None:
            return Judgement(0.0, share, f"{words}; nobody measured whether it was passing")
        if speed >= rule.passage_least_mps:
            return Judgement(0.0, 0.0, f"{words}, passing at {speed:.1f} m/s")
        asked = f"{rule.passage_least_mps:g} m/s are passage"
        return Judgement(share, share, f"{words}, at {speed:.1f} m/s; {asked}")


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = MaritimeZone()
