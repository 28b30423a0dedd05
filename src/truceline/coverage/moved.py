"""Fire that is no longer seen: did it stop, go on, or move to where we cannot see?

Three suppositions are weighed by how many clusters are known afterwards: that it went on as before at the same places;
that it stopped; that it moved to unseen ground near by. Where there is none, moving is no way out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import poisson

from truceline.coverage.exposure import LEAST_KNOWN, Counted, Exposure
from truceline.geo.cells import cell_centre
from truceline.geo.frame import distance_azimuth
from truceline.sensors.contract import Floats

WENT_ON, STOPPED, MOVED = "went_on", "stopped", "moved"
PRIOR = {WENT_ON: 0.5, STOPPED: 0.35, MOVED: 0.15}
NEAR_M = 15_000.0  # how far fire moves
REMAINS = 0.05  # of the rate, after it stopped


@dataclass(frozen=True, slots=True)
class Moved:
    """probabilities of what became of the fire; expected: clusters that would be known, had it gone on; known: that
    were; hidden_share: of ground near by that is unseen."""

    probabilities: tuple[tuple[str, float], ...]
    expected: float
    known: int
    hidden_share: float

    @property
    def words(self) -> str:
        """One sentence."""
        best, probability = max(self.probabilities, key=lambda item: item[1])
        told = {WENT_ON: "it went on", STOPPED: "it stopped", MOVED: "it moved to where it cannot be seen"}[best]
        seen = f"{self.known} of {self.expected:.1f} clusters that would be known, had it gone on, are"
        hidden = f"{self.hidden_share:.0%} of the ground near by is unseen"
        return f"{seen}; {hidden}. Likeliest: {told} ({min(max(probability, 0.01), 0.99):.2f})."


def moved(exposure: Exposure, some: Sequence[Counted], class_: str, span: int) -> Moved:
    """What became, from a span on, of the fire of a class before it."""
    first = {one.cluster: one for one in sorted(some, key=lambda one: (-one.span, one.event)) if one.class_ == class_}
    before = [one for one in first.values() if one.span < span]
    after = [one for one in first.values() if one.span >= span]
    hours = exposure.hours
    longer = float(hours[span:].sum() / max(hours[:span].sum(), 1e-9))
    known = exposure.of(class_)
    later = np.average(known[span:], axis=0, weights=hours[span:]) if span < len(hours) else np.zeros(known.shape[1])
    happened = sum(1.0 / one.known for one in before) * longer
    expected = sum(float(later[one.cell]) / one.known for one in before) * longer
    near = _near(exposure, before)
    hidden = near & (later < LEAST_KNOWN)
    share = float(exposure.area_km2[hidden].sum() / max(exposure.area_km2[near].sum(), 1e-9)) if near.any() else 0.0
    unseen = happened * float(np.average(later[hidden], weights=exposure.area_km2[hidden])) if hidden.any() else 0.0
    means = {WENT_ON: expected, STOPPED: REMAINS * expected, MOVED: unseen + REMAINS * expected}
    weight = {
        name: PRIOR[name] * (share if name == MOVED else 1.0) * float(poisson.pmf(len(after), mean))
        for name, mean in means.items()
    }
    total = sum(weight.values())
    shares = {name: value / total if total else PRIOR[name] for name, value in weight.items()}
    return Moved(tuple(sorted(shares.items())), expected, len(after), share)


def _near(exposure: Exposure, before: Sequence[Counted]) -> "np.ndarray":
    """(cells,) whether each lies near where the fire was."""
    near = np.zeros(len(exposure.cells), bool)
    centres: Floats = np.array([cell_centre(cell) for cell in exposure.cells])
    for cell in {one.cell for one in before}:
        distance, _ = distance_azimuth(centres[cell, 0], centres[cell, 1], centres[:, 0], centres[:, 1])
        near |= distance <= NEAR_M
    return near
