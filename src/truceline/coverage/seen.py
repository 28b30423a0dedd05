"""The probability that a network notices what happens at a place: by enough stations, by so many providers.

A catch counts one, with a direction two. How often an event of so much is known to the inference was measured on
simulated missions (docs/science/coverage.md); three arrays are as good as enough. Stations catch independently, given
how loud the event is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from truceline.coverage.carry import Carry
from truceline.coverage.links import Links, Singles
from truceline.coverage.stations import Bools, Ints, Stations
from truceline.coverage.watch import Watch

KNOWN_BY_WORTH = np.array([0.0, 0.0, 0.06, 0.33, 0.68, 0.9], np.float32)  # of catches; of more: always
ENOUGH = len(KNOWN_BY_WORTH)
MOST_PROVIDERS = 3  # the probability of so many providers or more is told
BINS_A_FOLD = 250.0  # of a table of detection, for each factor of e of distance
NEAREST_M, FARTHEST_M = 10.0, 200_000.0
BINS = int(np.log(FARTHEST_M / NEAREST_M) * BINS_A_FOLD) + 1
UNSEEN, BLIND = 1e-3, 0.02  # a catch less likely is none; a kind that catches no more of a class near by is blind to it
BLOCK = 1024  # places at a time: what is built up stays near the processor

Over: TypeAlias = Callable[[Callable[[int], "Singles"], Sequence[int]], Iterable["Singles"]]


@dataclass(frozen=True)
class Table:
    """Detection by distance: caught (columns, kinds × BINS), bins even in the logarithm of distance.

    A column is a class at one of its nodes of loudness; `class_` (columns,) and `weight` (columns,) say which. Beyond
    `far_m` nothing is seen of any of them.
    """

    caught: Singles
    far_m: float
    class_: Ints
    weight: Singles
    classes: tuple[str, ...]

    def mixed(self, values: Singles) -> Singles:
        """(classes, places) mean over each class's nodes of loudness of (columns, places)."""
        found = np.zeros((len(self.classes), values.shape[-1]), np.float32)
        np.add.at(found, self.class_, values * self.weight[:, None])
        return np.clip(found, 0.0, 1.0)


def table_of(carry: Carry, stations: Stations, classes: Sequence[str]) -> Table:
    """The table of some classes for the kinds of sensor of a network."""
    nodes = [(number, class_, reach, weight) for number, class_ in enumerate(classes)
             for reach, weight in zip(*(part.tolist() for part in carry.loudness(class_)), strict=True)]  # fmt: skip
    distance = NEAREST_M * np.exp((np.arange(BINS) + 0.5) / BINS_A_FOLD)
    caught = np.zeros((len(nodes), len(stations.kinds), BINS), np.float32)
    for kind in range(len(stations.kinds)):
        sensing = stations.sensings[int(stations.sensing[np.argmax(stations.kind == kind)])]
        for row, (_, class_, reach, _) in enumerate(nodes):
            caught[row, kind] = carry.caught(sensing, kind, carry.column(class_), distance, np.full(BINS, reach))
    caught[(caught < UNSEEN) | (caught.max(axis=2, keepdims=True) < BLIND)] = 0.0
    some = np.flatnonzero(caught.any(axis=(0, 1)))
    return Table(
        caught=caught.reshape(len(nodes), -1),
        far_m=float(distance[some[-1]]) if len(some) else 0.0,
        class_=np.array([number for number, *_ in nodes], np.int64),
        weight=np.array([weight for *_, weight in nodes], np.float32),
        classes=tuple(classes),
    )


@dataclass(frozen=True)
class Seen:
    """By class and place, (classes, places): probability that an event is known, and that 1, 2, 3 providers or more
    caught it, (MOST_PROVIDERS, classes, places); None where that was not asked for."""

    classes: tuple[str, ...]
    known: Singles
    providers: Singles | None = None

    def by(self, count: int) -> Singles:
        """(classes, places) probability that so many providers caught it."""
        assert self.providers is not None
        return np.asarray(self.providers[count - 1])


@dataclass(frozen=True)
class Hour:
    """What a span of time makes of each link: its place in a table, and the share of time its station works."""

    links: Links
    stations: Stations
    bin: npt.NDArray[np.int32]
    working: Singles


def hour_of(watch: Watch, links: Links, from_s: float, until_s: float) -> Hour:
    """A span of time, with the wind in its middle."""
    stations, carry = watch.stations, watch.carry
    working, own = watch.able(from_s, until_s)
    factor = (carry.factor[stations.kind] * own).astype(np.float32)
    away = links.distance_m / (factor[links.station] * links.favour)
    wind = watch.winds.at(stations.x, stations.y, np.full(len(stations), (from_s + until_s) / 2)).astype(np.float32)
    if np.any(wind):
        loud = np.array([sensing.loud for sensing in stations.sensings])[stations.sensing]
        wind[~loud] = 0.0
        tail = wind[links.station, 0] * links.unit_x + wind[links.station, 1] * links.unit_y
        away /= carry.wind_favour(tail)
    place = np.log(np.clip(away, NEAREST_M, FARTHEST_M * 0.999) / NEAREST_M) * np.float32(BINS_A_FOLD)
    base = (stations.kind * BINS).astype(np.int32)
    return Hour(
        links, stations, place.astype(np.int32) + base[links.station], working.astype(np.float32)[links.station]
    )


def seen(hour: Hour, table: Table, *, over: Over = map) -> Seen:
    """What would be noticed of each class at each place; of providers too where the links stand by provider.

    `over` maps a function over blocks of places, perhaps in parallel.
    """
    links = hour.links
    starts = range(0, links.places, BLOCK)
    parts = list(over(partial(_block, hour, table), starts))
    none = np.zeros((1 + MOST_PROVIDERS, len(table.classes), 0), np.float32)
    rows = links.back(np.concatenate([none[: len(parts[0])] if parts else none, *parts], axis=-1))
    return Seen(table.classes, rows[0], rows[1:] if links.by_provider else None)


def _block(hour: Hour, table: Table, start: int) -> Singles:
    """(1 + MOST_PROVIDERS or 1, classes, places): known, and by so many providers, at a block of places."""
    links = hour.links
    count = min(BLOCK, links.places - start)
    columns = len(table.weight)
    worth = np.zeros((ENOUGH, columns, count), np.float32)
    worth[0] = 1.0
    heard = Heard.none(columns, count) if links.by_provider else None
    for low, high in links.ranks():
        part = slice(low + start, min(low + start + count, high))
        if part.start >= part.stop:
            break
        caught = table.caught.take(hour.bin[part], axis=1)
        caught *= hour.working[part]
        if not links.by_provider and not caught.any():
            break
        station = links.station[part]
        _count(worth[..., : len(station)], caught, hour.stations.directed[station])
        if heard is not None:
            heard.hear(caught, hour.stations.provider[station])
    found = [table.mixed(1.0 - np.tensordot(1.0 - KNOWN_BY_WORTH, worth, axes=1))]
    if heard is not None:
        found += [table.mixed(part) for part in heard.at_least()]
    return np.stack(found)


def _count(worth: Singles, caught: Singles, two: Bools) -> None:
    """Add one station's catch to the probabilities of each sum of worths below ENOUGH, (ENOUGH, columns, places)."""
    missed = 1.0 - caught
    twice = caught * two
    once = caught - twice
    for sum_ in range(ENOUGH - 1, -1, -1):
        worth[sum_] *= missed
        if sum_ >= 1:
            worth[sum_] += worth[sum_ - 1] * once
        if sum_ >= 2:
            worth[sum_] += worth[sum_ - 2] * twice


@dataclass(frozen=True)
class Heard:
    """Providers that caught something, while stations are added provider by provider.

    missed (columns, places): that the present provider caught nothing; number (MOST_PROVIDERS, columns, places):
    probability of each number of providers before it; now (places,): the present provider.
    """

    missed: Singles
    number: Singles
    now: Ints

    @staticmethod
    def none(columns: int, places: int) -> "Heard":
        number = np.zeros((MOST_PROVIDERS, columns, places), np.float32)
        number[0] = 1.0
        return Heard(np.ones((columns, places), np.float32), number, np.full(places, -1))

    def hear(self, caught: Singles, provider: Ints) -> None:
        """Add one station of each of the first places."""
        count = len(provider)
        changed = np.flatnonzero((provider != self.now[:count]) & (self.now[:count] >= 0))
        if len(changed):
            self._close(changed)
        self.now[:count] = provider
        self.missed[:, :count] *= 1.0 - caught

    def _close(self, places: Ints) -> None:
        missed = self.missed[:, places]
        for number in range(MOST_PROVIDERS - 1, -1, -1):
            below = self.number[number - 1][:, places] * (1.0 - missed) if number else 0.0
            self.number[number][:, places] = self.number[number][:, places] * missed + below
        self.missed[:, places] = 1.0

    def at_least(self) -> Singles:
        """(MOST_PROVIDERS, columns, places) probability that 1, 2, … providers or more caught it."""
        self._close(np.arange(len(self.now)))
        return 1.0 - np.cumsum(self.number, axis=0)
