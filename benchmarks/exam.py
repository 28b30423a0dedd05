"""Run every world of a folder and score it: one row of a Markdown table for each kind of world.

    python benchmarks/exam.py DIR_OF_WORLDS
    python benchmarks/exam.py DIR_OF_WORLDS --jobs 1 --worlds 'salvos*'

A world is a folder with a mission.toml and a truth.ndjson. Worlds whose names differ only in a number at the end (the
seed) are scored together. The truth is read by `truceline score` alone. Time is that of `truceline run` with all
leave-outs: the median by the wall clock, and processor seconds in the mean. Memory is the most that all its processes
held at once, resident, looked at ten times a second: the worst of the worlds.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from statistics import mean, median
from typing import Any

ROOT = Path(__file__).parents[1]
COLUMNS = (
    "world", "worlds", "F1", "recall", "precision", "overlap F1", "error m", "inside 90 %", "right / breaches",
    "undetermined", "wrong", "wrong though robust", "accused of nothing", "time s", "processor s", "memory MB",
    "commit",
)  # fmt: skip
LOOK_S = 0.1
PAGE = os.sysconf("SC_PAGE_SIZE")
TRUCELINE = str(Path(sys.executable).with_name("truceline"))


@dataclass(frozen=True)
class Ran:
    """One run: seconds by the wall clock and of processor time, and the most bytes its processes held at once."""

    wall_s: float
    worked_s: float
    most_bytes: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR_OF_WORLDS")
    parser.add_argument("--worlds", default="*", metavar="PATTERN", help="only worlds of such names")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes for each run (default: all)")
    args = parser.parse_args()
    kinds = kinds_of(args.folder, args.worlds)
    if not kinds:
        print(f"{args.folder} holds no world (a folder with mission.toml and truth.ndjson)", file=sys.stderr)
        return 1
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    with tempfile.TemporaryDirectory() as outs:
        for kind, worlds in kinds.items():
            pairs = [(world, Path(outs) / world.name) for world in worlds]
            runs = [run(world, out, args.jobs) for world, out in pairs]
            print(f"| {' | '.join(row(kind, scored(pairs), runs))} |", flush=True)
    return 0


def kinds_of(folder: Path, pattern: str) -> dict[str, list[Path]]:
    """Worlds by kind: their name without the seed."""
    found: dict[str, list[Path]] = {}
    for world in sorted(folder.iterdir()) if folder.is_dir() else ():
        if fnmatch(world.name, pattern) and (world / "mission.toml").is_file() and (world / "truth.ndjson").is_file():
            found.setdefault(seedless(world.name), []).append(world)
    return found


def seedless(name: str) -> str:
    """`salvos-1003` is of kind `salvos`; `line-1200` is a kind by itself, and `line-1200-1003` is of it."""
    return name if name == "line-1200" else re.sub(r"-\d+$", "", name)


def run(world: Path, out: Path, jobs: int) -> Ran:
    """Run one world, watching its processes."""
    command = [TRUCELINE, "run", str(world), "--out", str(out), "--quiet"]
    started, worked = time.monotonic(), children_s()
    with subprocess.Popen([*command, *(["--jobs", str(jobs)] if jobs else [])], start_new_session=True) as process:
        most = 0
        while process.poll() is None:
            most = max(most, sum(held_by(process.pid)))
            time.sleep(LOOK_S)
    wall_s = time.monotonic() - started
    if process.returncode:
        raise SystemExit(f"{world}: truceline run ended with {process.returncode}")
    return Ran(wall_s, children_s() - worked, most)


def children_s() -> float:
    """Processor seconds of all children that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def held_by(group: int) -> Iterator[int]:
    """Resident bytes of every process of a group, where the system tells."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(entry.name)) == group:
                yield int((entry / "statm").read_text().split()[1]) * PAGE
        except (OSError, IndexError):
            continue


def scored(pairs: list[tuple[Path, Path]]) -> dict[str, Any]:
    """What `truceline score` says of worlds and their results, all taken together."""
    words = [str(path) for pair in pairs for path in pair]
    said = subprocess.run([TRUCELINE, "score", *words], check=True, capture_output=True).stdout
    found: dict[str, Any] = json.loads(said)
    return found


def row(kind: str, score: dict[str, Any], runs: list[Ran]) -> list[str]:
    findings = score["findings"]
    counts = [findings.get(key, 0) for key in ("undetermined", "wrong", "wrong_though_robust", "accused_of_nothing")]
    return [
        kind, str(len(runs)), *(f"{score[key]:.3f}" for key in ("f1", "recall", "precision", "overlap_f1")),
        f"{score.get('error_m_median', float('nan')):.1f}", f"{score.get('inside_90', float('nan')):.3f}",
        f"{findings.get('right', 0)} / {findings.get('breaches', 0)}", *map(str, counts),
        f"{median(one.wall_s for one in runs):.1f}", f"{mean(one.worked_s for one in runs):.1f}",
        f"{max(one.most_bytes for one in runs) / 1e6:.0f}", commit(),
    ]  # fmt: skip


def commit() -> str:
    """The commit that ran; with a + if files that are tracked differ from it."""
    command = ["git", "describe", "--always", "--dirty=+"]
    said = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return said.stdout.strip() or "unknown"


if __name__ == "__main__":
    raise SystemExit(main())
