"""By how much stated doubts are wrong: learnt from how well events heard by few arrays fit.

A forecast says how wrong its wind may be, an array how good its directions are; either may be cautious or bold. Two
factors, on the sigmas of travel times and of directions, are given a prior about one and learnt over the events of the
mission (empirical Bayes; scale as a nuisance: Gelman et al. 2013, Bayesian Data Analysis, ch. 5).
"""

from dataclasses import dataclass

import numpy as np

from truceline.sensors.contract import Floats

FACTORS = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0])
PRIOR_SIGMA = 0.3  # of a factor's logarithm: few doubts are stated wrong by more than a half
FORGET = 0.98  # of what was learnt stays from one event to the next: weather changes


@dataclass(frozen=True)
class Misstated:
    """log_evidence (FACTORS, FACTORS) of the events so far, for factors of times (rows) and of directions."""

    log_evidence: Floats

    @property
    def factors(self) -> tuple[float, float]:
        """What to multiply the sigmas of times and of directions by: root mean squares over what is probable."""
        # So that before anything was learnt doubts are as stated: the mean square is one.
        prior = -0.5 * ((np.log(FACTORS) + PRIOR_SIGMA**2) / PRIOR_SIGMA) ** 2
        log = self.log_evidence + prior[:, None] + prior[None, :]
        weight = np.exp(log - log.max())
        weight /= weight.sum()
        times, directions = weight.sum(axis=1) @ FACTORS**2, weight.sum(axis=0) @ FACTORS**2
        return round(float(np.sqrt(times)), 6), round(float(np.sqrt(directions)), 6)

    def with_event(self, late: Floats, turned: Floats, entries: tuple[int, int]) -> "Misstated":
        """With one more event: late, turned (places,) sums of squared misfits, in sigmas as stated, of times and of
        directions at places of a grid that holds its posterior; entries: how many of each bear on the place."""
        square = FACTORS**-2.0
        log = -0.5 * (late[:, None, None] * square[:, None] + turned[:, None, None] * square)
        total = np.logaddexp.reduce(log, axis=0)
        times, directions = entries
        total -= times * np.log(FACTORS)[:, None] + directions * np.log(FACTORS)[None, :]
        return Misstated(FORGET * self.log_evidence + total - total.max())


def as_stated() -> Misstated:
    """Before anything was learnt: doubts are as stated."""
    return Misstated(np.zeros((len(FACTORS), len(FACTORS))))
