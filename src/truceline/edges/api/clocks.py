"""The clocks on a finding as people read them: who started each, with which mandate, when it runs out, what is left."""

from collections.abc import Sequence

from truceline.coalition.consultation import WITHOUT_PREJUDICE
from truceline.coalition.started import Started, started_on
from truceline.edges.api.frame import minute, minute_utc
from truceline.edges.api.words import WORDS
from truceline.edges.live.service import Service
from truceline.findings.decision import id_of
from truceline.findings.review.case import Case
from truceline.model.instant import US_PER_S, Instant
from truceline.reports.markup import Content, content, name, plain, tag
from truceline.reports.tables import table

HEADS = ("hours", "start", "end", "remaining", "person", "mandate", "reviewed", "basis", "entry")


def clock_section(service: Service, case: Case | None, now_us: Instant) -> Content:
    """The clocks of a case with all that they rest on; that it is a candidate for them; or nothing."""
    if case is None:
        return ""
    started = started_on(service.decisions.all, case.finding)
    if not started:
        proposed = case.names is not None and case.concluded is None
        return tag("p", WORDS.say("review.clock.candidate"), class_="caution") if proposed else ""
    heads = [WORDS.say(f"clocks.{head}") for head in HEADS]
    return content(
        tag("h2", WORDS.say("review.clocks"), id="clocks"),
        table(WORDS.say("clocks.caption", now=minute_utc(now_us)), heads, [_row(one, now_us) for one in started]),
        tag("p", WITHOUT_PREJUDICE),
    )


def clock_words(started: Sequence[Started], now_us: Instant) -> str:
    """The clocks in a line of a list."""
    return "; ".join(
        WORDS.say("clocks.short", hours=str(one.clock.hours), left=left_words(one.clock.ends_us - now_us),
                  end=minute_utc(one.clock.ends_us)) for one in started
    )  # fmt: skip


def left_words(left_us: int) -> str:
    """What is left of a clock; or since when it has run out."""
    return WORDS.say("clocks.left" if left_us > 0 else "clocks.run_out", span=span(abs(left_us)))


def span(left_us: int) -> str:
    """A stretch of time in hours and minutes."""
    hours, minutes = divmod(abs(left_us) // US_PER_S // 60, 60)
    return f"{'−' if left_us < 0 else ''}{hours} h {minutes:02d} min"


def _row(one: Started, now_us: Instant) -> list[Content]:
    given: Content = WORDS.say("clocks.no_mandate")
    if one.mandate is not None:
        given = content(WORDS.say("clocks.director"), " ", _decision(one.mandate))
    who = f"{one.clock.started_by} ({one.account}, {one.nation})"
    reviewed = [content(", " if number else "", _decision(answer)) for number, answer in enumerate(one.reviewed)]
    return [
        f"{one.clock.hours} h", _whole(minute(one.clock.started_us)), _whole(minute(one.clock.ends_us)),
        tag("b", left_words(one.clock.ends_us - now_us)), plain(who, 200), given,
        content(name(one.party or "–"), " ", *reviewed),
        plain(one.clock.basis, 2_000), _decision(one.decision),
    ]  # fmt: skip


def _whole(words: str) -> Content:
    return tag("span", words, class_="nowrap")


def _decision(number: int) -> Content:
    return tag("a", id_of(number), href=f"/api/v1/proofs/decision/{id_of(number)}", class_="nowrap")
