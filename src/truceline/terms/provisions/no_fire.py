"""no_fire: no weapon may be fired. The breach is the firer's, wherever the rounds come down.

Keys: `classes` (which events are fire), `weapons` (definitions: only fire of these; unnamed weapons leave it open),
`flight_s` (how long a round may be in flight: what comes down so soon after the provision came into force, with no
launch heard, may have been fired before).
"""

from dataclasses import dataclass
from typing import ClassVar

from truceline.formats.fields import Fields
from truceline.model.agreement import Definition, Provision
from truceline.model.instant import span_of
from truceline.model.numbers import said
from truceline.model.observation import (
    AIRBURST,
    BURST,
    CLASSES,
    EXPLOSION,
    IMPACT,
    MISSILE,
    OUTGOING,
    PROJECTILE,
    SHOT,
)
from truceline.terms.arms import armed
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
from truceline.terms.words import lapse, moment

FIRE: Classes = frozenset({OUTGOING, IMPACT, AIRBURST, EXPLOSION, BURST, SHOT, PROJECTILE, MISSILE})
LANDING: Classes = frozenset({IMPACT, AIRBURST, EXPLOSION, PROJECTILE, MISSILE})
LAUNCHES: Classes = frozenset({OUTGOING, BURST, SHOT})
FLIGHT_S = 120.0  # rockets and shells within 40 km come down sooner


@dataclass(frozen=True)
class Rule:
    """Which events are fire, how long a round may fly, and of which weapons (none: any)."""

    classes: Classes
    flight_s: float
    weapons: tuple[Definition, ...] = ()


class NoFire(Forbids):
    name: ClassVar[str] = "no_fire"
    keys: ClassVar[tuple[Key, ...]] = (
        Key("classes", "the classes of events that are fire", {"type": "array", "items": {"enum": list(CLASSES)}}),
        Key("flight_s", "how long a round may be in flight, in seconds", {"type": "number", "minimum": 0}),
        Key("weapons", "ids of definitions: only fire of these weapons is forbidden", {"type": "array"}),
    )

    def read(self, fields: Fields, names: Names) -> Rule:
        flight_s = fields.number_or_none("flight_s", least=0.0, most=7200.0)
        classes = fields.words_among("classes", CLASSES)
        weapons = names.weapons(fields, "weapons")
        return Rule(frozenset(classes) or FIRE, FLIGHT_S if flight_s is None else flight_s, weapons)

    def classes(self, provision: Provision) -> Classes:
        return _rule(provision).classes

    def judge(self, question: Question, excused: Classes | None) -> Judgement:
        fired = self._fired(question, excused)
        weapons = _rule(question.provision).weapons
        if not weapons or fired.high == 0.0:
            return fired
        arms = armed(question.matter, weapons)
        return Judgement(fired.low * arms.low, fired.high * arms.high, f"{fired.words}; {arms.words}")

    def _fired(self, question: Question, excused: Classes | None) -> Judgement:
        rule, labels = _rule(question.provision), question.matter.labels
        counted = NONE if excused is None else rule.classes - excused
        share = share_of(labels, counted)
        words = f"what happened is fire with probability {said(share)} ({label_words(labels)})"
        flown_us = question.matter.time_us - question.since_us
        if share == 0.0 or flown_us >= span_of(rule.flight_s):
            return Judgement(share, share, words)
        return self._in_flight(question, share, share_of(labels, counted & LANDING), words)

    def _in_flight(self, question: Question, share: float, landed: float, words: str) -> Judgement:
        """Rounds that come down just after entry into force may have been fired before it."""
        launches = [
            matter.time_us < question.since_us
            for matter in question.act
            if matter.time_us <= question.matter.time_us and share_of(matter.labels, LAUNCHES) > 0.5
        ]
        since = moment(question.since_us)
        if launches and not any(launches):
            return Judgement(share, share, f"{words}; its launch was heard after entry into force at {since}")
        if launches and all(launches):
            return Judgement(share - landed, share - landed, f"{words}; it was launched before {since}")
        after = lapse(question.matter.time_us - question.since_us)
        open_ = f"{words}; it came down {after} after entry into force at {since} and may have been in flight then"
        return Judgement(share - landed, share, open_) if landed > 0 else Judgement(share, share, words)


def _rule(provision: Provision) -> Rule:
    assert isinstance(provision.rule, Rule)
    return provision.rule


KIND: Kind = NoFire()
