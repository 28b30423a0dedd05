"""Why breaches that could be named are not: counted by the reason that the finding itself gives.

    python benchmarks/unnamed.py DIR_OF_WORLDS --keep DIR [--kinds salvos gusts faults ...]

Worlds as benchmarks/worlds.py makes them, results as benchmarks/laboratory.py keeps them; a world without a result is
run. Counted are traceable breaches, which stay fair without any one provider (for an impact: a launch of its salvo
too), for which nobody is named. Without --kinds: the kinds that hold no lie, deception, false map or false time.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from laboratory import HONEST, judged
from truceline.model.observation import IMPACT
from truceline.sim.score import Judged

KINDS = (*HONEST, "hamlet", "claims")
REASONS = (  # part of a finding's words, and what the table calls it
    ("it would rest on the word of", "would rest on one provider's word (R1 asked for)"),
    ("no launch that these impacts surely follow", "impacts of which no launch is surely known"),
    ("a raiding party's", "few rounds of a light weapon close behind the line"),
    ("what happened is not sure enough", "that it happened, and was fire, is not sure enough"),
    ("whether the text forbids it is indeterminate", "whether it was fire is open"),
    ("the evidence does not reach a standard", "launches and impacts that may be each other's, or a neighbour's"),
    ("on ground held by", "ground near the line"),
    ("is less likely than not", "less likely than not to have happened or to be fire"),
)
MISSED, NONE = "no event within 3 s and a kilometre", "an event in no finding"
OTHER = "another reason"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR_OF_WORLDS")
    parser.add_argument("--keep", type=Path, required=True, metavar="DIR", help="where results are kept")
    parser.add_argument("--kinds", nargs="+", default=KINDS, metavar="KIND", help="kinds of worlds that are looked at")
    args = parser.parse_args()
    reasons: Counter[tuple[str, bool]] = Counter()
    traceable = named = worlds = 0
    for world in sorted(args.folder.iterdir()):
        if re.sub(r"-\d+$", "", world.name) not in args.kinds:
            continue
        worlds += 1
        said = list(asked(judged(world, args.keep / world.name), words_of(args.keep / world.name)))
        traceable += len(said)
        named += sum(why is None for why, _ in said)
        reasons.update((why, impact) for why, impact in said if why is not None)
    print(f"{worlds} worlds, {traceable} traceable breaches, {named} named ({100 * named / max(1, traceable):.1f} %)\n")
    print("\n".join(table(reasons, traceable)))
    return 0


def words_of(out: Path) -> dict[str, str]:
    """What each finding says, by its id. Read as it was written, after the result is there."""
    lines = (out / "findings.geojsonl").read_text(encoding="utf-8").splitlines()
    return {one["id"]: one["words"] for one in (json.loads(line)["properties"] for line in lines)}


def asked(item: Judged, words: dict[str, str]) -> Iterator[tuple[str | None, bool]]:
    """Of each traceable breach, why nobody is named (None: somebody is), and whether it is an impact."""
    trial, about = item.trial, {true.id: (said, finding) for true, said, finding in item.matched}
    for true in trial.truth:
        impact = true.cls == IMPACT
        if not (true.fair and true.breach and trial.firm(true)):
            continue
        if impact and (true.group or true.id) not in trial.traced:
            continue
        if true.id not in about:
            yield MISSED, impact
            continue
        finding = about[true.id][1]
        if finding is not None and finding.outcome == "attributed":
            yield None, impact
        else:
            yield NONE if finding is None else reason(finding.outcome, words[finding.id]), impact


def reason(outcome: str, words: str) -> str:
    """What the table calls the reason that a finding gives."""
    if outcome != "undetermined":
        return f"{outcome.replace('_', ' ')}"
    return next((name for part, name in REASONS if part in words), OTHER)


def table(reasons: Counter[tuple[str, bool]], traceable: int) -> Iterator[str]:
    """A row for each reason, the commonest first."""
    yield "| why nobody is named | launches | impacts | together | of traceable |"
    yield "|---|---|---|---|---|"
    names: Sequence[str] = sorted({name for name, _ in reasons}, key=lambda name: (-both(reasons, name), name))
    for name in names:
        share = 100 * both(reasons, name) / traceable
        yield f"| {name} | {reasons[name, False]} | {reasons[name, True]} | {both(reasons, name)} | {share:.1f} % |"


def both(reasons: Counter[tuple[str, bool]], name: str) -> int:
    return reasons[name, False] + reasons[name, True]


if __name__ == "__main__":
    raise SystemExit(main())
