"""coverage.html: what could have been seen, now and then, and what silence says. For the duty roster alone."""

from collections.abc import Sequence
from itertools import pairwise

from truceline.coverage.blind import BLIND, BlindSpot, Strip, blind_spots, strip_of
from truceline.coverage.rates import Rate
from truceline.coverage.stations import unwatched
from truceline.coverage.survey import ClaimSilence, Survey
from truceline.geo.cells import cell_centre, cell_ring
from truceline.geo.view import view_of
from truceline.model.case import Case
from truceline.model.finding import Probabilities
from truceline.model.instant import US_PER_HOUR, Instant
from truceline.reports.canvas import Canvas, agreed, canvas_of, described, grid, scale_bar
from truceline.reports.english import ENGLISH
from truceline.reports.figures import metres, minute, percent
from truceline.reports.markup import Content, Markup, content, name, plain, short, tag
from truceline.reports.page import Look, Section, page
from truceline.reports.tables import folded, listed, table
from truceline.reports.texts import Texts

STEPS = (0.05, 0.2, 0.5, 0.8, 0.95)  # of probability, from which cells are drawn darker
DAY_US = 24 * US_PER_HOUR
MOST_MAPS, MOST_SPOTS, MOST_ROWS, MOST_STRIPS = 2, 8, 60, 4
CELLS_A_PATH = 12  # an attribute may not be longer
SMALL = ("burst", "shot")
ROW, COLUMN, LEFT, TOP = 9.0, 900.0, 70.0, 22.0  # of a strip's picture


def coverage_page(case: Case, survey: Survey, *, look: Look, texts: Texts = ENGLISH) -> bytes:
    """The page as UTF-8. Same arguments, same bytes."""
    leads = _leads(survey)
    bodies: list[tuple[str, Content]] = [
        ("summary", _summary(case, survey, texts)),
        ("now", [_now_and_then(case, survey, class_, texts) for class_ in leads]),
        ("line", _lines(case, survey, leads, texts)),
        ("rates", _rates(survey, texts)),
        ("losses", _losses(survey, texts)),
        ("claims", _claims(survey, texts)),
        ("carry", _carry(survey, texts)),
    ]
    sections = [Section(id_, texts.say(f"coverage.section.{id_}"), body) for id_, body in bodies]
    title = texts.say("coverage.title", mission=plain(case.name))
    return page(title, case.status, texts.say("coverage.warning"), sections, look, texts, script=False)


def _leads(survey: Survey) -> list[str]:
    """The classes that are drawn: of heavy fire the one best known by its events, and of small arms."""
    classes = survey.exposure.classes
    heavy = [one for one in classes if one not in SMALL]
    counts = {one: sum(1 for some in survey.counted if some.class_ == one) for one in classes}
    found = [max(heavy, key=lambda one: (counts[one], -classes.index(one)))] if heavy else []
    return [*found, *(one for one in classes if one in SMALL)][:MOST_MAPS]


def _summary(case: Case, survey: Survey, texts: Texts) -> Markup:
    spans = survey.exposure.spans
    lead = texts.say(
        "coverage.lead", start=minute(spans[0][0]), end=minute(spans[-1][1]), spans=str(len(spans))
    )  # fmt: skip
    heads = [texts.say(f"coverage.{key}") for key in ("class", "area", "may", "known", "seen", "unseen")]
    rows = []
    for one in survey.silences:
        said = one.silence
        most = said.most_events
        unseen = texts.say("coverage.any") if most is None else texts.say("coverage.at_most", number=str(most))
        rows.append(
            [
                texts.class_(said.class_),
                name(one.area) if one.area else texts.say("coverage.everywhere"),
                texts.say("coverage.yes" if said.may_be_said else "coverage.no"),
                percent(said.known),
                percent(said.seen_share),
                unseen,
            ]
        )
    seen = [tag("li", plain(one.silence.words, 400)) for one in survey.silences if not one.area]
    missing = unwatched(case.network, survey.watch.stations.sensings)
    note = tag("p", texts.say("coverage.unwatched", kinds=", ".join(missing)), class_="small") if missing else content()
    return content(
        tag("p", lead, class_="lead"), tag("ul", *seen),
        table(texts.say("coverage.silence"), heads, rows, numeric=(3, 4, 5)), note,
        tag("p", texts.say("summary.prejudice")),
    )  # fmt: skip


def _now_and_then(case: Case, survey: Survey, class_: str, texts: Texts) -> Markup:
    """Two maps: the last span, and the one a day before it (the first, if there is none)."""
    spans = survey.exposure.spans
    now = len(spans) - 1
    then = next((n for n, (start, _) in enumerate(spans) if start == spans[now][0] - DAY_US), 0)
    shown = [("now", now)] if now == then else [("now", now), ("then", then)]
    pictures = [_map(case, survey, class_, key, span, texts) for key, span in shown]
    return content(tag("div", *pictures, class_="pair"), _legend(texts))


def _map(case: Case, survey: Survey, class_: str, key: str, span: int, texts: Texts) -> Markup:
    exposure = survey.exposure
    known = exposure.of(class_)[span].tolist()
    sensors = [(one.lon, one.lat) for one in case.network.sensors]
    lines = [position for area in case.agreement.areas for position in area.line]
    view = view_of([*sensors, *lines, *(cell_centre(cell) for cell, one in zip(exposure.cells, known, strict=True)
                                        if one >= STEPS[0])])  # fmt: skip
    canvas = canvas_of(view)
    body = content(
        tag("rect", class_="sheet", width=canvas.width, height=canvas.height),
        tag("g", *_cells(canvas, exposure.cells, known)),
        grid(canvas),
        agreed(canvas, [area for area in case.agreement.areas if area.line], texts),
        tag("g", *(tag("circle", class_="s", cx=short(x), cy=short(y), r=1.6) for x, y in canvas.within(sensors))),
        scale_bar(canvas, texts),
    )
    words = {"class_": texts.class_(class_), "when": f"{minute(exposure.spans[span][0])}"}
    return _titled(texts, f"map.coverage.{key}", words, body, canvas.width, canvas.height, f"{key}-{class_}")


def _cells(canvas: Canvas, cells: Sequence[str], known: Sequence[float]) -> list[Markup]:
    """Cells by step of probability, those of a step in one path; blind ground is left out, the legend says so."""
    by_step: dict[int, list[str]] = {}
    for cell, value in zip(cells, known, strict=True):
        step = _step(value)
        if step:
            by_step.setdefault(step, []).append(_outline(canvas, cell))
    return [
        tag("path", class_=f"k{step}", d="".join(paths[at : at + CELLS_A_PATH]))
        for step, paths in sorted(by_step.items())
        for at in range(0, len(paths), CELLS_A_PATH)
    ]


def _outline(canvas: Canvas, cell: str) -> str:
    """Path data of a cell; one that is cut by the frame is drawn as far as it is in the picture."""
    places = [place for place in canvas.places(cell_ring(cell)) if place is not None]
    if len(places) < 3:
        return ""
    return "M" + " ".join(f"{short(x)} {short(y)}" for x, y in places) + "Z"


def _step(value: float) -> int:
    return sum(1 for least in STEPS if value >= least)


def _legend(texts: Texts) -> Markup:
    bounds = [*STEPS, 1.0]
    keys = [
        content(
            tag("svg", tag("rect", class_=f"k{n}", width=26, height=14), class_="swatch", viewBox="0 0 26 14"), " ",
            texts.say("coverage.step", low=f"{low:.2f}", high=f"{high:.2f}"),
        )
        for n, (low, high) in enumerate(pairwise(bounds), start=1)
    ]  # fmt: skip
    blind = texts.say("coverage.blind", least=f"{STEPS[0]:.2f}")
    return tag("div", tag("h3", texts.say("coverage.legend")), listed([*keys, blind]), class_="legend")


def _titled(
    texts: Texts, key: str, words: dict[str, str], body: Markup, width: float, height: float, id_: str
) -> Markup:
    """A picture whose title names what it shows."""
    told = {f"{key}.title": texts.say(f"{key}.title", **words), f"{key}.desc": texts.say(f"{key}.desc")}
    named = Texts(texts.language, texts.direction, {**texts.messages, **told}, texts.plural)
    caption = tag("p", told[f"{key}.title"], class_="small")
    return tag("div", caption, described(named, key, body, width=width, height=height, id_=id_))


def _lines(case: Case, survey: Survey, leads: Sequence[str], texts: Texts) -> Content:
    areas = [area for area in case.agreement.areas if area.line]
    strips = [
        strip_of(area, class_, survey.exposure, survey.watch.frame) for area in areas for class_ in leads
    ][:MOST_STRIPS]  # fmt: skip
    if not strips:
        return tag("p", texts.say("coverage.no_line"))
    spans = survey.exposure.spans
    return [content(_strip(one, spans, texts), _spots(one, blind_spots(one, spans), texts)) for one in strips]


def _strip(strip: Strip, spans: Sequence[tuple[Instant, Instant]], texts: Texts) -> Markup:
    width = COLUMN / len(spans)
    drawn = []
    for column, row in enumerate(strip.known):
        for number, known in enumerate(row):
            x, y = LEFT + column * width, TOP + number * ROW
            box = {"x": short(x, 2), "y": short(y), "width": short(width, 2), "height": short(ROW)}
            drawn.append(tag("rect", class_=f"k{_step(known)}", **box))
            if known < BLIND:
                drawn.append(
                    tag("path", class_="slash", d=f"M{short(x, 2)} {short(y + ROW)}l{short(width, 2)} {short(-ROW)}")
                )
    labels = [
        tag("text", f"{strip.edges_km[n]:.0f} km", x=short(LEFT - 6), y=short(TOP + n * ROW + 4), text_anchor="end",
            class_="small")
        for n in range(0, len(strip.edges_km), max(1, len(strip.edges_km) // 8))
    ]  # fmt: skip
    labels += [
        tag("text", minute(spans[n][0])[11:], x=short(LEFT + n * width), y=short(TOP - 6), class_="small")
        for n in range(0, len(spans), max(1, len(spans) // 12))
    ]
    height = TOP + ROW * (len(strip.edges_km) - 1) + 10
    body = tag("g", *drawn, *labels, class_="strip")
    words = {"area": plain(strip.area), "class_": texts.class_(strip.class_)}
    id_ = f"strip-{strip.area}-{strip.class_}"
    return _titled(texts, "map.coverage.strip", words, body, LEFT + COLUMN + 20, height, id_)


def _spots(strip: Strip, spots: Sequence[BlindSpot], texts: Texts) -> Markup:
    words = {"area": plain(strip.area), "class_": texts.class_(strip.class_)}
    if not spots:
        return tag("p", texts.say("coverage.no_spots", **words))
    heads = [texts.say("coverage.stretch"), texts.say("coverage.when")]
    rows = [
        [f"{one.from_km:.1f}–{one.until_km:.1f}", f"{minute(one.from_us)} – {minute(one.until_us)}"]
        for one in spots[:MOST_SPOTS]
    ]
    return table(texts.say("coverage.spots", **words), heads, rows, class_="slim")


def _rates(survey: Survey, texts: Texts) -> Content:
    if not survey.rates:
        return tag("p", texts.say("coverage.no_rates"))
    heads = [
        texts.say(f"coverage.{key}") for key in ("class", "party", "area", "counted", "rate", "interval", "seen_share")
    ]
    told = table(
        texts.say("coverage.rates"), heads, [_rate(one, texts) for one in survey.rates[:MOST_ROWS]],
        numeric=(3, 4, 5, 6),
    )  # fmt: skip
    changes = [
        tag("li", _change_words(survey, number, texts), *([" ", plain(one.moved.words, 400)] if one.moved else []))
        for number, one in enumerate(survey.changes)
    ]
    return [told, tag("ul", *changes)]


def _rate(one: Rate, texts: Texts) -> list[Content]:
    return [
        texts.class_(one.class_),
        name(one.party) if one.party else texts.say("coverage.all"),
        name(one.area) if one.area else texts.say("coverage.everywhere"),
        f"{one.counted:.1f}",
        f"{one.rate:.2f}",
        f"{one.low:.2f} – {one.high:.2f}",
        percent(one.seen_share),
    ]


def _change_words(survey: Survey, number: int, texts: Texts) -> str:
    one = survey.changes[number]
    spans = survey.exposure.spans
    return texts.say(
        "coverage.change", class_=texts.class_(one.class_), probability=percent(one.change.probability),
        when=minute(spans[min(one.change.span, len(spans) - 1)][0]), ratio=f"{one.change.ratio:.2g}",
    )  # fmt: skip


def _losses(survey: Survey, texts: Texts) -> Content:
    if not survey.losses:
        return tag("p", texts.say("coverage.no_losses"))
    heads = [texts.say(f"coverage.{key}") for key in ("sensor", "when", "causes", "who", "why")]
    rows = [
        [
            name(one.sensor),
            f"{minute(one.from_us)} – {minute(one.until_us) if one.until_us is not None else '…'}",
            _shares(one.causes, texts, "cause."),
            _shares(one.responsibility, texts, ""),
            listed([plain(why, 300) for why in one.reasons]),
        ]
        for one in survey.losses[:MOST_ROWS]
    ]
    return [table(texts.say("coverage.losses"), heads, rows), tag("p", texts.say("coverage.hindered"), class_="small")]


def _shares(shares: Probabilities, texts: Texts, key: str) -> Markup:
    told = sorted((one for one in shares if one[1] >= 0.005), key=lambda one: (-one[1], one[0]))
    return listed(
        content(texts.say(f"{key}{what}") if key else name(what), ": ", percent(share)) for what, share in told
    )


def _claims(survey: Survey, texts: Texts) -> Content:
    if not survey.claims:
        return tag("p", texts.say("coverage.no_claims"))
    heads = [texts.say(f"coverage.{key}") for key in ("claim", "party", "class", "when", "events", "evidence")]
    return table(texts.say("coverage.claims"), heads, [_claim(one, texts) for one in survey.claims[:MOST_ROWS]])


def _claim(one: ClaimSilence, texts: Texts) -> list[Content]:
    silent = one.evidence.would_have_heard
    who = folded(
        texts.count("noun.sensor", len(silent)), listed(f"{plain(s.sensor)} ({percent(s.chance)})" for s in silent)
    ) if silent else content()  # fmt: skip
    return [
        name(one.claim.id), name(one.claim.party), texts.class_(one.claim.class_), minute(one.claim.time_us),
        ", ".join(map(plain, one.events)) or texts.say("coverage.none"),
        content(plain(one.evidence.words, 600), who),
    ]  # fmt: skip


def _carry(survey: Survey, texts: Texts) -> Content:
    carry = survey.watch.carry
    heads = [texts.say(f"coverage.{key}") for key in ("class", "reach", "interval", "learnt")]
    rows = []
    for class_, reach, sigma, events in zip(
        carry.classes, carry.reach_m.tolist(), carry.reach_sigma.tolist(), carry.events.tolist(), strict=True
    ):
        span = f"{metres(reach * (1 - 1.96 * min(sigma, 0.5)))} – {metres(reach * (1 + 1.96 * sigma))}"
        rows.append([texts.class_(class_), metres(reach), span, texts.count("noun.known_event", round(events))])
    kinds = [
        [name(kind), f"{factor:.2f}", f"{share:.2f}"]
        for kind, factor, share in zip(carry.kinds, carry.factor.tolist(), carry.share.tolist(), strict=True)
    ]
    kind_heads = [texts.say(f"coverage.{key}") for key in ("kind", "factor", "share")]
    wind = texts.say(
        "coverage.wind", share=f"{100 * carry.wind_share:.1f}", spread=f"{100 * carry.spread:.0f}"
    )  # fmt: skip
    return [
        table(texts.say("coverage.carry"), heads, rows, numeric=(1, 2, 3)),
        table(texts.say("coverage.kinds"), kind_heads, kinds, numeric=(1, 2), class_="slim"),
        tag("p", wind, class_="small"),
    ]
