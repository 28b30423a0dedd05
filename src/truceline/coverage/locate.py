"""The probability that an event is known and its place told to within so many metres.

A few dozen patterns of catches are spread evenly over what may happen (a Korobov lattice: no chance is needed);
each says by its times and directions how well the place would be known (Fisher information, the moment eliminated).
"""

from collections.abc import Sequence

import numpy as np

from truceline.coverage.links import Links
from truceline.coverage.seen import KNOWN_BY_WORTH, hour_of, table_of
from truceline.coverage.stations import Ints, Stations
from truceline.coverage.watch import Watch
from truceline.sensors.contract import Floats, Paths
from truceline.sensors.medium import sound_speed

PATTERNS, ROOT, SHIFT = 61, 2, 17  # a prime, one of its primitive roots, and a step that parts the stations
DIRECTIONS = 32
AIR_SIGMA_MPS = 0.5  # of the speed along a path, after the air was learnt
USUAL_TEMPERATURE_C = 12.0
LEAST_INFORMATION = 1e-12


def located(
    watch: Watch, links: Links, classes: Sequence[str], from_s: float, until_s: float, within_m: Sequence[float]
) -> Floats:
    """(distances, classes, places) probability that an event is known and told to within each distance."""
    hour, table = hour_of(watch, links, from_s, until_s), table_of(watch.carry, watch.stations, classes)
    worth = 1 + watch.stations.directed[links.station].astype(np.int64)
    place = links.place
    found = np.zeros((len(within_m), len(classes), links.places))
    caught = table.caught.take(hour.bin, axis=1) * hour.working
    rank = np.repeat(np.arange(len(links.bounds) - 1), np.diff(links.bounds))
    multiplier = np.array([pow(ROOT, int(r), PATTERNS) for r in range(len(links.bounds) - 1)], np.int64)[rank]
    by_worth = np.append(KNOWN_BY_WORTH, 1.0).astype(float)
    signals = _information(watch.stations, links)
    for pattern in range(PATTERNS):
        draw = ((pattern * multiplier + SHIFT * rank) % PATTERNS + 0.5) / PATTERNS
        for column, chance in enumerate(caught):
            heard = draw < chance
            total = np.bincount(place, heard * worth, links.places).astype(np.int64)
            known = by_worth[np.minimum(total, len(KNOWN_BY_WORTH))]
            weight = float(table.weight[column]) / PATTERNS
            inside = [_inside(_summed(signals, place, heard, links.places), within) for within in within_m]
            found[:, table.class_[column]] += weight * known * np.stack(inside)
    return found


def _information(stations: Stations, links: Links) -> tuple[Floats, Floats, Floats]:
    """By link: (n, 3) weight and slopes of its time by the place, (n,) weight of its direction, (n, 2) across it."""
    station = links.station
    unit = np.c_[links.unit_x, links.unit_y].astype(float)
    distance = links.distance_m.astype(float)
    still = np.full(len(station), float(sound_speed(np.array(USUAL_TEMPERATURE_C))))
    calm = np.zeros(len(station))
    time, sigma = np.zeros(len(station)), stations.time_sigma_s[station] ** 2
    for number, sensing in enumerate(stations.sensings):
        mine = stations.sensing[station] == number
        paths = Paths(distance[mine], unit[mine, 0], unit[mine, 1], still[mine], calm[mine], calm[mine], calm[mine])
        travel = sensing.travel(paths)
        time[mine] = travel.time_s
        sigma[mine] += travel.path_sigma_s**2 + (travel.rate_s * AIR_SIGMA_MPS) ** 2
    slowness = time / distance
    timed = np.c_[1.0 / sigma, -slowness * unit[:, 0], -slowness * unit[:, 1]]
    azimuth = np.nan_to_num(stations.azimuth_sigma_rad[station], nan=np.inf)
    return timed, 1.0 / (azimuth * distance) ** 2, np.c_[unit[:, 1], -unit[:, 0]]


def _summed(signals: tuple[Floats, Floats, Floats], place: Ints, heard: Floats, places: int) -> Floats:
    """(3, places) information xx, xy, yy about the place of what was heard."""
    timed, turned, across = signals
    weight = timed[:, 0] * heard

    def total(values: Floats) -> Floats:
        return np.asarray(np.bincount(place, values, places), float)

    moment = np.maximum(total(weight), LEAST_INFORMATION)
    x, y = total(weight * timed[:, 1]), total(weight * timed[:, 2])
    aimed = turned * heard
    return np.stack(
        [
            total(weight * timed[:, 1] ** 2 + aimed * across[:, 0] ** 2) - x * x / moment,
            total(weight * timed[:, 1] * timed[:, 2] + aimed * across[:, 0] * across[:, 1]) - x * y / moment,
            total(weight * timed[:, 2] ** 2 + aimed * across[:, 1] ** 2) - y * y / moment,
        ]
    )


def _inside(information: Floats, within_m: float) -> Floats:
    """(places,) probability that a normal error of this information is no longer than a distance.

    By polar coordinates: the integral over directions of √|J| / (2π a) · (1 − exp(−a d² / 2)), a = nᵀ J n.
    """
    xx, xy, yy = information
    root = np.sqrt(np.maximum(xx * yy - xy**2, 0.0))
    total = np.zeros(len(xx))
    for angle in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
        a = np.maximum(xx * np.cos(angle) ** 2 + 2 * xy * np.cos(angle) * np.sin(angle) + yy * np.sin(angle) ** 2,
                       LEAST_INFORMATION)  # fmt: skip
        total += -np.expm1(-a * within_m**2 / 2) / a
    return np.asarray(np.clip(root * total / DIRECTIONS, 0.0, 1.0))
