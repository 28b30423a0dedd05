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
from truceline.sensors.infrasound import LEAST_SLOWNESS, MOST_SLOWNESS, Infrasound

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

    def same(self, other: "Detections") -> bool:
        """Whether the same was caught, whichever number an observation or an array has."""
        return all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("lon", "lat", "time_s", "azimuth_deg", "azimuth_sigma_deg")
        )


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


@dataclass(frozen=True)
class Heard:
    """Detections, and the events that were found among them."""

    found: Detections
    events: tuple[RegionalEvent, ...]


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
    """Where and when a detection may have come from, along its direction.

    lon, lat (degrees), area of each (km²): (points,). point, time_s: (cells,) the instants, in steps, at which the
    detection can have left each point; nothing else is possible.
    """

    lon: Floats
    lat: Floats
    area_km2: Floats
    point: Ints
    time_s: Floats


def _fan(found: Detections, row: int) -> _Fan:
    sigma = found.azimuth_sigma_deg[row]
    azimuth, ranges = np.meshgrid(found.azimuth_deg[row] + ANGLES * sigma, RANGES_KM, indexing="ij")
    lon, lat = destination(found.lon[row], found.lat[row], azimuth.ravel(), ranges.ravel() * 1e3)
    across = ranges * np.radians(sigma) * (ANGLES[1] - ANGLES[0])
    area = (np.gradient(RANGES_KM)[None, :] * across).ravel()
    travel = np.arange(0.0, MOST_SLOWNESS * RANGES_KM[-1], TIME_STEP_S)
    distance = np.maximum(ranges.ravel(), 1.0)[:, None]
    possible = (travel > LEAST_SLOWNESS * distance) & (travel < MOST_SLOWNESS * distance)
    point, step = np.nonzero(possible)
    return _Fan(lon, lat, area, point, found.time_s[row] - travel[step])


def _best(found: Detections, sensing: Infrasound, row: int, free: npt.NDArray[np.bool_]) -> _Proposal | None:
    """The best event that detection `row` may belong to; None if clutter explains it better."""
    fan = _fan(found, row)
    near = free & (np.abs(found.time_s - found.time_s[row]) < MOST_SLOWNESS * RANGES_KM[-1])
    missed = _missed(found, sensing, fan.lon, fan.lat)[fan.point]
    own = _along(found, sensing, row, fan) + missed
    total = own.copy()
    others = [
        _hopeful(found, sensing, np.flatnonzero(near & (found.array == array)), fan)
        for array in np.unique(found.array[near])
        if array != found.array[row]
    ]
    for members in others:
        gained = np.zeros(len(total))
        for one in members:
            gained[one.cells] = np.maximum(gained[one.cells], one.gain)
        total += gained
    cell = int(np.argmax(total))
    chosen = [row]
    for members in others:
        gains = [(one.at(cell), -one.row) for one in members]
        if gains and max(gains)[0] > 0:
            chosen.append(-max(gains)[1])
    if len(chosen) < LEAST_ARRAYS:
        return None
    joint = own + sum(_along(found, sensing, one, fan) for one in chosen[1:])
    mass = np.exp(joint - joint.max()) * fan.area_km2[fan.point] * TIME_STEP_S
    worth = float(joint.max() + np.log(mass.sum()) + np.log(EVENTS_PER_KM2_S))
    if worth <= LEAST_WORTH:
        return None
    by_point = np.bincount(fan.point, mass, len(fan.lon))
    spread = float(np.sqrt(fan.area_km2[by_point > 1e-3 * by_point.max()].sum()))
    place = fan.point[cell]
    return _Proposal(
        tuple(sorted(chosen)), worth, float(fan.lon[place]), float(fan.lat[place]), float(fan.time_s[cell]), spread
    )


@dataclass(frozen=True)
class _Hopeful:
    """A detection and those cells of a fan from which it may have come, with what it gains there: (some,) each."""

    row: int
    cells: Ints
    gain: Floats

    def at(self, cell: int) -> float:
        """The gain in a cell of the fan; −inf where it cannot have come from."""
        place = int(np.searchsorted(self.cells, cell))
        held = place < len(self.cells) and self.cells[place] == cell
        return float(self.gain[place]) if held else -np.inf


def _hopeful(found: Detections, sensing: Infrasound, rows: Ints, fan: _Fan) -> list[_Hopeful]:
    """Those detections of one array that may have come from somewhere in the fan, with their gains there.

    Where even the likeliest travel time would leave less than none, the gain is not computed: of two directions that
    cross, that is nearly everywhere.
    """
    distance, azimuth = distance_azimuth(found.lon[rows[0]], found.lat[rows[0]], fan.lon, fan.lat)
    most = sensing.most_log_density(distance / 1e3)
    some = []
    for row in rows.tolist():
        level = _direction(found, sensing, row, distance, azimuth)
        cells = np.flatnonzero((level + most > 0.0)[fan.point])
        if len(cells):
            point = fan.point[cells]
            delay = sensing.log_density(found.time_s[row] - fan.time_s[cells], distance[point] / 1e3)
            some.append(_Hopeful(row, cells, level[point] + delay))
    return some


def _along(found: Detections, sensing: Infrasound, row: int, fan: _Fan) -> Floats:
    """(cells,) log odds that one detection came from each cell of a fan, against clutter and a miss."""
    distance, azimuth = distance_azimuth(found.lon[row], found.lat[row], fan.lon, fan.lat)
    delay = sensing.log_density(found.time_s[row] - fan.time_s, distance[fan.point] / 1e3)
    return np.asarray(_direction(found, sensing, row, distance, azimuth)[fan.point] + delay)


def _gain(found: Detections, sensing: Infrasound, row: int, lon: Floats, lat: Floats, times: Floats) -> Floats:
    """(points, times) log odds that one detection came from a source there and then, against clutter and a miss."""
    distance, azimuth = distance_azimuth(found.lon[row], found.lat[row], lon, lat)
    delay = sensing.log_density(found.time_s[row] - times[None, :], distance[:, None] / 1e3)
    return np.asarray(_direction(found, sensing, row, distance, azimuth)[:, None] + delay)


def _direction(found: Detections, sensing: Infrasound, row: int, distance_m: Floats, azimuth_deg: Floats) -> Floats:
    """(points,) the part of the gain that is not of time. From the array: distance and azimuth of each point."""
    off = (found.azimuth_deg[row] - azimuth_deg + 180.0) % 360.0 - 180.0
    sigma = found.azimuth_sigma_deg[row]
    direction = -0.5 * (off / sigma) ** 2 - np.log(sigma * np.sqrt(2 * np.pi)) + np.log(360.0)
    odds = np.log(sensing.caught) - np.log1p(-sensing.caught) - np.log(CLUTTER_HZ)
    return np.asarray(np.where(distance_m < sensing.reach_km * 1e3, direction + odds, -np.inf))


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
