"""What a mission would see without some sensors: composed here, and passed down to the ledger as a function.

Everything is recomputed: the mission is concluded again as if those sensors had never sent a line.
"""

from collections import Counter
from collections.abc import Sequence

from truceline.attribution.leave_out import same_events
from truceline.attribution.standing import Over
from truceline.coalition.what_if import Fall, Recompute, Sight
from truceline.coverage.line_sight import heard_line
from truceline.coverage.watch import Watch, watch_of
from truceline.model.agreement import ROBUSTNESS
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.finding import Finding
from truceline.pipeline import Plugins, run

HEAVY = ("outgoing", "impact")


def recomputing(
    case: Case, plugins: Plugins, events: Sequence[Event], findings: Sequence[Finding], over: Over = map
) -> Recompute:
    """A function from sensors that would be gone to what that means for the line and for these findings."""
    watch = watch_of(case, events, plugins.sensings)
    named = [one for one in findings if one.outcome == "attributed"]

    def without(gone: frozenset[str]) -> Sight:
        if gone >= set(case.network.by_id):
            falls = tuple(Fall(one.id, one.robustness, None, "No sensor would be left") for one in named)
            return Sight(tuple((n, before, 0.0) for n, before, _ in _line(case, watch, frozenset())), len(named), falls)
        result = run(case.without_sensors(gone), plugins, over)
        same = same_events(events, result.events)
        ids = {old: result.events[place].id for old, place in same.items()}
        falls = tuple(fall for one in named if (fall := _fall(one, ids, result.findings)) is not None)
        return Sight(_line(case, watch, gone), len(named), falls)

    return without


def _line(case: Case, watch: Watch, gone: frozenset[str]) -> tuple[tuple[int, float, float], ...]:
    """(providers, share before, share after) over all lines of the agreement, by length the first alone."""
    lines = [area.line for area in case.agreement.areas if area.line]
    if not lines:
        return ()
    last = max((seen.time_us for seen in case.observations), default=watch.base_us)
    span = (0.0, max(watch.seconds(last), 1.0))
    before = heard_line(watch, lines[0], HEAVY, *span)
    after = heard_line(watch, lines[0], HEAVY, *span, gone)
    return tuple(
        (count, round(a, 4), round(b, 4)) for count, (a, b) in enumerate(zip(before, after, strict=True), start=1)
    )


def _fall(finding: Finding, ids: dict[str, str], others: Sequence[Finding]) -> Fall | None:
    """How a finding stands less firmly than it did; None if it stands as it did."""
    by_event = {event: other for other in others for event in other.events}
    after = Counter(
        by_event[ids[event]].robustness if event in ids and ids[event] in by_event else None for event in finding.events
    )
    most = min(after, key=lambda key: (-after[key], ROBUSTNESS.index(key) if key is not None else -1))
    if most is not None and ROBUSTNESS.index(most) >= ROBUSTNESS.index(finding.robustness):
        return None
    if most is None:
        return Fall(finding.id, finding.robustness, None, "Its events would not be found again without them")
    other = next(by_event[ids[event]] for event in finding.events if event in ids and ids[event] in by_event)
    return Fall(finding.id, finding.robustness, most, other.words)
