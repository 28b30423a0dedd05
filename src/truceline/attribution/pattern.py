"""Over a named set of findings: the probability that at least so many are one party's, their errors being correlated.

Findings of one hour share its air, those of one stretch of the line share its maps, and all share sensors' clocks and a
method that may be wrong. So if one is wrong others are likelier to be wrong too, and a sum of independent errors would
be surer of both "at least one" and "not all" than anybody can be. Each finding's own probability is kept exactly;
what findings have in common ties them together (a Gaussian copula whose factors are the hour, the stretch, and all).
Given these factors they are independent, and the number that are a party's is Poisson-binomial.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from truceline.model.instant import US_PER_HOUR, Instant
from truceline.sensors.contract import Floats

HOUR, STRETCH, METHOD = 0.15, 0.35, 0.1  # how much of the variance of what is wrong they have in common
STRETCH_DEG = 0.05  # some five kilometres
DRAWS = 1024  # of the factors; a power of two
MOST_FACTORS = 256
LEAST = 1e-9


@dataclass(frozen=True)
class Tied:
    """What a finding has in common with others: when (its hour), where (degrees; its stretch)."""

    when_us: Instant
    lon: float
    lat: float

    @property
    def hour(self) -> int:
        return self.when_us // US_PER_HOUR

    @property
    def stretch(self) -> tuple[int, int]:
        return round(self.lon / STRETCH_DEG), round(self.lat / STRETCH_DEG)


def at_least(probabilities: Sequence[float], tied: Sequence[Tied]) -> Floats:
    """(n + 1,) probability that at least 0, 1, … n of n findings are a party's. tied: parallel to probabilities."""
    assert len(probabilities) == len(tied)
    if not probabilities:
        return np.ones(1)
    pull = _pull(tied)
    own = np.sqrt(1.0 - HOUR - STRETCH - METHOD)
    level = ndtri(np.clip(probabilities, LEAST, 1.0 - LEAST))
    given = ndtr((level + pull) / own)  # (draws, n)
    return np.asarray(np.cumsum(_counts(given).mean(axis=0)[::-1])[::-1])


def independent(probabilities: Sequence[float]) -> Floats:
    """The same if nothing were shared: what a careless reader would reckon."""
    return np.asarray(np.cumsum(_counts(np.asarray(probabilities, float)[None, :])[0][::-1])[::-1])


def _pull(tied: Sequence[Tied]) -> Floats:
    """(draws, n) what hour, stretch and method together do to each finding, in standard deviations."""
    hours, hour = np.unique([one.hour for one in tied], return_inverse=True)
    stretches, stretch = np.unique([one.stretch for one in tied], axis=0, return_inverse=True)
    stretch = stretch.reshape(-1)
    # Beyond so many, hours and stretches share a factor with others: more is held in common then, not less.
    hour_of = np.arange(len(hours)) % (MOST_FACTORS // 2)
    stretch_of = np.arange(len(stretches)) % (MOST_FACTORS // 2)
    first, second = int(hour_of.max()) + 1, int(stretch_of.max()) + 1
    normal = _normals(first + second + 1)
    return np.asarray(
        np.sqrt(HOUR) * normal[:, hour_of[hour]]
        + np.sqrt(STRETCH) * normal[:, first + stretch_of[stretch]]
        + np.sqrt(METHOD) * normal[:, -1:]
    )


def _normals(columns: int) -> Floats:
    """(DRAWS, columns) standard normals, spread evenly: the same each time."""
    even = qmc.Sobol(columns, scramble=False).random(DRAWS)
    return np.asarray(ndtri(even * (1.0 - 1.0 / DRAWS) + 0.5 / DRAWS))


def _counts(probabilities: Floats) -> Floats:
    """(draws, n + 1) probability of each number of happenings, of n with these probabilities (draws, n)."""
    draws, count = probabilities.shape
    found = np.zeros((draws, count + 1))
    found[:, 0] = 1.0
    for column in range(count):
        p = probabilities[:, column : column + 1]
        found[:, 1:] = found[:, 1:] * (1.0 - p) + found[:, :-1] * p
        found[:, :1] *= 1.0 - p
    return found
