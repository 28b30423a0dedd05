"""The table of findings of report.html: each with its sentence, numbers, reasons and the events behind it."""

from collections.abc import Mapping, Sequence

from truceline.findings.words import likelihood
from truceline.geo.compass import compass_point, leg
from truceline.model.agreement import Agreement
from truceline.model.event import Event
from truceline.model.finding import OTHER_ACTOR, Finding, Probabilities, Reason
from truceline.model.instant import US_PER_S
from truceline.model.observation import AIRBURST, IMPACT, OUTGOING
from truceline.model.result import Result
from truceline.reports.event_table import event_table
from truceline.reports.figures import clock, day, metres, percent
from truceline.reports.markup import Content, Markup, content, name, plain, short, tag
from truceline.reports.numbering import Numbered, anchor
from truceline.reports.symbols import in_text, shown_class
from truceline.reports.tables import bar, folded, wide
from truceline.reports.texts import Texts

HEADS = ("no", "when", "what", "happened", "who", "outcome", "robustness", "evidence")
DEEPEST = 12  # a tree of reasons is shown so deep


def findings_table(agreement: Agreement, result: Result, numbered: Numbered, texts: Texts) -> Markup:
    """One body of two rows for each finding, in order of time."""
    if not result.findings:
        return tag("p", texts.say("findings.none"))
    events = {event.id: event for event in result.events}
    head = tag("thead", tag("tr", *(tag("th", texts.say(f"findings.{head}"), scope="col") for head in HEADS)))
    further: dict[str, list[str]] = {}
    for one in result.further:
        further.setdefault(one.finding, []).append(one.words)
    bodies = [
        _body(agreement, number, finding, events, further.get(finding.id, []), texts)
        for number, finding in numbered.items
    ]
    caption = tag("caption", texts.say("findings.caption"))
    drawn = tag("table", caption, head, *bodies, class_="findings", id="findings-table")
    return content(_controls(texts), wide(drawn, texts.say("findings.caption")))


def _controls(texts: Texts) -> Markup:
    outcomes = ("attributed", "undetermined", "exempt", "no_breach")
    options = [tag("option", texts.say("findings.all"), value="")]
    options += [tag("option", texts.say(f"outcome.{outcome}"), value=outcome) for outcome in outcomes]
    return tag(
        "div",
        tag("label", texts.say("findings.search"), " ", tag("input", type="search", id="search")),
        tag("label", texts.say("findings.only"), " ", tag("select", *options, id="only")),
        tag("label", texts.say("findings.order"), " ", tag("select", *_orders(texts), id="order")),
        tag("button", texts.say("findings.open"), type="button", id="open-all"),
        tag("button", texts.say("findings.close"), type="button", id="close-all"),
        tag("output", id="shown", data_words=texts.say("findings.shown")),
        class_="controls",
        id="findings-controls",
        hidden=True,
    )


def _orders(texts: Texts) -> list[Markup]:
    return [tag("option", texts.say(f"order.{key}"), value=key) for key in ("no", "happened", "robustness", "events")]


def _body(
    agreement: Agreement,
    number: int,
    finding: Finding,
    events: Mapping[str, Event],
    further: Sequence[str],
    texts: Texts,
) -> Markup:
    members = [events[id_] for id_ in finding.events]
    cells: list[Content] = [
        when_words(members, texts),
        counted(members, texts),
        content(
            _probability(finding.occurrence),
            " ",
            tag("span", likelihood(finding.occurrence, in_field=finding.in_field), class_="small"),
        ),
        responsibility(finding.responsibility, agreement.parties, texts),
        outcome_words(finding, texts),
        _robustness(agreement, finding, texts),
        texts.say(f"evidence.{finding.evidence}"),
    ]
    labelled = [
        tag("td", cell, data_label=texts.say(f"findings.{head}")) for head, cell in zip(HEADS[1:], cells, strict=True)
    ]
    first = tag("tr", tag("th", tag("a", str(number), href=f"#{anchor(number)}"), scope="row"), *labelled)
    more = tag("tr", tag("td", _more(finding, members, further, texts), colspan=len(HEADS)), class_="more")
    return tag(
        "tbody",
        first,
        more,
        id=anchor(number),
        class_=finding.outcome,
        data_no=number,
        data_happened=short(finding.occurrence, 4),
        data_robustness=finding.robustness[1:],
        data_events=len(members),
    )


def when_words(members: Sequence[Event], texts: Texts) -> Markup:
    """Day and time of the first and the last of some events, no finer than they are known."""
    if not members:
        return content("–")
    first, last = members[0].origin, members[-1].origin
    start = clock(first.time_us, first.time_sigma_s)
    text = [tag("span", day(first.time_us), class_="small"), " ", start]
    if first.time_sigma_s >= 10:
        text.append(" ± " + texts.say("unit.minutes", minutes=str(round(first.time_sigma_s / 60) or 1)))
    elif last.time_us - first.time_us >= US_PER_S:
        text += [" – ", clock(last.time_us, last.time_sigma_s)]
    return content(text)


def counted(members: Sequence[Event], texts: Texts) -> Markup:
    """Events by class, each with its symbol."""
    counts: dict[str, int] = {}
    for event in members:
        counts[shown_class(event)] = counts.get(shown_class(event), 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    lines = (tag("li", in_text(class_), " ", texts.count(f"class.{class_}", number)) for class_, number in ordered)
    return tag("ul", *lines, class_="bare")


def _probability(probability: float) -> Markup:
    return tag("span", bar(probability), " ", percent(probability), class_="share")


def responsibility(shares: Probabilities, parties: Sequence[str], texts: Texts, *more: str) -> Markup:
    """A bar and a number for every party, in the order of the agreement, then for anyone else."""
    of = dict(shares)
    named = [(name(party), of.get(party, 0.0)) for party in parties]
    named += [(content(texts.say(f"actor.{key}")), of.get(key, 0.0)) for key in (OTHER_ACTOR, *more)]
    rows = (tag("li", tag("span", label, class_="of"), _probability(share)) for label, share in named)
    return tag("ul", *rows, class_="bare who")


def outcome_words(finding: Finding, texts: Texts) -> Markup:
    """The outcome, and how far people have looked at it."""
    said = texts.write(f"outcome_of.{finding.outcome}", party=name(finding.party or ""))
    status = texts.messages.get(f"status.{finding.status}", plain(finding.status))
    return content(tag("strong", said), " ", tag("span", status, class_="small"))


def _robustness(agreement: Agreement, finding: Finding, texts: Texts) -> Markup:
    """Robustness is asked for a party that is reached; where none was, nothing was left out to see."""
    thresholds = [one.attribution_threshold for one in agreement.provisions if one.id in finding.provisions]
    most = max((share for party, share in finding.responsibility if party in agreement.parties), default=0.0)
    reached = finding.occurrence * most >= max(thresholds, default=1.0) - 5e-5
    if finding.outcome not in ("attributed", "undetermined") or (finding.party is None and not reached):
        return content(texts.say("robustness.untested"))
    words = tag("span", texts.say(f"robustness.{finding.robustness}"), class_="small")
    groups = [
        tag("li", plain(group), ": ", reached_by) for group, reached_by in finding.independence
    ]  # fmt: skip
    return content(tag("b", finding.robustness), " ", words, tag("ul", *groups, class_="bare small") if groups else "")


def _more(finding: Finding, members: Sequence[Event], further: Sequence[str], texts: Texts) -> Markup:
    parts: list[Content] = [tag("p", finding.words, class_="sentence")]
    path = _path(members, texts)
    if path:
        parts.append(tag("p", path, class_="small"))
    reasons = reason_tree(finding.reasons, texts, 0)
    parts.append(folded(texts.say("findings.reasons"), reasons))
    if further:
        listed = tag("ul", *(tag("li", plain(words, 400)) for words in further))
        note = tag("p", texts.say("further.note"), class_="small")
        parts.append(folded(texts.count("findings.further", len(further)), content(listed, note)))
    parts.append(
        folded(texts.count("findings.behind", len(members)), event_table(members, texts, texts.say("events.caption")))
    )
    ids = [name(finding.id)]
    if finding.supersedes:
        ids.append(content(" ", texts.write("findings.supersedes", id=name(finding.supersedes))))
    provisions = ", ".join(map(plain, finding.provisions))
    incident = tag("a", name(finding.incident), href=f"#{plain(finding.incident)}")
    ids_words = texts.write("findings.ids", id=content(ids), provisions=provisions, incident=incident)
    parts.append(tag("p", ids_words, class_="small"))
    return content(parts)


def _path(members: Sequence[Event], texts: Texts) -> str:
    """Where the rounds went, where both ends were heard: a point of the compass and a distance."""
    fired = [event.origin for event in members if event.class_ == OUTGOING]
    landed = [event.origin for event in members if event.class_ in (IMPACT, AIRBURST)]
    if not fired or not landed:
        return ""
    middle = [
        (_middle([origin.lon for origin in some]), _middle([origin.lat for origin in some])) for some in (fired, landed)
    ]
    distance_m, azimuth_deg = leg(middle[0], middle[1])
    return texts.say(
        "findings.path", direction=texts.say(f"compass.{compass_point(azimuth_deg)}"), distance=metres(distance_m)
    )


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def reason_tree(reasons: Sequence[Reason], texts: Texts, depth: int) -> Markup:
    """The reasons as lists within lists."""
    if not reasons:
        return content()
    if depth == DEEPEST:
        return tag("p", texts.say("findings.deeper"))
    return tag("ul", *(tag("li", reason.words, reason_tree(reason.because, texts, depth + 1)) for reason in reasons))
