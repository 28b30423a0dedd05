"""Does a naming stand without these sources? Everything is recomputed without them; here the answers are compared.

R1: for every single provider, the same party is still reached for the same event without its observations.
R2: for every pair. An event that cannot be found again does not stand, unless what others observed of it is told again
as that party's fire from the same place: rounds that follow one another within a second may be told apart otherwise
without a source. What sensors say that the mission has not accepted counts for neither: they are left out with every
provider.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
from scipy.optimize import linear_sum_assignment

from truceline.geo.components import components
from truceline.geo.frame import distance_azimuth
from truceline.model.event import Event
from truceline.model.instant import US_PER_S

GATE_S, GATE_M = 1.5, 250.0  # what the same event may move by, besides its own uncertainty
SIGMAS = 3.0
ELLIPSE90_SIGMAS = 2.15
MOST_PAIRS = 66
LEAST_TOLD = 3  # observations of others that must tell the same of a round

Sensors: TypeAlias = frozenset[str]  # ids, left out together
Stood: TypeAlias = Mapping[Sensors, frozenset[str]]  # ids of the events that stand, by what is left out


@dataclass(frozen=True)
class Reached:
    """An event and the party that is reached for it (None: none)."""

    event: Event
    party: str | None


@dataclass(frozen=True)
class Anew:
    """The events of a case found anew, and who is reached for some of them: asked only for those that matter.

    reached: party by event, for these ids (None: none).
    """

    events: Sequence[Event]
    reached: Callable[[Collection[str]], Mapping[str, str | None]]


def pairs(providers: Sequence[str]) -> list[frozenset[str]]:
    """Every pair of providers; none when there are too many to recompute without each."""
    found = [frozenset(pair) for pair in combinations(sorted(providers), 2)]
    return found if len(found) <= MOST_PAIRS else []


def stands(main: Sequence[Reached], without: Anew) -> frozenset[str]:
    """Ids of the events of `main` for which the same party is reached `without` some sources."""
    named = [one for one in main if one.party is not None]
    same = same_events([one.event for one in main], without.events)
    lost = {id_ for one in named if one.event.id not in same for id_ in one.event.observations}
    owner = {id_: other for other in without.events for id_ in lost.intersection(other.observations)}
    found = [without.events[same[one.event.id]].id for one in named if one.event.id in same]
    party = without.reached({*found, *(other.id for other in owner.values())})
    return frozenset(
        one.event.id
        for one in named
        if (
            party[without.events[same[one.event.id]].id] == one.party
            if one.event.id in same
            else _told_again(
                one, [Reached(owner[id_], party[owner[id_].id]) for id_ in one.event.observations if id_ in owner]
            )
        )
    )


def _told_again(one: Reached, others: Sequence[Reached]) -> bool:
    """Whether the events that have some observations of one without a source are the same party's fire from there.

    others: one for each such observation. All must tell the same: where some were given to fire from elsewhere or of
    somebody else, the round may be nothing that others know of.
    """
    return len(others) >= LEAST_TOLD and all(other.party == one.party and _same_place(one, other) for other in others)


def _same_place(one: Reached, other: Reached) -> bool:
    at, there = one.event.origin, other.event.origin
    away, _ = distance_azimuth(at.lon, at.lat, there.lon, there.lat)
    sigma = (at.ellipse90.semi_major_m + there.ellipse90.semi_major_m) / ELLIPSE90_SIGMAS
    return bool(away <= GATE_M + SIGMAS * sigma)


def same_events(some: Sequence[Event], others: Sequence[Event]) -> dict[str, int]:
    """Index into `others` of the event that each of `some` is, one to one, by nearness in time and place."""
    rows, columns, costs = _near(some, others)
    if not len(rows):
        return {}
    label = components(len(some) + len(others), rows, columns + len(some))
    found: dict[str, int] = {}
    order = np.argsort(label[rows], kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(label[rows][order])) + 1):
        if len(part) == 1:
            found[some[int(rows[part[0]])].id] = int(columns[part[0]])
            continue
        r, r_index = np.unique(rows[part], return_inverse=True)
        c, c_index = np.unique(columns[part], return_inverse=True)
        table = np.full((len(r), len(c)), 1e6)
        table[r_index, c_index] = costs[part]
        for i, j in zip(*linear_sum_assignment(table), strict=True):
            if table[i, j] < 1e6:
                found[some[int(r[i])].id] = int(c[j])
    return found


def _near(some: Sequence[Event], others: Sequence[Event]) -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """Pairs (row, column) of events that may be the same, and how far apart they are in gates."""
    times = np.array([event.origin.time_us for event in others], float) / US_PER_S
    order = np.argsort(times, kind="stable")
    lon, lat, sigma, time, time_sigma = _table(some)
    lon2, lat2, sigma2, time2, time_sigma2 = _table(others)
    gate = GATE_S + SIGMAS * (time_sigma + max(time_sigma.max(initial=0.0), time_sigma2.max(initial=0.0)))
    first, last = (np.searchsorted(times[order], edge) for edge in (time - gate, time + gate))
    row = np.repeat(np.arange(len(some)), last - first)
    column = order[np.arange(len(row)) + np.repeat(first - np.cumsum(last - first) + (last - first), last - first)]
    distance, _ = distance_azimuth(lon[row], lat[row], lon2[column], lat2[column])
    gate_m = GATE_M + SIGMAS * (sigma[row] + sigma2[column])
    gate_s = GATE_S + SIGMAS * (time_sigma[row] + time_sigma2[column])
    cost = distance / gate_m + np.abs(time[row] - time2[column]) / gate_s
    keep = (distance <= gate_m) & (np.abs(time[row] - time2[column]) <= gate_s)
    return row[keep], column[keep], cost[keep]


def _table(events: Sequence[Event]) -> tuple["np.ndarray", ...]:
    origins = [event.origin for event in events]
    return (
        np.array([origin.lon for origin in origins]),
        np.array([origin.lat for origin in origins]),
        np.array([origin.ellipse90.semi_major_m / ELLIPSE90_SIGMAS for origin in origins]),
        np.array([origin.time_us / US_PER_S for origin in origins]),
        np.array([origin.time_sigma_s for origin in origins]),
    )
