"""What happened and what can be said, in the first lines of report.html."""

from collections import Counter
from collections.abc import Sequence

from truceline.model.case import Case
from truceline.model.observation import CLASSES
from truceline.model.result import Result
from truceline.reports.figures import minute
from truceline.reports.listening import Window
from truceline.reports.markup import Content, Markup, content, name, tag
from truceline.reports.shares import Evenness, Share, evenness, shares
from truceline.reports.symbols import shown_class
from truceline.reports.tables import table
from truceline.reports.texts import Texts


def summary(case: Case, result: Result, window: Window, texts: Texts) -> Markup:
    """The paragraph and the table of shares."""
    sentences = [_happened(result, window, texts), _said(result, texts), texts.say("summary.not_reviewed")]
    first = tag("p", content([one, " "] for one in sentences), class_="lead")
    parties = case.agreement.parties
    even = evenness(result, parties)
    return content(
        first,
        tag("p", texts.say("summary.prejudice")),
        _share_table(shares(result, parties), texts),
        _evenness(even, parties, texts),
    )


def counted_classes(counts: Counter[str], texts: Texts) -> str:
    """ "134 impacts, 128 outgoing rounds and 2 quarry blasts", the most first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], CLASSES.index(item[0])))
    return joined([texts.count(f"class.{class_}", number) for class_, number in ordered], texts)


def joined(parts: Sequence[str], texts: Texts) -> str:
    """Parts as a sentence lists them."""
    if len(parts) < 2:
        return "".join(parts)
    return texts.say("list.last", first=", ".join(parts[:-1]), last=parts[-1])


def _happened(result: Result, window: Window, texts: Texts) -> str:
    counts = Counter(shown_class(event) for event in result.events)
    times = {"start": minute(window.first_us), "end": minute(window.last_us)}
    if not counts:
        return texts.say("summary.nothing", **times)
    events = texts.count("noun.event", len(result.events))
    return texts.say("summary.happened", events=events, classes=counted_classes(counts, texts), **times)


def _said(result: Result, texts: Texts) -> Content:
    """How many findings ended how, and which parties' ground fire is said to have come from."""
    by_outcome = Counter(finding.outcome for finding in result.findings)
    if not result.findings:
        return texts.say("summary.no_findings")
    named = by_outcome["attributed"]
    touched = named + by_outcome["undetermined"]
    parts: list[Content] = [
        texts.say(
            "summary.findings",
            touched=texts.count("summary.acts", touched),
            named=texts.count("summary.named", named),
            open=texts.count("summary.open", by_outcome["undetermined"]),
        )
    ]
    if by_outcome["exempt"] or by_outcome["no_breach"]:
        exempt = texts.count("summary.exempt", by_outcome["exempt"])
        none = texts.count("summary.no_breach", by_outcome["no_breach"])
        parts += [" ", texts.say("summary.rest", exempt=exempt, none=none)]
    return parts


def _share_table(parts: Sequence[Share], texts: Texts) -> Markup:
    rows: list[list[Content]] = [
        [
            name(one.party),
            str(one.named),
            f"{one.expected:.1f}",
            f"{one.expected - one.expected_named:.1f}",
            _percent(one),
        ]
        for one in parts
    ]
    heads = [texts.say(f"shares.{head}") for head in ("party", "named", "expected", "open", "share")]
    if not any(one.expected for one in parts):
        return content()
    note = tag("p", texts.say("shares.note"), class_="small")
    return content(table(texts.say("shares.caption"), heads, rows, numeric=(1, 2, 3, 4), class_="slim"), note)


def _percent(one: Share) -> str:
    return "–" if one.share is None else f"{round(100 * one.share)}\u00a0%"


def _evenness(even: Evenness | None, parties: Sequence[str], texts: Texts) -> Markup:
    if len(parties) < 2:
        return content()
    if even is None:
        return tag("p", texts.say("shares.incomparable"))
    ratio = f"{even.ratio:.2f}"
    if even.even:
        return tag("p", texts.say("shares.even", ratio=ratio))
    words = texts.write("shares.uneven", lower=name(even.lower), higher=name(even.higher), ratio=ratio)
    if even.chance[0] <= even.ratio:
        words = content(
            words, " ", texts.say("shares.chance", low=f"{even.chance[0]:.2f}", high=f"{even.chance[1]:.2f}")
        )
    return tag("p", tag("strong", texts.say("shares.caution")), " ", words, class_="caution")
