"""What a set of sensors is worth: the weighted length of line that is heard by as many providers as are wanted.

Worth is the mean, over stretches and classes, of min(providers that hear, k) / k. For a fixed outcome of every
sensor that is the rank of a truncated partition matroid, so its expectation is monotone and submodular in the set of
sensors: each sensor adds less the more there are (Krause & Golovin 2014, in Tractability). Planning rests on that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.coverage.carry import Carry
from truceline.coverage.line import Stretches
from truceline.coverage.links import links_of
from truceline.coverage.seen import Hour, hour_of, table_of
from truceline.coverage.stations import Ints
from truceline.coverage.watch import Watch
from truceline.sensors.contract import Floats


@dataclass(frozen=True)
class Aim:
    """What is wanted: stretches of line, classes with their weights (summing to 1), heard by `providers`."""

    stretches: Stretches
    classes: tuple[tuple[str, float], ...]
    providers: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(class_ for class_, _ in self.classes)


@dataclass(frozen=True)
class Reach:
    """What one sensor would hear: stretches (rows) and the probability of a catch there, (columns, rows)."""

    rows: Ints
    caught: Floats


class Standing:
    """What is heard of each stretch so far, provider by provider; sensors are added and taken away.

    A column is a class at a node of loudness; weight (columns, stretches) sums to 1.
    """

    def __init__(self, aim: Aim, carry: Carry, providers: Sequence[str]) -> None:
        self.aim = aim
        self.carry = carry
        self.providers = tuple(providers)
        share = dict(aim.classes)
        columns = [(class_, weight * share[class_]) for class_ in aim.names for weight in carry.loudness(class_)[1]]
        self.weight = np.array([weight for _, weight in columns])[:, None] * aim.stretches.worth
        shape = (len(self.providers), len(columns), len(aim.stretches))
        self.log_missed = np.zeros(shape)  # of each provider: that none of its sensors hears
        self.wanting = np.ones(shape)  # that fewer than wanted *other* providers hear

    def add(self, provider: str, reach: Reach, times: int = 1) -> None:
        """Add a sensor of a provider (times = −1: take it away)."""
        number = self.providers.index(provider)
        self.log_missed[number][:, reach.rows] += times * np.log1p(-reach.caught)
        self._look(reach.rows)

    def _look(self, rows: Ints) -> None:
        """Count anew who hears some stretches."""
        missed = np.exp(self.log_missed[:, :, rows])
        before = _forward(missed, self.aim.providers)
        after = _forward(missed[::-1], self.aim.providers)[::-1]
        for number in range(len(self.providers)):
            self.wanting[number][:, rows] = _fewer(before[number], after[number], self.aim.providers)

    def gain(self, provider: str, reach: Reach) -> float:
        """What a further sensor would add."""
        number = self.providers.index(provider)
        rows = reach.rows
        more = np.exp(self.log_missed[number][:, rows]) * reach.caught * self.wanting[number][:, rows]
        return float((self.weight[:, rows] * more).sum()) / self.aim.providers

    def heard(self) -> Floats:
        """(providers wanted, columns, stretches) probability that 1, 2, … providers or more hear."""
        missed = np.exp(self.log_missed)
        return np.asarray(1.0 - np.cumsum(_forward_all(missed, self.aim.providers), axis=0))

    @property
    def worth(self) -> float:
        """The objective."""
        return float((self.heard().mean(axis=0) * self.weight).sum())

    def by_stretch(self, count: int) -> Floats:
        """(stretches,) probability that so many providers or more hear, mean over classes."""
        weight = self.weight.sum(axis=1, keepdims=True)
        return np.asarray((self.heard()[count - 1] * weight).sum(axis=0) / weight.sum())


def _forward(missed: Floats, k: int) -> Floats:
    """(providers, k, …) probability of 0 … k−1 hearing among those before each provider."""
    found = np.zeros((len(missed), k, *missed.shape[1:]))
    state = np.zeros((k, *missed.shape[1:]))
    state[0] = 1.0
    for number, silent in enumerate(missed):
        found[number] = state
        state = _one_more(state, silent)
    return found


def _forward_all(missed: Floats, k: int) -> Floats:
    """(k, …) probability of 0 … k−1 hearing among all."""
    state = np.zeros((k, *missed.shape[1:]))
    state[0] = 1.0
    for silent in missed:
        state = _one_more(state, silent)
    return state


def _one_more(state: Floats, silent: Floats) -> Floats:
    shifted = np.concatenate([np.zeros((1, *state.shape[1:])), state[:-1]])
    return np.asarray(state * silent + shifted * (1.0 - silent))


def _fewer(before: Floats, after: Floats, k: int) -> Floats:
    """Probability that fewer than k of two groups together hear; both (k, …)."""
    up_to = np.cumsum(after, axis=0)
    return np.asarray(sum(before[i] * up_to[k - 1 - i] for i in range(k)))


def reaches(watch: Watch, carry: Carry, aim: Aim, from_s: float, until_s: float) -> tuple[tuple[str, Reach], ...]:
    """(provider, what it hears) of every station of a watch."""
    stations = watch.stations
    links = links_of(aim.stretches.x, aim.stretches.y, stations)
    hour = hour_of(watch, links, from_s, until_s)
    caught = _caught(hour, carry, aim.names)
    order = np.lexsort((links.place, links.station))
    bounds = np.searchsorted(links.station[order], np.arange(len(stations) + 1))
    found = []
    for station in range(len(stations)):
        mine = order[bounds[station] : bounds[station + 1]]
        some = mine[caught[:, mine].any(axis=0)]
        reach = Reach(links.place[some], np.minimum(caught[:, some], 1.0 - 1e-9))
        found.append((stations.providers[int(stations.provider[station])], reach))
    return tuple(found)


def _caught(hour: Hour, carry: Carry, classes: Sequence[str]) -> Floats:
    table = table_of(carry, hour.stations, classes)
    return np.asarray(table.caught.take(hour.bin, axis=1) * hour.working, float)
