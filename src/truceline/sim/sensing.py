"""Who notices what: happenings → what each sensor would say, by true time and without its faults' clocks.

Detection falls with distance about a range of hearing that hangs on the class, the sensor, the wind, the hills;
what is detected is measured with the sensor's own noise on top of the scatter of its path.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.model.observation import BURST, DEMOLITION, EXPLOSION, IMPACT, OTHER, OUTGOING, QUARRY_BLAST, THUNDER
from truceline.sim import labels, network, propagate
from truceline.sim.air import Air
from truceline.sim.ground import Ground
from truceline.sim.network import Faults, Sensors
from truceline.sim.propagate import Paths
from truceline.sim.sources import KINDS, Sources
from truceline.sim.world import HearingKeys

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SOUND, INFRASOUND, SHAKE, FLASH, REPORT = range(5)  # what a sighting is of
CLUTTER = -1  # source of what nothing caused
WIDTHS = 7.0  # beyond so many widths nothing is heard
SNR_AT_KM_DB, SNR_SIGMA_DB, SNR_LEAST_DB = 25.0, 3.0, 2.0
SHAKE_SHARE = {
    OUTGOING: 0.58,
    IMPACT: 1.0,
    DEMOLITION: 1.0,
    QUARRY_BLAST: 1.4,
    EXPLOSION: 1.0,
}  # range over an impact's
COMPASS_DEG = 22.5
HIDDEN_EYE_M = 12.0  # a crest so high above the line of sight hides a flash
TAILWIND_MOST_MPS = 15.0


@dataclass(frozen=True)
class Sightings:
    """What sensors noticed, columns of one length, by true time."""

    what: Ints
    source: Ints  # row of Sources; CLUTTER
    sensor: Ints  # row of Sensors
    time_s: Floats
    azimuth_deg: Floats  # NaN if none
    labels: Floats  # (n, 6)
    snr_db: Floats
    distance_m: Floats  # NaN for clutter
    range_m: Floats  # (n, 2) a patrol's bracket; NaN if none
    story: Ints  # number of the lie that made it up; -1: true

    def __len__(self) -> int:
        return int(self.what.size)

    def take(self, rows: npt.NDArray[Any]) -> "Sightings":
        """These rows (places or a mask)."""
        return Sightings(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})


def gathered(parts: list[Sightings]) -> Sightings:
    """All parts one after the other."""
    return Sightings(
        **{item.name: np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Sightings)}
    )


@dataclass(frozen=True)
class Hearing:
    """The drawn keys of [hearing]."""

    range_m: Floats  # (len(KINDS),) for an array, in still air
    most: float
    width_share: float
    width_m: float
    wind_share: float
    event_sigma: float
    kind_factor: Floats  # (8,) by kind of sensor
    seismic_m: float
    camera_m: float
    camera_probability: float
    patrol_m: float
    patrol_probability: float


def make_hearing(keys: HearingKeys, chance: np.random.Generator) -> Hearing:
    """Draw how far things carry in a world."""
    factor = keys.factor.draw(chance)
    impact_m = keys.impact_km.draw(chance)
    km = {
        OUTGOING: keys.outgoing_km.draw(chance), IMPACT: impact_m, BURST: keys.burst_km.draw(chance),
        THUNDER: keys.thunder_km.draw(chance), DEMOLITION: keys.demolition_km.draw(chance),
        QUARRY_BLAST: keys.quarry_km.draw(chance), EXPLOSION: impact_m,
    }  # fmt: skip
    km[OTHER] = km[OUTGOING]
    kind_factor = np.array(
        [1.0, 1.0, keys.microphone_factor.draw(chance), keys.infrasound_factor.draw(chance), 0.0, 0.0, 0.0, 0.0]
    )
    return Hearing(
        range_m=np.array([km[kind] for kind in KINDS]) * factor * 1000.0,
        most=keys.most.draw(chance), width_share=keys.width_share.draw(chance),
        width_m=keys.width_km.draw(chance) * 1000.0, wind_share=keys.wind_share_per_mps.draw(chance),
        event_sigma=keys.event_sigma.draw(chance), kind_factor=kind_factor,
        seismic_m=keys.seismic_km.draw(chance) * 1000.0, camera_m=keys.camera_km.draw(chance) * 1000.0,
        camera_probability=keys.camera_probability.draw(chance), patrol_m=keys.patrol_km.draw(chance) * 1000.0,
        patrol_probability=keys.patrol_probability.draw(chance),
    )  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """All that decides who notices what."""

    ground: Ground
    air: Air
    hearing: Hearing
    sensors: Sensors
    faults: Faults


def notice(scene: Scene, sources: Sources, chance: np.random.Generator, only: Bools | None = None) -> Sightings:
    """Everything that the sensors (or those in the mask `only`) notice of these happenings."""
    streams = chance.spawn(4)
    lon, lat = scene.ground.to_lonlat(sources.along_m, sources.across_m)
    places = (sources.along_m, sources.across_m, lon, lat)
    loud = _event_factors(scene.hearing, sources, streams[3])
    able = np.ones(len(scene.sensors), bool) if only is None else only
    return gathered(
        [
            _heard(scene, sources, places, loud, able, streams[0]),
            _felt(scene, sources, places, able, streams[1]),
            *_seen_and_told(scene, sources, places, able, streams[2]),
        ]
    )


def _event_factors(hearing: Hearing, sources: Sources, chance: np.random.Generator) -> Floats:
    """One draw for each place of fire: what carries far once carries far for the whole salvo."""
    groups, member = np.unique(sources.group, return_inverse=True)
    return np.exp(hearing.event_sigma * chance.standard_normal(groups.size))[member]


def _pairs(scene: Scene, reach_m: Floats, sources: Sources, able: Bools) -> tuple[Ints, Ints]:
    """(source, sensor) places of all pairs near enough along the line to matter."""
    rows = np.flatnonzero(able)
    rows = rows[np.argsort(scene.sensors.along_m[rows], kind="stable")]
    along = scene.sensors.along_m[rows]
    low = np.searchsorted(along, sources.along_m - reach_m)
    high = np.searchsorted(along, sources.along_m + reach_m)
    count = np.where(reach_m > 0, high - low, 0)
    source = np.repeat(np.arange(len(sources)), count)
    within = np.arange(source.size) - np.repeat(np.cumsum(count) - count, count)
    return source, rows[low[source] + within]


def _paths(scene: Scene, places: tuple[Floats, ...], source: Ints, sensor: Ints) -> Paths:
    s = scene.sensors
    start = (places[0][source], places[1][source], places[2][source], places[3][source])
    return propagate.paths_between(start, (s.along_m[sensor], s.across_m[sensor], s.lon_deg[sensor], s.lat_deg[sensor]))


def _serving(scene: Scene, sensor: Ints, time_s: Floats) -> Bools:
    """Whether a sensor is in service and alive at a moment of true time."""
    s = scene.sensors
    return np.asarray(
        (time_s >= s.from_s[sensor]) & (time_s < s.until_s[sensor]) & (time_s < scene.faults.dies_at_s[sensor]), bool
    )


def _heard(
    scene: Scene, sources: Sources, places: tuple[Floats, ...], loud: Floats, able: Bools, chance: np.random.Generator
) -> Sightings:
    hearing, s = scene.hearing, scene.sensors
    hears = able & (hearing.kind_factor[s.kind] > 0)
    base_m = hearing.range_m[sources.heard_as] * sources.sound * loud
    widest = max([float(hearing.kind_factor[s.kind[hears]].max(initial=0.0))])
    reach = base_m * widest * (1.0 + hearing.wind_share * TAILWIND_MOST_MPS + WIDTHS * hearing.width_share)
    source, sensor = _pairs(scene, np.where(base_m > 0, reach + WIDTHS * hearing.width_m, 0.0), sources, hears)
    paths = _paths(scene, places, source, sensor)
    far_m = base_m[source] * hearing.kind_factor[s.kind[sensor]] * scene.faults.range_factor[sensor]
    wind = np.clip(
        propagate.tailwind_mps(scene.air, paths, sources.time_s[source]), -TAILWIND_MOST_MPS, TAILWIND_MOST_MPS
    )
    far_m = far_m * np.maximum(0.2, 1.0 + hearing.wind_share * wind)
    hidden = scene.ground.hidden_m(
        paths.source_along_m, paths.source_across_m, paths.sensor_along_m, paths.sensor_across_m
    )
    far_m = far_m / (1.0 + hidden / scene.ground.shadow_m)
    width = np.maximum(hearing.width_m, hearing.width_share * far_m) if hearing.width_m == 0 else hearing.width_m
    fall = np.clip((paths.distance_m - far_m) / np.maximum(width, 1.0), -50.0, 50.0)
    kept = chance.random(source.size) < hearing.most / (1.0 + np.exp(fall))
    source, sensor, paths = source[kept], sensor[kept], _some(paths, kept)
    travel, azimuth = propagate.sound(scene.air, paths, sources.time_s[source])
    time = sources.time_s[source] + travel * (1.0 + scene.air.path_share * chance.standard_normal(travel.size))
    what = np.where(s.kind[sensor] == network.INFRASOUND, INFRASOUND, SOUND)
    points = np.isin(s.kind[sensor], network.POINTS)
    azimuth = _measured_azimuth(scene, sensor, np.where(points, azimuth, np.nan), chance)
    return _sightings(scene, sources, what, source, sensor, time, azimuth, paths.distance_m, chance)


def _felt(
    scene: Scene, sources: Sources, places: tuple[Floats, ...], able: Bools, chance: np.random.Generator
) -> Sightings:
    hearing = scene.hearing
    share = np.array([SHAKE_SHARE.get(kind, 0.0) for kind in KINDS])[sources.kind] * sources.shake
    far_m = hearing.seismic_m * share
    reach = far_m * (1.0 + WIDTHS * 0.15)
    source, sensor = _pairs(scene, reach, sources, able & (scene.sensors.kind == network.SEISMIC))
    paths = _paths(scene, places, source, sensor)
    fall = np.clip((paths.distance_m - far_m[source]) / (0.15 * far_m[source]), -50.0, 50.0)
    kept = chance.random(source.size) < 0.98 / (1.0 + np.exp(fall))
    source, sensor, paths = source[kept], sensor[kept], _some(paths, kept)
    time = sources.time_s[source] + propagate.ground_wave(paths, chance)
    return _sightings(
        scene, sources, np.full(source.size, SHAKE), source, sensor, time, np.full(source.size, np.nan),
        paths.distance_m, chance,
    )  # fmt: skip


def _seen_and_told(
    scene: Scene, sources: Sources, places: tuple[Floats, ...], able: Bools, chance: np.random.Generator
) -> list[Sightings]:
    """Flashes that cameras catch, and reports of patrols."""
    hearing, kinds, count = scene.hearing, scene.sensors.kind, len(sources)
    bright = np.where(sources.flash > 0, hearing.camera_m, 0.0)
    audible = (sources.sound > 0) & np.isin(sources.heard_as, [KINDS.index(OUTGOING), KINDS.index(IMPACT)])
    near = np.where(audible, hearing.patrol_m, 0.0)
    parts = []
    for what, reach, mask, likely in (
        (FLASH, bright, kinds == network.CAMERA, hearing.camera_probability),
        (REPORT, near, kinds == network.PATROL, hearing.patrol_probability),
    ):
        source, sensor = _pairs(scene, reach, sources, able & mask) if count else (np.zeros(0, int),) * 2
        paths = _paths(scene, places, source, sensor)
        kept = (chance.random(source.size) < likely) & (paths.distance_m < reach[source])
        if what == FLASH:
            kept &= scene.ground.hidden_m(
                paths.source_along_m, paths.source_across_m, paths.sensor_along_m, paths.sensor_across_m
            ) < HIDDEN_EYE_M  # fmt: skip
        source, sensor, paths = source[kept], sensor[kept], _some(paths, kept)
        azimuth = _measured_azimuth(scene, sensor, paths.azimuth_deg, chance)
        if what == REPORT:
            azimuth = np.round(azimuth / COMPASS_DEG) * COMPASS_DEG % 360.0
        parts.append(
            _sightings(
                scene, sources, np.full(source.size, what), source, sensor, sources.time_s[source], azimuth,
                paths.distance_m, chance,
            )
        )  # fmt: skip
    return parts


def _measured_azimuth(scene: Scene, sensor: Ints, azimuth_deg: Floats, chance: np.random.Generator) -> Floats:
    """With the sensor's noise, and its fault if it is turned or inconsistent."""
    sigma = scene.sensors.azimuth_sigma_deg[sensor] * scene.sensors.error_factor
    sigma = np.hypot(sigma, scene.faults.azimuth_sigma_deg[sensor])
    return np.asarray(
        (azimuth_deg + scene.faults.turn_deg[sensor] + sigma * chance.standard_normal(sensor.size)) % 360.0
    )


def _sightings(
    scene: Scene, sources: Sources, what: Ints, source: Ints, sensor: Ints, time_s: Floats, azimuth_deg: Floats,
    distance_m: Floats, chance: np.random.Generator,
) -> Sightings:  # fmt: skip
    """Add what every kind of sighting has: noise of its time, labels, signal-to-noise, a patrol's bracket of range."""
    sigma = np.hypot(scene.sensors.time_sigma_s[sensor] * scene.sensors.error_factor, scene.faults.time_sigma_s[sensor])
    count = source.size
    alive = _serving(scene, sensor, time_s)
    time_s = time_s + sigma * chance.standard_normal(count)
    snr = SNR_AT_KM_DB - 20.0 * np.log10(np.maximum(distance_m, 100.0) / 1000.0)
    bracket = distance_m[:, None] * np.array([0.5, 1.15]) + distance_m[:, None] * np.array(
        [0.36, 0.45]
    ) * chance.random((count, 2))
    found = Sightings(
        what=what, source=source, sensor=sensor, time_s=time_s, azimuth_deg=azimuth_deg,
        labels=labels.hear(sources.heard_as[source], chance),
        snr_db=np.maximum(SNR_LEAST_DB, snr + SNR_SIGMA_DB * chance.standard_normal(count)),
        distance_m=distance_m, range_m=np.where((what == REPORT)[:, None], bracket, np.nan),
        story=np.full(count, -1),
    )  # fmt: skip
    return found.take(alive)


def _some(paths: Paths, kept: Bools) -> Paths:
    return Paths(**{item.name: getattr(paths, item.name)[kept] for item in fields(Paths)})


def clutter(
    scene: Scene, per_hour: float, share: float, heard: int, length_s: float, chance: np.random.Generator
) -> Sightings:
    """False arrivals of the acoustic sensors: so many an hour each, or a share of the true ones."""
    s = scene.sensors
    rows = np.flatnonzero(scene.hearing.kind_factor[s.kind] > 0)
    if share > 0 and rows.size:
        sensor = rows[chance.integers(rows.size, size=round(share * heard))]
    else:
        sensor = np.repeat(rows, chance.poisson(per_hour * length_s / 3600.0, size=rows.size))
    count = sensor.size
    time = length_s * chance.random(count)
    points = np.isin(s.kind[sensor], network.POINTS)
    found = Sightings(
        what=np.where(s.kind[sensor] == network.INFRASOUND, INFRASOUND, SOUND), source=np.full(count, CLUTTER),
        sensor=sensor, time_s=time, azimuth_deg=np.where(points, 360.0 * chance.random(count), np.nan),
        labels=labels.guess(count, chance), snr_db=3.0 + 9.0 * chance.random(count),
        distance_m=np.full(count, np.nan), range_m=np.full((count, 2), np.nan), story=np.full(count, -1),
    )  # fmt: skip
    return found.take(_serving(scene, sensor, time))
