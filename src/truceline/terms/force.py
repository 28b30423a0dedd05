"""When a provision binds a party: between its dates and the agreement's, less what is suspended."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from truceline.model.agreement import Agreement, Provision, Suspension
from truceline.model.instant import Instant
from truceline.model.numbers import said
from truceline.terms.chance import REACH, within_span
from truceline.terms.contract import Matter
from truceline.terms.words import lapse, moment

END: Instant = 2**62  # later than any instant
Span = tuple[Instant, Instant]


@dataclass(frozen=True, slots=True)
class InForce:
    """Spans in which a provision binds a party, in order; suspensions of an area alone are kept apart."""

    article: str
    spans: tuple[Span, ...]
    partly: tuple[Suspension, ...] = ()

    def at(self, matter: Matter) -> tuple[float, Instant]:
        """Probability that it was in force at a matter, and the instant since when (areas left out)."""
        index = bisect_right(self.spans, (matter.time_us, END)) - 1
        since = self.spans[max(index, 0)][0] if self.spans else END
        slack_us = REACH * matter.time_sigma_s * 1e6
        if index >= 0 and since + slack_us <= matter.time_us < self.spans[index][1] - slack_us:
            return 1.0, since
        total = sum(within_span(matter.time_us, matter.time_sigma_s, start, end) for start, end in self.spans)
        return min(1.0, total), since

    def words(self, matter: Matter, probability: float, since: Instant) -> str:
        """What `at` found, in a sentence."""
        if probability >= 0.995:
            return f"{self.article} was in force, since {moment(since)}"
        when = f"{moment(matter.time_us)} (sigma {matter.time_sigma_s:.3g} s)"
        edges = [edge for span in self.spans for edge in span if edge < END]
        if not edges:
            return f"{self.article} was never in force"
        nearest = min(edges, key=lambda edge: abs(edge - matter.time_us))
        side = "after" if matter.time_us >= nearest else "before"
        edge = f"{lapse(matter.time_us - nearest)} {side} {moment(nearest)}"
        return f"{self.article} was in force at {when}, {edge}, with probability {said(probability)}"


def in_force(agreement: Agreement, provision: Provision, party: str) -> InForce:
    """When a provision binds a party."""
    start = max(agreement.in_force_from_us, provision.from_us or agreement.in_force_from_us)
    end = min(agreement.in_force_until_us or END, provision.until_us or END)
    mine = [suspension for suspension in agreement.suspensions if suspension.party in (None, party)]
    whole = [suspension for suspension in mine if suspension.area is None]
    spans = _less([(start, end)] if start < end else [], whole)
    return InForce(provision.article, tuple(spans), tuple(suspension for suspension in mine if suspension.area))


def _less(spans: Sequence[Span], suspensions: Sequence[Suspension]) -> list[Span]:
    """Spans without the time of any suspension."""
    left = list(spans)
    for suspension in suspensions:
        from_us, until_us = suspension.from_us, END if suspension.until_us is None else suspension.until_us
        parts = [part for start, end in left for part in ((start, min(end, from_us)), (max(start, until_us), end))]
        left = [(start, end) for start, end in parts if start < end]
    return sorted(set(left))
