"""Daily, weekly and thematic reports as pages, in the field's fixed order; what has nothing to report is left out.

The order is that of the daily reports of the OSCE Special Monitoring Mission to Ukraine; findings, allegations and
coverage come after what those reports hold, and the annexed table last.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from truceline.reports.account import Account
from truceline.reports.annex import annex
from truceline.reports.count_sections import count_tables, disengagement, lead
from truceline.reports.coverage_section import coverage
from truceline.reports.finding_section import findings
from truceline.reports.markup import Content, Markup, content, plain, tag
from truceline.reports.page import Look, Section, page
from truceline.reports.periods import number_in_year, week_in_year
from truceline.reports.register_sections import claims, crossings, harm, local, mines, monitors, movement, weapons
from truceline.reports.telling import Telling
from truceline.reports.text_section import text
from truceline.terms.counting import FIELD_RULE

Part: TypeAlias = Callable[[Telling], Content]

IN_ORDER: tuple[tuple[str, Part], ...] = (
    ("harm", harm),
    ("monitors", monitors),
    ("disengagement", disengagement),
    ("weapons", weapons),
    ("mines", mines),
    ("local", local),
    ("crossings", crossings),
    ("movement", movement),
    ("text", text),
    ("findings", findings),
    ("claims", claims),
)
THEMES: dict[str, tuple[str, ...]] = {
    "fire": ("violations", "disengagement", "findings", "claims"),
    "harm": ("harm",),
    "weapons": ("weapons", "text"),
    "movement": ("monitors", "mines", "movement", "text"),
    "disengagement": ("disengagement", "weapons"),
}


def daily_page(told: Telling, *, look: Look) -> bytes:
    """The report of one day, with the annexed table, as UTF-8. Same arguments, same bytes."""
    date = told.account.period.date
    title = told.texts.say(
        "report.daily.title", number=str(number_in_year(date)), year=date[:4], mission=plain(told.record.case.name)
    )
    sections = [
        _section(told, "summary", lead(told)),
        _section(told, "violations", count_tables(told)),
        *_parts(told, [name for name, _ in IN_ORDER]),
        _section(told, "coverage", coverage(told)),
        _section(told, "method", method(told)),
        *_filled(told, "annex", annex(told), wide=True),
    ]
    return dated_page(told, title, sections, look)


def weekly_page(told: Telling, days: Sequence[Account], *, look: Look) -> bytes:
    """The report of several days, day by day, without the annexed table, which the daily reports have."""
    year, week = week_in_year(told.account.period.date)
    title = told.texts.say(
        "report.weekly.title", number=str(week), year=str(year), mission=plain(told.record.case.name)
    )
    sections = [
        _section(told, "summary", lead(told)),
        _section(told, "violations", count_tables(told, days)),
        *_parts(told, [name for name, _ in IN_ORDER]),
        _section(told, "coverage", coverage(told)),
        _section(told, "method", method(told)),
    ]
    return dated_page(told, title, sections, look)


def thematic_page(told: Telling, theme: str, days: Sequence[Account], *, look: Look) -> bytes:
    """The report of one theme over a longer time."""
    texts, wanted = told.texts, THEMES[theme]
    title = texts.say(
        "report.thematic.title", theme=texts.say(f"theme_of.{theme}"), mission=plain(told.record.case.name)
    )
    sections = [_section(told, "violations", count_tables(told, days))] if "violations" in wanted else []
    sections += _parts(told, wanted)
    if not sections:
        sections = [_section(told, "summary", tag("p", texts.say("report.nothing")))]
    sections = [
        _section(told, "summary", tag("p", texts.say("report.not_reviewed"))),
        *sections,
        _section(told, "coverage", coverage(told)),
        _section(told, "method", method(told)),
    ]
    return dated_page(told, title, sections, look)


def dated_page(told: Telling, title: str, sections: Sequence[Section], look: Look) -> bytes:
    """A page with what it is based on under its title, marked unofficial if nobody reviewed its language."""
    first, *rest = sections
    head = content(based_on(told), first.body)
    status = told.record.case.status
    warning = " ".join(filter(None, (told.texts.say("report.unofficial"), told.texts.say("report.warning"))))
    whole = [Section(first.id, first.title, head), *rest]
    return page(title, status, warning, whole, look, told.texts, script=False, dated_us=told.account.period.until_us)


def based_on(told: Telling) -> Markup:
    """Of when it tells, by whose clock."""
    period, clock = told.account.period, told.record.clock
    zones = dict.fromkeys((clock.name(period.from_us), clock.name(period.until_us - 1)))
    based = told.texts.say(
        "report.based", start=clock.stamp(period.from_us), end=clock.stamp(period.until_us), zone=" / ".join(zones)
    )
    unofficial = told.texts.say("report.unofficial")
    notice = tag("p", tag("strong", unofficial), class_="unofficial") if unofficial else content()
    return content(notice, tag("p", based))


def _parts(told: Telling, wanted: Sequence[str]) -> list[Section]:
    """The sections of these names that have something to report, in the fixed order."""
    return [section for name, part in IN_ORDER if name in wanted for section in _filled(told, name, part(told))]


def _filled(told: Telling, name: str, body: Content, *, wide: bool = False) -> list[Section]:
    return [_section(told, name, body, wide=wide)] if body else []


def _section(told: Telling, name: str, body: Content, *, wide: bool = False) -> Section:
    return Section(name, told.texts.say(f"report.section.{name}"), body, wide=wide)


def method(told: Telling) -> Markup:
    """The rules by which the report counts and speaks, and what it was made from."""
    texts, rule = told.texts, told.record.violations.rule
    categories = "; ".join(
        texts.say(
            "method.category", category=told.category(name), classes=", ".join(texts.class_(one) for one in classes)
        )
        for name, classes in rule
    )
    whose = texts.say("method.rule.field" if rule == FIELD_RULE else "method.rule.own")
    said = [texts.say("method.rule", rule=whose, categories=categories)]
    said += [texts.say(f"method.{key}") for key in ("items", "words", "likelihood", "places", "left_out")]
    digests = [
        content(tag("dt", texts.say(f"method.{what}")), tag("dd", tag("code", plain(hex_))))
        for what, hex_ in told.record.digests
    ]
    made = [tag("h3", texts.say("method.digests")), tag("dl", *digests)] if digests else []
    return content(tag("ul", *(tag("li", words) for words in said)), *made)
