"""How sure a name must be, by what came of such names where the truth was known; and how that was found out.

Conformal risk control (Angelopoulos, Bates, Fisch, Lei & Schuster 2024, "Conformal risk control", ICLR): over n acts
of a stratum with known truth, for each of which somebody was reached, the least threshold at which
(wrong names + 1) / (n + 1) stays under the stated share keeps the expected share of wrong names under it for the next
such act of that stratum. Strata with too few acts to tell take the threshold of all together. The guarantee is for acts
of worlds like those that it was fitted on; acts of one world share their air and their liars, so it is weaker than for
as many worlds.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from truceline.model.event import Event
from truceline.model.finding import Calibrated
from truceline.model.incident import Act

FEW_SENSORS = 7
ALL = "all"
NEVER = 1.0001  # no probability is so sure


@dataclass(frozen=True)
class Stratum:
    """Acts with known truth of one kind for which somebody was reached: how many, how many of them are named at the
    threshold, and how many wrongly."""

    name: str
    acts: int
    named: int
    wrong: int
    threshold: float


@dataclass(frozen=True)
class Calibration:
    """wrong_most: the share of wrong names that is kept under; source: what it was made of, in words; field: blasts of
    the mission's own whose truth was known and scored; in_field: whether they are enough to lean on, and bear it out.
    """

    wrong_most: float
    source: str
    strata: tuple[Stratum, ...]
    field: int = 0
    in_field: bool = False

    def stratum(self, name: str) -> Stratum:
        """The stratum of a name; all together where there is no such."""
        by_name = {one.name: one for one in self.strata}
        return by_name.get(name, by_name.get(ALL, Stratum(ALL, 0, 0, 0, 0.0)))

    def of(self, kind: str, sure: float) -> Calibrated:
        """What a finding of a kind says of its calibration. sure: how sure its name is."""
        one = self.stratum(kind)
        return Calibrated(
            kind=kind, sure=sure, stratum=one.name, wrong_most=self.wrong_most, acts=one.acts, named=one.named,
            wrong=one.wrong, threshold=one.threshold, source=self.source, field=self.field,
            in_field=self.in_field,
        )  # fmt: skip


def stratum_of(event: Event, act: Act) -> str:
    """The stratum of an event of an act: what it is evidence by, and by how many sensors it was heard."""
    role = "launch" if event.id in act.origins else "followed impact" if act.origins else "impact"
    return f"{role}, {'few' if event.sensors <= FEW_SENSORS else 'many'} sensors"


def calibrate(scored: Iterable[tuple[str, float, bool]], wrong_most: float, source: str) -> Calibration:
    """A calibration from acts with known truth for which somebody is reached: (kind, how sure the name is, whether it
    is wrong).

    How sure: occurrence × responsibility, of a name that stands as well as it must.
    """
    by_stratum: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    for name, sure, wrong in scored:
        by_stratum[name].append((sure, wrong))
        by_stratum[ALL].append((sure, wrong))
    found = {name: _stratum(name, acts, wrong_most) for name, acts in by_stratum.items()}
    enough = {name: one for name, one in found.items() if 1.0 / (one.acts + 1) <= wrong_most or name == ALL}
    return Calibration(wrong_most, source, tuple(enough[name] for name in sorted(enough)))


def _stratum(name: str, acts: list[tuple[float, bool]], wrong_most: float) -> Stratum:
    """The least threshold that keeps the risk; names at it and above are given."""
    allowed = wrong_most * (len(acts) + 1) - 1.0
    threshold, wrong = 0.0, sum(is_wrong for _, is_wrong in acts)
    # Wrong names, the least sure first: each must be excluded until few enough are left.
    for sure, _ in sorted(one for one in acts if one[1]):
        if wrong <= allowed:
            break
        threshold, wrong = round(sure + 0.0001, 4), wrong - 1
    if wrong > allowed:
        threshold, wrong = NEVER, 0
    named = sum(sure > 0 and sure >= threshold for sure, _ in acts)
    return Stratum(name, len(acts), named, wrong, threshold)
