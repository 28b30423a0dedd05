"""How much of a line is heard by one, two, three providers; and how much would be without some sensors."""

from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np

from truceline.coverage.line import stretches_of
from truceline.coverage.links import links_of
from truceline.coverage.seen import MOST_PROVIDERS, hour_of, seen, table_of
from truceline.coverage.watch import Watch
from truceline.sensors.contract import Floats

SPACING_M = 1_000.0


def heard_line(
    watch: Watch, line: Sequence[tuple[float, float]], classes: Sequence[str], from_s: float, until_s: float,
    without: Set[str] = frozenset(),
) -> tuple[float, ...]:  # fmt: skip
    """Share of a line (mean over classes) that 1, 2, 3 providers or more would hear in a span, without some sensors."""
    stretches = stretches_of(line, watch.frame, SPACING_M)
    links = links_of(stretches.x, stretches.y, watch.stations, by_provider=True)
    hour = hour_of(watch, links, from_s, until_s)
    kept: Floats = np.array([sensor not in without for sensor in watch.stations.sensor], float)
    there = replace(hour, working=hour.working * kept[links.station])
    found = seen(there, table_of(watch.carry, watch.stations, classes))
    shares = stretches.length_m / stretches.length_m.sum()
    return tuple(float((found.by(count).mean(axis=0) * shares).sum()) for count in range(1, MOST_PROVIDERS + 1))
