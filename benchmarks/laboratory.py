"""Run worlds with known truth, lies, deceptions and false maps, and print how honestly parties were named.

    python benchmarks/worlds.py --out /tmp/held --seeds 3 --first 7001 worlds/*.toml
    python benchmarks/laboratory.py /tmp/held --keep /tmp/held-out

Worlds whose names differ only in the seed at the end are taken together. Results are kept and not made twice, so a run
may be interrupted. The first table has a row for each kind of world; the second beside each goal what was reached. A
breach is *firm* if it stays fair without any one provider, and *traceable* if besides, for an impact, a launch of its
salvo does so too (or a crater tells from where it came): nobody is ever to be named for the other impacts.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truceline.edges.cli.sim import trial_of
from truceline.edges.conclude import conclude
from truceline.edges.mission_folder import read_folder
from truceline.edges.out_folder import write_folder
from truceline.edges.wiring import plugins
from truceline.sim.calibration import interval
from truceline.sim.honesty import honesty
from truceline.sim.opening import opening
from truceline.sim.score import Judged
from truceline.sim.strata import deceptions, findings_calibration, named, parties

ROOT = Path(__file__).parents[1]
COLUMNS = (
    "worlds", "seeds", "breaches", "firm", "named", "named of firm", "named of traceable", "wrong", "fabricated named",
    "without launch: named / of", "announced: accused / of", "hidden: cleared / of", "ECE", "Brier",
)  # fmt: skip
HONEST = ("quiet", "salvos", "thin", "one-sided", "rough", "deep-back", "line-1200", "gusts", "faults", "three-parties")
LONE_LIARS = (
    "liar", "lie-mirrored", "lie-mirrored-for-one", "lie-shifted", "lie-shifted-anywhere", "lie-delayed", "lie-turned",
    "lie-fabricated", "lie-silent", "lie-adaptive",
)  # fmt: skip
PAIRS = ("lie-colluding", "lie-colluding-adaptive")
MAPS = ("map-lying", "map-lying-alone", "map-disagreeing", "map-blurred", "map-gap", "map-old", "advance")


@dataclass(frozen=True)
class Goal:
    """What is asked of some kinds of world. share: of the named, or of all such happenings, at most or at least."""

    words: str
    kinds: tuple[str, ...]
    counted: str
    of: str
    share: float
    least: bool = False


def goals(kinds: Sequence[str]) -> list[Goal]:
    """The goals, for the kinds of world that are there."""
    present = {name: tuple(kind for kind in some if kind in kinds) for name, some in {
        "honest": HONEST, "lone": LONE_LIARS, "pairs": PAIRS, "maps": MAPS,
        "played": tuple(kind for kind in kinds if kind.startswith("deception-")), "spoofed": ("spoofed-time",),
        "one-sided": ("one-sided", "deep-back"),
    }.items()}  # fmt: skip
    found = [
        Goal("no liar: wrong among those named", present["honest"], "wrong", "named", 0.001),
        Goal("no liar: named of firm breaches", present["honest"], "named_of_firm", "firm", 0.9, least=True),
        Goal("no liar: named of traceable breaches", present["honest"], "named_of_traceable", "traceable", 0.9,
             least=True),
        Goal("one liar, all kinds: wrong among those named", present["lone"], "wrong", "named", 0.003),
        *(Goal(f"{kind}: wrong among those named", (kind,), "wrong", "named", 0.003) for kind in present["lone"]),
        Goal("one liar, all kinds: named of traceable breaches", present["lone"], "named_of_traceable", "traceable",
             0.8, least=True),
        *(Goal(f"{kind}: named of traceable breaches", (kind,), "named_of_traceable", "traceable", 0.8, least=True)
          for kind in present["lone"]),
        Goal("two colluding, grade R2: wrong", present["pairs"], "wrong_at_R2", "named_at_R2", 0.003),
        Goal("lying, old, blurred, gapped maps: wrong among those named", present["maps"], "wrong", "named", 0.003),
        Goal("one-sided networks: wrong among those named", present["one-sided"], "wrong", "named", 0.003),
        Goal("spoofed time: wrong among those named", present["spoofed"], "wrong", "named", 0.003),
    ]  # fmt: skip
    found += [Goal(f"{kind}: wrong among those named", (kind,), "wrong", "named", 0.003) for kind in present["played"]]
    everything = tuple(kinds)
    return [one for one in found if one.kinds] + [
        Goal("named though fabricated", everything, "named_though_fabricated", "named", 0.0),
        Goal("impacts without launch or direction: named", everything, "named_without_launch", "without_launch", 0.0),
        Goal("announced demining accused", everything, "announced_named", "announced", 0.0),
        Goal("fire hidden behind a notice: cleared", everything, "hidden_cleared", "hidden_behind_notice", 0.01),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR_OF_WORLDS")
    parser.add_argument("--keep", type=Path, required=True, metavar="DIR", help="where results are kept")
    args = parser.parse_args()
    worlds = sorted(path for path in args.folder.iterdir() if (path / "truth.ndjson").is_file())
    if not worlds:
        print(f"{args.folder} holds no world (a folder with mission.toml and truth.ndjson)", file=sys.stderr)
        return 1
    kinds: dict[str, list[Judged]] = {}
    for world in worlds:
        kinds.setdefault(re.sub(r"-\d+$", "", world.name), []).append(judged(world, args.keep / world.name))
    print(f"Commit {commit()}.\n")
    print("\n".join(table(kinds)))
    print()
    print("\n".join(beside_goals(kinds)))
    return 0


def judged(world: Path, out: Path) -> Judged:
    """A world's trial; run if it was not run before."""
    if not out.exists():
        made = conclude(read_folder(world), plugins(), map, lambda _: None)
        write_folder(out, made.files)
        print(f"ran {world.name}", file=sys.stderr, flush=True)
    return Judged(trial_of(world, out))


def table(kinds: dict[str, list[Judged]]) -> Iterator[str]:
    """A row for each kind of world, and one for all."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"|{'---|' * len(COLUMNS)}"
    for kind in sorted(kinds):
        yield row(kind, kinds[kind])
    yield row("**all**", [one for some in kinds.values() for one in some])


def row(kind: str, some: list[Judged]) -> str:
    """The figures of some worlds."""
    figures, calibration = counted(some), findings_calibration(some)
    cells = [
        kind, len(some), figures["breaches"], figures["firm"], figures["named"],
        share(figures["named_of_firm"], figures["firm"]), share(figures["named_of_traceable"], figures["traceable"]),
        figures["wrong"], figures["named_though_fabricated"],
        f"{figures['named_without_launch']} / {figures['without_launch']}",
        f"{figures['announced_named']} / {figures['announced']}",
        f"{figures['hidden_cleared']} / {figures['hidden_behind_notice']}",
        f"{calibration['ece_responsibility']:.3f}", f"{calibration['brier_by_party'] or 0.0:.4f}",
    ]  # fmt: skip
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def counted(some: Sequence[Judged]) -> dict[str, int]:
    """Counts that goals speak of, zero where there are none."""
    figures: dict[str, Any] = {**honesty(some), **named(some)}
    names = (
        "breaches", "firm", "named", "named_of_firm", "named_of_traceable", "wrong", "named_though_fabricated",
        "named_without_launch", "without_launch", "announced_named", "announced", "hidden_cleared",
        "hidden_behind_notice", "wrong_at_R2", "named_at_R2", "traceable",
    )  # fmt: skip
    return {name: int(figures.get(name, 0)) for name in names}


def beside_goals(kinds: dict[str, list[Judged]]) -> Iterator[str]:
    """Each goal, what was reached, and whether the 99 % interval lies wholly on the right side."""
    yield "| goal | asked | reached | 99 % interval |"
    yield "|---|---|---|---|"
    for goal in goals(sorted(kinds)):
        figures = counted([one for kind in goal.kinds for one in kinds[kind]])
        count, of = figures[goal.counted], figures[goal.of]
        low, high = interval(count, of) if of else (0.0, 1.0)
        asked = f"{'≥' if goal.least else '≤'} {100 * goal.share:g} %"
        reached = f"{count} / {of} = {100 * count / max(1, of):.2f} %"
        yield f"| {goal.words} | {asked} | {reached} | {100 * low:.2f}–{100 * high:.2f} % |"
    everything = [one for some in kinds.values() for one in some]
    findings, attributed, wrong = by_finding(everything)
    low, high = interval(wrong, findings) if findings else (0.0, 1.0)
    asked = f"wrong though R1, of all findings ({attributed} of them name somebody)"
    yield f"| {asked} | 0 in 30,000 | {wrong} / {findings} | {100 * low:.2f}–{100 * high:.2f} % |"
    calibration, opened, evenly = findings_calibration(everything), opening(everything), parties(everything)
    error = f"{100 * calibration['ece_responsibility']:.2f} %"
    yield f"| expected calibration error of responsibility | ≤ 2 % | {error} | |"
    right = f"{100 * opened['likeliest_right']:.1f} % of {opened['incidents']}"
    yield f"| who opened fire: likeliest party right | | {right} | |"
    yield f"| share named, party by party: ratio | 0.8–1.25 | {evenly.get('ratio_named', 1.0)} | |"
    for pair, found in evenly["matched"].items():
        words = f"share named, parties {pair} matched on coverage ({found['compared']} breaches): ratio"
        yield f"| {words} | 0.8–1.25 | {found['ratio']} | |"
    for kind, figures in sorted(deceptions(everything).items()):
        said = ", ".join(f"{name} {count}" for name, count in sorted(figures.items()))
        yield f"| deception {kind}: what was said | | {said} | |"


def by_finding(some: Sequence[Judged]) -> tuple[int, int, int]:
    """Findings in all, those that name somebody, and those of grade R1 or better that name another than fired any of
    what they hold, fair or not, breach or not: nature too is somebody else."""
    findings = [(item, one) for item in some for one in item.trial.findings]
    attributed = [(item, one) for item, one in findings if one.outcome == "attributed"]
    wrong = sum(
        any(true.party != one.party for true, _, about in item.matched if about is one)
        for item, one in attributed
        if one.robustness != "R0"
    )
    return len(findings), len(attributed), wrong


def share(count: int, of: int) -> str:
    """A share in per cent; a dash for none."""
    return f"{100 * count / of:.1f} %" if of else "–"


def commit() -> str:
    """The commit that ran."""
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


if __name__ == "__main__":
    raise SystemExit(main())
