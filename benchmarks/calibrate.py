"""Fit the calibration that is shipped, on worlds whose seeds nothing else uses, and write it down with its origin.

    python benchmarks/worlds.py --out /tmp/cal --first 41001 --seeds 3 --with benchmarks/many_acts.toml worlds/lie-*
    python benchmarks/calibrate.py /tmp/cal --keep /tmp/cal-out
    python benchmarks/calibrate.py

A world is run once and its result kept. Every act that somebody is reached for becomes a row of
benchmarks/calibration.csv; from these rows alone src/truceline/findings/calibrated.py is fitted and written. Without a
folder the rows that are there are fitted again. The engine runs without a calibration here: a name that one had taken
back could not be counted.
"""

import argparse
import csv
import io
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from truceline.edges.cli.sim import trial_of
from truceline.edges.conclude import conclude
from truceline.edges.mission_folder import read_folder
from truceline.edges.out_folder import write_folder
from truceline.edges.wiring import plugins
from truceline.findings.calibration import Calibration, Stratum, calibrate
from truceline.sim.results import TrueEvent
from truceline.sim.score import Judged

ROOT = Path(__file__).parents[1]
ROWS = ROOT / "benchmarks" / "calibration.csv"
FILE = ROOT / "src" / "truceline" / "findings" / "calibrated.py"
WRONG_MOST = 0.003
COLUMNS = ("world", "seed", "engine", "finding", "kind", "sure", "wrong")


@dataclass(frozen=True)
class Row:
    """An act of a world that a party is reached for: its kind, how sure the name is, and whether it is wrong.

    A world in which nobody is reached has one row without an act: it was tried too.
    """

    world: str
    seed: int
    engine: str  # commit
    finding: str = ""
    kind: str = ""
    sure: float = 0.0
    wrong: bool = False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR_OF_WORLDS")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where results are kept; needed with a folder")
    args = parser.parse_args()
    if args.folder:
        worlds = sorted(path for path in args.folder.iterdir() if (path / "truth.ndjson").is_file())
        if not worlds or args.keep is None:
            print("give a folder that holds worlds, and --keep DIR", file=sys.stderr)
            return 1
        rows = [row for world in worlds for row in rows_of(world, args.keep / world.name, commit)]
        ROWS.write_text(as_csv(rows))
    FILE.write_text(as_python(fitted(read_rows())))
    print(f"{FILE.relative_to(ROOT)} is fitted on {ROWS.relative_to(ROOT)}")
    return 0


def rows_of(world: Path, out: Path, engine: Callable[[], str]) -> list[Row]:
    """The rows of a world; it is run if it was not run before. Beside the result it is kept which engine ran."""
    ran_by = out.with_name(f"{out.name}.engine")
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        ran_by.write_text(engine())
        uncalibrated = replace(plugins(), calibration=Calibration(WRONG_MOST, "none", ()))
        write_folder(out, conclude(read_folder(world), uncalibrated, map, lambda _: None).files)
        print(f"ran {world.name}", file=sys.stderr, flush=True)
    kind, _, seed = world.name.rpartition("-")
    whole = Row(kind, int(seed), ran_by.read_text())
    return list(_named(Judged(trial_of(world, out)), whole)) or [whole]


def _named(judged: Judged, whole: Row) -> Iterator[Row]:
    """A row for each finding that names somebody. The name is wrong if somebody else did any of what it is given for,
    if any of that was no breach, or if nothing of it happened."""
    did: defaultdict[str, set[str]] = defaultdict(set)
    for true, _, finding in judged.matched:
        if finding is not None:
            did[finding.id].add(_doer(true))
    for finding in judged.trial.findings:
        if finding.outcome == "attributed":
            assert finding.calibration is not None, finding.id
            yield replace(
                whole,
                finding=finding.id,
                kind=finding.calibration.kind,
                sure=finding.calibration.sure,
                wrong=did[finding.id] != {finding.party},
            )


def _doer(true: TrueEvent) -> str:
    return true.party if true.breach else "nobody"


def fitted(rows: Sequence[Row]) -> Calibration:
    """The calibration that follows from these rows."""
    worlds = {(row.world, row.seed) for row in rows}
    seeds = sorted({seed for _, seed in worlds})
    kinds, engines = {kind for kind, _ in worlds}, sorted({row.engine for row in rows})
    source = f"simulation, {len(worlds)} worlds of {len(kinds)} kinds, seeds {seeds[0]} to {seeds[-1]}"
    source += f", engine {' and '.join(engines)}"
    return calibrate(((row.kind, row.sure, row.wrong) for row in rows if row.finding), WRONG_MOST, source)


def as_csv(rows: Sequence[Row]) -> str:
    """The rows as they are kept."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow((row.world, row.seed, row.engine, row.finding, row.kind, row.sure, int(row.wrong)))
    return text.getvalue()


def read_rows() -> list[Row]:
    """The rows that are kept."""
    with ROWS.open(newline="") as file:
        return [
            Row(
                one["world"], int(one["seed"]), one["engine"], one["finding"], one["kind"], float(one["sure"]),
                one["wrong"] == "1",
            )
            for one in csv.DictReader(file)
        ]  # fmt: skip


def as_python(calibration: Calibration) -> str:
    """The file that is shipped."""
    strata = "".join(f"        {_call(one)},\n" for one in calibration.strata)
    return f'''"""The calibration that is shipped. Made by `python benchmarks/calibrate.py`; do not edit."""

from truceline.findings.calibration import Calibration, Stratum

CALIBRATION = Calibration(
    wrong_most={calibration.wrong_most},
    source="{calibration.source}",
    strata=(
{strata}    ),
)
'''


def _call(one: Stratum) -> str:
    return f'Stratum("{one.name}", acts={one.acts}, named={one.named}, wrong={one.wrong}, threshold={one.threshold})'


def commit() -> str:
    """The commit of the engine that runs. Raises where its files were changed since."""
    if _git("status", "--porcelain", "src"):
        raise SystemExit("src differs from the last commit: commit first, so that what is fitted can be made again")
    return _git("rev-parse", "--short", "HEAD")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
