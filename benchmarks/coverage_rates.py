"""Rates under a network that is halved in the middle, on simulated missions with fire at a constant rate."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from truceline.coverage.exposure import LEAST_KNOWN, counted, exposure_of
from truceline.coverage.raster import ground_of, raster_of
from truceline.coverage.rates import PER_KM2H, rate
from truceline.coverage.watch import watch_of
from truceline.edges.inputs import Inputs, Line, WholeFile, lines_of
from truceline.edges.intake import understand
from truceline.edges.wiring import plugins
from truceline.fusion.fuse import fuse
from truceline.geo.cells import cell_of
from truceline.incidents.group import group
from truceline.model.case import Case
from truceline.model.instant import US_PER_HOUR, parse_utc
from truceline.model.network import Network
from truceline.model.observation import Arrival
from truceline.sim.build import build
from truceline.sim.read_world import read_world

HOURS = 6
CLASS = "outgoing"
WORLD = f"""
world = 1
name = "constant"
family = "salvos"
[place]
length_km = 50
[period]
hours = {HOURS}
[network]
arrays = 14
posts = 0
microphones = 8
[fire]
plan = "scattered"
events = 180
least_arrivals = 0
salvo_rounds = 4
[nature]
thunder = 0
quarries = 0
fires = 0
[notices]
demining = 0
"""


def halved_rates(seeds: Iterable[int]) -> None:
    """How often the interval of each half holds the rate of the whole, and what the raw counts say."""
    held, halves, raw = 0, 0, []
    for seed in seeds:
        chance = np.random.default_rng([7, seed])
        files = build(read_world("constant.toml", WORLD.encode()), np.random.default_rng([seed]))
        case = _halved(_case(files), chance)
        truth = [one for one in map(_row, files["truth.ndjson"].splitlines()) if one[0] == CLASS]
        counts = []
        for low, high, true, count in _rates(case, truth):
            held += low <= true <= high
            halves += 1
            counts.append(count)
        raw.append(counts[1] / max(counts[0], 1))
        print(
            f"seed {seed}: held {held} of {halves}; second half's raw count over the first's {raw[-1]:.2f}", flush=True
        )
    print(f"Intervals of 95 % that hold the constant rate: {held} of {halves} ({held / halves:.1%}). "
          f"Raw counts of the second half over the first: median {np.median(raw):.2f}; said to have fallen by a "
          f"quarter or more: {np.mean(np.array(raw) < 0.75):.0%}.")  # fmt: skip


def _row(line: bytes) -> tuple[str, int, float, float]:
    row = json.loads(line)
    return row["cls"], parse_utc(row["time"]), row["lon"], row["lat"]


def _case(files: Mapping[str, bytes]) -> Case:
    whole = [WholeFile("mission", "mission.toml", files["mission.toml"])]
    lines: list[Line] = []
    for path, data in files.items():
        kind = {"network.geojson": "network", "weather.csv": "weather"}.get(path)
        kind = "agreement" if path.endswith("terms.toml") else "areas" if path.endswith("areas.geojson") else kind
        kind = "control" if path.startswith("control") else kind
        if kind:
            whole.append(WholeFile(kind, path, data))
        if path == "observations.ndjson":
            lines += lines_of("observation", path, data)
    return understand(Inputs(tuple(whole), tuple(lines)), plugins().kinds).case


def _start(case: Case) -> int:
    """The hour in which fire begins: the first arrival's."""
    return min(one.time_us for one in case.observations if isinstance(one, Arrival)) // US_PER_HOUR * US_PER_HOUR


def _halved(case: Case, chance: np.random.Generator) -> Case:
    """Half of the sensors leave in the middle, and send nothing afterwards."""
    middle = _start(case) + HOURS * US_PER_HOUR // 2
    sensors = case.network.sensors
    leaves = {sensors[n].id for n in chance.choice(len(sensors), len(sensors) // 2, replace=False)}
    fewer = tuple(replace(one, until_us=middle) if one.id in leaves else one for one in sensors)
    kept = tuple(one for one in case.observations if one.sensor not in leaves or one.time_us < middle)
    return replace(case, network=Network(fewer), observations=kept)


def _rates(case: Case, truth: list[tuple[str, int, float, float]]) -> Iterable[tuple[float, float, float, float]]:
    """(low, high, true rate, raw count) of each half."""
    fused = fuse(case, plugins().sensings, plugins().infrasound)
    events = [one.event for one in fused.events if one.event.existence >= 0.5]
    clusters = {id_: one.id for one in group(fused.events, fused.frame) for id_ in one.events}
    watch = watch_of(case, events, plugins().sensings, (CLASS, "impact", "thunder", "burst"))
    ground = ground_of(watch, raster_of(watch), (CLASS,))
    start = _start(case)
    spans = tuple((start + n * US_PER_HOUR, start + (n + 1) * US_PER_HOUR) for n in range(HOURS))
    exposure = exposure_of(watch, ground, spans, 7)
    some = counted(events, exposure, clusters)
    for half in ((0, HOURS // 2), (HOURS // 2, HOURS)):
        found = rate(exposure, some, CLASS, span=half)
        seen = {exposure.cells[n] for n in np.flatnonzero(exposure.of(CLASS)[half[0]] >= LEAST_KNOWN).tolist()}
        inside = sum(1 for _, _, lon, lat in truth if cell_of(lon, lat, 7) in seen)
        area = sum(float(exposure.area_km2[exposure.place[cell]]) for cell in seen)
        true = inside / (area * HOURS) * PER_KM2H
        raw = sum(
            1
            for one in events
            if one.class_ == CLASS and half[0] <= (exposure.span_of(one.origin.time_us) or 0) < half[1]
        )
        yield found.low, found.high, true, float(raw)
