"""Missions with a known truth, as cases, and the catalogue that a faultless inference would make of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.making import Row, files, made, rows, table
from truceline.edges.inputs import Inputs, Line, WholeFile, lines_of
from truceline.edges.intake import understand
from truceline.edges.wiring import kinds
from truceline.formats.mission_toml import read_mission
from truceline.model.case import Case
from truceline.model.event import Ellipse, Event, Origin
from truceline.model.instant import parse_utc
from truceline.model.network import Network, Sensor
from truceline.model.observation import Arrival, Bearing
from truceline.sensors.acoustic import Acoustic
from truceline.sensors.contract import Sensing
from truceline.sensors.optical import Optical
from truceline.sensors.seismic import Seismic
from truceline.sim.sources import KINDS

SENSINGS: tuple[Sensing, ...] = (Acoustic(), Seismic(), Optical())
CLASSES = ("outgoing", "impact", "explosion", "burst", "demolition", "quarry_blast", "thunder")
KNOWN = 6  # worth of catches from which the faultless inference knows an event


@dataclass(frozen=True)
class Mission:
    """A simulated mission: its case, the truth, and the catalogue of what was caught well enough."""

    case: Case
    truth: Sequence[Row]
    events: tuple[Event, ...]
    reach_m: Mapping[str, float]
    faults: Sequence[Row]


@cache
def mission(text: str = "", seed: int = 1, family: str = "salvos", base: str | None = None) -> Mission:
    """A mission of a world; see tests/sim/making."""
    extra = {} if base is None else {"base": base}
    found, world = files(text, seed, family, **extra), made(text, seed, family, **extra)
    case = understand(inputs_of(found), kinds()).case
    truth = [row for row in rows(found["truth.ndjson"]) if row["cls"] in CLASSES]
    hearing = world.scene.hearing
    reach = dict(zip(KINDS, hearing.range_m.tolist(), strict=True))
    return Mission(case, truth, catalogue(case, truth), reach, table(found["truth_world.json"])["faults"])


def inputs_of(found: Mapping[str, bytes]) -> Inputs:
    """A mission folder's files as what a run is given."""
    said, _ = read_mission("mission.toml", found["mission.toml"])
    named = [("agreement", said.agreement), ("network", said.network), *(("control", one) for one in said.control)]
    named += [("weather", said.weather)] if said.weather else []
    whole = [WholeFile("mission", "mission.toml", found["mission.toml"])]
    whole += [WholeFile(kind, path, found[path]) for kind, path in named]
    whole += [WholeFile("areas", path, data) for path, data in found.items() if path.endswith("areas.geojson")]
    lines: list[Line] = [line for path in said.observations for line in lines_of("observation", path, found[path])]
    return Inputs(tuple(whole), tuple(lines))


def catalogue(case: Case, truth: Sequence[Row]) -> tuple[Event, ...]:
    """Every true event that was caught well enough, at its true place and time, as what it was."""
    seen = {one.id: one for one in case.observations if isinstance(one, Arrival | Bearing)}
    found = []
    for row in truth:
        mine = tuple(id_ for id_ in row.get("obs", ()) if id_ in seen)
        worth = sum(2 if seen[id_].azimuth_deg is not None else 1 for id_ in mine)
        if worth >= KNOWN:
            found.append(event(row, mine, case.network))
    return tuple(found)


def event(row: Row, members: tuple[str, ...], network: Network) -> Event:
    """A true happening as an event, surely real and well located."""
    ellipse = Ellipse(50.0, 50.0, 0.0)
    return Event(
        id=row["id"],
        anchor=members[0] if members else "",
        origin=Origin(
            time_us=parse_utc(row["time"]), time_sigma_s=0.05, lon=row["lon"], lat=row["lat"],
            ellipse50=ellipse, ellipse90=ellipse, ellipse95=ellipse, made_by="truth",
        ),
        labels=((row["cls"], 1.0),),
        existence=1.0,
        observations=members,
        sensors=len(members),
        providers=network.providers,
    )  # fmt: skip


def sensor(name: str, lon: float, lat: float, *, kind: str = "acoustic_array", provider: str = "aland") -> Sensor:
    """A sensor that says little."""
    directed = kind in ("acoustic_array", "camera")
    return Sensor(
        id=name, kind=kind, provider=provider, lon=lon, lat=lat, time_sigma_s=0.02,
        azimuth_sigma_deg=1.5 if directed else None,
    )  # fmt: skip


def row_of_sensors(count: int, step_m: float = 5_000.0, kind: str = "acoustic_array") -> Network:
    """Sensors along the equator, providers in turn."""
    step = step_m / 111_320.0
    names = ("aland", "borea", "cordia")
    some = [sensor(f"S{n:02d}", n * step, 0.0, kind=kind, provider=names[n % 3]) for n in range(count)]
    return Network(tuple(some))


def chance() -> np.random.Generator:
    """The chance of a test."""
    return np.random.default_rng(20260402)
