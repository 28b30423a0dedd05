"""Events heard over hundreds of kilometres: few arrays, each with a direction and a time that may mean many speeds.

For each arrival the places along its direction are tried; every other array adds what it would have heard from
there. Time of origin and path are integrated out on a grid, since nothing here is normal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.geo.frame import destination, distance_azimuth
from truceline.model.instant import US_PER_S
from truceline.model.network import Network
from truceline.model.observation import Arrival, Observation
from truceline.sensors.contract import Floats
from truceline.sensors.infrasound import MOST_SLOWNESS, Infrasound

Ints = npt.NDArray[np.int64]

RANGES_KM = np.geomspace(15.0, 2_000.0, 70)
ANGLES = np.linspace(-2.2, 2.2, 9)  # sigmas of azimuth
TIME_STEP_S = 30.0
CLUTTER_HZ = 1.0 / 3_600.0  # detections an hour at an array that belong to nothing
EVENTS_PER_KM2_S = 2.0 / 86_400.0 / 1e6  # two a day in a million square kilometres
LEAST_WORTH = 0.0
LEAST_ARRAYS = 2
GRIDS = (41, 41, 81)  # places along each side, coarse while the grid is still being laid
DEGREES_PER_KM = 1 / 111.2


@dataclass(frozen=True)
class Detections:
    """Arrivals with azimuths at arrays, as columns: degrees, seconds from a base; `observation` indexes the
    observations, `array` tells arrays apart."""

    lon: Floats
    lat: Floats
    time_s: Floats
    azimuth_deg: Floats
    azimuth_sigma_deg: Floats
    array: Ints
    observation: Ints

    def __len__(self) -> int:
        return len(self.lon)


@dataclass(frozen=True)
class RegionalEvent:
    """One event: its detections (rows), log posterior odds, and its posterior as weighted points."""

    rows: tuple[int, ...]
    worth: float
    lon: Floats
    lat: Floats
    weight: Floats
    time_s: float
    time_sigma_s: float


def detections_of(
    observations: Sequence[Observation], network: Network, sensing: Infrasound, base_us: int
) -> Detections:
    """Infrasound arrivals with azimuths."""
    rows = []
    arrays = sorted(sensor.id for sensor in network.sensors if sensor.kind in sensing.sensor_kinds)
    for index, seen in enumerate(observations):
        if not isinstance(seen, Arrival) or seen.wave != "infrasound":
            continue
        sensor = network.by_id[seen.sensor]
        if seen.azimuth_deg is None or seen.azimuth_sigma_deg is None or sensor.kind not in sensing.sensor_kinds:
            continue
        sigma = float(np.hypot(seen.azimuth_sigma_deg, sensing.turn_sigma_deg))
        time_s = (seen.time_us - base_us) / US_PER_S
        rows.append((time_s, seen.id, sensor.lon, sensor.lat, seen.azimuth_deg, sigma, arrays.index(sensor.id), index))
    rows.sort(key=lambda row: row[:2])
    table = np.array([(row[0], *row[2:]) for row in rows], float).reshape(-1, 7)
    return Detections(
        table[:, 1], table[:, 2], table[:, 0], table[:, 3], table[:, 4],
        table[:, 5].astype(np.int64), table[:, 6].astype(np.int64),
    )  # fmt: skip


def regional_events(found: Detections, sensing: Infrasound) -> tuple[RegionalEvent, ...]:
    """Events among the detections, each used once, the best explained first."""
    free = np.ones(len(found), bool)
    proposals = [_best(found, sensing, row, free) for row in range(len(found))]
    events: list[RegionalEvent] = []
    while ranked := sorted((p for p in proposals if p is not None), key=lambda p: (-p.worth, p.rows)):
        events.append(_posterior(found, sensing, ranked[0]))
        used = set(ranked[0].rows)
        free[list(used)] = False
        for row, proposal in enumerate(proposals):
            if proposal is not None and used & set(proposal.rows):
                proposals[row] = _best(found, sensing, row, free) if free[row] else None
    return tuple(events)


@dataclass(frozen=True)
class _Proposal:
    """Detections that may be one event, its log posterior odds, and roughly where and when."""

    rows: tuple[int, ...]
    worth: float
    lon: float
    lat: float
    time_s: float
    spread_km: float


@dataclass(frozen=True)
class _Fan:
    """Places along a detection's direction: lon, lat (degrees), area of each (km²), (points,); times (seconds)."""

    lon: Floats
    lat: Floats
    area_km2: Floats
    times: Floats


def _fan(found: Detections, row: int) -> _Fan:
    sigma = found.azimuth_sigma_deg[row]
    azimuth, ranges = np.meshgrid(found.azimuth_deg[row] + ANGLES * sigma, RANGES_KM, indexing="ij")
    lon, lat = destination(found.lon[row], found.lat[row], azimuth.ravel(), ranges.ravel() * 1e3)
    across = ranges * np.radians(sigma) * (ANGLES[1] - ANGLES[0])
    area = (np.gradient(RANGES_KM)[None, :] * across).ravel()
    times = found.time_s[row] - np.arange(0.0, MOST_SLOWNESS * RANGES_KM[-1], TIME_STEP_S)
    return _Fan(lon, lat, area, times)


def _best(found: Detections, sensing: Infrasound, row: int, free: npt.NDArray[np.bool_]) -> _Proposal | None:
    """The best event that detection `row` may belong to; None if clutter explains it better."""
    fan = _fan(found, row)
    near = np.flatnonzero(free & (np.abs(found.time_s - found.time_s[row]) < MOST_SLOWNESS * RANGES_KM[-1]))
    gain = np.stack([_gain(found, sensing, int(other), fan.lon, fan.lat, fan.times) for other in near])
    own = gain[int(np.flatnonzero(near == row)[0])]
    total = own + _missed(found, sensing, fan.lon, fan.lat)[:, None]
    others = [near[found.array[near] == array] for array in np.unique(found.array[near]) if array != found.array[row]]
    index = {int(one): place for place, one in enumerate(near)}
    for members in others:
        total = total + np.maximum(gain[[index[int(m)] for m in members]].max(axis=0), 0.0)
    point, time = np.unravel_index(int(np.argmax(total)), total.shape)
    chosen = [row]
    for members in others:
        top = max(members, key=lambda m: (gain[index[int(m)], point, time], -int(m)))
        if gain[index[int(top)], point, time] > 0:
            chosen.append(int(top))
    if len(chosen) < LEAST_ARRAYS:
        return None
    joint = gain[[index[one] for one in chosen]].sum(axis=0) + _missed(found, sensing, fan.lon, fan.lat)[:, None]
    mass = np.exp(joint - joint.max()) * fan.area_km2[:, None] * TIME_STEP_S
    worth = float(joint.max() + np.log(mass.sum()) + np.log(EVENTS_PER_KM2_S))
    if worth <= LEAST_WORTH:
        return None
    spread = float(np.sqrt(fan.area_km2[mass.sum(axis=1) > 1e-3 * mass.sum(axis=1).max()].sum()))
    return _Proposal(
        tuple(sorted(chosen)), worth, float(fan.lon[point]), float(fan.lat[point]), float(fan.times[time]), spread
    )


def _gain(found: Detections, sensing: Infrasound, row: int, lon: Floats, lat: Floats, times: Floats) -> Floats:
    """(points, times) log odds that one detection came from a source there and then, against clutter and a miss."""
    distance, azimuth = distance_azimuth(found.lon[row], found.lat[row], lon, lat)
    off = (found.azimuth_deg[row] - azimuth + 180.0) % 360.0 - 180.0
    sigma = found.azimuth_sigma_deg[row]
    direction = -0.5 * (off / sigma) ** 2 - np.log(sigma * np.sqrt(2 * np.pi)) + np.log(360.0)
    direction = np.where(distance < sensing.reach_km * 1e3, direction, -np.inf)
    delay = sensing.log_density(found.time_s[row] - times[None, :], distance[:, None] / 1e3)
    odds = np.log(sensing.caught) - np.log1p(-sensing.caught) - np.log(CLUTTER_HZ)
    return np.asarray(direction[:, None] + delay + odds)


def _missed(found: Detections, sensing: Infrasound, lon: Floats, lat: Floats) -> Floats:
    """(points,) log probability that every array within reach misses a source there."""
    _, first = np.unique(found.array, return_index=True)
    distance, _ = distance_azimuth(found.lon[first][:, None], found.lat[first][:, None], lon[None, :], lat[None, :])
    return np.asarray((distance < sensing.reach_km * 1e3).sum(axis=0) * np.log1p(-sensing.caught))


def _posterior(found: Detections, sensing: Infrasound, proposal: _Proposal) -> RegionalEvent:
    """The event's posterior over a grid about its proposed place, refined until the grid holds it well."""
    half_km = min(max(150.0, 2.0 * proposal.spread_km), 1_500.0)
    lon_0, lat_0 = proposal.lon, proposal.lat
    step_s = TIME_STEP_S
    first = float(found.time_s[list(proposal.rows)].min())
    times = first - np.arange(0.0, first - proposal.time_s + 3_600.0, step_s)
    for places in GRIDS:
        north = np.linspace(-half_km, half_km, places) * DEGREES_PER_KM
        east = north / np.cos(np.radians(lat_0))
        lon, lat = (grid.ravel() for grid in np.meshgrid(lon_0 + east, lat_0 + north))
        joint = sum(_gain(found, sensing, row, lon, lat, times) for row in proposal.rows)
        joint = joint + np.log(np.cos(np.radians(lat)))[:, None]
        density = np.exp(joint - joint.max())
        weight = density.sum(axis=1) / density.sum()
        lon_0, lat_0 = float(weight @ lon), float(weight @ lat)
        variance = weight @ ((lat - lat_0) ** 2 + ((lon - lon_0) * np.cos(np.radians(lat_0))) ** 2)
        half_km = max(20.0, 4.5 * float(np.sqrt(variance)) / DEGREES_PER_KM)
    chance = density.sum(axis=0) / density.sum()
    mean = float(chance @ times)
    spread = float(np.sqrt(chance @ (times - mean) ** 2 + step_s**2 / 12))
    return RegionalEvent(proposal.rows, proposal.worth, lon, lat, weight, mean, spread)
