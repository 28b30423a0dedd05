"""An event is known only if enough of it was caught: how probable that was, and how that hangs on each catch.

What was caught of known events flatters the stations unless it is divided by this probability (truncation).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from truceline.coverage.stations import Bools, Ints
from truceline.sensors.contract import Floats


@dataclass(frozen=True)
class Truncation:
    """Rows (guess, worth of a catch: one, two with a direction) of `count` guesses; known from `enough` on."""

    SURE: ClassVar[float] = 14.0  # expected worth of catches, from which an event is as good as sure to be known

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

    def known(self, chance: Floats) -> Floats:
        """(guesses,) probability to be known, by the rows' probabilities of a catch (rows,)."""
        known = np.ones(self.count)
        laid = self._laid(chance)
        if laid is not None:
            known[laid.doubtful] = 1.0 - _before(laid.chance, laid.two, self.enough)[-1].sum(axis=0)
        return known

    def slopes(self, chance: Floats) -> Floats:
        """(rows,) slopes of `known` by each row's probability of a catch."""
        slope = np.zeros(len(chance))
        laid = self._laid(chance)
        if laid is not None:
            slope[laid.rows] = -_slopes(laid.chance, laid.two, self.enough)[laid.place, laid.line]
        return slope

    def _laid(self, chance: Floats) -> "_Laid | None":
        """The rows of guesses that may well have stayed unknown, one column a guess."""
        doubtful = np.bincount(self.guess, chance * self.worth, self.count) < self.SURE
        rows = np.flatnonzero(doubtful[self.guess])
        if not len(rows):
            return None
        line, place = (np.cumsum(doubtful) - 1)[self.guess[rows]], self._place[rows]
        table = np.zeros((int(place.max()) + 1, int(doubtful.sum())))
        two = np.zeros(table.shape)
        table[place, line], two[place, line] = chance[rows], self.worth[rows] == 2
        return _Laid(doubtful, rows, place, line, table, two)


@dataclass(frozen=True)
class _Laid:
    """doubtful (guesses,); by row: rows, place, line; chance, two: (places, doubtful guesses)."""

    doubtful: Bools
    rows: Ints
    place: Ints
    line: Ints
    chance: Floats
    two: Floats


def _before(chance: Floats, two: Floats, enough: int) -> Floats:
    """(k + 1, enough, n) probability of each sum of worths below `enough` before each of k catches, and at last."""
    found = np.zeros((len(chance) + 1, enough, chance.shape[1]))
    found[0, 0] = 1.0
    once, twice = chance * (1.0 - two), chance * two
    for row in range(len(chance)):
        found[row + 1] = found[row] * (1.0 - chance[row])
        found[row + 1, 1:] += found[row, :-1] * once[row]
        found[row + 1, 2:] += found[row, :-2] * twice[row]
    return found


def _slopes(chance: Floats, two: Floats, enough: int) -> Floats:
    """(k, n) slopes, by each catch, of the probability that catches are together worth less than `enough`."""
    before = _before(chance, two, enough)
    after = np.ones((enough, chance.shape[1]))  # to stay below, from each sum on
    once, twice = chance * (1.0 - two), chance * two
    found = np.empty(chance.shape)
    for row in range(len(chance) - 1, -1, -1):
        single, double = np.zeros(after.shape), np.zeros(after.shape)
        single[:-1], double[:-2] = after[1:], after[2:]
        caught = single + (double - single) * two[row]
        found[row] = (before[row] * (caught - after)).sum(axis=0)
        after = after * (1.0 - chance[row]) + single * once[row] + double * twice[row]
    return found
