"""Whether a matter shows somebody, or something of his, at its place."""

from collections.abc import Sequence

from truceline.model.agreement import Definition
from truceline.model.numbers import said
from truceline.model.observation import BURST, MOVING, OUTGOING, SHOT
from truceline.terms.arms import armed, described
from truceline.terms.contract import NONE, Classes, Judgement, label_words, share_of
from truceline.terms.matter import SIGHTING, Matter, Sighting

LAUNCHES: Classes = frozenset({OUTGOING, BURST, SHOT})  # who fires is where it was fired from
FORCES: Classes = LAUNCHES | {SIGHTING}


def present(matter: Matter, classes: Classes, weapons: Sequence[Definition], excused: Classes | None) -> Judgement:
    """Bounds of the probability that a matter shows presence: by what was seen, what moved or what was fired there.

    `weapons`: if any are named, only these count, wherever the matter tells of weapons at all.
    """
    counted = NONE if excused is None else classes - excused
    share = share_of(matter.labels, counted)
    if isinstance(matter.about, Sighting):
        arms = armed(matter, weapons) if weapons else Judgement(1.0, 1.0, f"{described(matter.about.weapon)} was seen")
        return Judgement(share * arms.low, share * arms.high, arms.words)
    how = "moved" if share_of(matter.labels, MOVING) > 0.5 else "was fired"
    words = f"something {how} there with probability {said(share)} ({label_words(matter.labels)})"
    if not weapons or share == 0.0 or how == "moved":
        return Judgement(share, share, words)
    arms = armed(matter, weapons)
    return Judgement(share * arms.low, share * arms.high, f"{words}; {arms.words}")
