"""Silence as evidence: had it happened there and then, these stations would have heard it.

Of a supposed event the stations that could hear are weighed by what they did. Stations of one provider may be silent
on purpose, so the evidence is told again without the provider that it rests on most.
"""

from collections.abc import Set
from dataclasses import dataclass

import numpy as np

from truceline.coverage.links import links_of
from truceline.coverage.seen import Hour, hour_of, table_of
from truceline.coverage.stations import Ints
from truceline.coverage.watch import Watch
from truceline.sensors.contract import Floats

SPAN_S = 60.0  # about the moment, over which a station's state is asked
POINTS = 19  # places within a stated radius
HEARD_BY_CHANCE = 0.02  # that a working station reported something fitting though nothing happened
LIKELY = 0.5  # a station that hears so probably "would have heard"
LEAST_CHANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Listener:
    """A station that could have heard it: how probably, and whether it did."""

    sensor: str
    provider: str
    chance: float
    heard: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stations' catches and silences say of a supposed event.

    log10_ratio: of their probability if it happened over that if it did not; without_one: the same without the
    provider that it rests on most (nearest to zero); nobody: probability that none would have heard it.
    """

    listeners: tuple[Listener, ...]
    log10_ratio: float
    without_one: float
    nobody: float

    @property
    def would_have_heard(self) -> tuple[Listener, ...]:
        """Those that were likely to hear it and did not."""
        return tuple(one for one in self.listeners if one.chance >= LIKELY and not one.heard)

    @property
    def words(self) -> str:
        """One sentence."""
        silent = self.would_have_heard
        if not self.listeners:
            return "No working station could have heard it: silence says nothing."
        if not silent:
            return "No working station was likely to hear it: silence says little."
        names = ", ".join(one.sensor for one in silent[:12]) + (" and others" if len(silent) > 12 else "")
        many = f"{len(silent)} working stations that would likely have heard it did" if len(silent) > 1 else (
            "One working station that would likely have heard it did")  # fmt: skip
        return f"{many} not ({names}); what all did is {_times(self.log10_ratio)}."


def _times(log10_ratio: float) -> str:
    factor = 10 ** min(abs(log10_ratio), 6.0)
    told = f"{factor:.2g}" if factor < 1e6 else "over a million"
    return f"{told} times less probable if it happened" if log10_ratio < 0 else f"{told} times more probable so"


def silence(
    watch: Watch,
    x: float,
    y: float,
    time_s: float,
    class_: str,
    *,
    radius_m: float = 0.0,
    heard: Set[str] = frozenset(),
) -> Evidence:
    """What was done by all that could hear an event of a class at a place, known to within a radius, and a moment.

    heard: sensors that caught something of it.
    """
    xs, ys = _points(x, y, radius_m)
    links = links_of(xs, ys, watch.stations)
    hour = hour_of(watch, links, time_s - SPAN_S / 2, time_s + SPAN_S / 2)
    chance, weight = _chances(watch, hour, class_)
    station, place = links.station, links.place
    did = np.array([watch.stations.sensor[s] in heard for s in range(len(watch.stations))], bool)[station]
    return Evidence(
        listeners=_listeners(watch, station, place, chance, weight, did),
        log10_ratio=_ratio(chance, weight, place, did, np.ones(len(station), bool), len(xs)),
        without_one=_without_one(watch, chance, weight, place, station, did, len(xs)),
        nobody=_nobody(chance, weight, place, len(xs)),
    )


def places_by_silence(watch: Watch, x: Floats, y: Floats, time_s: float, class_: str, heard: Set[str]) -> Floats:
    """(places,) log probability of who heard an event and who did not, had it been at each place: for attribution."""
    links = links_of(x, y, watch.stations)
    hour = hour_of(watch, links, time_s - SPAN_S / 2, time_s + SPAN_S / 2)
    chance, weight = _chances(watch, hour, class_)
    did = np.array([sensor in heard for sensor in watch.stations.sensor], bool)[links.station]
    missing = len(heard) - np.bincount(links.place, did, len(x))
    log = np.log(weight)[:, None] + _summed(_log(chance, did), links.place, len(x))
    return np.asarray(np.logaddexp.reduce(log, axis=0) + missing * np.log(LEAST_CHANCE))


def _points(x: float, y: float, radius_m: float) -> tuple[Floats, Floats]:
    """Places spread evenly over a circle (a sunflower's seeds)."""
    if radius_m <= 0:
        return np.array([x]), np.array([y])
    number = np.arange(POINTS)
    away = radius_m * np.sqrt((number + 0.5) / POINTS)
    angle = number * np.pi * (3.0 - np.sqrt(5.0))
    return x + away * np.cos(angle), y + away * np.sin(angle)


def _chances(watch: Watch, hour: Hour, class_: str) -> tuple[Floats, Floats]:
    """(nodes, links) probability of a catch at each node of loudness, and (nodes,) weights."""
    table = table_of(watch.carry, watch.stations, (class_,))
    caught = table.caught.take(hour.bin, axis=1).astype(float) * hour.working
    return np.clip(caught, 0.0, 1.0 - LEAST_CHANCE), table.weight.astype(float)


def _log(chance: Floats, did: "np.ndarray") -> Floats:
    """(nodes, links) log probability of what each station did, over that if nothing had happened."""
    heard = np.log(np.maximum(chance, LEAST_CHANCE) / HEARD_BY_CHANCE)
    return np.where(did, heard, np.log1p(-chance) - np.log1p(-HEARD_BY_CHANCE * (chance > LEAST_CHANCE)))


def _summed(log: Floats, place: Ints, places: int) -> Floats:
    """(nodes, places)."""
    return np.stack([np.bincount(place, row, places) for row in log])


def _ratio(chance: Floats, weight: Floats, place: Ints, did: "np.ndarray", counted: "np.ndarray", places: int) -> float:
    log = _summed(np.where(counted, _log(chance, did), 0.0), place, places)
    total = np.logaddexp.reduce((log + np.log(weight)[:, None]).ravel()) - np.log(places)
    return float(total / np.log(10.0))


def _without_one(
    watch: Watch, chance: Floats, weight: Floats, place: Ints, station: Ints, did: "np.ndarray", places: int
) -> float:
    providers = np.unique(watch.stations.provider[station])
    ratios = [
        _ratio(chance, weight, place, did, watch.stations.provider[station] != provider, places)
        for provider in providers
    ]
    return min(ratios, key=abs, default=0.0)


def _nobody(chance: Floats, weight: Floats, place: Ints, places: int) -> float:
    missed = np.exp(_summed(np.log1p(-chance), place, places))
    return float((missed * weight[:, None]).sum() / places)


def _listeners(
    watch: Watch, station: Ints, place: Ints, chance: Floats, weight: Floats, did: "np.ndarray"
) -> tuple[Listener, ...]:
    """Every station that could hear it, likeliest first; over a radius, its mean chance."""
    places = int(place.max(initial=0)) + 1
    mean = np.bincount(station, weight @ chance, len(watch.stations)) / places
    heard = np.zeros(len(watch.stations), bool)
    heard[station] = did
    rows = [row for row in np.argsort(-mean, kind="stable").tolist() if mean[row] >= 0.01 or heard[row]]
    return tuple(
        Listener(
            watch.stations.sensor[row], watch.stations.providers[int(watch.stations.provider[row])],
            round(float(mean[row]), 4), bool(heard[row]),
        )
        for row in rows
    )  # fmt: skip
