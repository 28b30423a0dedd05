"""A reviewer's sheet: built from what was heard and who held which ground, masked if so drawn, drawn and written."""

import re
from collections.abc import Mapping, Sequence
from math import hypot

from truceline.edges.api.words import WORDS
from truceline.edges.live.why import Member, Why
from truceline.findings.decision import TakenUp
from truceline.findings.review.sheet import Ear, Ground, Heard, Point, Sheet, turned
from truceline.geo.frame import Frame, frame_for
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.instant import format_utc, seconds
from truceline.reports.figures import metres, percent
from truceline.reports.markup import Content, Markup, content, name, plain, short, tag
from truceline.reports.symbols import sensor_symbol, sensor_symbols
from truceline.reports.tables import table

WIDTH, HEIGHT, MARGIN = 720.0, 520.0, 40.0
LETTER, LINE = 7.0, 12.0  # how wide and high words are drawn
LEAST_M = 2_000.0  # across
ROUND_M = tuple(step * 10.0**power for power in range(2, 6) for step in (1, 2, 5))
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def sheet_of(case: Case, events: Sequence[Event], why: Why, provisions: Sequence[str], taken: TakenUp) -> Sheet:
    """The sheet of a finding, as it was drawn for its reviewer."""
    frame = frame_for([one.origin.lon for one in events], [one.origin.lat for one in events])
    first = min(one.origin.time_us for one in events)
    middle = _middle(frame, events)
    numbers = {one.id: number for number, one in enumerate(events, 1)}
    called = _called(case, taken)
    heard = tuple(
        Heard(
            numbers[one.id],
            round(seconds(one.origin.time_us - first), 1),
            _xy(frame, middle, [(one.origin.lon, one.origin.lat)])[0],
            one.origin.ellipse90.semi_major_m,
            one.origin.ellipse90.semi_minor_m,
            one.origin.ellipse90.azimuth_deg,
            one.labels,
        )
        for one in events
    )
    sheet = Sheet(
        events=heard,
        ears=_ears(case, frame, middle, why, numbers, masked=taken.masked),
        grounds=tuple(
            Ground(
                called[held.party],
                f"map {number}" if taken.masked else one.mapper,
                tuple(tuple(_xy(frame, middle, polygon[0])) for polygon in held.polygons),
            )
            for number, one in enumerate(case.maps, 1)
            for held in one.areas
            if held.party in called and held.from_us <= first and (held.until_us is None or first < held.until_us)
        ),
        lines=tuple(tuple(_xy(frame, middle, area.line)) for area in case.agreement.areas if area.line),
        sides=tuple((side, party) for party, side in called.items()),
        articles=_articles(case, provisions, called if taken.masked else {}),
    )
    return turned(sheet, mirrored=taken.mirrored, turn_deg=taken.turn_deg) if taken.masked else sheet


def _called(case: Case, taken: TakenUp) -> dict[str, str]:
    """What each party is called on the sheet."""
    if not taken.masked:
        return {party: party for party in case.agreement.parties}
    return {party: WORDS.say("sheet.side", number=str(number)) for number, party in enumerate(taken.sides, 1)}


def _middle(frame: Frame, events: Sequence[Event]) -> Point:
    x, y = frame.to_xy([one.origin.lon for one in events], [one.origin.lat for one in events])
    return float(x.mean()), float(y.mean())


def _xy(frame: Frame, middle: Point, positions: Sequence[Sequence[float]]) -> list[Point]:
    """Positions in degrees as metres from the middle; those beyond the frame are left out."""
    x, y = frame.to_xy_or_inf([one[0] for one in positions], [one[1] for one in positions])
    return [(float(a) - middle[0], float(b) - middle[1]) for a, b in zip(x, y, strict=True) if abs(a) < 1e7 > abs(b)]


def _ears(
    case: Case, frame: Frame, middle: Point, why: Why, numbers: Mapping[str, int], *, masked: bool
) -> tuple[Ear, ...]:
    """The sensors that heard it. Masked: by letters, and providers by letters too, in order of distance."""
    of: dict[str, list[Member]] = {}
    for one in why.members:
        of.setdefault(one.sensor, []).append(one)
    placed = {sensor: _xy(frame, middle, [(some[0].lon, some[0].lat)]) for sensor, some in of.items()}
    ordered = sorted(
        (sensor for sensor in of if placed[sensor]), key=lambda sensor: (hypot(*placed[sensor][0]), sensor)
    )
    providers: dict[str, str] = {}
    found = []
    for number, sensor in enumerate(ordered, 1):
        some = of[sensor]
        provider = providers.setdefault(some[0].provider, f"{LETTERS[len(providers) % len(LETTERS)]}")
        sigmas = [abs(one.residual_s) / one.sigma_s for one in some if one.residual_s is not None and one.sigma_s]
        found.append(
            Ear(
                f"{number}" if masked else sensor,
                case.network.by_id[sensor].kind,
                provider if masked else some[0].provider,
                placed[sensor][0],
                tuple(sorted({numbers[one.event] for one in some if one.event in numbers})),
                round(max(sigmas), 1) if sigmas else None,
            )
        )
    return tuple(found)


def _articles(case: Case, provisions: Sequence[str], called: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The articles' words; on a masked sheet with the sides' names in the place of the parties'."""
    found = []
    for one in case.agreement.provisions:
        if one.id in provisions:
            text = one.text
            for party, side in called.items():
                text = re.sub(rf"\b{re.escape(party)}\b", side, text, flags=re.IGNORECASE)
            found.append((plain(one.article), plain(text, 2000)))
    return tuple(found)


def sheet_page(sheet: Sheet, events: Sequence[Event]) -> Markup:
    """The sheet as a page's part: the picture, and in tables all that it says."""
    first = min(one.origin.time_us for one in events)
    when = "" if sheet.masked else tag("p", WORDS.say("sheet.when", time=format_utc(first, digits=0)))
    note = tag("p", WORDS.say(f"sheet.masked.{sheet.masked}"), class_="lead")
    articles = [tag("blockquote", tag("p", text), tag("footer", article)) for article, text in sheet.articles]
    return content(note, when, _picture(sheet), _events(sheet), _listeners(sheet), articles)


def _events(sheet: Sheet) -> Markup:
    rows: list[list[Content]] = []
    for one in sheet.events:
        labels = sorted(one.labels, key=lambda label: -label[1])[:3]
        kinds = ", ".join(f"{WORDS.class_(label)} {percent(share)}" for label, share in labels if share >= 0.01)
        region = f"{metres(one.semi_major_m)} × {metres(one.semi_minor_m)}"
        rows.append([str(one.number), f"{one.after_s:.1f} s", region, kinds])
    heads = [WORDS.say(f"sheet.{head}") for head in ("event", "after", "region", "kinds")]
    return table(WORDS.say("sheet.events"), heads, rows, numeric=(1,))


def _listeners(sheet: Sheet) -> Markup:
    rows: list[list[Content]] = [
        [
            name(one.name),
            name(one.provider),
            one.kind.replace("_", " "),
            ", ".join(map(str, one.events)),
            "–" if one.residual_sigmas is None else f"{one.residual_sigmas:.1f}",
        ]
        for one in sheet.ears
    ]
    heads = [WORDS.say(f"sheet.{head}") for head in ("sensor", "provider", "how", "heard", "sigmas")]
    return table(WORDS.say("sheet.sensors"), heads, rows, numeric=(4,))


def _labels(wanted: Sequence[tuple[str, float, float]]) -> list[Markup]:
    """Words at (x, y) of a drawing, the first first; those that would lie over others, or beyond it, are left out: each
    sensor has its name as a title, and stands in the table."""
    drawn: list[Markup] = []
    taken: list[tuple[float, float, float]] = []
    for words, x, y in wanted:
        end = x + LETTER * len(words)
        free = all(end < left or right < x or abs(y - other) > LINE for left, right, other in taken)
        if free and end < WIDTH:
            taken.append((x, end, y))
            drawn.append(tag("text", words, x=x, y=y, class_="residual"))
    return drawn


def _picture(sheet: Sheet) -> Markup:
    """The sheet drawn: ground as its mappers say, the agreement's lines, events with their regions, sensors."""
    points = [one.at for one in sheet.events] + [one.at for one in sheet.ears]
    half_x = max(LEAST_M / 2, *(abs(x) for x, _ in points))
    half_y = max(LEAST_M / 2, *(abs(y) for _, y in points))
    scale = min((WIDTH / 2 - MARGIN) / half_x, (HEIGHT / 2 - MARGIN) / half_y)

    def at(point: Point) -> Point:
        return WIDTH / 2 + point[0] * scale, HEIGHT / 2 - point[1] * scale

    def path(points: Sequence[Point], *, closed: bool) -> str:
        return "M" + "L".join(f"{short(x)} {short(y)}" for x, y in map(at, points)) + ("Z" if closed else "")

    sides = [side for side, _ in sheet.sides]
    drawn: list[Markup] = [tag("rect", class_="sheet", width=WIDTH, height=HEIGHT)]
    for one in sheet.grounds:
        rings = "".join(path(ring, closed=True) for ring in one.rings if len(ring) > 2)
        if rings:
            title = tag("title", WORDS.say("sheet.held", side=one.side, mapper=one.mapper))
            drawn.append(tag("path", title, d=rings, class_=f"held side-{sides.index(one.side) % 4}"))
    drawn += [tag("path", d=path(line, closed=False), class_="agreed") for line in sheet.lines if len(line) > 1]
    where = {one.number: at(one.at) for one in sheet.events}
    for ear in sheet.ears:
        x, y = at(ear.at)
        drawn += [
            tag("path", class_="ray", d=f"M{short(where[number][0])} {short(where[number][1])}L{short(x)} {short(y)}")
            for number in ear.events
            if number in where
        ]
    drawn += [tag("g", tag("title", ear.name), sensor_symbol(ear.kind, *at(ear.at))) for ear in sheet.ears]
    for event in sheet.events:
        x, y = where[event.number]
        turn = f"rotate({short(event.azimuth_deg)} {short(x)} {short(y)})"
        rx, ry = max(2.0, event.semi_minor_m * scale), max(2.0, event.semi_major_m * scale)
        drawn.append(tag("g", tag("ellipse", cx=x, cy=y, rx=rx, ry=ry, transform=turn), class_="ellipses"))
    wanted = [(str(number), x + 6, y - 6) for number, (x, y) in where.items()]
    drawn += _labels([*wanted, *((ear.name, at(ear.at)[0] + 8, at(ear.at)[1] + 4) for ear in sheet.ears)])
    key = [
        tag("li", tag("span", "", class_=f"swatch side-{number % 4}"), " ", side) for number, side in enumerate(sides)
    ]
    bar_m = min(ROUND_M, key=lambda length: abs(length * scale / WIDTH - 0.2))
    scale_bar = tag("p", WORDS.say("sheet.scale", metres=metres(bar_m), share=percent(bar_m * scale / WIDTH)))
    svg = tag(
        "svg",
        tag("title", WORDS.say("sheet.picture")),
        tag("defs", sensor_symbols(one.kind for one in sheet.ears)),
        tag("g", *drawn, class_="sensors closer"),
        viewBox=f"0 0 {short(WIDTH)} {short(HEIGHT)}",
        role="img",
        class_="review-sheet",
    )
    return tag("figure", svg, tag("figcaption", tag("ul", *key, class_="key"), scale_bar))
