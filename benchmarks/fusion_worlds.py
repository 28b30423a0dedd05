"""How well events are found, located and classified on held-out worlds, and how honest the regions are.

    python benchmarks/worlds.py --out /tmp/held-out --seeds 20
    python benchmarks/fusion_worlds.py /tmp/held-out > fusion.md

Runs fusion alone (no attribution, no leave-outs) over every world of the folder, family by family, and prints tables
in Markdown: association and location beside least squares *given the true association*; what the regions hold, over
all and by stratum; classes; sensor health. Truth is read by the scorer and by the least squares only.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from truceline.edges.intake import understand
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import plugins
from truceline.fusion.air import air_prior, forecast_of
from truceline.fusion.fuse import fuse
from truceline.geo.frame import frame_for
from truceline.model.case import Case
from truceline.model.instant import US_PER_S, parse_utc
from truceline.model.observation import Arrival, Bearing
from truceline.model.result import Result
from truceline.reports.records import record_files
from truceline.sensors.contract import Floats
from truceline.sim.matching import metres
from truceline.sim.results import Trial, TrueEvent, read_trial
from truceline.sim.score import Judged, score
from truceline.sim.strata import classes, health, regions

SEISMIC_MPS = 3_000.0


@dataclass
class Family:
    """Everything measured of the worlds of one family."""

    judged: list[Judged] = field(default_factory=list)
    least_squares_m: list[float] = field(default_factory=list)
    processor_s: float = 0.0
    observations: int = 0


def run_world(folder: Path) -> tuple[Trial, float, Case]:
    """Fuse one world; the trial to be scored, processor seconds, and the case."""
    plugged = plugins()
    case = understand(read_folder(folder), plugged.kinds).case
    started = time.process_time()
    fused = fuse(case, plugged.sensings, plugged.infrasound)
    spent = time.process_time() - started
    events = tuple(one.event for one in fused.events)
    result = Result(events=events, incidents=(), opened_by=(), findings=(), health=fused.health)
    names = ("truth.ndjson", "truth_world.json", "network.geojson", "observations.ndjson")
    mission = {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}
    return read_trial(mission, record_files(case, result, {})), spent, case


def least_squares_errors(case: Case, truth: list[TrueEvent]) -> list[float]:
    """Metres off the truth of a plain least squares fit to each fair event, given its true association and the
    weather file: what a careful engineer would do without being told the true air."""
    sensors = case.network.by_id
    frame = frame_for([s.lon for s in sensors.values()], [s.lat for s in sensors.values()])
    seen = {one.id: one for one in case.observations}
    off = []
    for true in truth:
        members = [seen[id_] for id_ in true.obs if id_ in seen and isinstance(seen[id_], Arrival | Bearing)]
        if true.fair and len(members) >= 3:
            place = _fit(case, frame, members, parse_utc(true.time))
            lon, lat = frame.to_lonlat(*place)
            off.append(metres(true.lon, true.lat, float(lon), float(lat)))
    return off


def _fit(case: Case, frame: Any, members: list[Any], near_us: int) -> Floats:
    sensors = [case.network.by_id[one.sensor] for one in members]
    x, y = frame.to_xy([s.lon for s in sensors], [s.lat for s in sensors])
    north = frame.north_rad(np.array([s.lon for s in sensors]), np.array([s.lat for s in sensors]))
    times = np.array([(one.time_us - near_us) / US_PER_S for one in members])
    seismic = np.array([getattr(one, "wave", "") == "seismic" for one in members])
    light = np.array([isinstance(one, Bearing) for one in members])
    azimuth = np.array([np.nan if one.azimuth_deg is None else np.radians(one.azimuth_deg) for one in members]) + north
    spread = np.array([np.radians(one.azimuth_sigma_deg or 1.0) for one in members])
    epoch = air_prior(forecast_of(case.weather, frame, near_us), 0.0, 3_600.0)
    air = epoch.state(np.zeros(1), np.zeros(1), np.zeros(1))[0]

    def residuals(at: Floats) -> Floats:
        dx, dy = x - at[0], y - at[1]
        distance = np.maximum(np.hypot(dx, dy), 1.0)
        speed = np.where(seismic, SEISMIC_MPS, air[0] + (air[1] * dx + air[2] * dy) / distance)
        travel = np.where(light, 0.0, distance / speed)
        sigma = np.hypot(0.03, np.where(seismic, 0.03, 0.005) * travel)
        misfit = (times - at[2] - travel) / sigma
        turn = np.angle(np.exp(1j * (azimuth - np.arctan2(-dx, -dy)))) / spread
        return np.asarray(np.r_[misfit, turn[np.isfinite(turn)]])

    start = np.r_[x.mean(), y.mean(), times.min() - 10.0]
    found = least_squares(residuals, start, loss="soft_l1", max_nfev=200, x_scale=[100.0, 100.0, 1.0])
    return np.asarray(found.x[:2])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="made by benchmarks/worlds.py")
    parser.add_argument("--only", default="", metavar="NAME", help="one family")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there too")
    args = parser.parse_args()
    families: dict[str, Family] = defaultdict(Family)
    for folder in sorted(path for path in args.folder.iterdir() if (path / "truth.ndjson").exists()):
        name = folder.name.rpartition("-")[0]
        if args.only and name != args.only:
            continue
        trial, spent, case = run_world(folder)
        family = families[name]
        family.judged.append(Judged(trial))
        family.least_squares_m += least_squares_errors(case, trial.truth)
        family.processor_s += spent
        family.observations += len(case.observations)
        print(f"{folder.name}: {spent:.1f} s", file=sys.stderr, flush=True)
    for line in tables(families):
        print(line)
    if args.json:
        args.json.write_text(json.dumps({name: figures(one.judged) for name, one in families.items()}, indent=1))
    return 0


def figures(judged: list[Judged]) -> dict[str, Any]:
    """Everything the scorer says of fusion."""
    return {**score(judged), "regions": regions(judged), "classes": classes(judged), "health": health(judged)}


def tables(families: dict[str, Family]) -> list[str]:
    """The tables, in Markdown."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    lines = [f"Commit {commit.stdout.strip() or 'unknown'}.", ""]
    lines += [
        "| world | worlds | fair events | F1 | overlap F1 | salvos | singles | median error, m "
        "| least squares given the truth, m | class right | ECE | processor s a world |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, family in families.items():
        one = figures(family.judged)
        off = np.median(family.least_squares_m) if family.least_squares_m else float("nan")
        lines.append(
            f"| {name} | {len(family.judged)} | {one['fair']} | {one['f1']:.3f} | {one['overlap_f1']:.3f} "
            f"| {one.get('overlap_recall_salvo', '–')} | {one.get('overlap_recall_single', '–')} "
            f"| {one.get('error_m_median', '–')} | {off:.0f} | {one.get('class_accuracy', '–')} "
            f"| {one['classes']['ece']} | {family.processor_s / len(family.judged):.1f} |"
        )
    every = [judged for family in families.values() for judged in family.judged]
    lines += ["", "| stratum | events | 50 % | 90 % | 95 % |", "|---|---|---|---|---|"]
    held = regions(every)
    for stratum, levels in held.items():
        if stratum != "area_km2_median":
            cells = " | ".join(_share(levels[level]) for level in ("50", "90", "95"))
            lines.append(f"| {stratum} | {levels['90']['of']} | {cells} |")
    lines += ["", "| fault | figures |", "|---|---|"]
    lines += [f"| {kind} | {what} |" for kind, what in health(every).items()]
    return lines


def _share(one: dict[str, Any]) -> str:
    """What a region holds; a star where that is outside the binomial 99 % interval of what it claims."""
    return f"{one['held']:.3f}{'' if one.get('agrees', True) else ' *'}"


if __name__ == "__main__":
    raise SystemExit(main())
