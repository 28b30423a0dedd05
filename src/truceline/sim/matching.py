"""Which estimated event is which true one: one to one, within a gate of time and distance, and by shared lines."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from truceline.sim.results import Ellipse, SaidEvent, TrueEvent, seconds_of

GATE_S, GATE_M = 3.0, 1000.0
M_PER_DEG = 111_194.9
NO_PAIR = 1e6
SHARED = 0.6  # least share of lines two events have in common to be the same


def metres(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Distance on a sphere taken flat between the two points: good to a few parts in a thousand."""
    squeeze = math.cos(math.radians((lat1 + lat2) / 2))
    return math.hypot((lon2 - lon1) * squeeze, lat2 - lat1) * M_PER_DEG


def match(truth: Sequence[TrueEvent], events: Sequence[SaidEvent]) -> list[tuple[int, int]]:
    """One-to-one pairs (place in truth, place in events) within the gate, as many and as near as can be."""
    times = np.array([seconds_of(event.properties.time) for event in events])
    order = np.argsort(times, kind="stable")
    by_time = times[order]
    rows: list[int] = []
    columns: list[int] = []
    costs: list[float] = []
    for i, true in enumerate(truth):
        when = seconds_of(true.time)
        for j in order[np.searchsorted(by_time, when - GATE_S) : np.searchsorted(by_time, when + GATE_S)].tolist():
            lon, lat = events[j].geometry.coordinates[:2]
            off = metres(true.lon, true.lat, lon, lat)
            if off <= GATE_M:
                rows.append(i)
                columns.append(j)
                costs.append(off / GATE_M + abs(times[j] - when) / GATE_S)
    return _assign(np.array(rows, int), np.array(columns, int), np.array(costs), len(truth), len(events))


def _assign(
    rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], costs: npt.NDArray[np.float64], true: int, said: int
) -> list[tuple[int, int]]:
    """The best assignment, cluster by cluster: what shares no candidate cannot disturb one another."""
    if not rows.size:
        return []
    size = true + said
    graph = coo_matrix((np.ones(rows.size), (rows, columns + true)), shape=(size, size))
    _, cluster = connected_components(graph, directed=False)
    member = cluster[rows]
    order = np.argsort(member, kind="stable")
    pairs: list[tuple[int, int]] = []
    for part in np.split(order, np.flatnonzero(np.diff(member[order])) + 1):
        left, i = np.unique(rows[part], return_inverse=True)
        right, j = np.unique(columns[part], return_inverse=True)
        table = np.full((left.size, right.size), NO_PAIR)
        table[i, j] = costs[part]
        for a, b in zip(*linear_sum_assignment(table), strict=True):
            if table[a, b] < NO_PAIR:
                pairs.append((int(left[a]), int(right[b])))
    return sorted(pairs)


def holds(event: SaidEvent, region: Ellipse | None, true: TrueEvent) -> bool | None:
    """Whether a region of an event holds the truth; None if there is no region."""
    if region is None:
        return None
    lon, lat = event.geometry.coordinates[:2]
    east = (true.lon - lon) * math.cos(math.radians(lat)) * M_PER_DEG
    north = (true.lat - lat) * M_PER_DEG
    turn = math.radians(region.azimuth_deg)
    along = east * math.sin(turn) + north * math.cos(turn)
    across = east * math.cos(turn) - north * math.sin(turn)
    return (along / max(region.semi_major_m, 1e-6)) ** 2 + (across / max(region.semi_minor_m, 1e-6)) ** 2 <= 1


def same_lines(truth: Sequence[TrueEvent], events: Sequence[SaidEvent]) -> dict[int, int]:
    """True event → event that shares most of its lines: common lines over the larger set, at least 0.6, one to one."""
    owner = {line: i for i, true in enumerate(truth) for line in true.obs}
    likely: list[tuple[float, int, int]] = []
    for j, event in enumerate(events):
        lines = event.properties.observations
        for i, common in Counter(owner[line] for line in lines if line in owner).items():
            share = common / max(len(lines), len(truth[i].obs))
            if share >= SHARED:
                likely.append((share, i, j))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(likely, key=lambda item: (-item[0], item[1], item[2])):
        if i not in found and j not in taken:
            found[i] = j
            taken.add(j)
    return found
