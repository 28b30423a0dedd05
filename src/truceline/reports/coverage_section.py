"""What could have been seen, as a section of a periodic report: it is never left out."""

from truceline.formats.silence_ndjson import SilenceLine
from truceline.reports.account import Account
from truceline.reports.canvas import name_of
from truceline.reports.figures import minute
from truceline.reports.markup import Content, Markup, tag
from truceline.reports.tables import table
from truceline.reports.telling import Telling, lapse, percent


def coverage(told: Telling) -> Content:
    """Who was heard from, and what silence says if it was surveyed; else that it says nothing."""
    texts, account = told.texts, told.account
    covered, length = lapse(account.covered_us, texts), lapse(account.period.until_us - account.period.from_us, texts)
    parts: list[Content] = [
        tag("p", texts.say("report.covered", covered=covered, length=length)),
        _sensors(told, account),
    ]
    lines = told.record.silences
    if not lines:
        return [*parts, tag("p", texts.say("covered.none"))]
    spans = [(one.from_us, one.until_us) for one in lines]
    start, end = min(start for start, _ in spans), max(end for _, end in spans)
    between = {"start": minute(start), "end": minute(end)}
    if not account.period.meets(start, end):
        return [*parts, tag("p", texts.say("covered.not_then", **between)), tag("p", texts.say("covered.none"))]
    heads = [texts.say(f"covered.{key}") for key in ("class", "area", "known", "share", "said")]
    counted = {class_ for _, classes in told.record.violations.rule for class_ in classes}
    rows = [_line(told, one) for one in lines if one.class_ in counted]
    return [
        *parts,
        tag("p", texts.say("covered.survey", **between)),
        table(texts.say("covered.caption"), heads, rows, numeric=(2, 3)),
    ]


def _sensors(told: Telling, account: Account) -> Markup:
    texts = told.texts
    if not account.hours:
        return tag("p", texts.say("covered.silent"))
    fewest = min(account.hours, key=lambda one: (one.heard, one.from_us))
    said = texts.say(
        "covered.sensors",
        heard=f"{account.heard:.0f}",
        serving=f"{account.serving:.0f}",
        least=str(fewest.heard),
        when=told.stamp(fewest.from_us),
    )
    return tag("p", said)


def _line(told: Telling, one: SilenceLine) -> list[Content]:
    """One class in one area. What was seen of it in the period overrules what silence would say."""
    texts = told.texts
    areas = {area.id: area for area in told.record.case.agreement.areas}
    seen = not one.area and any(row.class_ == one.class_ for row in told.account.counted.rows)
    if seen:
        said = texts.say("covered.seen")
    elif one.may_be_said:
        said = texts.say("covered.may")
    elif one.most_unseen is None:
        said = texts.say("covered.may_not_any")
    else:
        said = texts.say("covered.may_not", most=str(one.most_unseen))
    area = name_of(areas[one.area], texts) if one.area in areas else texts.say("covered.everywhere")
    return [told.texts.class_(one.class_), area, percent(one.known, texts), percent(one.seen_share, texts), said]
