"""When a sensor could not hear: out of service, by its own word, or fallen silent.

Silence of a sensor is evidence only while it works. A sensor that reports its state regularly and stops is
taken for deaf from then until its next sign of life; so is one that gives no sign of life at all while most of its
kind report. Where a kind does not report its state, its sensors are taken to work.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from truceline.fusion.columns import Channels
from truceline.model.instant import US_PER_S, Instant
from truceline.model.network import Network
from truceline.model.observation import Observation, Status
from truceline.sensors.contract import Floats

LEAST_STATUSES = 3
MISSED = 2.5  # of its usual interval without a sign of life: deaf
HABIT_SHARE = 0.5  # of the sensors of a kind that must report before silence of another means anything
FOREVER_S = 1e12
WORKING = ("detecting", "degraded")


@dataclass(frozen=True)
class Deaf:
    """(channels, k) spans in seconds from the base in which a channel could not hear; padded with empty spans."""

    from_s: Floats
    until_s: Floats


def deafness(network: Network, observations: Sequence[Observation], channels: Channels, base_us: Instant) -> Deaf:
    """Spans of deafness of every channel, from the network's dates, status lines and signs of life."""
    statuses: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    signs: defaultdict[str, list[float]] = defaultdict(list)
    for seen in observations:
        time_s = (seen.time_us - base_us) / US_PER_S
        signs[seen.sensor].append(time_s)
        if isinstance(seen, Status):
            statuses[seen.sensor].append((time_s, seen.state in WORKING))
    statuses = defaultdict(list, {sensor: sorted(some) for sensor, some in statuses.items()})
    # Where some report, silence is told from the mission's data not having begun, or having ended, by the others.
    begin_s = min((some[0][0] for some in statuses.values()), default=0.0)
    end_s = max((some[-1][0] for some in statuses.values()), default=0.0)
    habits = _habits(network, statuses)
    spans: list[list[tuple[float, float]]] = []
    for sensor_id in channels.sensor:
        sensor = network.by_id[sensor_id]
        own = statuses[sensor_id]
        # One that never reports its state but is heard of works: the habit of its kind is not its own.
        habit_s = habits.get(sensor.kind, 0.0) if own or not signs[sensor_id] else 0.0
        usual_s = _interval(own) if len(own) >= LEAST_STATUSES else habit_s
        found = _said(own) + _silences(sorted(signs[sensor_id]), usual_s, begin_s, end_s)
        if sensor.from_us is not None:
            found.append((-FOREVER_S, (sensor.from_us - base_us) / US_PER_S))
        if sensor.until_us is not None:
            found.append(((sensor.until_us - base_us) / US_PER_S, FOREVER_S))
        spans.append(found)
    width = max((len(found) for found in spans), default=0)
    table = np.zeros((len(spans), width, 2))
    for row, found in enumerate(spans):
        if found:
            table[row, : len(found)] = found
    return Deaf(table[..., 0], table[..., 1])


def _habits(network: Network, statuses: Mapping[str, Sequence[tuple[float, bool]]]) -> dict[str, float]:
    """Kinds of sensors of which most report their state regularly, and their usual interval in seconds."""
    intervals: defaultdict[str, list[float]] = defaultdict(list)
    for sensor in network.sensors:
        own = statuses.get(sensor.id, ())
        intervals[sensor.kind].append(_interval(own) if len(own) >= LEAST_STATUSES else 0.0)
    return {
        kind: float(np.median([one for one in some if one > 0]))
        for kind, some in intervals.items()
        if sum(one > 0 for one in some) > HABIT_SHARE * len(some)
    }


def _interval(statuses: Sequence[tuple[float, bool]]) -> float:
    """The usual time between two reports of state."""
    return float(np.median(np.diff([time_s for time_s, _ in statuses])))


def _said(statuses: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Spans in which the sensor said itself that it could not hear: until it says otherwise."""
    return [
        (time_s, statuses[index + 1][0] if index + 1 < len(statuses) else FOREVER_S)
        for index, (time_s, working) in enumerate(statuses)
        if not working
    ]


def _silences(signs: Sequence[float], usual_s: float, begin_s: float, end_s: float) -> list[tuple[float, float]]:
    """Spans in which a sensor that should report every `usual_s` (0: it need not) gave no sign of life."""
    if usual_s <= 0:
        return []
    if not signs:
        return [(-FOREVER_S, FOREVER_S)] if end_s - begin_s > MISSED * usual_s else []
    found = [] if signs[0] - begin_s <= MISSED * usual_s else [(-FOREVER_S, signs[0])]
    points = np.array([*signs, FOREVER_S] if end_s - signs[-1] > MISSED * usual_s else signs)
    gaps = np.flatnonzero(np.diff(points) > MISSED * usual_s)
    return found + [(float(points[gap] + usual_s), float(points[gap + 1])) for gap in gaps]
