"""Counts of ceasefire violations: in the first lines, by what was observed, by region, ground, zone, day and hour."""

from collections import Counter
from collections.abc import Callable, Sequence

from truceline.model.agreement import Area, Where
from truceline.model.finding import Outcome
from truceline.reports.account import CLOSE_M, Account
from truceline.reports.canvas import WIDTH, described, name_of
from truceline.reports.markup import Content, Markup, content, short, tag
from truceline.reports.summary import joined
from truceline.reports.tables import table
from truceline.reports.telling import Telling, counted_words, difference, lapse, number_words, whole
from truceline.reports.violations import Violation, tally_of
from truceline.terms.counting import Number, Tally

DISENGAGEMENT = "disengagement_area"
OUTCOMES: tuple[Outcome, ...] = ("attributed", "undetermined", "exempt", "no_breach")
LEFT, RIGHT, TOP, HIGH, LOW = 110.0, 985.0, 20.0, 90.0, 40.0  # of the picture of hours
MOST_LABELS, LEAST_BARS = 13, 12
HALF = 0.5
EXPLOSIONS = "explosions"


def lead(told: Telling) -> Markup:
    """The first paragraph: how much was recorded, against the period before, and what is said of it."""
    texts, account = told.texts, told.account
    total = account.counted.tally.total
    if account.counted.rows:
        parts = [texts.say("report.lead", violations=counted_words(total, "noun.violation", texts))]
    else:
        parts = [texts.say("report.lead.none"), texts.say("report.lead.silence")]
    parts += compared(told)
    if account.findings and told.may_verify:
        by_outcome = Counter(one.outcome for one in account.findings)
        said = [texts.say(f"report.part.{key}", number=whole(by_outcome[key])) for key in OUTCOMES if by_outcome[key]]
        named = texts.count("noun.finding", len(account.findings))
        parts.append(texts.say("report.lead.findings", findings=named, parts=joined(said, texts)))
    if account.harm:
        harmed = sum(entry.persons or 0 for entry, _ in account.harm)
        parts.append(
            texts.say(
                "report.lead.harm",
                persons=texts.count("noun.person", harmed),
                objects=texts.count("noun.object", len(account.harm)),
            )
        )
    return content(tag("p", " ".join(parts), class_="lead"), tag("p", texts.say("report.not_reviewed")))


def compared(told: Telling) -> list[str]:
    """Against the period before, and how well both were covered."""
    texts, account, before = told.texts, told.account, told.before
    if before is None:
        return [texts.say("report.lead.no_before")]
    then = counted_words(before.counted.tally.total, "noun.violation", texts)
    length = before.period.until_us - before.period.from_us
    caution = texts.say("report.lead.caution", heard=f"{account.heard:.0f}", before=f"{before.heard:.0f}")
    if before.covered_us < length:
        covered = lapse(before.covered_us, texts)
        said = texts.say("report.lead.partly_before", covered=covered, length=lapse(length, texts), violations=then)
        return [said, caution]
    return [texts.say("report.lead.before", violations=then), caution]


def count_tables(told: Telling, days: Sequence[Account] = ()) -> Content:
    """By what was observed; by region and ground; by day, if several are told; hour by hour."""
    rows = told.account.counted.rows
    texts = told.texts
    parts: list[Content] = [_by_category(told)]
    if days:
        parts.append(_by_day(told, days))
    if told.record.placing.regions:
        caption, head = texts.say("report.by_region"), texts.say("report.region")
        parts.append(_grouped(told, caption, head, lambda row: _region(told, row)))
    if rows:
        caption, head = texts.say("report.by_ground"), texts.say("report.ground")
        parts.append(_grouped(told, caption, head, lambda row: told.ground(row.where)))
    if not days:
        parts.append(_hours(told))
    return parts


def _by_category(told: Telling) -> Markup:
    """Every category, explosions parted into their kinds, and all."""
    texts = told.texts
    now = _numbers(told, told.account.counted.tally)
    then = None if told.before is None else [number for _, number in _numbers(told, told.before.counted.tally)]
    lines: list[list[Content]] = []
    for place, (label, number) in enumerate(now):
        cells: list[Content] = [label, number_words(number, texts)]
        if then is not None:
            cells += [number_words(then[place], texts), difference(number, then[place])]
        lines.append([tag("strong", cell) for cell in cells] if place == len(now) - 1 else cells)
    keys = ("what", "now", "before", "change") if then is not None else ("what", "now")
    heads = [texts.say(f"report.{key}") for key in keys]
    return table(texts.say("report.counts"), heads, lines, numeric=(1, 2, 3), class_="slim")


def _numbers(told: Telling, tally: Tally) -> list[tuple[str, Number]]:
    """Every line of the table of categories: its label and number; the sum comes last."""
    found: list[tuple[str, Number]] = []
    for name, number in tally.categories:
        found.append((told.category(name), number))
        if name == EXPLOSIONS:
            found += [("– " + told.texts.say(f"explosion.{part}"), share) for part, share in tally.explosions]
    return [*found, (told.texts.say("report.total"), tally.total)]


def _by_day(told: Telling, days: Sequence[Account]) -> Markup:
    """One row a day; of a day that nothing is recorded of, no number is told."""
    texts = told.texts
    names = [name for name, _ in told.account.counted.tally.categories]
    heads = [
        texts.say("report.day"),
        *map(told.category, names),
        texts.say("report.total"),
        texts.say("report.sensors"),
    ]
    lines: list[list[Content]] = []
    for one in days:
        numbers = [*(number for _, number in one.counted.tally.categories), one.counted.tally.total]
        said = [number_words(number, texts) for number in numbers]
        cells = [*said, f"{one.heard:.0f}"] if one.covered_us else ["–"] * (len(said) + 1)
        lines.append([tag("span", one.period.date, class_="when"), *cells])
    return table(texts.say("report.by_day"), heads, lines, numeric=range(1, len(heads)))


def _grouped(told: Telling, caption: str, head: str, key: Callable[[Violation], str]) -> Markup:
    """Rows of violations by a word of each, one line a word, beside the period before."""
    texts, rule = told.texts, told.record.violations.rule
    now = _groups(told.account.counted.rows, key)
    then = _groups(told.before.counted.rows, key) if told.before is not None else {}
    names = [name for name, _ in rule]
    heads = [head, *map(told.category, names), texts.say("report.total")]
    if told.before is not None:
        heads.append(texts.say("report.before"))
    lines: list[list[Content]] = []
    for word in sorted({*now, *then}):
        tally = tally_of(now.get(word, []), rule)
        cells = [number_words(number, texts) for _, number in tally.categories]
        cells.append(number_words(tally.total, texts))
        if told.before is not None:
            cells.append(number_words(tally_of(then.get(word, []), rule).total, texts))
        lines.append([word, *cells])
    return table(caption, heads, lines, numeric=range(1, len(heads)))


def _groups(rows: Sequence[Violation], key: Callable[[Violation], str]) -> dict[str, list[Violation]]:
    found: dict[str, list[Violation]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _region(told: Telling, row: Violation) -> str:
    """The region of the named place that is nearest."""
    place = row.where.place if row.where is not None else None
    region = place.region_named(told.texts.language) if place is not None else ""
    return region or told.texts.say("report.elsewhere")


def disengagement(told: Telling) -> Content:
    """Violations in and close to each disengagement area; empty where there is no such area, or nothing near one."""
    areas = [area for area in told.record.case.agreement.areas if area.kind == DISENGAGEMENT]
    standing = [(area, *_near(told, area)) for area in areas]
    if not any(inside or close for _, inside, close in standing):
        return ()
    texts, rule = told.texts, told.record.violations.rule
    heads = [texts.say(f"zone.{key}") for key in ("area", "inside", "close")]
    lines: list[list[Content]] = [
        [
            name_of(area, texts),
            number_words(tally_of(inside, rule).total, texts),
            number_words(tally_of(close, rule).total, texts),
        ]
        for area, inside, close in standing
    ]
    return [table(texts.say("zone.caption"), heads, lines, numeric=(1, 2), class_="slim")]


def _near(told: Telling, area: Area) -> tuple[list[Violation], list[Violation]]:
    """Rows that were in an area, and rows that were close to it, by where most probably they were."""
    ground = told.record.prepared.ground
    inside, close = ground.inside(Where((area.id,))), ground.inside(Where((area.id,), within_m=CLOSE_M))
    found: tuple[list[Violation], list[Violation]] = ([], [])
    for row in told.account.counted.rows:
        places = [told.record.prepared.matters[id_][0].row for id_ in row.events]
        if places and min(inside[place] for place in places) >= HALF:
            found[0].append(row)
        elif places and max(close[place] for place in places) >= HALF:
            found[1].append(row)
    return found


def _hours(told: Telling) -> Markup:
    """Bars: what was counted in each hour, and below it from how many sensors something came."""
    hours = told.account.hours
    if not hours:
        return content()
    texts, clock = told.texts, told.record.clock
    step_us = 3_600_000_000
    counts = [
        tally_of([row for row in told.account.counted.rows if one.from_us <= row.from_us < one.from_us + step_us],
                 told.record.violations.rule).total.most
        for one in hours
    ]  # fmt: skip
    most, width = max(counts) or 1, (RIGHT - LEFT) / max(len(hours), LEAST_BARS)
    serving = max(one.serving for one in hours) or 1
    foot, base = TOP + HIGH, TOP + HIGH + 24 + LOW
    drawn: list[Markup] = []
    for place, (one, count) in enumerate(zip(hours, counts, strict=True)):
        x = LEFT + place * width
        high, heard = HIGH * count / most, LOW * one.heard / serving
        box = {"x": short(x + 1, 2), "width": short(max(width - 2, 1.0), 2)}
        if count:
            drawn.append(tag("rect", y=short(foot - high), height=short(high), **box))
            drawn.append(tag("text", whole(count), x=short(x + width / 2), y=short(foot - high - 3), class_="small",
                             text_anchor="middle"))  # fmt: skip
        drawn.append(tag("rect", class_="heard", y=short(base - heard), height=short(heard), **box))
        if place % (len(hours) // MOST_LABELS + 1) == 0:
            drawn.append(tag("text", clock.minute(one.from_us), x=short(x), y=short(base + 14), class_="small"))
    words = [
        tag("text", texts.say("report.hours.counted"), x=6.0, y=short(foot - 4)),
        tag("text", texts.say("report.hours.heard"), x=6.0, y=short(base - LOW / 2)),
        tag("text", texts.say("report.hours.of", most=str(serving)), x=6.0, y=short(base - 2), class_="small"),
        tag(
            "path",
            class_="foot",
            d=f"M{short(LEFT)} {short(foot)}H{short(RIGHT)}M{short(LEFT)} {short(base)}H{short(RIGHT)}",
        ),
    ]
    body = tag("g", tag("g", *drawn, class_="lane"), *words, class_="hours")
    return described(texts, "report.hours", body, width=WIDTH, height=base + 22, id_="hours")
