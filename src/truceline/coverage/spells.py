"""When a station could not sense, and what is known of why: out of service, by its own word, or fallen silent.

A sensor that reports its state regularly and stops is taken for silent from its next due sign of life until the
one that comes; lines that arrive late fill the gap. A sensor that never reports its state is taken to work.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from truceline.coverage.stations import Bools, Ints, Stations
from truceline.model.instant import US_PER_S, Instant
from truceline.model.network import Network, Sensor
from truceline.model.observation import Observation, Status
from truceline.sensors.contract import Floats

LEAST_STATUSES = 3
MISSED = 2.5  # of its usual interval without a sign of life: silent
WORKING = ("detecting", "degraded")
ALWAYS, NEVER = -(2**62), 2**62  # instants before and after all others

How: TypeAlias = Literal["out_of_service", "said_blind", "said_tampered", "silent", "degraded"]
BLINDING: tuple[How, ...] = ("out_of_service", "said_blind", "said_tampered", "silent")


@dataclass(frozen=True, slots=True, order=True)
class Spell:
    """A span (until excluded) in which a sensor did not sense as it should."""

    sensor: str
    from_us: Instant
    until_us: Instant
    how: How


def spells_of(network: Network, observations: Sequence[Observation]) -> tuple[Spell, ...]:
    """All spells, in order of sensor and time."""
    statuses: defaultdict[str, list[Status]] = defaultdict(list)
    signs: defaultdict[str, list[Instant]] = defaultdict(list)
    for seen in observations:
        signs[seen.sensor].append(seen.time_us)
        if isinstance(seen, Status):
            statuses[seen.sensor].append(seen)
    # When all stop reporting, the mission's data ends: nobody has fallen silent.
    end_us = max((one.time_us for some in statuses.values() for one in some), default=ALWAYS)
    found: list[Spell] = []
    for sensor in network.sensors:
        said = sorted(statuses[sensor.id], key=lambda one: (one.time_us, one.id))
        found += _service(sensor) + _said(sensor.id, said) + _silent(sensor.id, said, sorted(signs[sensor.id]), end_us)
    return tuple(sorted(found))


def _service(sensor: Sensor) -> list[Spell]:
    found = []
    if sensor.from_us is not None:
        found.append(Spell(sensor.id, ALWAYS, sensor.from_us, "out_of_service"))
    if sensor.until_us is not None:
        found.append(Spell(sensor.id, sensor.until_us, NEVER, "out_of_service"))
    return found


def _said(sensor: str, statuses: Sequence[Status]) -> list[Spell]:
    """Spells by the sensor's own word, each until it says otherwise."""
    words: dict[str, How] = {"blind": "said_blind", "tampered": "said_tampered", "degraded": "degraded"}
    ends = [*(one.time_us for one in statuses[1:]), NEVER]
    return [
        Spell(sensor, one.time_us, end, words[one.state])
        for one, end in zip(statuses, ends, strict=False)
        if one.state in words and end > one.time_us
    ]


def _silent(sensor: str, statuses: Sequence[Status], signs: Sequence[Instant], end_us: Instant) -> list[Spell]:
    """Spells without a sign of life when one was due."""
    if len(statuses) < LEAST_STATUSES:
        return []
    usual = float(np.median(np.diff([one.time_us for one in statuses])))
    if usual <= 0:
        return []
    last = [NEVER] if end_us - signs[-1] > MISSED * usual else []
    points = [*signs, *last]
    return [
        Spell(sensor, start + round(usual), end, "silent")
        for start, end in pairwise(points)
        if end - start > MISSED * usual
    ]


@dataclass(frozen=True)
class States:
    """Spells laid out for stations: rows of (station, from, until), seconds from a base; `blind`: else degraded."""

    base_us: Instant
    count: int
    station: Ints
    from_s: Floats
    until_s: Floats
    blind: Bools

    def working(self, from_s: float, until_s: float) -> Floats:
        """(stations,) share of a span in which each station could sense."""
        return self._share(self.blind, from_s, until_s)

    def sound(self, from_s: float, until_s: float) -> Floats:
        """(stations,) share of a span in which each station did not call itself degraded."""
        return self._share(~self.blind, from_s, until_s)

    def _share(self, rows: Bools, from_s: float, until_s: float) -> Floats:
        lost = np.minimum(self.until_s, until_s) - np.maximum(self.from_s, from_s)
        took = np.where(rows, np.maximum(lost, 0.0), 0.0)
        total = np.bincount(self.station, took, self.count) / max(until_s - from_s, 1e-9)
        return np.asarray(1.0 - np.minimum(total, 1.0))

    def blind_at(self, station: Ints, time_s: Floats) -> Bools:
        """(n,) whether each of n stations could not sense at each of n moments."""
        found = np.zeros(len(station), bool)
        order = np.argsort(station, kind="stable")
        keys = station[order]
        for row in np.flatnonzero(self.blind):
            low, high = np.searchsorted(keys, [self.station[row], self.station[row] + 1])
            mine = order[low:high]
            found[mine] |= (time_s[mine] >= self.from_s[row]) & (time_s[mine] < self.until_s[row])
        return found


def states_of(stations: Stations, spells: Sequence[Spell], base_us: Instant) -> States:
    """Spells in columns."""
    rows: Mapping[str, list[int]] = {name: [] for name in stations.sensor}
    for row, name in enumerate(stations.sensor):
        rows[name].append(row)
    table = [
        (row, (spell.from_us - base_us) / US_PER_S, (spell.until_us - base_us) / US_PER_S, spell.how in BLINDING)
        for spell in spells
        for row in rows.get(spell.sensor, ())
    ]
    columns = list(zip(*table, strict=True)) if table else [()] * 4
    return States(
        base_us=base_us,
        count=len(stations),
        station=np.array(columns[0], np.int64),
        from_s=np.array(columns[1], float),
        until_s=np.array(columns[2], float),
        blind=np.array(columns[3], bool),
    )
