"""Who watches from where: the sensors of a world, and what is wrong with them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from truceline.sim.ground import Ground
from truceline.sim.sources import Sources
from truceline.sim.world import FaultKeys, NetworkKeys, Spoof

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]

ARRAY, POST, MICROPHONE, INFRASOUND, SEISMIC, CAMERA, PATROL, SATELLITE = range(8)
KIND_NAMES = (
    "acoustic_array", "acoustic_array", "microphone", "infrasound_array", "seismic", "camera", "patrol", "satellite",
)  # fmt: skip
PREFIX = ("AA", "LP", "MI", "IA", "SE", "CA", "PA", "SAT")
HEARS = (ARRAY, POST, MICROPHONE, INFRASOUND)
POINTS = (ARRAY, POST, INFRASOUND)
VENDORS = ("orrery", "palisade", "quill")
PATHS = ("mesh", "satcom", "cellular")
SEISMIC_TIME_S, CAMERA_TIME_S, CAMERA_DEG = 0.05, 0.04, 0.3
PATROL_TIME_S, PATROL_DEG, SATELLITE_TIME_S, SATELLITE_M = 40.0, 12.0, 60.0, 190.0
SCENE_LAST_S = 420.0  # a scene's sensors serve so long around its event
NEVER = np.inf


@dataclass(frozen=True)
class Sensors:
    """All sensors, columns of one length, in order of id."""

    id: Texts
    kind: Ints
    provider: Ints  # place in order of the providers
    along_m: Floats
    across_m: Floats
    lon_deg: Floats
    lat_deg: Floats
    time_sigma_s: Floats  # as stated
    azimuth_sigma_deg: Floats  # as stated; NaN where it gives none
    time_source: Ints  # 0 gnss, 1 holdover, 2 network
    vendor: Ints
    path: Ints
    from_s: Floats  # in service
    until_s: Floats
    error_factor: float  # true error over the stated one

    def __len__(self) -> int:
        return int(self.id.size)


@dataclass(frozen=True)
class Faults:
    """What is wrong with each sensor, columns as in Sensors, and over regions."""

    clock_s: Floats
    drift_s_per_s: Floats
    step_s: Floats
    step_at_s: Floats
    dies_at_s: Floats
    range_factor: Floats
    turn_deg: Floats
    time_sigma_s: Floats  # true one of an inconsistent sensor, else 0
    azimuth_sigma_deg: Floats
    spoofs: tuple["Spoofed", ...]

    def clock_error_s(self, sensor: Ints, time_s: Floats) -> Floats:
        """How far each sensor's clock is ahead of true time at a moment."""
        error = self.clock_s[sensor] + self.drift_s_per_s[sensor] * time_s
        error = error + np.where(time_s >= self.step_at_s[sensor], self.step_s[sensor], 0.0)
        for spoof in self.spoofs:
            held = spoof.sensors[sensor] & (time_s >= spoof.from_s) & (time_s < spoof.until_s)
            error = error + np.where(held, spoof.offset_s, 0.0)
        return np.asarray(error, float)


@dataclass(frozen=True)
class Spoofed:
    """Sensors whose satellite time is off alike."""

    sensors: Bools
    offset_s: float
    from_s: float
    until_s: float


def make_sensors(keys: NetworkKeys, ground: Ground, sources: Sources, chance: np.random.Generator) -> Sensors:
    """Place all sensors. `sources` is used by the layout `scenes` alone, whose arrays stand around events."""
    if keys.layout == "rows":
        kind, along, across = _rows(keys, ground, chance)
        names = np.array([f"S{number:03d}" for number in range(kind.size)])
        service = (np.full(kind.size, -NEVER), np.full(kind.size, NEVER))
    elif keys.layout == "scenes":
        kind, along, across, service = _scenes(keys, sources, chance)
        names = np.array([f"AA-{number:05d}" for number in range(kind.size)])
    else:
        kind, along, across = _along_the_line(keys, ground, chance)
        names = _names(kind)
        service = (np.full(kind.size, -NEVER), np.full(kind.size, NEVER))
    lon, lat = ground.to_lonlat(along, across)
    count = kind.size
    time_sigma, azimuth_sigma = _stated(keys, kind, chance)
    provider = chance.integers(len(keys.providers), size=count)
    if keys.layout == "scenes":
        provider = np.arange(count) % (keys.arrays + keys.infrasound) % len(keys.providers)
    order = np.argsort(names, kind="stable")
    sensors = Sensors(
        id=names[order], kind=kind[order], provider=provider[order], along_m=along[order], across_m=across[order],
        lon_deg=np.round(lon[order], 7), lat_deg=np.round(lat[order], 7),
        time_sigma_s=time_sigma[order], azimuth_sigma_deg=azimuth_sigma[order],
        time_source=chance.choice(3, size=count, p=[0.8, 0.1, 0.1]), vendor=chance.integers(len(VENDORS), size=count),
        path=chance.integers(len(PATHS), size=count), from_s=service[0][order], until_s=service[1][order],
        error_factor=keys.error_factor.draw(chance),
    )  # fmt: skip
    # Drawn last: older worlds of the same seed stay as they were.
    infrasound_deg = keys.infrasound_azimuth_deg.draw(chance)
    azimuth_deg = np.where(sensors.kind == INFRASOUND, infrasound_deg, sensors.azimuth_sigma_deg)
    return replace(sensors, azimuth_sigma_deg=azimuth_deg)


def _names(kind: Ints) -> Texts:
    seen = dict.fromkeys(range(len(PREFIX)), 0)
    names = []
    for code in kind.tolist():
        names.append(f"SAT-{seen[code] + 1}" if code == SATELLITE else f"{PREFIX[code]}-{seen[code]:03d}")
        seen[code] += 1
    return np.array(names)


def _stated(keys: NetworkKeys, kind: Ints, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """What makers state: sigma of time and of azimuth (NaN where none is given, and for infrasound)."""
    sound_s, sound_deg = keys.time_sigma_s.draw(chance), keys.azimuth_sigma_deg.draw(chance)
    nan = float("nan")
    times = np.array([sound_s] * 4 + [SEISMIC_TIME_S, CAMERA_TIME_S, PATROL_TIME_S, SATELLITE_TIME_S])
    azimuths = np.array([sound_deg, sound_deg, nan, nan, nan, CAMERA_DEG, PATROL_DEG, nan])
    return times[kind], azimuths[kind]


def _along_the_line(keys: NetworkKeys, ground: Ground, chance: np.random.Generator) -> tuple[Ints, Floats, Floats]:
    counts = (
        keys.arrays, keys.posts, keys.microphones, keys.infrasound, keys.seismic, keys.cameras, keys.patrols,
        keys.satellites,
    )  # fmt: skip
    # Usual distance from the line over an array's, and its spread, by kind.
    usual = np.array([1.0, 0.11, 0.75, 2.0, 2.1, 0.65, 0.65, 0.0])
    spread = np.array([0.38, 0.06, 0.3, 0.5, 0.8, 0.3, 0.3, 0.0])
    kind = np.repeat(np.arange(len(counts)), counts)
    depth_m, back = keys.depth_km.draw(chance) * 1000.0, keys.back_km.many(chance, kind.size) * 1000.0
    along = ground.half_m * 0.98 * (2 * chance.random(kind.size) - 1)
    off = np.abs(depth_m * (usual[kind] + spread[kind] * chance.standard_normal(kind.size)))
    side = chance.integers(2, size=kind.size)
    if keys.layout == "one-sided":
        off, side = back, np.full(kind.size, int(chance.integers(2)))
    across = ground.line_m(along, 0.0) + np.where(side == 0, off, -off)
    above = kind == SATELLITE
    return kind, np.where(above, 0.0, along), np.where(above, ground.line_m(0.0, 0.0), across)


def _rows(keys: NetworkKeys, ground: Ground, chance: np.random.Generator) -> tuple[Ints, Floats, Floats]:
    """Three rows along the line, the middle one shifted by half a step."""
    step_m = keys.row_km.draw(chance) * 1000.0
    nodes = max(1, int(2 * ground.half_m / step_m))
    along = np.tile((np.arange(nodes) + 0.5) * step_m - nodes * step_m / 2, 3)
    row = np.repeat(np.arange(3), nodes)
    along = along + np.where(row == 1, step_m / 2, 0.0)
    across = ground.line_m(along, 0.0) + (row - 1) * step_m
    share = keys.array_share.draw(chance)
    kind = np.where(chance.random(along.size) < share, ARRAY, MICROPHONE)
    return kind, along, across


def _scenes(
    keys: NetworkKeys, sources: Sources, chance: np.random.Generator
) -> tuple[Ints, Floats, Floats, tuple[Floats, Floats]]:
    """A few arrays around each event, serving only while its sound passes."""
    each = np.repeat([ARRAY, INFRASOUND], [keys.arrays, keys.infrasound])
    owner = np.repeat(np.arange(len(sources)), each.size)
    distance = keys.scene_km.many(chance, owner.size) * 1000.0
    fan = np.radians(keys.scene_fan_deg.draw(chance))
    middle = np.repeat(np.pi / 2 * np.where(chance.random(len(sources)) < 0.5, 1.0, -1.0), each.size)
    heading = middle + fan * (chance.random(owner.size) - 0.5)
    along = sources.along_m[owner] + distance * np.cos(heading)
    across = sources.across_m[owner] + distance * np.sin(heading)
    time = sources.time_s[owner]
    return np.tile(each, len(sources)), along, across, (time - SCENE_LAST_S / 2, time + SCENE_LAST_S)


def make_faults(
    keys: FaultKeys, spoofs: tuple[Spoof, ...], sensors: Sensors, ground: Ground, length_s: float,
    chance: np.random.Generator,
) -> Faults:  # fmt: skip
    """Draw what is wrong. No sensor has two faults, so that each can be found by itself."""
    free = [int(i) for i in chance.permutation(len(sensors)) if sensors.kind[i] in HEARS]

    def some(count: int, fit: Callable[[int], bool] = lambda _: True) -> Ints:
        picked = [i for i in free if fit(i)][:count]
        free[:] = [i for i in free if i not in picked]
        return np.array(picked, int)

    def either(count: int) -> Floats:
        return np.where(chance.random(count) < 0.5, -1.0, 1.0)

    size = len(sensors)
    clock, drift, step, step_at = np.zeros(size), np.zeros(size), np.zeros(size), np.full(size, NEVER)
    dies, factor, turn = np.full(size, NEVER), np.ones(size), np.zeros(size)
    loose_s, loose_deg = np.zeros(size), np.zeros(size)
    wrong, drifting, stepping = some(keys.wrong_clocks), some(keys.drifting_clocks), some(keys.stepping_clocks)
    clock[wrong] = either(wrong.size) * keys.clock_s.many(chance, wrong.size)
    drift[drifting] = either(drifting.size) * keys.drift_s_per_h.many(chance, drifting.size) / 3600.0
    step[stepping] = either(stepping.size) * keys.clock_s.many(chance, stepping.size)
    step_at[stepping] = length_s * (0.25 + 0.5 * chance.random(stepping.size))
    dead, deaf = some(keys.dead), some(keys.deaf)
    dies[dead] = length_s * chance.random(dead.size)
    factor[deaf] = keys.deaf_factor.many(chance, deaf.size)
    turned = some(keys.turned, lambda i: sensors.kind[i] in POINTS)
    turn[turned] = either(turned.size) * keys.turned_deg.many(chance, turned.size)
    loose = some(keys.inconsistent)
    loose_s[loose] = keys.inconsistent_s.many(chance, loose.size)
    loose_deg[loose] = keys.inconsistent_deg.many(chance, loose.size)
    return Faults(
        clock_s=clock, drift_s_per_s=drift, step_s=step, step_at_s=step_at, dies_at_s=dies, range_factor=factor,
        turn_deg=turn, time_sigma_s=loose_s, azimuth_sigma_deg=loose_deg,
        spoofs=tuple(_spoofed(spoof, sensors, ground, length_s, chance) for spoof in spoofs),
    )  # fmt: skip


def _spoofed(spoof: Spoof, sensors: Sensors, ground: Ground, length_s: float, chance: np.random.Generator) -> Spoofed:
    half = spoof.stretch_share.draw(chance) * ground.half_m
    centre = (ground.half_m - half) * (2 * chance.random() - 1)
    inside = (np.abs(sensors.along_m - centre) <= half) & (sensors.time_source == 0) & (sensors.kind < SATELLITE)
    sign = -1.0 if chance.random() < 0.5 else 1.0
    return Spoofed(
        sensors=inside & (sensors.kind != PATROL),
        offset_s=sign * spoof.offset_s.draw(chance),
        from_s=spoof.from_share.draw(chance) * length_s,
        until_s=spoof.until_share.draw(chance) * length_s + SCENE_LAST_S,
    )
