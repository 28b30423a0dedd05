"""Who could have caught what: pairs of a known event and a working station, and whether it did.

Rounds of a salvo reach a station seconds apart and are easily taken for one another, so a pair counts only if no
other known event was due at the station within CROWDED_S. That hangs on times of arrival, never on what was caught.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.spatial import cKDTree

from truceline.coverage.spells import States
from truceline.coverage.stations import Bools, Ints, Stations, catches
from truceline.coverage.wind import Winds
from truceline.geo.frame import Frame
from truceline.model.event import Event
from truceline.model.instant import US_PER_S
from truceline.model.observation import Observation
from truceline.sensors.contract import Floats, Paths
from truceline.sensors.medium import sound_speed

LEAST_EXISTENCE = 0.9  # of an event that stations are measured by
MOST_ELLIPSE_M = 2_000.0  # semi-major axis of its 90 % ellipse
RIVAL_EXISTENCE = 0.3  # of another event that it could be taken for
CROWDED_S = 1.0
USUAL_TEMPERATURE_C = 12.0


@dataclass(frozen=True)
class Happened:
    """Events by place and time: x, y (frame metres), time_s from a base; (n,) each."""

    x: Floats
    y: Floats
    time_s: Floats

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Trials:
    """One row a pair, in order of event, then station.

    distance_m; tailwind_mps: wind from the event towards the station; arrival_s: when it was due, roughly.
    """

    event: Ints
    station: Ints
    distance_m: Floats
    tailwind_mps: Floats
    arrival_s: Floats
    caught: Bools

    def __len__(self) -> int:
        return len(self.event)

    def take(self, rows: Ints | Bools) -> "Trials":
        """Some of the rows, in the same order."""
        return Trials(*(getattr(self, item.name)[rows] for item in fields(self)))


def happened(events: Sequence[Event], frame: Frame, base_us: int) -> Happened:
    """Events in columns."""
    x, y = frame.to_xy([event.origin.lon for event in events], [event.origin.lat for event in events])
    return Happened(x, y, np.array([(event.origin.time_us - base_us) / US_PER_S for event in events]))


def sure(event: Event) -> bool:
    """Whether stations can be measured by an event: surely real, well located."""
    return event.existence >= LEAST_EXISTENCE and event.origin.ellipse90.semi_major_m <= MOST_ELLIPSE_M


def trials_of(what: Happened, stations: Stations, states: States, winds: Winds) -> Trials:
    """All pairs within reach of stations that worked at the time, none caught yet."""
    event, station = near(what.x, what.y, stations)
    working = ~states.blind_at(station, what.time_s[event])
    event, station = event[working], station[working]
    dx, dy = stations.x[station] - what.x[event], stations.y[station] - what.y[event]
    distance = np.maximum(np.hypot(dx, dy), 1.0)
    middle = (what.x[event] + stations.x[station]) / 2, (what.y[event] + stations.y[station]) / 2
    wind = winds.at(*middle, what.time_s[event])
    ux, uy = dx / distance, dy / distance
    still = np.full(len(event), float(sound_speed(np.array(USUAL_TEMPERATURE_C))))
    paths = Paths(distance, ux, uy, still, wind[:, 0], wind[:, 1], np.zeros(len(event)))
    arrival = what.time_s[event] + _travel(paths, stations, station)
    tail = wind[:, 0] * ux + wind[:, 1] * uy
    return Trials(event, station, distance, tail, arrival, np.zeros(len(event), bool))


def _travel(paths: Paths, stations: Stations, station: Ints) -> Floats:
    time = np.zeros(len(station))
    for number, sensing in enumerate(stations.sensings):
        mine = stations.sensing[station] == number
        time[mine] = sensing.travel(Paths(*(getattr(paths, item.name)[mine] for item in fields(Paths)))).time_s
    return time


def near(x: Floats, y: Floats, stations: Stations, far_m: float = np.inf) -> tuple[Ints, Ints]:
    """(place, station) pairs within reach of each other, and `far_m`, in order of place, then station."""
    found = [np.zeros((0, 2), np.int64)]
    places = cKDTree(np.c_[x, y])
    for number, sensing in enumerate(stations.sensings):
        mine = np.flatnonzero(stations.sensing == number)
        if not len(mine) or not len(x):
            continue
        lists = places.query_ball_point(np.c_[stations.x[mine], stations.y[mine]], min(sensing.reach_m, far_m))
        count = np.array([len(some) for some in lists], np.int64)
        member = np.concatenate([np.asarray(some, np.int64) for some in lists])
        found.append(np.c_[member, np.repeat(mine, count)])
    pairs = np.concatenate(found)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    return pairs[order, 0], pairs[order, 1]


def with_catches(
    trials: Trials, events: Sequence[Event], stations: Stations, observations: Mapping[str, Observation]
) -> Trials:
    """The same pairs, caught where an observation of the event came from the station."""
    row_of: dict[str, list[int]] = {}
    for row, sensor in enumerate(stations.sensor):
        row_of.setdefault(sensor, []).append(row)
    caught = {
        (number, row)
        for number, event in enumerate(events)
        for seen in (observations[id_] for id_ in event.observations if id_ in observations)
        for row in row_of.get(seen.sensor, ())
        if catches(seen, stations.sensings[int(stations.sensing[row])])
    }
    pairs = zip(trials.event.tolist(), trials.station.tolist(), strict=True)
    return replace(trials, caught=np.array([pair in caught for pair in pairs], bool))


def alone(trials: Trials) -> Bools:
    """(trials,) whether no other event of the trials was due at the station at about the same time."""
    order = np.lexsort((trials.arrival_s, trials.station))
    arrival, station = trials.arrival_s[order], trials.station[order]
    close = (np.diff(arrival) < CROWDED_S) & (np.diff(station) == 0)
    crowded = np.zeros(len(trials), bool)
    crowded[order] = np.r_[False, close] | np.r_[close, False]
    return ~crowded
