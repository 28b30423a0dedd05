"""Craters that patrols of several providers look at later: from where the round came, within their error.

A reading is plainly wrong now and then. Where the launch is no happening of the world, the round is taken to have come
from well behind the firer's side of the line.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.geo.frame import distance_azimuth
from truceline.model.observation import IMPACT
from truceline.sim import network
from truceline.sim.ground import Ground
from truceline.sim.network import Sensors
from truceline.sim.sources import CODE, Sources
from truceline.sim.world import CraterKeys

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BEHIND_M, ASIDE_M = 8_000.0, 3_000.0
PLACE_M, TIME_S = 25.0, 120.0  # how well the place and the time of a crater are known


@dataclass(frozen=True)
class Craters:
    """Readings, columns of one length: which impact, by whom, when it is told, and from where it came."""

    source: Ints
    sensor: Ints
    time_s: Floats  # when the round fell, as it was told
    received_s: Floats
    along_m: Floats
    across_m: Floats
    azimuth_deg: Floats
    sigma_deg: float


def look(keys: CraterKeys, ground: Ground, sources: Sources, sensors: Sensors, chance: np.random.Generator) -> Craters:
    """The craters of a share of all impacts, each looked at by so many providers' patrols."""
    share, sigma = keys.share.draw(chance), keys.sigma_deg.draw(chance)
    wrong, readers = keys.wrong_share.draw(chance), keys.readers.whole(chance)
    draws = chance.random(len(sources))
    impacts = np.flatnonzero((sources.kind == CODE[IMPACT]) & (draws < share))
    source, sensor = [], []
    patrols = np.flatnonzero(sensors.kind == network.PATROL)
    for row in impacts.tolist():
        for provider in chance.permutation(np.unique(sensors.provider[patrols]))[:readers].tolist():
            source.append(row)
            sensor.append(int(chance.choice(patrols[sensors.provider[patrols] == provider])))
    at = np.array(source, np.int64)
    count = at.size
    azimuth = _true_azimuth_deg(ground, sources, at, chance) + sigma * chance.standard_normal(count)
    azimuth = np.where(chance.random(count) < wrong, 360.0 * chance.random(count), azimuth)
    off = PLACE_M * chance.standard_normal((2, count))
    time = sources.time_s[at]
    return Craters(
        source=at,
        sensor=np.array(sensor, np.int64),
        time_s=time + TIME_S * chance.standard_normal(count),
        received_s=time + 3600.0 * keys.delay_h.many(chance, count),
        along_m=sources.along_m[at] + off[0],
        across_m=sources.across_m[at] + off[1],
        azimuth_deg=azimuth % 360.0,
        sigma_deg=sigma,
    )


def _true_azimuth_deg(ground: Ground, sources: Sources, impacts: Ints, chance: np.random.Generator) -> Floats:
    """(impacts,) from each impact towards its launch."""
    launch = sources.pair[impacts]
    aside = ASIDE_M * chance.standard_normal(impacts.size)
    side = np.where(sources.party[impacts] % 2 == 0, 1.0, -1.0)
    along = np.where(launch >= 0, sources.along_m[launch], sources.along_m[impacts] + aside)
    behind = ground.line_m(sources.along_m[impacts], sources.time_s[impacts]) + side * BEHIND_M
    across = np.where(launch >= 0, sources.across_m[launch], behind)
    from_lon, from_lat = ground.to_lonlat(sources.along_m[impacts], sources.across_m[impacts])
    to_lon, to_lat = ground.to_lonlat(along, across)
    return distance_azimuth(from_lon, from_lat, to_lon, to_lat)[1]
