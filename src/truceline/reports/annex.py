"""The annexed table of every violation that is counted: where, by what means, how many, what, of what weapon, when."""

from collections.abc import Mapping

from truceline.reports.finding_section import numbers_of
from truceline.reports.markup import Content, Markup, content, plain, tag
from truceline.reports.tables import table
from truceline.reports.telling import Telling, number_words
from truceline.reports.violations import Violation
from truceline.terms.counting import Number

KEYS = ("no", "when", "where", "means", "number", "what", "description", "weapon", "finding")


def annex(told: Telling) -> Content:
    """The table; empty if nothing is counted."""
    rows = told.account.counted.rows
    if not rows:
        return ()
    texts = told.texts
    zone = told.record.clock.name(told.account.period.until_us - 1)
    heads = [texts.say(f"annex.{key}") for key in KEYS]
    numbers, outcomes = numbers_of(told), {one.id: one.outcome for one in told.account.findings}
    lines = [_line(told, number, row, numbers, outcomes) for number, row in enumerate(rows, start=1)]
    return [table(texts.say("annex.caption", zone=zone), heads, lines, numeric=(4,), class_="events")]


def _line(
    told: Telling, number: int, row: Violation, numbers: Mapping[str, int], outcomes: Mapping[str, str]
) -> list[Content]:
    texts = told.texts
    return [
        str(number),
        told.moment(row.from_us, row.until_us, row.sigma_s),
        told.where(row.where),
        means_words(told, row),
        row_number(told, row),
        told.texts.class_(row.class_),
        texts.say(
            "report.corroborated" if row.corroborated else "report.alone" if row.events else "report.people_alone"
        ),
        weapon_words(told, row),
        _findings(told, row, numbers, outcomes),
    ]


def means_words(told: Telling, row: Violation) -> str:
    """Heard, seen, recorded, and by which providers; never by which sensor."""
    texts = told.texts
    means = ", ".join(texts.say(f"means.{one}") for one in row.means)
    return f"{means} {texts.say('annex.by', providers=plain(', '.join(row.providers)))}".strip()


def row_number(told: Telling, row: Violation) -> str:
    """How many, with what is uncountable."""
    if row.count is None:
        return number_words(Number(uncountable=1), told.texts)
    return number_words(Number(*row.count, uncountable=int(row.uncountable)), told.texts)


def weapon_words(told: Telling, row: Violation) -> str:
    """What observers took the weapon for."""
    if not row.weapons:
        return told.texts.say("weapon.undetermined")
    return "; ".join(told.texts.say("weapon.assessed", weapon=plain(said)) for said in row.weapons)


def _findings(told: Telling, row: Violation, numbers: Mapping[str, int], outcomes: Mapping[str, str]) -> Markup:
    """The findings of its events, by their numbers; one of an earlier period by its outcome alone is left out."""
    texts = told.texts
    mine = [id_ for id_ in row.findings if id_ in numbers]
    if not mine or not told.may_verify:
        return content(texts.say("annex.none"))
    parts = [
        tag("a", texts.say("annex.number_of", number=str(numbers[id_]), outcome=_outcome(told, outcomes[id_])),
            href=f"#f-{numbers[id_]}")
        for id_ in mine
    ]  # fmt: skip
    return content(content("; " * bool(place), part) for place, part in enumerate(parts))


def _outcome(told: Telling, outcome: str) -> str:
    return told.texts.say("annex.attributed") if outcome == "attributed" else told.texts.say(f"outcome.{outcome}")
