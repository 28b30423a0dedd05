"""What happened and what can be said, in the first lines of report.html."""

from collections import Counter
from collections.abc import Sequence

from truceline.findings.expected import expected_wrong
from truceline.model.case import Case
from truceline.model.finding import FIELD_ENOUGH
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
    """The first paragraph, which says too if parties are named unevenly, and the table of shares."""
    parties = case.agreement.parties
    even = evenness(result, parties)
    uneven = even is not None and not even.even and len(parties) > 1
    sentences = [_happened(result, window, texts), _said(result, texts), texts.say("summary.not_reviewed")]
    sentences += [_evenness(even, texts)] if uneven else []
    evenly = content() if uneven or len(parties) < 2 else tag("p", _evenness(even, texts))
    return content(
        tag("p", content([one, " "] for one in sentences), class_="lead"),
        tag("p", texts.say("summary.prejudice")),
        _calibration(result, texts),
        _share_table(shares(result, parties), texts),
        evenly,
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
    if named:
        parts += [" ", _expected_wrong(result, texts)]
    if by_outcome["exempt"] or by_outcome["no_breach"]:
        exempt = texts.count("summary.exempt", by_outcome["exempt"])
        none = texts.count("summary.no_breach", by_outcome["no_breach"])
        parts += [" ", texts.say("summary.rest", exempt=exempt, none=none)]
    return parts


def _calibration(result: Result, texts: Texts) -> Markup:
    """What the names are measured by: the simulated score, and beside it the field's, never merged."""
    measured = next((one.calibration for one in result.findings if one.calibration is not None), None)
    if measured is None:
        return content()
    words = texts.say("calibration.simulated", share=f"{100 * measured.wrong_most:g}", source=measured.source)
    if result.field is None:
        return tag("p", words, " ", texts.say("calibration.no_field", enough=str(FIELD_ENOUGH)))
    score = result.field
    counts = {key: str(getattr(score, key)) for key in ("scored", "found", "inside90", "named", "wrong")}
    lean = "calibration.leant_on" if score.leant_on else "calibration.too_few" if score.borne_out else "calibration.not"
    said = texts.say("calibration.field", **counts), texts.say(lean, enough=str(FIELD_ENOUGH))
    return tag("p", words, " ", said[0], " ", said[1])


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


def _evenness(even: Evenness | None, texts: Texts) -> Content:
    """Whether the parties are named evenly, as sentences."""
    if even is None:
        return texts.say("shares.incomparable")
    ratio = f"{even.ratio:.2f}"
    if even.even:
        return texts.say("shares.even", ratio=ratio)
    words: Content = texts.write("shares.uneven", lower=name(even.lower), higher=name(even.higher), ratio=ratio)
    if even.chance[0] <= even.ratio:
        words = [words, " ", texts.say("shares.chance", low=f"{even.chance[0]:.2f}", high=f"{even.chance[1]:.2f}")]
    return tag("span", [tag("strong", texts.say("shares.caution")), " ", words], class_="caution")


def _expected_wrong(result: Result, texts: Texts) -> str:
    """How many names of a report are expected to be wrong, by its own probabilities."""
    named = [one for one in result.findings if one.party is not None]
    wrong = expected_wrong(named)
    number = "under 0.1" if wrong < 0.1 else f"about {wrong:.1f}"
    return texts.say("summary.wrong", named=texts.count("summary.names", len(named)), wrong=number)
