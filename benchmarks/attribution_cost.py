"""What attribution costs beyond fusion: processor time a finding, all leave-outs among it.

    python benchmarks/attribution_cost.py MISSION... [--times 7] [--profile 25]

Everything that a run does but find events is counted, over the run itself and over each set of sensors or map that is
left out: grouping, the agreement's text, who did it, how each naming stands, findings, claims, what would change them.
What attribution needs of fusion (events found again without each source) is fusion's and is printed beside: it is done
once and given to every run that is measured. One process; the median of several runs, and the least; then the parts of
the run that is the median.
"""

import argparse
import cProfile
import gc
import pstats
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import process_time
from types import ModuleType
from typing import Any

from truceline import pipeline
from truceline.attribution import evidence, leave_out
from truceline.edges.intake import understand
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import kinds, plugins
from truceline.findings import anew
from truceline.fusion.fuse import Fused, fuse
from truceline.model.case import Case

FUSION = "fuse"
PARTS: tuple[tuple[str, tuple[tuple[ModuleType, str], ...]], ...] = (
    ("grouping and linking", ((pipeline, "group"),)),
    ("the text made ready", ((pipeline, "prepared"), (anew, "prepared"))),
    ("what the text says", ((pipeline, "said"), (anew, "reached_by"))),
    ("evidence made ready", ((pipeline, "evidence_of"), (anew, "evidence_of"))),
    ("who did it, in the run itself", ((pipeline, "attribute"),)),
    ("who did it, without sources", ((anew, "firm_shares"),)),
    ("which events are the same", ((leave_out, "same_events"),)),
    ("who opened fire", ((pipeline, "opened_by"),)),
    ("findings joined", ((pipeline, "joined"), (pipeline, "reached"))),
    ("what would change it", ((pipeline, "further"),)),
    ("claims, and who is to be believed", ((pipeline, "reconciled"), (pipeline, "reliabilities"))),
)
Run = tuple[float, int, dict[str, float]]  # seconds, findings, seconds of each part


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("missions", type=Path, nargs="+", metavar="MISSION")
    parser.add_argument("--times", type=int, default=7, help="runs, of which the median counts")
    parser.add_argument("--profile", type=int, default=0, metavar="LINES", help="print where the time went, too")
    args = parser.parse_args()
    spent = defaultdict[str, float](float)
    for part, places in PARTS:
        for module, name in places:
            setattr(module, name, timed(spent, part, getattr(module, name)))
    for mission in args.missions:
        case = understand(read_folder(mission), kinds()).case
        fused = Fusions()
        setattr(pipeline, FUSION, fused)
        measured(case, spent)
        runs = sorted((measured(case, spent) for _ in range(args.times)), key=lambda one: one[0])
        print(f"{mission.name}: {told(runs, fused)}", flush=True)
        if args.profile:
            profiled(case, args.profile)
    return 0


class Fusions:
    """Finds events of each set of sensors once, and gives them again from then on."""

    def __init__(self) -> None:
        self.found: dict[frozenset[str], Fused] = {}
        self.seconds = 0.0

    def __call__(self, case: Case, *args: Any) -> Fused:
        key = frozenset(sensor.id for sensor in case.network.sensors)
        if key not in self.found:
            begun = process_time()
            self.found[key] = fuse(case, *args)
            self.seconds += process_time() - begun
        return self.found[key]


def timed(spent: dict[str, float], part: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, its seconds added to a part's."""

    def run(*args: Any, **more: Any) -> Any:
        begun = process_time()
        try:
            return function(*args, **more)
        finally:
            spent[part] += process_time() - begun

    return run


def measured(case: Case, spent: dict[str, float]) -> Run:
    """One run, nothing kept of the last but the events. What the memory of earlier passes costs to look through is no
    part of it."""
    spent.clear()
    evidence._drawn.cache_clear()
    gc.collect()
    gc.freeze()
    begun = process_time()
    findings = len(pipeline.run(case, plugins()).findings)
    return process_time() - begun, findings, dict(spent)


def told(runs: list[Run], fused: Fusions) -> str:
    """The figures of several runs, the quickest first, in words."""
    seconds, findings, spent = runs[len(runs) // 2]
    each = 1e3 / max(1, findings)
    parts = {**spent, "the rest": seconds - sum(spent.values())}
    listed = ", ".join(f"{name} {each * part:.2f}" for name, part in sorted(parts.items(), key=lambda one: -one[1]))
    passes = len(fused.found)
    return (
        f"{each * seconds:.2f} ms a finding beyond fusion (least {each * runs[0][0]:.2f} of {len(runs)} runs; "
        f"{findings} findings, {passes} passes, {each * seconds / passes:.2f} ms a finding and pass; "
        f"fusion {fused.seconds:.1f} s); of these {listed}"
    )


def profiled(case: Case, lines: int) -> None:
    """Prints the functions in which most time went."""
    profile = cProfile.Profile(process_time)
    profile.enable()
    pipeline.run(case, plugins())
    profile.disable()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(lines)


if __name__ == "__main__":
    raise SystemExit(main())
