"""How honestly parties were named: what is asked of every naming, over one trial or many taken together.

A breach is *firm* if it stays fair without any one provider, and *traceable* if besides, for an impact, a launch of its
salvo does so too: of these most should be named, and next to none wrongly.
What nobody could know must stay open: impacts whose launch no honest sensor caught, unless a crater or an observer
tells from where they came. What was announced must not be held against anybody; what hides behind an announcement must
not pass as announced.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from truceline.model.observation import DEMOLITION, IMPACT
from truceline.sim.calibration import interval
from truceline.sim.results import FindingFields, Trial, TrueEvent
from truceline.sim.score import Judged

NOTICE = "notice_"  # kinds of deception that hide behind a notice begin so
CLEARED = ("exempt", "no_breach")


def honesty(judged: Sequence[Judged]) -> dict[str, Any]:
    """Counts, and the shares that are asked for; `wrong_most`: what the share of wrong names may be (99 % bound)."""
    counts: Counter[str] = Counter()
    for item in judged:
        for true, finding in _asked(item):
            counts.update(_counted(item.trial, true, finding))
    figures: dict[str, Any] = dict(sorted(counts.items()))
    named, firm = counts["named"], counts["firm"]
    figures["share_named"] = round(named / max(1, counts["breaches"]), 4)
    figures["share_named_of_firm"] = round(counts["named_of_firm"] / max(1, firm), 4)
    knowable = firm - counts["firm_without_launch"]
    figures["share_named_of_knowable"] = round(counts["named_of_knowable"] / max(1, knowable), 4)
    figures["share_named_of_traceable"] = round(counts["named_of_traceable"] / max(1, counts["traceable"]), 4)
    figures["wrong_among_named"] = round(counts["wrong"] / max(1, named), 5)
    figures["wrong_most"] = round(interval(counts["wrong"], named)[1], 5) if named else None
    return figures


def _asked(item: Judged) -> Iterator[tuple[TrueEvent, FindingFields | None]]:
    """Every fair happening and what was found about it; None where it was missed or is in no finding."""
    about = {true.id: finding for true, _, finding in item.matched}
    for true in item.trial.truth:
        if true.fair:
            yield true, about.get(true.id)


def _counted(trial: Trial, true: TrueEvent, finding: FindingFields | None) -> Iterator[str]:
    named = finding is not None and finding.outcome == "attributed"
    cleared = finding is not None and finding.outcome in CLEARED
    if true.cls == DEMOLITION and true.exempt:
        yield "announced"
        if named:
            yield "announced_named"
    if not true.breach:
        return
    yield "breaches"
    firm, alone = trial.firm(true), _no_launch(trial, true)
    traceable = firm and (true.cls != IMPACT or (true.group or true.id) in trial.traced)
    if firm:
        yield "firm"
    if traceable:
        yield "traceable"
    if alone:
        yield "without_launch"
        yield from ("firm_without_launch",) * firm
    if (true.deception or "").startswith(NOTICE):
        yield "hidden_behind_notice"
        yield from ("hidden_cleared",) * cleared
    if named and finding is not None:
        yield "named"
        yield from ("named_of_firm",) * firm
        yield from ("named_of_knowable",) * (firm and not alone)
        yield from ("named_of_traceable",) * traceable
        yield from ("named_without_launch",) * alone
        yield from ("wrong",) * (finding.party != true.party)
        yield from ("wrong_at_R2",) * (finding.party != true.party and finding.robustness == "R2")
        yield from ("named_at_R2",) * (finding.robustness == "R2")


def _no_launch(trial: Trial, true: TrueEvent) -> bool:
    """Whether an impact's launch was caught by no honest sensor, and nothing tells from where its salvo came."""
    if true.cls != IMPACT or (true.group or true.id) in trial.pointed:
        return False
    launch = trial.by_id.get(true.pair or "")
    return launch is None or launch.seen.arrival + launch.seen.bearing == 0
