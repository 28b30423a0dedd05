"""What attribution costs beyond fusion: processor time a finding, all leave-outs among it.

    python benchmarks/attribution_cost.py MISSION... [--times 3] [--profile 25]

Everything that a run does but find events is counted, over the run itself and over each set of sensors or map that is
left out: grouping, the agreement's text, who did it, how each naming stands, findings, claims, what would change them.
One process; the least of several runs; then its parts. What attribution needs of fusion (events found again without
each source) is fusion's and is printed beside.
"""

import argparse
import cProfile
import pstats
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from truceline import pipeline
from truceline.edges.intake import understand
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import kinds, plugins
from truceline.model.case import Case

FUSION = "fuse"
PARTS = (
    "group", "_breaches", "evidence_of", "attribute", "reached", "reliabilities", "joined", "opened_by", "reconciled",
    "further",
)  # fmt: skip


class Clock:
    """Seconds spent in some functions of the pipeline, and how often each was called."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self.calls: defaultdict[str, int] = defaultdict(int)

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed under a name."""

        def run(*args: Any, **more: Any) -> Any:
            begun = process_time()
            try:
                return function(*args, **more)
            finally:
                self.spent[name] += process_time() - begun
                self.calls[name] += 1

        return run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("missions", type=Path, nargs="+", metavar="MISSION")
    parser.add_argument("--times", type=int, default=3, help="runs, of which the least counts")
    parser.add_argument("--profile", type=int, default=0, metavar="LINES", help="print where the time went, too")
    args = parser.parse_args()
    originals = {name: getattr(pipeline, name) for name in (FUSION, *PARTS)}
    for mission in args.missions:
        case = understand(read_folder(mission), kinds()).case
        runs = [measured(case, originals) for _ in range(args.times)]
        print(f"{mission.name}: {told(*min(runs, key=lambda one: one[0]))}", flush=True)
        if args.profile:
            profiled(case, originals, args.profile)
    return 0


def measured(case: Case, originals: dict[str, Callable[..., Any]]) -> tuple[float, int, Clock]:
    """Seconds beyond fusion, findings, and the parts of one run."""
    clock = Clock()
    for name, function in originals.items():
        setattr(pipeline, name, clock.timed(name, function))
    begun = process_time()
    findings = len(pipeline.run(case, plugins()).findings)
    return process_time() - begun - clock.spent[FUSION], findings, clock


def told(beyond_s: float, findings: int, clock: Clock) -> str:
    """The figures of a run in words."""
    parts = {name: clock.spent[name] for name in PARTS}
    parts["the rest"] = beyond_s - sum(parts.values())
    listed = ", ".join(
        f"{name.strip('_')} {1e3 * spent / max(1, findings):.2f}"
        for name, spent in sorted(parts.items(), key=lambda part: -part[1])
    )
    return (
        f"{1e3 * beyond_s / max(1, findings):.2f} ms a finding beyond fusion ({findings} findings, "
        f"{clock.calls[FUSION]} fusions in {clock.spent[FUSION]:.1f} s); of these {listed}"
    )


def profiled(case: Case, originals: dict[str, Callable[..., Any]], lines: int) -> None:
    """Prints the functions in which most time went, fusion's own left out as far as that goes."""
    for name, function in originals.items():
        setattr(pipeline, name, function)
    profile = cProfile.Profile()

    def unprofiled(*args: Any, **more: Any) -> Any:
        profile.disable()
        try:
            return originals[FUSION](*args, **more)
        finally:
            profile.enable()

    setattr(pipeline, FUSION, unprofiled)
    profile.enable()
    pipeline.run(case, plugins())
    profile.disable()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(lines)


if __name__ == "__main__":
    raise SystemExit(main())
