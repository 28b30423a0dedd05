"""Probabilities of catches for many pairs of a station and a class at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.coverage.carry import Carry
from truceline.coverage.stations import Ints, Stations
from truceline.sensors.contract import Floats, Sensing


@dataclass(frozen=True)
class Group:
    """Rows of one class (its column) at stations of one kind."""

    rows: Ints
    sensing: Sensing
    kind: int
    column: int


def groups_of(stations: Stations, station: Ints, column: Ints) -> tuple[Group, ...]:
    """Pairs of a station and a class (rows,), sorted into groups."""
    kind = stations.kind[station]
    key = (kind * (int(column.max(initial=0)) + 1) + column) * len(stations.sensings) + stations.sensing[station]
    order = np.argsort(key, kind="stable")
    found = []
    for rows in np.split(order, np.flatnonzero(np.diff(key[order])) + 1) if len(order) else ():
        first = int(rows[0])
        sensing = stations.sensings[int(stations.sensing[station[first]])]
        found.append(Group(rows, sensing, int(kind[first]), int(column[first])))
    return tuple(found)


def chance_of(
    carry: Carry, groups: Sequence[Group], distance_m: Floats, tailwind_mps: Floats, louder: Floats
) -> Floats:
    """(rows,) probability of a catch, of events louder than the usual of their class by factors of reach (rows,).

    distance_m: over what favours the path besides the wind and the kind of sensor (a station's own factor, ground).
    """
    found = np.zeros(len(distance_m))
    for group in groups:
        rows = group.rows
        away = distance_m[rows] / float(carry.factor[group.kind])
        if group.sensing.loud:
            away = away / carry.wind_favour(tailwind_mps[rows])
        reach = carry.reach_m[group.column] * louder[rows]
        found[rows] = carry.caught(group.sensing, group.kind, group.column, away, reach)
    return found
