"""Whether parties are named alike, where like is compared with like.

How often a party is named hangs on where its guns stand, who could hear them and which tricks were played: in worlds by
chance more with one party than with another. So breaches of two parties are compared only within one world, of one
class, heard by about as many sensors, as traceable, and played or not. The ratio over all such strata is that of Mantel
and Haenszel (Journal of the National Cancer Institute 22, 1959), which also holds where most strata are small.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TypeAlias

from truceline.model.observation import IMPACT
from truceline.sim.results import Trial, TrueEvent
from truceline.sim.score import Judged

HEARD = 4  # sensors to a bracket
MOST_HEARD = 5  # the last bracket holds all above

Stratum: TypeAlias = tuple[int, str, bool, bool, str, int]


def matched(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """For every two parties, by their places in order ("0:1"): how many times as often the second was named as the
    first, and how many breaches are in strata that both have."""
    breaches: Counter[tuple[Stratum, int]] = Counter()
    named: Counter[tuple[Stratum, int]] = Counter()
    for stratum, party, was in _breaches(judged):
        breaches[stratum, party] += 1
        named[stratum, party] += was
    figures: dict[str, dict[str, float]] = {}
    for pair in combinations(sorted({party for _, party in breaches}), 2):
        shared = [
            stratum for stratum in sorted({one for one, _ in breaches}) if all(breaches[stratum, p] for p in pair)
        ]
        totals: defaultdict[int, float] = defaultdict(float)
        for stratum in shared:
            first, second = (breaches[stratum, party] for party in pair)
            totals[0] += named[stratum, pair[0]] * second / (first + second)
            totals[1] += named[stratum, pair[1]] * first / (first + second)
        if totals[0] > 0:
            compared = sum(breaches[stratum, party] for stratum in shared for party in pair)
            figures[f"{pair[0]}:{pair[1]}"] = {"ratio": round(totals[1] / totals[0], 4), "compared": compared}
    return figures


def _breaches(judged: Sequence[Judged]) -> Iterator[tuple[Stratum, int, bool]]:
    """Every fair breach: what it is compared within, whose it is, and whether somebody was named for it."""
    for world, item in enumerate(judged):
        trial = item.trial
        order = list(trial.world.get("parties", [])) or sorted({true.party for true in trial.truth if true.breach})
        said = {true.id: finding for true, _, finding in item.matched}
        for true in trial.truth:
            if true.breach and true.fair:
                finding = said.get(true.id)
                was = finding is not None and finding.outcome == "attributed"
                yield _stratum(world, trial, true), order.index(true.party), was


def _stratum(world: int, trial: Trial, true: TrueEvent) -> Stratum:
    firm = trial.firm(true)
    traceable = firm and (true.cls != IMPACT or (true.group or true.id) in trial.traced)
    heard = min((true.seen.arrival + true.seen.bearing) // HEARD, MOST_HEARD)
    return world, true.cls, firm, traceable, true.deception or "", heard
