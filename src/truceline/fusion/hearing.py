"""When a sensor could not hear: out of service, by its own word, or fallen silent.

Silence of a sensor is evidence only while it works. A sensor that reports its state regularly and stops is
taken for deaf from then until its next sign of life; one that never reports its state is taken to work.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.fusion.columns import Channels
from truceline.model.instant import US_PER_S, Instant
from truceline.model.network import Network
from truceline.model.observation import Observation, Status
from truceline.sensors.contract import Floats

LEAST_STATUSES = 3
MISSED = 2.5  # of its usual interval without a sign of life: deaf
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
    # When all stop reporting, the mission's data ends: nobody has died.
    end_s = max((times[-1][0] for times in map(sorted, statuses.values())), default=0.0)
    spans: list[list[tuple[float, float]]] = []
    for sensor_id in channels.sensor:
        sensor = network.by_id[sensor_id]
        found = _silences(sorted(statuses[sensor_id]), sorted(signs[sensor_id]), end_s)
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


def _silences(statuses: list[tuple[float, bool]], signs: list[float], end_s: float) -> list[tuple[float, float]]:
    """Spans in which the sensor said it could not hear, or gave no sign of life when one was due."""
    found: list[tuple[float, float]] = []
    for index, (time_s, working) in enumerate(statuses):
        if not working:
            until = statuses[index + 1][0] if index + 1 < len(statuses) else FOREVER_S
            found.append((time_s, until))
    if len(statuses) >= LEAST_STATUSES:
        usual = float(np.median(np.diff([time_s for time_s, _ in statuses])))
        if usual > 0:
            points = np.array([*signs, FOREVER_S] if end_s - signs[-1] > MISSED * usual else signs)
            for gap in np.flatnonzero(np.diff(points) > MISSED * usual):
                found.append((points[gap] + usual, points[gap + 1]))
    return found
