"""How well a carry explains who caught what, and the slopes by which a better one is found.

Each event has a loudness of its own about the usual one of its class. It is integrated out by adaptive
Gauss–Hermite quadrature (Pinheiro & Bates 1995, J. Comput. Graph. Stat. 4, 12): nodes about where the event's own
catches and misses put it. Slopes of the sum are those of its terms, weighed by their share (Fisher's identity).
"""

from dataclasses import dataclass, replace

import numpy as np

from truceline.coverage.becoming_known import Truncation
from truceline.coverage.carry import LEAST_FAVOUR, MOST_CAUGHT, MOST_FAVOUR, Carry
from truceline.coverage.chances import Group, chance_of, groups_of
from truceline.coverage.parameters import Parameters
from truceline.coverage.stations import Ints, Stations
from truceline.coverage.trials import Trials
from truceline.sensors.contract import Floats

NODES, WEIGHTS = np.array([-(3.0**0.5), 0.0, 3.0**0.5]), np.array([1 / 6, 2 / 3, 1 / 6])  # Gauss–Hermite
LEAST_CAUGHT = 1e-4
STEP = 1e-6  # of logarithms, for slopes
BEND = 0.03  # of the log of loudness, for how sharply the catches tell it
FURTHEST = 2.5  # spreads that the loudness of an event may lie off
ENOUGH = 6  # a catch counts one, with a direction two: so much makes an event as good as sure to be known


@dataclass(frozen=True)
class Rows:
    """Trials, once for each class that their event may have been.

    guess: number of the (event, class) guess, by row; column, log_prior, event: by guess.
    """

    trials: Trials
    guess: Ints
    column: Ints
    log_prior: Floats
    event: Ints

    def __len__(self) -> int:
        return len(self.guess)

    def take(self, rows: Ints) -> "Rows":
        """Some of the rows; the guesses stay."""
        return replace(self, trials=self.trials.take(rows), guess=self.guess[rows])


@dataclass(frozen=True)
class Loudness:
    """Where the loudness of each guess is looked for: log of reach over the usual one of the class; (guesses,)."""

    middle: Floats
    width: Floats

    @property
    def nodes(self) -> Floats:
        """(guesses, nodes)."""
        return np.asarray(self.middle[:, None] + self.width[:, None] * NODES)


@dataclass(frozen=True)
class Slopes:
    """Slopes of (rows, nodes) logs by the log of the favour of the path, of the reach, the sharpness, the share."""

    favour: Floats
    reach: Floats
    sharp: Floats
    share: Floats


@dataclass(frozen=True)
class Pairs:
    """Rows with their groups: what a carry says of each."""

    stations: Stations
    rows: Rows
    groups: tuple[Group, ...]

    @staticmethod
    def of(stations: Stations, rows: Rows) -> "Pairs":
        return Pairs(stations, rows, groups_of(stations, rows.trials.station, rows.column[rows.guess]))

    def chance(self, carry: Carry, louder: Floats, nearer: float = 1.0) -> Floats:
        """(rows,) probability of a catch; louder: (guesses,) log of reach over the usual one of the class."""
        trials = self.rows.trials
        factor = np.exp(louder[self.rows.guess])
        chance = chance_of(carry, self.groups, trials.distance_m * nearer, trials.tailwind_mps, factor)
        return np.clip(chance, LEAST_CAUGHT, MOST_CAUGHT)

    def said(self, carry: Carry, louder: Floats, nearer: float = 1.0) -> Floats:
        """(rows,) log probability of what each station did."""
        chance = self.chance(carry, louder, nearer)
        return np.log(np.where(self.rows.trials.caught, chance, 1.0 - chance))

    def slopes(self, carry: Carry, nodes: Floats, log: Floats) -> Slopes:
        """Slopes of `said` at nodes (guesses, nodes), where it is log (rows, nodes)."""
        more = float(np.exp(STEP))
        changed = (
            (carry, 1 / more, 0.0), (carry, 1.0, STEP), (replace(carry, sharpness=carry.sharpness * more), 1.0, 0.0),
            (replace(carry, share=carry.share * more), 1.0, 0.0),
        )  # fmt: skip
        moved = [
            np.stack([self.said(other, louder + raised, nearer) for louder in nodes.T], axis=1)
            for other, nearer, raised in changed
        ]
        return Slopes(*((one - log) / STEP for one in moved))


@dataclass(frozen=True)
class Likelihood:
    """Of all rows; `thin`: those of guesses that might well have stayed unknown."""

    parameters: Parameters
    pairs: Pairs
    thin: Pairs
    truncation: Truncation

    @staticmethod
    def of(parameters: Parameters, stations: Stations, rows: Rows) -> "Likelihood":
        pairs = Pairs.of(stations, rows)
        worth = 1 + stations.directed[rows.trials.station].astype(np.int64)
        quiet = np.full(len(rows.column), np.log(0.7))
        expected = np.bincount(rows.guess, pairs.chance(parameters.start, quiet) * worth, len(rows.column))
        some = np.flatnonzero((expected < 1.5 * Truncation.SURE)[rows.guess])
        truncation = Truncation(rows.guess[some], worth[some], len(rows.column), ENOUGH)
        return Likelihood(parameters, pairs, Pairs.of(stations, rows.take(some)), truncation)

    @property
    def events(self) -> int:
        return int(self.pairs.rows.event.max()) + 1

    def loudness(self, carry: Carry, before: Loudness | None = None) -> Loudness:
        """Where each guess's catches and misses put its loudness, by two steps of Newton's method."""
        rows, count = self.pairs.rows, len(self.pairs.rows.column)
        middle = np.zeros(count) if before is None else before.middle
        width = np.full(count, carry.spread)
        for _ in range(2 if before is None else 1):
            logs = [
                np.bincount(rows.guess, self.pairs.said(carry, middle + by), count) for by in (-BEND, 0.0, BEND)
            ]  # fmt: skip
            slope = (logs[2] - logs[0]) / (2 * BEND) - middle / carry.spread**2
            bend = np.maximum((2 * logs[1] - logs[0] - logs[2]) / BEND**2, 0.0) + carry.spread**-2.0
            most = FURTHEST * carry.spread
            middle = np.clip(middle + np.clip(slope / bend, -carry.spread, carry.spread), -most, most)
            width = bend**-0.5
        return Loudness(middle, width)

    def terms(self, carry: Carry, at: Loudness, log: Floats) -> Floats:
        """(guesses, nodes) log of each term of each event's likelihood; log: (rows, nodes) of what stations did."""
        rows = self.pairs.rows
        total = np.stack([np.bincount(rows.guess, column, len(rows.column)) for column in log.T], axis=1)
        scale = np.log(at.width / carry.spread)[:, None] + np.log(WEIGHTS) + NODES**2 / 2
        return np.asarray(total + rows.log_prior[:, None] + scale - (at.nodes / carry.spread) ** 2 / 2)

    def value(self, vector: Floats, at: Loudness) -> float:
        """Log posterior."""
        carry = self.parameters.carry(vector)
        log = np.stack([self.pairs.said(carry, louder) for louder in at.nodes.T], axis=1)
        terms = self.terms(carry, at, log) - np.log(self._known(carry))[:, None]
        return float(_log_sum(terms, self.pairs.rows.event, self.events).sum() + self.parameters.log_prior(vector))

    def shares(self, carry: Carry, at: Loudness) -> Floats:
        """(guesses, nodes) probability of each class and loudness of each event."""
        log = np.stack([self.pairs.said(carry, louder) for louder in at.nodes.T], axis=1)
        return self._shares(self.terms(carry, at, log) - np.log(self._known(carry))[:, None])

    def _shares(self, terms: Floats) -> Floats:
        event = self.pairs.rows.event
        return np.asarray(np.exp(terms - _log_sum(terms, event, self.events)[event][:, None]))

    def scores(self, vector: Floats, at: Loudness) -> Floats:
        """(parameters, events) slopes of the log-likelihood of each event."""
        carry, rows = self.parameters.carry(vector), self.pairs.rows
        log = np.stack([self.pairs.said(carry, louder) for louder in at.nodes.T], axis=1)
        known = self._known(carry)
        share = self._shares(self.terms(carry, at, log) - np.log(known)[:, None])
        found = self._chain(self.pairs, carry, share[rows.guess], self.pairs.slopes(carry, at.nodes, log))
        found -= self._truncated(carry, share.sum(axis=1) / known)
        off = (at.nodes / carry.spread) ** 2 - 1.0
        found[self.parameters.spread_at] += np.bincount(rows.event, (share * off).sum(axis=1), self.events)
        return found

    def _known(self, carry: Carry) -> Floats:
        """(guesses,) probability to be known."""
        parts = [self.truncation.known(self.thin.chance(carry, self._even(carry, node))) for node in NODES.tolist()]
        return np.asarray(np.maximum(WEIGHTS @ np.stack(parts), 1e-6))

    def _even(self, carry: Carry, node: float) -> Floats:
        return np.full(len(self.pairs.rows.column), carry.spread * node)

    def _truncated(self, carry: Carry, worth: Floats) -> Floats:
        """(parameters, events) slopes of the log probability to be known; worth: (guesses,) of one more of it."""
        nodes = np.stack([self._even(carry, node) for node in NODES.tolist()], axis=1)
        log = np.stack([self.thin.said(carry, louder) for louder in nodes.T], axis=1)
        slopes = self.thin.slopes(carry, nodes, log)
        # Slopes are of logs of what was done: of a chance p they are times p for a catch, p − 1 for a miss.
        done = np.exp(log)
        caught = self.thin.rows.trials.caught[:, None]
        chance = np.where(caught, done, 1.0 - done)
        by_catch = np.stack([self.truncation.slopes(column) for column in chance.T], axis=1) * WEIGHTS
        by_log = worth[self.thin.rows.guess][:, None] * by_catch * np.where(caught, done, -done)
        found = self._chain(self.thin, carry, by_log, slopes)
        louder = (by_log * slopes.reach * NODES).sum(axis=1) * carry.spread
        event = self.pairs.rows.event[self.thin.rows.guess]
        found[self.parameters.spread_at] += np.bincount(event, louder, self.events)
        return found

    def _chain(self, pairs: Pairs, carry: Carry, worth: Floats, slopes: Slopes) -> Floats:
        """(parameters, events) slopes, from those by favour, reach, sharpness and share; worth: (rows, nodes)."""
        rows, stations, free = pairs.rows, pairs.stations, self.parameters.free
        column, kind, trials = rows.column[rows.guess], stations.kind[rows.trials.station], rows.trials
        favour, reach, sharp, share = (
            (worth * slope).sum(axis=1) for slope in (slopes.favour, slopes.reach, slopes.sharp, slopes.share)
        )
        kinds, classes = range(len(carry.kinds)), range(len(carry.classes))
        loud = np.array([sensing.loud for sensing in stations.sensings])[stations.sensing[trials.station]]
        grown = carry.wind_favour(trials.tailwind_mps)
        windy = np.where(loud & (grown > LEAST_FAVOUR) & (grown < MOST_FAVOUR), trials.tailwind_mps / grown, 0.0)
        found: list[Floats] = [np.where(column == c, reach, 0.0) for c in classes]
        found += [np.where(kind == k, favour, 0.0) for k in kinds if k != self.parameters.commonest]
        found += [np.where(kind == k, sharp, 0.0) for k in kinds]
        found += [np.where(kind == k, share, 0.0) for k in kinds]
        found += [windy * favour, np.zeros(len(rows))]
        # The odds of a share move it as its logarithm does, less what is caught already.
        even = replace(carry, class_factor=np.ones(carry.class_factor.shape))
        missed = 1.0 - pairs.chance(even, self._even(carry, 0.0))
        of_class = np.where(loud, reach, share * missed)
        found += [np.where((kind == k) & (column == c), of_class, 0.0) for k, c in free]
        event = rows.event[rows.guess]
        return np.stack([np.bincount(event, row, self.events) for row in found])


def _log_sum(log: Floats, group: Ints, count: int) -> Floats:
    """(count,) log of the sums of exp(log) over rows (n, k) of a group; −inf for an empty one."""
    most = np.full(count, -np.inf)
    np.maximum.at(most, group, log.max(axis=1))
    held = most > -np.inf
    total = np.bincount(group, np.exp(log - most[group][:, None]).sum(axis=1), count)
    return np.where(held, most + np.log(np.where(held, total, 1.0)), -np.inf)
