"""The findings of a period as a section: what is said of each act, by how much, and that nobody has reviewed it."""

from collections.abc import Mapping, Sequence

from truceline.model.agreement import DISCLOSURE, Provision
from truceline.model.event import Event
from truceline.model.finding import Finding
from truceline.reports.markup import Content, Markup, content, name, plain, tag
from truceline.reports.summary import joined
from truceline.reports.tables import table
from truceline.reports.telling import Telling, percent
from truceline.reports.texts import Texts

AUTOMATIC = "automatic"


def numbers_of(told: Telling) -> Mapping[str, int]:
    """The numbers that findings go by in a report, in order of time."""
    return {one.id: number for number, one in enumerate(told.account.findings, start=1)}


def findings(told: Telling) -> Content:
    """Every finding of the period; empty if there is none."""
    if not told.account.findings:
        return ()
    texts = told.texts
    if not told.may_verify:
        return [tag("p", texts.say("finding.unverified"))]
    events = {one.id: one for one in told.record.events}
    heads = [
        texts.say(f"finding.{key}") for key in ("no", "when", "what", "happened", "outcome", "evidence", "article")
    ]
    numbers = numbers_of(told)
    lines = [_line(told, numbers[one.id], one, [events[id_] for id_ in one.events]) for one in told.account.findings]
    automatic = all(one.status == AUTOMATIC for one in told.account.findings)
    caption = texts.say("finding.caption" if automatic else "finding.reviewed_too")
    parts: list[Content] = [table(caption, heads, lines, class_="acts")]
    if not all(one.in_field for one in told.account.findings):
        parts.append(tag("p", texts.say("finding.simulation"), class_="small"))
    return parts


def _line(told: Telling, number: int, finding: Finding, events: Sequence[Event]) -> list[Content]:
    texts = told.texts
    first, last = events[0].origin, events[-1].origin
    sigma_s = max(one.origin.time_sigma_s for one in events)
    (where,) = told.record.placing.located([(first.lon, first.lat)], [first.ellipse90.semi_major_m], [first.time_us])
    happened = f"{told.likely(finding.occurrence, finding)} ({percent(finding.occurrence, texts)})"
    return [
        tag("span", str(number), id=f"f-{number}"),
        told.moment(first.time_us, last.time_us, sigma_s),
        texts.say("finding.near", events=events_words(events, texts), place=told.where(where)),
        happened,
        outcome_words(told, finding),
        content(finding.robustness, "; ", texts.say(f"evidence.{finding.evidence}")),
        _articles(told, finding),
    ]


def events_words(events: Sequence[Event], texts: Texts) -> str:
    """Events by class, the most first: "3 impacts and 1 outgoing round"."""
    counts: dict[str, int] = {}
    for event in events:
        counts[event.class_] = counts.get(event.class_, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return joined([texts.count_class(class_, number) for class_, number in ordered], texts)


def outcome_words(told: Telling, finding: Finding) -> Markup:
    """What is said of who did it, and how far people have looked at it."""
    texts = told.texts
    if finding.outcome == "attributed" and finding.party is not None:
        share = dict(finding.responsibility)[finding.party]
        said: Content = (
            texts.write("finding.attributed", likelihood=told.likely(share, finding), party=name(finding.party))
            if told.may_name
            else texts.say("finding.not_named")
        )
    else:
        said = texts.say(f"finding.{finding.outcome}")
    status = texts.messages.get(f"status.{finding.status}", plain(finding.status))
    return content(said, " ", tag("span", status, class_="small"))


def _articles(told: Telling, finding: Finding) -> Content:
    """The articles that it touches, and the widest circle that may learn of it if that is not everybody."""
    provisions = {one.id: one for one in told.record.case.agreement.provisions}
    touched: list[Provision] = [provisions[id_] for id_ in finding.provisions if id_ in provisions]
    words = ", ".join(dict.fromkeys(plain(one.article) for one in touched))
    circle = max((one.disclosure for one in touched), key=DISCLOSURE.index, default=DISCLOSURE[0])
    if circle == DISCLOSURE[0]:
        return words or "–"
    reach = told.texts.say("finding.reach", circle=told.texts.say(f"circle.{circle}"))
    return content(words, " ", tag("span", reach, class_="small"))
