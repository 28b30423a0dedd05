"""Scenes put together by hand, with physics of their own: waves on circles that drift with a uniform wind.

Nothing here comes from the rooms under test. A wavefront that left the ground at O is a circle about O carried along
by the wind, so it meets a sensor at S when |S − O − w·t| = c·t, and the sensor sees it come from O + w·t.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from pyproj import Geod

from truceline.formats.observations_ndjson import read_observation
from truceline.model.agreement import Agreement
from truceline.model.case import Case
from truceline.model.filing import Notice
from truceline.model.ground import ControlMap, HeldGround, WeatherRow
from truceline.model.instant import US_PER_HOUR, US_PER_S, format_utc, parse_utc
from truceline.model.network import Network, Sensor
from truceline.model.observation import Observation

from .folder import understood

WGS84 = Geod(ellps="WGS84")
MIDDLE = (31.0, 49.0)
NOON = parse_utc("2026-03-10T12:00:00Z")
PARTIES = ("arvia", "bardo")
PROVIDERS = ("aland", "borea", "cordia")
SEISMIC_MPS = 3_000.0
WAVES = {"seismic": "seismic", "infrasound_array": "infrasound"}


@dataclass(frozen=True)
class Air:
    """The true air, the same everywhere. Wind is where the air moves to."""

    temperature_c: float = 10.0
    wind_east_mps: float = 0.0
    wind_north_mps: float = 0.0

    @property
    def sound_mps(self) -> float:
        """An ideal gas of 28.965 g/mol with a ratio of specific heats of 1.4."""
        return float(np.sqrt(1.4 * 8.314462 / 0.028965 * (self.temperature_c + 273.15)))


@dataclass(frozen=True)
class Shot:
    """Something that sounded: where (metres east and north of the middle), when (seconds from noon), what."""

    east_m: float
    north_m: float
    time_s: float
    class_: str = "outgoing"
    range_m: float = 12_000.0  # heard so far and no farther


STILL = Air()


def place(east_m: float, north_m: float) -> tuple[float, float]:
    """(lon, lat) of a point so many metres from the middle."""
    azimuth, distance = np.degrees(np.arctan2(east_m, north_m)), np.hypot(east_m, north_m)
    lon, lat, _ = WGS84.fwd(*MIDDLE, azimuth, distance)
    return float(lon), float(lat)


def offset(lon: float, lat: float) -> tuple[float, float]:
    """(east, north) metres from the middle."""
    azimuth, _, distance = WGS84.inv(*MIDDLE, lon, lat)
    return float(distance * np.sin(np.radians(azimuth))), float(distance * np.cos(np.radians(azimuth)))


def sensor(id_: str, east_m: float, north_m: float, provider: str = "aland", /, **more: object) -> Sensor:
    """A sensor at a point so many metres from the middle: an acoustic array, if `kind` says nothing else."""
    lon, lat = place(east_m, north_m)
    plain = {"kind": "acoustic_array", "azimuth_sigma_deg": 1.5 if "kind" not in more else None}
    found = Sensor(id=id_, kind="", provider=provider, lon=lon, lat=lat, time_sigma_s=0.02)
    return replace(found, **(plain | more))  # type: ignore[arg-type]


def ring(count: int, radius_m: float, providers: Sequence[str] = PROVIDERS, prefix: str = "a") -> list[Sensor]:
    """Arrays evenly around the middle, providers in turn."""
    angles = np.arange(count) * (2 * np.pi / count) + 0.2
    return [
        sensor(f"{prefix}{number:02}", radius_m * np.sin(a), radius_m * np.cos(a), providers[number % len(providers)])
        for number, a in enumerate(angles)
    ]


def travel(air: Air, shot: Shot, at: Sensor) -> tuple[float, float]:
    """Seconds until the wavefront meets the sensor, and the azimuth in degrees from which it comes there."""
    azimuth, _, distance = WGS84.inv(*place(shot.east_m, shot.north_m), at.lon, at.lat)
    d = distance * np.array([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))])  # from source to sensor
    if at.kind == "seismic":
        return float(distance / SEISMIC_MPS), float(np.degrees(np.arctan2(-d[0], -d[1])) % 360.0)
    w = np.array([air.wind_east_mps, air.wind_north_mps])
    # |d − w t|² = c² t²:  (w·w − c²) t² − 2 d·w t + d·d = 0
    a, b, c = w @ w - air.sound_mps**2, -2.0 * d @ w, d @ d
    t = (-b - np.sqrt(b * b - 4 * a * c)) / (2 * a)
    to = w * t - d  # from the sensor to where the wind has carried the circle's centre
    return float(t), float(np.degrees(np.arctan2(to[0], to[1])) % 360.0)


def heard(
    sensors: Sequence[Sensor],
    shots: Sequence[Shot],
    air: Air = STILL,
    chance: np.random.Generator | None = None,
    clock_s: dict[str, float] | None = None,
    path_share: float = 0.003,
) -> list[Observation]:
    """What the sensors say of the shots; without chance, exactly. clock_s: what a sensor's clock shows too late."""
    found = []
    for number, shot in enumerate(shots):
        for at in sensors:
            seconds, azimuth = travel(air, shot, at)
            if WGS84.inv(at.lon, at.lat, *place(shot.east_m, shot.north_m))[2] > shot.range_m:
                continue
            if chance is not None:
                seconds += chance.normal(0, np.hypot(at.time_sigma_s, path_share * seconds))
                azimuth += chance.normal(0, at.azimuth_sigma_deg or 0.0)
            late = (clock_s or {}).get(at.id, 0.0)
            found.append(arrival(f"s{number:03}-{at.id}", at, shot.time_s + seconds + late, azimuth, shot.class_))
    return found


def arrival(id_: str, at: Sensor, time_s: float, azimuth_deg: float = 0.0, class_: str = "outgoing") -> Observation:
    """An arrival at a sensor, so many seconds after noon."""
    line = {
        "id": id_,
        "sensor": at.id,
        "kind": "arrival",
        "wave": WAVES.get(at.kind, "acoustic"),
        "time": format_utc(NOON + round(time_s * US_PER_S), digits=6),
        "time_sigma_s": at.time_sigma_s,
        "received": format_utc(NOON + round((time_s + 1.0) * US_PER_S), digits=6),
        "labels": {class_: 0.9, "explosion" if class_ != "explosion" else "impact": 0.1},
    }
    if at.azimuth_sigma_deg is not None:
        line |= {"azimuth_deg": azimuth_deg % 360.0, "azimuth_sigma_deg": at.azimuth_sigma_deg}
    return read_observation(json.dumps(line).encode())


def clutter(
    sensors: Sequence[Sensor], each: int, chance: np.random.Generator, until_s: float = 600.0
) -> list[Observation]:
    """So many arrivals of each sensor that belong to nothing, at random times and azimuths."""
    return [
        arrival(f"x{number:03}-{at.id}", at, chance.uniform(0.0, until_s), chance.uniform(0.0, 360.0), "explosion")
        for at in sensors
        for number in range(each)
    ]


def weather(air: Air = STILL, sigma: float = 1.0) -> tuple[WeatherRow, ...]:
    """One place, an hour before noon and two after."""
    return tuple(
        WeatherRow(
            time_us=NOON + hours * US_PER_HOUR,
            lon=MIDDLE[0],
            lat=MIDDLE[1],
            temperature_c=air.temperature_c,
            wind_east_mps=air.wind_east_mps,
            wind_north_mps=air.wind_north_mps,
            temperature_sigma_c=sigma,
            wind_sigma_mps=sigma,
        )
        for hours in (-1, 2)
    )


def half(party: str, side: int, edge_m: float = 0.0, sigma_m: float = 100.0) -> HeldGround:
    """All ground west (-1) or east (1) of a line that runs north at so many metres east of the middle."""
    ring_ = [place(edge_m, -40_000), place(side * 60_000, -40_000), place(side * 60_000, 40_000), place(edge_m, 40_000)]
    return HeldGround(party=party, polygons=(((*ring_, ring_[0]),),), from_us=NOON - US_PER_HOUR, sigma_m=sigma_m)


def divided(edge_m: float = 0.0, sigma_m: float = 100.0, mapper: str = "atlas") -> ControlMap:
    """A map on which arvia holds the west and bardo the east."""
    return ControlMap(mapper, (half("arvia", -1, edge_m, sigma_m), half("bardo", 1, edge_m, sigma_m)))


TERMS = """
[agreement]
id = "line"
title = "A ceasefire"
parties = [{parties}]
in_force_from = 2026-03-09T12:00:00Z
{more}
[[provision]]
id = "A1"
article = "Article 1"
text = "The parties shall not open fire."
kind = "no_fire"
binds = [{parties}]
{provision}
[[provision]]
id = "A2"
article = "Article 2"
text = "Demining is permitted when notified a day before."
kind = "notify"
binds = [{parties}]
activity = "demolition"
notice_hours = 24
"""
STUB = {
    "mission.toml": b'contract = 1\nname = "by-hand"\nstatus = "test"\nagreement = "terms.toml"\n'
    b'network = "network.geojson"\nobservations = "observations.ndjson"\n',
    "network.geojson": b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point", '
    b'"coordinates": [31, 49]}, "properties": {"id": "a", "kind": "seismic", "provider": "a", "time_sigma_s": 1}}]}',
    "observations.ndjson": b"",
}


@cache
def agreement(parties: tuple[str, ...] = PARTIES, provision: str = "", more: str = "") -> Agreement:
    """Nobody fires anywhere, and announced demining is exempt; further lines of the agreement or of its Article 1."""
    names = ", ".join(f'"{party}"' for party in parties)
    terms = TERMS.format(parties=names, provision=provision, more=more)
    return understood(STUB | {"terms.toml": terms.encode()}).case.agreement


def case(
    sensors: Sequence[Sensor],
    observations: Sequence[Observation],
    *,
    air: Air | None = STILL,
    maps: Sequence[ControlMap] | None = None,
    signed: Agreement | None = None,
    notices: Sequence[Notice] = (),
) -> Case:
    """A case in canonical order. air: what the weather file says, None for no file."""
    return Case(
        name="by-hand",
        status="test",
        agreement=signed or agreement(),
        network=Network(tuple(sorted(sensors, key=lambda one: one.id))),
        observations=tuple(sorted(observations, key=lambda one: (one.received_us, one.id))),
        maps=tuple(maps) if maps is not None else (divided(),),
        weather=weather(air) if air is not None else (),
        notices=tuple(notices),
    )
