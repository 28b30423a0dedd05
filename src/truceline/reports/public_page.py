"""public.html: the public edition. Made of `public_facts` alone, and of the agreement's own text."""

from collections import Counter
from collections.abc import Sequence

from truceline.geo.cells import cell_centre, cell_ring
from truceline.geo.view import Position, view_of
from truceline.model.agreement import Agreement
from truceline.model.case import Case
from truceline.model.instant import US_PER_HOUR, Instant
from truceline.model.observation import CLASSES
from truceline.model.result import Result
from truceline.reports.canvas import agreed, areas_of, canvas_of, described, grid, name_of, scale_bar
from truceline.reports.clusters import Mark
from truceline.reports.english import ENGLISH
from truceline.reports.figures import day, hemisphere, minute
from truceline.reports.glyphs import glyph_layers
from truceline.reports.legend import class_keys, finding_keys, legend, swatch
from truceline.reports.markup import Content, Markup, content, name, plain, tag
from truceline.reports.numbering import OPEN, anchor
from truceline.reports.page import Look, Section, page
from truceline.reports.public_facts import PublicFacts, PublicFinding, When, public_facts
from truceline.reports.summary import counted_classes
from truceline.reports.symbols import event_symbols, in_text
from truceline.reports.tables import table
from truceline.reports.texts import Texts

CELL_DIGITS = 2  # of degrees, of the middle of a cell: about a kilometre
MOST_HOURS = 48  # rows of the table of counts; more are told by the day
DAY_US = 24 * US_PER_HOUR


def public_page(
    case: Case,
    result: Result,
    *,
    look: Look,
    as_of_us: Instant | None = None,
    log_root: str | None = None,
    texts: Texts = ENGLISH,
) -> bytes:
    """The page as UTF-8. `log_root`: the root of the evidence log, hex, which reveals nothing of what it seals.

    `as_of_us`: the instant that places must be a day older than; None: that of the last observation received.
    """
    facts = public_facts(case, result, as_of_us)
    title = texts.say("public.title", mission=plain(case.name))
    warning = texts.say("public.warning")
    if not facts.published:
        only = Section("summary", texts.say("public.section.summary"), tag("p", texts.say("public.shut")))
        return page(title, case.status, warning, [only], look, texts, script=False)
    classes = {class_ for _, class_, _ in facts.counted}
    symbols = tag("svg", tag("defs", event_symbols(classes)), class_="store", aria_hidden="true", width=0, height=0)
    sections = [
        Section("summary", texts.say("public.section.summary"), [symbols, _summary(case.agreement, facts, texts)]),
        Section("map-section", texts.say("section.map"), _map(case.agreement, facts, texts)),
        Section("findings", texts.say("section.findings"), _findings(facts, texts)),
        Section("counts", texts.say("public.section.counts"), _counts(facts, texts)),
        Section("limits", texts.say("public.section.limits"), _limits(case.agreement, facts, log_root, texts)),
    ]
    return page(title, case.status, warning, sections, look, texts, script=False)


def _summary(agreement: Agreement, facts: PublicFacts, texts: Texts) -> Markup:
    counts: Counter[str] = Counter()
    for _, class_, number in facts.counted:
        counts[class_] += number
    if not counts:
        return tag("p", texts.say("public.nothing"), class_="lead")
    from_us = min(when.from_us for when, _, _ in facts.counted)
    until_us = max(when.until_us for when, _, _ in facts.counted)
    happened = texts.say(
        "summary.happened",
        start=minute(from_us),
        end=minute(until_us),
        events=texts.count("noun.event", sum(counts.values())),
        classes=counted_classes(counts, texts),
    )
    outcomes = Counter(one.outcome for one in facts.findings)
    lead = [happened, " ", texts.say("public.findings", attributed=texts.count("public.named", outcomes["attributed"]),
                                     undetermined=texts.count("public.open", outcomes["undetermined"]))]  # fmt: skip
    if facts.wrong:
        lead += [" ", texts.say("public.wrong", wrong=texts.count("noun.finding", facts.wrong))]
    parts = [
        tag("p", lead, class_="lead"),
        tag("p", texts.say("summary.prejudice")),
        _by_party(agreement, facts, texts),
    ]
    if not facts.placed:
        parts.append(tag("p", texts.say("public.unnamed")))
    return content(parts)


def _by_party(agreement: Agreement, facts: PublicFacts, texts: Texts) -> Markup:
    if not facts.placed or not facts.findings:
        return content()
    named = Counter(one.party for one in facts.findings)
    rows = [[content(name(party)), str(named[party])] for party in agreement.parties]
    heads = [texts.say("shares.party"), texts.say("public.from_ground")]
    words = "public.incomparable" if facts.uneven is None else "public.uneven" if facts.uneven else "public.even"
    return content(
        table(texts.say("public.by_party"), heads, rows, numeric=(1,), class_="slim"), tag("p", texts.say(words))
    )


def _map(agreement: Agreement, facts: PublicFacts, texts: Texts) -> Markup:
    """The agreement's lines and the cells of what is old enough. Nothing of the network shapes it."""
    areas = areas_of(agreement)
    placed = [
        (number if one.outcome in OPEN else 0, class_, cell, count)
        for number, one in enumerate(facts.findings, 1)
        for class_, cells in one.cells
        for cell, count in cells
    ]
    cells = sorted({cell for _, _, cell, _ in placed})
    positions: list[Position] = [corner for cell in cells for corner in cell_ring(cell)]
    positions = positions or [point for area in areas for point in area.line]
    if not positions:
        return tag("p", texts.say("public.no_map"))
    canvas = canvas_of(view_of(positions))
    outlines = [
        tag("path", class_="cell", d=canvas.path(canvas.view.edges([(cell_ring(cell),)], canvas.tolerance_m)))
        for cell in cells
    ]
    middle = dict(zip(cells, canvas.places([cell_centre(cell) for cell in cells]), strict=True))
    marks = [
        Mark(point, class_, number)
        for number, class_, cell, count in placed
        if (point := middle[cell]) is not None
        for _ in range(count)
    ]
    body = content(
        tag("rect", class_="sheet", width=canvas.width, height=canvas.height),
        grid(canvas),
        tag("g", *outlines),
        agreed(canvas, areas, texts),
        glyph_layers(marks, lambda no: facts.findings[no - 1].outcome, lambda no: f"#{anchor(no)}", texts, (1,)),
        scale_bar(canvas, texts),
    )  # fmt: skip
    counts: Counter[str] = Counter()
    for _, class_, _, count in placed:
        counts[class_] += count
    lines = [
        content(
            swatch(tag("path", d="M0 7H26", class_="line" if area.line else "area")), " ", name(name_of(area, texts))
        )
        for area in areas
    ]
    keys = legend(
        [
            ("legend.events", class_keys(counts, texts)),
            ("legend.findings", finding_keys(texts) if placed else []),
            ("legend.ground", lines),
        ],
        texts,
    )
    note = tag("p", texts.say("public.cells" if cells else "public.no_cells", km2=str(facts.cell_km2)))
    picture = described(texts, "public.map", body, width=canvas.width, height=canvas.height, id_="map")
    return content(picture, note, keys)


def _findings(facts: PublicFacts, texts: Texts) -> Markup:
    if not facts.verified:
        return tag("p", texts.say("public.unverified"))
    if not facts.findings:
        return tag("p", texts.say("findings.none"))
    heads = [texts.say(f"public.{head}") for head in ("no", "when", "what", "where", "said")]
    rows = (_finding(number, one, texts) for number, one in enumerate(facts.findings, 1))
    none = texts.say("public.no_breach", acts=texts.count("noun.finding", facts.no_breach)) if facts.no_breach else ""
    return content(
        table(texts.say("public.findings_caption"), heads, rows, class_="public"), tag("p", none) if none else ""
    )


def _finding(number: int, one: PublicFinding, texts: Texts) -> list[Content]:
    counts = [tag("li", in_text(class_), " ", texts.count(f"class.{class_}", count)) for class_, count in one.counts]
    return [
        tag("span", str(number), id=anchor(number)),
        tag("span", when_words(one.when, texts), class_="when"),
        tag("ul", *counts, class_="bare"),
        _where(one, texts),
        _said(one, texts),
    ]


def _where(one: PublicFinding, texts: Texts) -> Content:
    lines: list[Content] = [
        tag(
            "li",
            texts.class_(class_),
            ": ",
            [content("; " * bool(i), _cell(cell)) for i, (cell, _) in enumerate(cells)],
        )
        for class_, cells in one.cells
    ]
    if one.too_fresh:
        lines.append(tag("li", texts.say("public.too_fresh")))
    return tag("ul", *lines, class_="bare") if lines else texts.say("public.no_place")


def _cell(cell: str) -> Markup:
    lon, lat = cell_centre(cell)
    middle = f"{hemisphere(lat, 'NS', CELL_DIGITS)} {hemisphere(lon, 'EW', CELL_DIGITS)}"
    return content(middle, " ", tag("code", cell))


def _said(one: PublicFinding, texts: Texts) -> Content:
    """What is said of a finding; sentences of likelihood alone."""
    happened = texts.say("public.happened", likelihood=one.happened)
    if one.outcome == "exempt":
        return texts.say("public.exempt")
    if one.party is not None:
        ground = texts.write("public.attributed", likelihood=one.from_ground, party=name(one.party))
        return content(happened, " ", ground, " ", texts.say("public.not_reviewed"))
    said = "public.undetermined" if one.outcome == "undetermined" else "public.not_named"
    return f"{happened} {texts.say(said)} {texts.say('public.not_reviewed')}"


def when_words(when: When, texts: Texts) -> str:
    """Hours or days, UTC."""
    if (when.until_us - when.from_us) % DAY_US == 0 and when.from_us % DAY_US == 0:
        last = day(when.until_us - 1)
        return day(when.from_us) if day(when.from_us) == last else f"{day(when.from_us)} – {last}"
    same = day(when.from_us) == day(when.until_us)
    return texts.say("public.hours", start=minute(when.from_us), end=minute(when.until_us)[11 if same else 0 :])


def _counts(facts: PublicFacts, texts: Texts) -> Markup:
    """Events by hour, or by day where there would be too many rows."""
    classes = [class_ for class_ in CLASSES if any(class_ == one for _, one, _ in facts.counted)]
    hours = len({when for when, _, _ in facts.counted}) <= MOST_HOURS
    rows: dict[When, Counter[str]] = {}
    for when, class_, number in facts.counted:
        start = when.from_us // DAY_US * DAY_US
        rows.setdefault(when if hours else When(start, start + DAY_US), Counter())[class_] += number
    heads = [texts.say("public.when"), *(texts.class_(class_) for class_ in classes)]
    lines: Sequence[Sequence[Content]] = [
        [
            tag("span", when_words(when, texts), class_="when"),
            *(str(counts[class_]) if counts[class_] else "–" for class_ in classes),
        ]
        for when, counts in rows.items()
    ]
    counted = table(texts.say("public.counts_caption"), heads, lines, numeric=range(1, len(heads)))
    return content(
        counted if classes else tag("p", texts.say("public.nothing")), tag("p", texts.say("public.coverage"))
    )


def _limits(agreement: Agreement, facts: PublicFacts, log_root: str | None, texts: Texts) -> Markup:
    """What is not said here and why, and the text that it is measured by."""
    points = [
        tag("li", texts.say(f"public.limit.{point}")) for point in ("sensors", "places", "near", "times", "named")
    ]
    provisions = [
        tag("li", texts.write("record.provision", article=name(one.article), text=plain(one.text, 600),
                              threshold=f"{one.attribution_threshold:.2f}", robustness=one.attribution_robustness))
        for one in agreement.provisions
    ]  # fmt: skip
    parts: list[Content] = [
        tag("ul", *points),
        tag("p", texts.say("public.as_of", when=minute(facts.as_of_us))),
        tag("h3", texts.write("record.title", title=name(agreement.title), id=name(agreement.id))),
        tag("ul", *provisions),
    ]
    if log_root is not None:
        parts.append(tag("p", texts.say("public.root"), " ", tag("code", plain(log_root))))
    return content(parts)
