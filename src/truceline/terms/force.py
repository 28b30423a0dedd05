"""When a provision binds a party: between its dates and the agreement's, less what is suspended, at its hours."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from truceline.model.agreement import Agreement, Provision, Suspension
from truceline.model.instant import US_PER_HOUR, US_PER_S, Instant
from truceline.model.instant import Span as Length
from truceline.model.numbers import said
from truceline.terms.chance import REACH, within_span
from truceline.terms.matter import Matter
from truceline.terms.words import lapse, moment

END: Instant = 2**62  # later than any instant
DAY: Length = 24 * US_PER_HOUR
MINUTE: Length = 60 * US_PER_S
Span = tuple[Instant, Instant]


@dataclass(frozen=True, slots=True)
class Daily:
    """Hours of the local day, in minutes; over midnight if the end is not after the start."""

    start_min: int
    end_min: int
    clock: tuple[tuple[Instant, Length], ...]

    def windows(self, near_us: Instant) -> list[Span]:
        """The windows of the day of an instant and of its neighbours, in order."""
        length = (self.end_min - self.start_min) * MINUTE % DAY or DAY
        today = (near_us + self._offset(near_us)) // DAY
        starts = [day * DAY + self.start_min * MINUTE for day in (today - 1, today, today + 1)]
        begins = [start - self._offset(start) for start in starts]
        return [(begin, begin + length) for begin in begins]

    def _offset(self, instant: Instant) -> Length:
        index = bisect_right([start for start, _ in self.clock], instant) - 1
        return self.clock[max(index, 0)][1] if self.clock else 0


@dataclass(frozen=True, slots=True)
class InForce:
    """Spans in which a provision binds a party, in order; suspensions of an area alone are kept apart.

    `since`: of each span, when what it continues came into force: an amendment does not begin anew.
    """

    article: str
    spans: tuple[Span, ...]
    since: tuple[Instant, ...]
    partly: tuple[Suspension, ...] = ()
    daily: Daily | None = None

    def at(self, matter: Matter) -> tuple[float, Instant]:
        """Probability that it was in force at a matter, and the instant since when (areas left out)."""
        time_us, sigma_s = matter.time_us, matter.time_sigma_s
        index = bisect_right(self.spans, (time_us, END)) - 1
        since = self.since[max(index, 0)] if self.spans else END
        slack_us = REACH * sigma_s * 1e6
        if index >= 0 and self.spans[index][0] + slack_us <= time_us < self.spans[index][1] - slack_us:
            total = 1.0
        else:
            total = min(1.0, sum(within_span(time_us, sigma_s, start, end) for start, end in self.spans))
        if self.daily is None or total == 0.0:
            return total, since
        windows = self.daily.windows(time_us)
        begun = max(start for start, _ in windows[:2] if start <= time_us or start == windows[0][0])
        share = min(1.0, sum(within_span(time_us, sigma_s, start, end) for start, end in windows))
        return total * share, max(since, begun)

    @property
    def bounds(self) -> Span:
        """The first and last instant at which it binds; an empty span if it never does."""
        return (self.spans[0][0], self.spans[-1][1]) if self.spans else (END, END)

    def words(self, matter: Matter, probability: float, since: Instant) -> str:
        """What `at` found, in a sentence."""
        if probability >= 0.995:
            return _held(self.article, since)
        edges = [edge for span in self.spans for edge in span if edge < END]
        edges += [edge for span in self.daily.windows(matter.time_us) for edge in span] if self.daily else []
        if not self.spans:
            return f"{self.article} was never in force"
        when = moment(matter.time_us) + (f" (sigma {matter.time_sigma_s:.3g} s)" if matter.time_sigma_s else "")
        nearest = min(edges, key=lambda edge: abs(edge - matter.time_us))
        side = "after" if matter.time_us >= nearest else "before"
        edge = f"{lapse(matter.time_us - nearest)} {side} {moment(nearest)}"
        if probability == 0.0:
            return f"{self.article} was not in force at {when}, {edge}"
        return f"{self.article} was in force at {when}, {edge}, with probability {said(probability)}"


@lru_cache(maxsize=1024)
def _held(article: str, since: Instant) -> str:
    return f"{article} was in force, since {moment(since)}"


def in_force(agreement: Agreement, provision: Provision, party: str) -> InForce:
    """When a provision binds a party."""
    mine = [one for one in agreement.suspensions if one.party in (None, party) and _of(one, provision)]
    whole = [suspension for suspension in mine if suspension.area is None]
    spans = _less(_between(agreement, provision), whole)
    versions = [one for one in agreement.provisions if one.name == provision.name and party in one.binds]
    chain = _joined([span for one in versions or [provision] for span in _less(_between(agreement, one), whole)])
    daily = None if provision.hours is None else Daily(*provision.hours, agreement.clock)
    return InForce(
        article=provision.article,
        spans=tuple(spans),
        since=tuple(max(start for start, _ in chain if start <= span[0]) for span in spans),
        partly=tuple(suspension for suspension in mine if suspension.area),
        daily=daily,
    )


def _of(suspension: Suspension, provision: Provision) -> bool:
    return not suspension.provisions or provision.name in suspension.provisions


def _between(agreement: Agreement, provision: Provision) -> list[Span]:
    start = max(agreement.in_force_from_us, provision.from_us or agreement.in_force_from_us)
    end = min(agreement.in_force_until_us or END, provision.until_us or END)
    return [(start, end)] if start < end else []


def _less(spans: Sequence[Span], suspensions: Sequence[Suspension]) -> list[Span]:
    """Spans without the time of any suspension."""
    left = list(spans)
    for suspension in suspensions:
        from_us, until_us = suspension.from_us, END if suspension.until_us is None else suspension.until_us
        parts = [part for start, end in left for part in ((start, min(end, from_us)), (max(start, until_us), end))]
        left = [(start, end) for start, end in parts if start < end]
    return sorted(set(left))


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans that touch or overlap made one."""
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = whole[-1][0], max(whole[-1][1], end)
        else:
            whole.append((start, end))
    return whole
