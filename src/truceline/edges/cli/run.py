"""`truceline run`: a mission folder in, a result folder out. `truceline check`: only whether it can be understood."""

import argparse
import json
import sys
from pathlib import Path

from truceline.edges.cli.jobs import add_jobs
from truceline.edges.clock import worked_s
from truceline.edges.conclude import conclude
from truceline.edges.intake import understand
from truceline.edges.mission_folder import read_folder
from truceline.edges.out_folder import may_write, write_folder
from truceline.edges.parallel import LEAST_WORK, over_processes, processors
from truceline.edges.progress import Progress
from truceline.edges.wiring import kinds, plugins
from truceline.model.problem import Place, Problem, Unusable
from truceline.reports.few_lines import few_lines
from truceline.terms.conflicts import conflicts
from truceline.terms.language import terms_document

RUN_EXAMPLE = """example:
  truceline run missions/first-light --out out/first-light
"""
CHECK_EXAMPLE = """example:
  truceline check missions/first-light

Faults stop a run; notes do not. A line that cannot be used is set aside by a run and counted.
"""
MOST_SHOWN = 200


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands `run` and `check`."""
    run = commands.add_parser(
        "run", help="read a mission folder, write a result folder", epilog=RUN_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Read a mission folder, write a result folder. The same mission and code give the same bytes.",
    )  # fmt: skip
    run.add_argument("mission", metavar="MISSION", help="the folder that holds mission.toml")
    run.add_argument("--out", metavar="OUT", required=True, help="the folder to write; an earlier result is replaced")
    add_jobs(run)
    run.add_argument("--timings", action="store_true", help="print, as JSON, how long each part took")
    run.add_argument("--quiet", action="store_true", help="print nothing but faults")
    run.set_defaults(run=run_mission)
    check = commands.add_parser(
        "check", help="say everything that is wrong with a mission folder", epilog=CHECK_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Say everything that is wrong with a mission folder, with its place and what to do. Exit 1 if any.",
    )  # fmt: skip
    check.add_argument("mission", metavar="MISSION", help="the folder that holds mission.toml")
    check.set_defaults(run=check_mission)


def run_mission(args: argparse.Namespace) -> int:
    """Read, conclude, write; say in a few lines what was found."""
    out = Path(args.out)
    if not may_write(out, replace=True):
        what = "the folder exists already and holds something besides a result"
        raise Unusable([Problem(Place(str(out)), what, "name a new folder, or move that away")])
    progress = Progress(quiet=args.quiet)
    parts = Parts()

    def tell(begun: str) -> None:
        parts.begin(begun)
        progress.step(begun)

    tell("reading")
    inputs = read_folder(Path(args.mission))
    jobs = args.jobs or (processors() if len(inputs.lines) >= LEAST_WORK else 1)
    with over_processes(jobs, progress) as over:
        concluded = conclude(inputs, plugins(), over, tell)
    tell("writing")
    write_folder(out, concluded.files, replace=True)
    parts.end()
    progress.end()
    for note in concluded.understood.notes:
        print(f"note: {note}", file=sys.stderr)
    if not args.quiet:
        for line in few_lines(concluded.understood.case, concluded.result, len(concluded.understood.set_aside)):
            print(line)
        print(f"Report: {out / 'report.html'} (mission-internal), {out / 'public.html'} (public edition)")
    if args.timings:
        print(json.dumps({"processor_s": parts.seconds}))
    return 0


class Parts:
    """Seconds of processor time by part of the work, children included."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._part: str | None = None
        self._since = worked_s()

    def begin(self, part: str) -> None:
        """A part begins, and the one before ends."""
        self.end()
        self._part, self._since = part, worked_s()

    def end(self) -> None:
        """The part under way ends."""
        if self._part is not None:
            spent = self.seconds.get(self._part, 0.0) + worked_s() - self._since
            self.seconds[self._part] = round(spent, 3)


def check_mission(args: argparse.Namespace) -> int:
    """Say what is wrong; 1 if anything is."""
    inputs, known = read_folder(Path(args.mission)), kinds()
    understood = understand(inputs, known)
    text = inputs.one("agreement")
    clashes = conflicts(understood.case.agreement, terms_document(text.path, text.data), known)
    for note in (*understood.notes, *clashes):
        print(f"note: {note}")
    aside = understood.set_aside
    for one in aside[:MOST_SHOWN]:
        print(f"{one.file}:{one.line}: {one.reason}. A run sets the line aside.")
    if len(aside) > MOST_SHOWN:
        print(f"… and {len(aside) - MOST_SHOWN:,} more lines; a run writes all to OUT/set_aside.ndjson.")
    case = understood.case
    used = f"{len(case.observations):,} observations of {len(case.network.sensors):,} sensors"
    print(
        f"{case.name}: {used} can be used; {len(aside):,} lines cannot."
        if aside
        else f"{case.name}: {used}; no fault found."
    )
    return 1 if aside else 0
