"""How long a day's report takes: a simulated day of more than a thousand violations, page and PDF, as a user runs it.

    python benchmarks/daily_report.py                     makes the mission and the result first (some minutes)
    python benchmarks/daily_report.py --result out/busy   uses a result that is there, made from the mission beside it

Each figure is the least of some runs of the command in a process of its own, start of Python and imports included:
seconds of wall clock and of this process's processor. Both PDFs of two runs are compared byte for byte.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

WORLD = """
world = 1
name = "busy-day"
family = "salvos"

[place]
lon_deg = -38
lat_deg = 47
line_azimuth_deg = 25
length_km = 40

[period]
first_day = "2026-03-02"
days = 1
hours = 24

[parties]
names = ["Aurel", "Brenn"]

[network]
arrays = 40
posts = 20
microphones = 10
patrols = 4
satellites = 0
providers = ["aland", "borea", "cordia", "delmar"]

[fire]
batteries = 44
guns = [2, 4]
rounds = [3, 5]
small_arms = 250

[nature]
clutter_per_h = 0.3
fires = 0

[channel]
status_s = 1800
"""
SEED = 1
PROGRAM = "import sys; from truceline.edges.cli.main import main; sys.exit(main())"


def truceline(*words: str | Path) -> tuple[float, float]:
    """Run a command; its seconds of wall clock and of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", PROGRAM, *map(str, words)], check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def least(times: int, *words: str | Path) -> tuple[float, float]:
    """The least of some runs."""
    runs = [truceline(*words) for _ in range(times)]
    return min(wall for wall, _ in runs), min(spent for _, spent in runs)


def begins(mission: Path) -> str:
    """The hour at which the day begins, so that no cut-off parts it."""
    lines = (mission / "observations.ndjson").read_text("utf-8").splitlines()
    return f"{min(json.loads(line)['time'] for line in lines)[11:13]}:00"


def made(folder: Path) -> tuple[Path, Path]:
    """The mission and its result, made anew."""
    world, mission, out = folder / "busy-day.toml", folder / "busy-day", folder / "busy-day-out"
    world.write_text(WORLD, encoding="utf-8")
    truceline("sim", world, "--seed", str(SEED), "--out", mission)
    truceline("run", mission, "--out", out, "--quiet")
    return mission, out


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--result", type=Path, metavar="OUT", help="a result that is there already")
    parser.add_argument("--mission", type=Path, metavar="DIR", help="the mission that it is of")
    parser.add_argument("--times", type=int, default=3, metavar="N")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mission, out = (args.mission, args.result) if args.result else made(folder)
        day = ("report", "daily", out, "--cut-off", begins(mission))
        page, data, pdf, again = (folder / file for file in ("day.html", "day.json", "day.pdf", "again.pdf"))
        figures = [
            ("counts alone", least(args.times, *day)),
            ("page", least(args.times, *day, "--html", page, "--json", data)),
            ("page and PDF", least(args.times, *day, "--html", page, "--pdf", pdf)),
        ]
        truceline(*day, "--pdf", again)
        counts = json.loads(data.read_text("utf-8"))
        total = counts["counts"]["total"]
        size = f"page {page.stat().st_size:,} bytes, PDF {pdf.stat().st_size:,} bytes"
        print(f"{total['least']:,} violations in {len(counts['rows']):,} rows, {len(counts['findings']):,} findings")
        print(f"{size}; load of the machine {os.getloadavg()[0]:.1f}")
        for what, (wall, spent) in figures:
            print(f"{what}: {wall:.2f} s, {spent:.2f} s of the processor")
        print(f"the PDF of another run: {'the same bytes' if pdf.read_bytes() == again.read_bytes() else 'DIFFERENT'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
