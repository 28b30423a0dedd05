"""An event is known only if enough of it was caught: how probable that was, and how that hangs on each catch.

What was caught of known events flatters the stations unless it is divided by this probability (truncation).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from truceline.coverage.stations import Ints
from truceline.sensors.contract import Floats


@dataclass(frozen=True)
class Truncation:
    """Rows (guess, worth of a catch: one, two with a direction) of `count` guesses; known from `enough` on."""

    SURE: ClassVar[float] = 16.0  # expected worth of catches, from which an event is as good as sure to be known

    guess: Ints
    worth: Ints
    count: int
    enough: int

    @cached_property
    def _place(self) -> Ints:
        """(rows,) place of each row among those of its guess."""
        order = np.argsort(self.guess, kind="stable")
        first = np.searchsorted(self.guess[order], np.arange(self.count))
        place = np.empty(len(self.guess), np.int64)
        place[order] = np.arange(len(self.guess)) - first[self.guess[order]]
        return place

    def known(self, chance: Floats) -> tuple[Floats, Floats]:
        """(guesses,) probability to be known, by the rows' probabilities of a catch (rows,), and its slope by each."""
        doubtful = np.bincount(self.guess, chance * self.worth, self.count) < self.SURE
        number = np.cumsum(doubtful) - 1
        rows = np.flatnonzero(doubtful[self.guess])
        known, slope = np.ones(self.count), np.zeros(len(chance))
        if not len(rows):
            return known, slope
        line, place = number[self.guess[rows]], self._place[rows]
        table = np.zeros((int(place.max()) + 1, int(doubtful.sum())))
        two = np.zeros(table.shape, bool)
        table[place, line], two[place, line] = chance[rows], self.worth[rows] == 2
        unknown, slopes = _unknown(table, two, self.enough)
        known[doubtful] = 1.0 - unknown
        slope[rows] = -slopes[place, line]
        return known, slope


def _unknown(chance: Floats, two: "np.ndarray", enough: int) -> tuple[Floats, Floats]:
    """Probability that catches (k, n) are together worth less than `enough`, (n,), and its slope by each, (k, n)."""
    before = np.zeros((len(chance) + 1, enough, chance.shape[1]))  # of each sum of worths before a row
    before[0, 0] = 1.0
    after = np.ones((len(chance) + 1, enough, chance.shape[1]))  # to stay below, from each sum on
    for row in range(len(chance)):
        before[row + 1] = before[row] * (1.0 - chance[row]) + _raised(before[row], two[row]) * chance[row]
    for row in range(len(chance) - 1, -1, -1):
        after[row] = after[row + 1] * (1.0 - chance[row]) + _lowered(after[row + 1], two[row]) * chance[row]
    slopes = [
        (before[row] * (_lowered(after[row + 1], two[row]) - after[row + 1])).sum(axis=0) for row in range(len(chance))
    ]
    return after[0, 0], np.stack(slopes)


def _raised(states: Floats, two: "np.ndarray") -> Floats:
    """States (sums, n) after a catch worth one, or two."""
    one = np.concatenate([np.zeros((1, states.shape[1])), states[:-1]])
    twice = np.concatenate([np.zeros((2, states.shape[1])), states[:-2]])
    return np.where(two, twice, one)


def _lowered(states: Floats, two: "np.ndarray") -> Floats:
    """What is after a catch, seen from each sum before it."""
    one = np.concatenate([states[1:], np.zeros((1, states.shape[1]))])
    twice = np.concatenate([states[2:], np.zeros((2, states.shape[1]))])
    return np.where(two, twice, one)
