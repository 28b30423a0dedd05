"""Association on the 1,200 km line beside PyOcto: the same picks, one run, one core.

    scripts/peers/fusion.sh
    python benchmarks/worlds.py --out /tmp/line --seeds 1 worlds/line-1200.toml worlds/line-1200-dense.toml
    python benchmarks/association.py /tmp/line/line-1200-1000 [--peer]

Prints overlap F1 (shared observations over the larger of the two sets at least 0.6), the recall of salvos and of single
events, and CPU seconds of association and location. PyOcto is tried with several settings and its best is shown.
"""

import argparse
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from fusion_worlds import run_world
from truceline.geo.frame import frame_for
from truceline.model.case import Case
from truceline.model.instant import US_PER_S
from truceline.model.observation import Arrival
from truceline.sim.results import SaidEvent, Trial
from truceline.sim.score import Judged, score

ROOT = Path(__file__).parents[1]
SETTINGS = ((2.5, 3.0), (1.5, 3.0), (1.0, 2.0))  # tolerance (s), least node (km)
FIGURES = ("overlap_f1", "overlap_recall_salvo", "overlap_recall_single")


def octo(case: Case, trial: Trial, tolerance: float, node: float) -> dict[str, Any]:
    """PyOcto's figures with one setting."""
    sensors = case.network.sensors
    frame = frame_for([one.lon for one in sensors], [one.lat for one in sensors])
    x, y = frame.to_xy([one.lon for one in sensors], [one.lat for one in sensors])
    row = {one.id: n for n, one in enumerate(sensors)}
    seen = [one for one in case.observations if isinstance(one, Arrival)]
    first = min(one.time_us for one in seen)
    asked = {
        "stations": [[a / 1000, b / 1000] for a, b in zip(x.tolist(), y.tolist(), strict=True)],
        "picks": [[row[one.sensor], (one.time_us - first) / US_PER_S] for one in seen],
        "tolerance": tolerance,
        "node": node,
    }
    python = ROOT / ".peers" / "octo" / "bin" / "python"
    ran = subprocess.run(
        [str(python), str(ROOT / "benchmarks" / "peers" / "octo.py")], input=json.dumps(asked), text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    answer = json.loads(ran.stdout)
    events = [_said(number, [seen[n].id for n in members]) for number, members in enumerate(answer["events"])]
    return {**score([Judged(replace(trial, events=events, findings=[]))]), "cpu_s": answer["cpu_s"]}


def _said(number: int, observations: list[str]) -> SaidEvent:
    """An event of which only the members count."""
    raw = {
        "geometry": {"coordinates": [0.0, 0.0]},
        "properties": {"id": f"P{number}", "time": "2000-01-01T00:00:00Z", "observations": observations},
    }
    return msgspec.convert(raw, SaidEvent)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("worlds", nargs="+", type=Path)
    parser.add_argument("--peer", action="store_true", help="PyOcto beside it (scripts/peers/fusion.sh)")
    args = parser.parse_args()
    print("| world | picks | | overlap F1 | salvos | singles | CPU s |\n|---|---|---|---|---|---|---|")
    for folder in args.worlds:
        trial, spent, case = run_world(folder)
        picks = sum(isinstance(one, Arrival) for one in case.observations)
        rows = [("Truceline", {**score([Judged(trial)]), "cpu_s": spent})]
        if args.peer:
            tried = [octo(case, trial, *setting) for setting in SETTINGS]
            rows.append(("PyOcto", max(tried, key=lambda one: one["overlap_f1"])))
        for name, figures in rows:
            cells = " | ".join(f"{figures.get(key, float('nan')):.3f}" for key in FIGURES)
            print(f"| {folder.name} | {picks} | {name} | {cells} | {figures['cpu_s']:.1f} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
