"""What the ground does to sound and sight, where a height model is given.

Sound is bent over a crest and weakened by it: Maekawa's barrier (1968, Applied Acoustics 1, 157) takes 10 log10(3 +
20 N) decibels from a path longer by N half wavelengths. Over flat ground sound grazes (N = 0), and reaches are those
of flat ground, so what counts is the excess, 10 log10(1 + 20 N / 3). It shortens the reach as spreading would have
(20 log10 of distance). Light is stopped by a crest. Waves through the ground are not touched.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from truceline.coverage.links import Links
from truceline.coverage.stations import Stations
from truceline.geo.frame import Frame
from truceline.geo.heights import Heights
from truceline.sensors.contract import Floats, Sensing

EAR_M, MOUTH_M = 4.0, 2.0  # sensors and sources above the ground
STEPS = 24  # points of a path at which the ground is looked at
WAVELENGTH_M = {"acoustic": 11.0, "infrasound": 68.0}  # at 30 Hz and 5 Hz, which carry a shot's energy
UNTOUCHED = ("seismic",)
MOST_LOSS_DB = 25.0
BLOCKED = 1e-3  # favour of a path along which nothing is seen
EARTH_M = 6_371_000.0
LINKS_AT_ONCE = 200_000


def with_terrain(links: Links, stations: Stations, frame: Frame, heights: Heights) -> Links:
    """The same links, each with what the ground lets through."""
    favour = links.favour.copy()
    for part in _parts(len(links.station)):
        station, place = links.station[part], links.place[part]
        start = links.x[place], links.y[place]
        end = stations.x[station], stations.y[station]
        distance = links.distance_m[part].astype(float)
        crest, along = _crest(start, end, distance, frame, heights)
        for number, sensing in enumerate(stations.sensings):
            mine = stations.sensing[station] == number
            favour[part][mine] *= _favour(sensing, crest[mine], along[mine], distance[mine])
    return replace(links, favour=favour)


def _parts(count: int) -> Iterator[slice]:
    for start in range(0, count, LINKS_AT_ONCE):
        yield slice(start, min(start + LINKS_AT_ONCE, count))


def _crest(
    start: tuple[Floats, Floats], end: tuple[Floats, Floats], distance_m: Floats, frame: Frame, heights: Heights
) -> tuple[Floats, Floats]:
    """(n,) metres by which the crest that matters most stands above the line of sight (below it: negative), and (n,)
    its distance from the source."""
    share = (np.arange(1, STEPS + 1) / (STEPS + 1))[:, None]
    shares = np.concatenate([np.zeros((1, 1)), share, np.ones((1, 1))])
    x = start[0] + shares * (end[0] - start[0])
    y = start[1] + shares * (end[1] - start[1])
    ground = heights.at(*frame.to_lonlat(x, y))
    low, high = ground[0] + MOUTH_M, ground[-1] + EAR_M
    bulge = share * (1 - share) * distance_m**2 / (2 * EARTH_M)
    above = ground[1:-1] + bulge - (low + share * (high - low))
    # The longest way round matters: a crest near either end counts more than one in the middle.
    longer = np.sign(above) * above**2 / (share * (1 - share))
    worst = np.argmax(longer, axis=0)
    at = np.arange(above.shape[1])
    return above[worst, at], share[worst, 0] * distance_m


def _favour(sensing: Sensing, crest_m: Floats, along_m: Floats, distance_m: Floats) -> Floats:
    """How much farther (1: as over open ground) a signal carries over a crest."""
    if sensing.name in UNTOUCHED:
        return np.ones(len(crest_m))
    if sensing.name not in WAVELENGTH_M:
        return np.where(crest_m > 0, BLOCKED, 1.0)
    longer = np.sign(crest_m) * crest_m**2 / 2 * (1 / along_m + 1 / np.maximum(distance_m - along_m, 1.0))
    number = 2 * longer / WAVELENGTH_M[sensing.name]
    loss = 10 * np.log10(1 + 20 * np.maximum(number, 0.0) / 3)
    return np.asarray(10 ** (-np.clip(loss, 0.0, MOST_LOSS_DB) / 20))
