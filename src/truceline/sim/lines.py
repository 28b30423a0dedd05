"""Sightings → observation lines, as the centre receives them: sensors' clocks, delays, status lines, line faults."""

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from truceline.model.instant import US_PER_S
from truceline.model.observation import IMPACT, OUTGOING
from truceline.sim import labels, network
from truceline.sim.craters import PLACE_M as CRATER_M
from truceline.sim.craters import TIME_S as CRATER_TIME_S
from truceline.sim.craters import Craters
from truceline.sim.nature import Blazes
from truceline.sim.pen import Pen
from truceline.sim.sensing import CLUTTER, FLASH, INFRASOUND, REPORT, SHAKE, SOUND, Scene, Sightings
from truceline.sim.world import ChannelKeys

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WAVES = {SOUND: "acoustic", INFRASOUND: "infrasound", SHAKE: "seismic"}
ASIDE = -1  # row of a line that is no sighting
FIRE_WINDOW_S = [-10800, 0]


@dataclass(frozen=True)
class Lines:
    """The file in order of arrival, and which line each sighting became."""

    data: bytes
    ids: list[str]  # of the sightings, in their order
    crater_ids: list[str]  # of the readings of craters, in theirs
    received_s: Floats  # of the sightings


@dataclass(frozen=True)
class Beside:
    """What reaches the mission beside sightings: fires seen from space, and craters looked at."""

    blazes: Blazes
    craters: Craters


@dataclass(frozen=True)
class _Raw:
    """A line before it has an id: its row among the sightings (readings of craters after them), its moments and what it
    says."""

    row: int
    time_s: float
    received_s: float
    sensor: int
    sigma_s: float
    kind: str
    body: dict[str, Any]


def make_lines(
    scene: Scene,
    sightings: Sightings,
    beside: Beside,
    keys: ChannelKeys,
    pen: Pen,
    length_s: float,
    chance: np.random.Generator,
) -> Lines:
    """All observation lines of a world."""
    streams = chance.spawn(4)
    raw = _spoken(scene, sightings, keys, pen.reflected, streams[0])
    raw += _states(scene, keys, length_s, streams[1])
    raw += _blazes(scene, beside.blazes, keys, pen, streams[2])
    raw += _readings(beside.craters, pen, len(sightings))
    raw.sort(key=lambda line: (line.received_s, line.sensor, line.time_s))
    digits = len(str(max(1, len(raw))))
    names = [f"O{number:0{max(7, digits)}d}" for number in range(len(raw))]
    times, received = texts_of(pen.base_us, [x.time_s for x in raw]), texts_of(pen.base_us, [x.received_s for x in raw])
    sensor_ids = scene.sensors.id.tolist()
    encode = msgspec.json.encode
    written = [
        encode(
            {"id": name, "sensor": sensor_ids[line.sensor], "kind": line.kind, "time": time,
             "time_sigma_s": line.sigma_s, "received": got, **line.body}
        )
        for name, time, got, line in zip(names, times, received, raw, strict=True)
    ]  # fmt: skip
    ids = [""] * (len(sightings) + len(beside.craters.source))
    arrived = np.zeros(len(ids))
    for name, line in zip(names, raw, strict=True):
        if line.row != ASIDE:
            ids[line.row], arrived[line.row] = name, line.received_s
    written = _with_faults(written, keys, streams[3])
    data = b"\n".join(written) + (b"\n" if written else b"")
    return Lines(data, ids[: len(sightings)], ids[len(sightings) :], arrived[: len(sightings)])


def texts_of(base_us: int, seconds: npt.ArrayLike) -> list[str]:
    """RFC 3339 UTC texts with microseconds, of moments given in seconds from a base."""
    moments = base_us + np.round(np.asarray(seconds, float) * US_PER_S).astype("int64")
    return [str(text) for text in np.datetime_as_string(moments.astype("datetime64[us]"), timezone="UTC").tolist()]


def _delays(keys: ChannelKeys, count: int, chance: np.random.Generator) -> Floats:
    delay = keys.delay_s.draw(chance) + keys.delay_mean_s.draw(chance) * chance.standard_exponential(count)
    late = chance.random(count) < keys.late_share.draw(chance)
    return np.where(late, keys.late_s.many(chance, count), delay)


def _spoken(
    scene: Scene, sightings: Sightings, keys: ChannelKeys, reflected: bool, chance: np.random.Generator
) -> list[_Raw]:
    sensors = scene.sensors
    received = sightings.time_s + _delays(keys, len(sightings), chance)
    clock = sightings.time_s + scene.faults.clock_error_s(sightings.sensor, sightings.time_s)
    azimuth = (180.0 - sightings.azimuth_deg) % 360.0 if reflected else sightings.azimuth_deg
    azimuth = np.round(azimuth, 3) % 360.0
    sigma = sensors.azimuth_sigma_deg[sightings.sensor]
    stated = np.round(sightings.labels, 3).tolist()
    brackets = np.nan_to_num(np.round(sightings.range_m, -2)).tolist()
    columns = zip(
        sightings.what.tolist(), sightings.sensor.tolist(), clock.tolist(), received.tolist(), azimuth.tolist(),
        sigma.tolist(), np.round(sightings.snr_db, 1).tolist(), stated, brackets,
        sensors.time_sigma_s[sightings.sensor].tolist(), strict=True,
    )  # fmt: skip
    half = {OUTGOING: 0.5, IMPACT: 0.5}
    lines = []
    for row, (what, sensor, time, got, degrees, spread, snr, ear, bracket, sigma_s) in enumerate(columns):
        body: dict[str, Any] = {}
        if what in WAVES:
            body["wave"] = WAVES[what]
        if what == REPORT:
            body |= {"heard": True, "count": 1, "range_m": bracket}
        if degrees == degrees:  # not NaN: the sensor gives azimuths
            body |= {"azimuth_deg": degrees, "azimuth_sigma_deg": spread}
        if what in (SOUND, INFRASOUND) and keys.snr:
            body["snr_db"] = snr
        body["labels"] = dict(zip(labels.LABELS, ear, strict=True)) if keys.labelled else half
        kind = "bearing" if what == FLASH else "report" if what == REPORT else "arrival"
        lines.append(_Raw(row, time, got, sensor, sigma_s, kind, body))
    return lines


def _states(scene: Scene, keys: ChannelKeys, length_s: float, chance: np.random.Generator) -> list[_Raw]:
    """Each sensor says at regular moments that it is detecting, until it dies."""
    step = keys.status_s.draw(chance)
    talks = np.flatnonzero(scene.sensors.kind != network.SATELLITE)
    if step <= 0 or not talks.size:
        return []
    moments = np.arange(0.0, length_s, step)
    sensor = np.repeat(talks, moments.size)
    time = np.tile(moments, talks.size)
    alive = (time < scene.faults.dies_at_s[sensor]) & (time >= scene.sensors.from_s[sensor])
    alive &= time < scene.sensors.until_s[sensor]
    sensor, time = sensor[alive], time[alive]
    time = time + 0.006 * chance.standard_normal(time.size)
    received = time + _delays(keys, time.size, chance)
    clock = time + scene.faults.clock_error_s(sensor, time)
    sigma = scene.sensors.time_sigma_s[sensor].tolist()
    body = {"state": "detecting"}
    return [
        _Raw(ASIDE, t, got, who, s, "status", body)
        for t, got, who, s in zip(clock.tolist(), received.tolist(), sensor.tolist(), sigma, strict=True)
    ]


def _blazes(scene: Scene, blazes: Blazes, keys: ChannelKeys, pen: Pen, chance: np.random.Generator) -> list[_Raw]:
    eyes = np.flatnonzero(scene.sensors.kind == network.SATELLITE)
    if not eyes.size or not blazes.time_s.size:
        return []
    count = blazes.time_s.size
    error = network.SATELLITE_M * chance.standard_normal((2, count))
    lon, lat = pen.lonlat(blazes.along_m + error[0], blazes.across_m + error[1])
    received = blazes.time_s + _delays(keys, count, chance)
    likely = np.round(0.9 + 0.08 * chance.random(count), 2).tolist()
    return [
        _Raw(
            ASIDE, t, got, int(eyes[number % eyes.size]), network.SATELLITE_TIME_S, "fix",
            {"lon": x, "lat": y, "sigma_m": network.SATELLITE_M, "window_s": FIRE_WINDOW_S, "labels": {"fire": p}},
        )
        for number, (t, got, x, y, p) in enumerate(
            zip(blazes.time_s.tolist(), received.tolist(), lon.tolist(), lat.tolist(), likely, strict=True)
        )
    ]  # fmt: skip


def _readings(craters: Craters, pen: Pen, first: int) -> list[_Raw]:
    """What patrols read from craters; their rows come after those of the sightings."""
    lon, lat = pen.lonlat(craters.along_m, craters.across_m)
    azimuth = (180.0 - craters.azimuth_deg) % 360.0 if pen.reflected else craters.azimuth_deg
    columns = zip(
        craters.time_s.tolist(), craters.received_s.tolist(), craters.sensor.tolist(), lon.tolist(), lat.tolist(),
        (np.round(azimuth, 1) % 360.0).tolist(), strict=True,
    )  # fmt: skip
    return [
        _Raw(
            first + number, t, got, sensor, CRATER_TIME_S, "report",
            {"seen": True, "count": 1, "at": [x, y], "at_sigma_m": CRATER_M, "text": "crater",
             "fire_azimuth_deg": degrees, "fire_azimuth_sigma_deg": round(craters.sigma_deg, 1)},
        )
        for number, (t, got, sensor, x, y, degrees) in enumerate(columns)
    ]  # fmt: skip


def _with_faults(written: list[bytes], keys: ChannelKeys, chance: np.random.Generator) -> list[bytes]:
    """Lines that come twice, lines that contradict an earlier one of the same id, and lines that cannot be used."""
    shares = [keys.repeated_share.draw(chance), keys.conflicting_share.draw(chance), keys.broken_share.draw(chance)]
    if not any(shares):
        return written
    draws = chance.random((3, len(written)))
    found = []
    for number, line in enumerate(written):
        found.append(line)
        if draws[0, number] < shares[0]:
            found.append(line)
        if draws[1, number] < shares[1]:
            found.append(line.replace(b'"time_sigma_s":', b'"time_sigma_s":1', 1))
        if draws[2, number] < shares[2]:
            found.append(line[: max(1, len(line) * 2 // 3)])
    return found


def owned(sightings: Sightings) -> npt.NDArray[np.bool_]:
    """Which sightings are truly of a happening: no clutter, no lie."""
    return np.asarray((sightings.source != CLUTTER) & (sightings.story < 0), bool)
