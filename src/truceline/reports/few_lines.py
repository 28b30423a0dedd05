"""A run in a few lines of plain text, for whoever started it."""

from collections import Counter

from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.result import Result
from truceline.reports.english import ENGLISH
from truceline.reports.figures import clock, day, lapse, metres, place
from truceline.reports.summary import counted_classes, joined
from truceline.reports.symbols import shown_class
from truceline.reports.texts import Texts

FEW = 3  # so few events are told one by one


def few_lines(case: Case, result: Result, set_aside: int, texts: Texts = ENGLISH) -> list[str]:
    """What was looked at, what happened, what can be said of who, and what was set aside."""
    looked = texts.say(
        "few.looked",
        mission=case.name,
        status=case.status,
        observations=texts.count("noun.observation", len(case.observations)),
        sensors=texts.count("noun.sensor", len(case.network.sensors)),
        providers=texts.count("noun.provider", len(case.network.providers)),
    )
    lines = [looked, _happened(result, texts)]
    if len(result.events) <= FEW:
        lines += [f"  {_told(event, texts)}" for event in result.events]
    if case.agreement.provisions:
        lines.append(_said(result, texts))
    if set_aside:
        lines.append(texts.say("few.aside", lines=texts.count("noun.line", set_aside)))
    return lines


def _happened(result: Result, texts: Texts) -> str:
    if not result.events:
        return texts.say("few.nothing")
    counts = Counter(shown_class(event) for event in result.events)
    events = texts.count("noun.event", len(result.events))
    return texts.say("few.happened", events=events, classes=counted_classes(counts, texts))


def _told(event: Event, texts: Texts) -> str:
    """One event: what, where, when, how sure."""
    origin = event.origin
    return texts.say(
        "few.event",
        class_=texts.class_(shown_class(event)),
        place=place(origin),
        time=f"{day(origin.time_us)} {clock(origin.time_us, origin.time_sigma_s)}",
        sigma=lapse(origin.time_sigma_s),
        major=metres(2 * origin.ellipse90.semi_major_m),
        minor=metres(2 * origin.ellipse90.semi_minor_m),
    )


def _said(result: Result, texts: Texts) -> str:
    outcomes = Counter(finding.outcome for finding in result.findings)
    if not outcomes:
        return texts.say("few.no_findings")
    parts = []
    named = Counter(finding.party for finding in result.findings if finding.party is not None)
    for party, number in sorted(named.items()):
        parts.append(texts.say("few.named", findings=texts.count("noun.finding", number), party=party))
    parts += [
        texts.say(f"few.{outcome}", findings=texts.count("noun.finding", outcomes[outcome]))
        for outcome in ("undetermined", "exempt", "no_breach")
        if outcomes[outcome]
    ]
    return texts.say("few.said", findings=joined(parts, texts))
