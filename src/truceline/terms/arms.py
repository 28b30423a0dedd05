"""Whether what was seen, or fired, is of the weapons that a provision speaks of."""

from collections.abc import Sequence

from truceline.model.agreement import Definition
from truceline.terms.contract import Judgement
from truceline.terms.matter import Matter
from truceline.terms.weapons import Weapon, matches


def armed(matter: Matter, meant: Sequence[Definition]) -> Judgement:
    """Bounds of the probability that a matter's weapon is one that these definitions mean, from what was said of it.

    Nothing said, or said differently by different observers, leaves it open.
    """
    name = " or ".join(definition.id for definition in meant)
    if not matter.weapons:
        return Judgement(0.0, 1.0, f"nobody said of what weapon it was, and the text speaks of {name}")
    found = {matches(meant, one) for one in matter.weapons}
    seen = " and ".join(described(one) for one in matter.weapons)
    if found == {"yes"}:
        return Judgement(1.0, 1.0, f"{seen} is of {name}")
    if found == {"no"}:
        return Judgement(0.0, 0.0, f"{seen} is not of {name}")
    return Judgement(0.0, 1.0, f"whether {seen} is of {name} is open")


def described(weapon: Weapon) -> str:
    """A weapon in the observer's words, with what they were taken to mean."""
    read = [weapon.type_.replace("_", " ")] if weapon.type_ else []
    read += [f"{weapon.calibre_mm:g} mm"] if weapon.calibre_mm is not None else ["calibre not known"]
    return f"“{weapon.said}” ({', '.join(read)})"
