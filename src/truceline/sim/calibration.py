"""Whether probabilities mean what they say: how often what is said at 90 % is so nine times in ten."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

BINS = 10
CHANCE = 0.99  # of the binomial interval
LEAST_STRATUM = 200  # smaller strata say nothing


def expected_calibration_error(said: npt.ArrayLike, so: npt.ArrayLike) -> float:
    """Mean gap between probability said and share that was so, in ten equal bins weighted by their size."""
    probability, truth = np.asarray(said, float), np.asarray(so, float)
    if not probability.size:
        return 0.0
    place = np.clip((probability * BINS).astype(int), 0, BINS - 1)
    size = np.bincount(place, minlength=BINS)
    gap = np.abs(np.bincount(place, probability - truth, minlength=BINS))
    return float(gap[size > 0].sum() / probability.size)


def interval(held: int, of: int) -> tuple[float, float]:
    """Clopper–Pearson interval of a share at 99 %."""
    tail = (1.0 - CHANCE) / 2
    low = float(beta.ppf(tail, held, of - held + 1)) if held else 0.0
    high = float(beta.ppf(1.0 - tail, held + 1, of - held)) if held < of else 1.0
    return low, high


def coverage(held: Sequence[bool], wanted: float) -> dict[str, Any]:
    """Share of regions that hold the truth, and whether it agrees with what they claim, within the interval."""
    count, of = sum(held), len(held)
    figures: dict[str, Any] = {"of": of, "held": round(count / max(1, of), 4)}
    if of >= LEAST_STRATUM:
        low, high = interval(count, of)
        figures["agrees"] = low <= wanted <= high
    return figures
