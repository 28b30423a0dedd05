"""The map of report.html: the agreement's ground, who holds what by which mapper, sensors, events, findings."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import hypot
from statistics import median

from truceline.geo.view import shown_edges, shown_ground, view_of
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.instant import Instant
from truceline.model.network import Sensor
from truceline.model.observation import AIRBURST, IMPACT, OUTGOING
from truceline.model.result import Result
from truceline.reports.canvas import Canvas, agreed, canvas_of, described, grid, name_of, scale_bar
from truceline.reports.clusters import Mark
from truceline.reports.figures import minute
from truceline.reports.glyphs import ZOOMS, glyph_layers
from truceline.reports.legend import class_keys, finding_keys, legend, swatch
from truceline.reports.markup import Content, Markup, content, name, plain, short, tag
from truceline.reports.numbering import Numbered, anchor
from truceline.reports.symbols import event_symbols, sensor_symbol, sensor_symbols, shown_class
from truceline.reports.texts import Texts

HATCH_DEG = (45, 135, 0, 90, 22, 112, 67, 157)  # of the parties in the order of the agreement
DASHES = ("7 4", "2 3", "9 3 2 3", "1 4", "12 4", "5 2 1 2")
MOST_AREA_KEYS = 12
LANDED = (IMPACT, AIRBURST)
LEAST_AXIS = 0.5  # the least half axis drawn, so that an ellipse is a dot at least


def mission_map(case: Case, result: Result, numbered: Numbered, until_us: Instant, texts: Texts) -> Markup:
    """The map and its legend. Ground is shown as held at `until_us`."""
    positions = [(event.origin.lon, event.origin.lat) for event in result.events]
    positions += [(sensor.lon, sensor.lat) for sensor in case.network.sensors]
    positions += [point for area in case.agreement.areas if not positions for point in area.line]
    if not positions:
        return tag("p", texts.say("map.nothing"))
    canvas = canvas_of(view_of(positions))
    at = canvas.places([(event.origin.lon, event.origin.lat) for event in result.events])
    classes = [shown_class(event) for event in result.events]
    body = content(
        tag("defs", sensor_symbols(one.kind for one in case.network.sensors), _hatches(len(case.agreement.parties))),
        tag("rect", class_="sheet", width=canvas.width, height=canvas.height),
        _ground(case, canvas, until_us, texts),
        grid(canvas),
        agreed(canvas, case.agreement.areas, texts),
        _sensors(case, result, canvas),
        _ellipses(result.events, at, canvas),
        _flights(result, numbered, dict(zip((event.id for event in result.events), at, strict=True)), texts),
        glyph_layers(
            [
                Mark(point, class_, numbered.pointed_out(event.id))
                for event, class_, point in zip(result.events, classes, at, strict=True)
                if point is not None
            ],
            lambda number: numbered.finding(number).outcome,
            lambda number: f"#{anchor(number)}",
            texts,
        ),
        scale_bar(canvas, texts),
    )  # fmt: skip
    picture = described(texts, "map", body, width=canvas.width, height=canvas.height, id_="map")
    outside = sum(point is None for point in at)
    note = tag("p", texts.say("map.outside", events=texts.count("noun.event", outside))) if outside else content()
    return content(_controls(texts), picture, note, _legend(case, classes, until_us, texts))


def page_symbols(result: Result) -> Markup:
    """The symbols of all classes of the page, defined once for its pictures and its text."""
    return tag(
        "svg",
        tag("defs", event_symbols(shown_class(event) for event in result.events)),
        class_="store",
        aria_hidden="true",
        width=0,
        height=0,
    )


def _controls(texts: Texts) -> Markup:
    buttons = [
        tag("button", texts.say(f"map.{what}"), type="button", data_map=what)
        for what in ("closer", "farther", "whole")
    ]  # fmt: skip
    hint = tag("span", texts.say("map.keys"), class_="hint")
    return tag(
        "div", *buttons, hint, class_="controls", id="map-controls", hidden=True, data_zooms=" ".join(map(str, ZOOMS))
    )


def _hatches(parties: int) -> Markup:
    return content(
        tag(
            "pattern",
            tag("path", d="M0 0V9", class_="hatch"),
            id=f"held-{number}",
            width=9,
            height=9,
            patternUnits="userSpaceOnUse",
            patternTransform=f"rotate({HATCH_DEG[number % len(HATCH_DEG)]})",
        )
        for number in range(parties)
    )


def _ground(case: Case, canvas: Canvas, when: Instant, texts: Texts) -> Markup:
    drawn: list[Markup] = []
    ground = shown_ground(canvas.view, case.maps, case.agreement.parties, when, canvas.tolerance_m)
    for number, held in enumerate(ground):
        drawn.append(tag("path", class_="agreed-ground", fill=f"url(#held-{number})", fill_rule="evenodd",
                         d=canvas.path(held.agreed, closed=True)))  # fmt: skip
        drawn.append(tag("path", class_="differing-ground", fill=f"url(#held-{number})", fill_rule="evenodd",
                         d=canvas.path(held.differing, closed=True)))  # fmt: skip
    edges = shown_edges(canvas.view, case.maps, when, canvas.tolerance_m)
    for number, mapper in enumerate(sorted(edges)):
        title = tag("title", texts.say("map.edge", mapper=plain(mapper)))
        drawn.append(
            tag(
                "path",
                title,
                class_="edge",
                stroke_dasharray=DASHES[number % len(DASHES)],
                d=canvas.path(edges[mapper]),
            )
        )
    for held in ground:
        if held.label is not None:
            x, y = canvas.at(held.label)
            words = texts.say("map.held", party=plain(held.party, 30))
            drawn.append(tag("text", words, class_="holder", x=x, y=y, text_anchor="middle"))
    return tag("g", *(one for one in drawn if ' d=""' not in one), class_="ground")


def provider_letters(case: Case) -> dict[str, str]:
    """The letter or number that stands for each provider within the symbols of its sensors."""
    providers = case.network.providers
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return {one: letters[i] if len(providers) <= len(letters) else str(i + 1) for i, one in enumerate(providers)}


def _sensors(case: Case, result: Result, canvas: Canvas) -> Markup:
    letters = provider_letters(case)
    ill = {health.sensor: health.state for health in result.health if health.state != "well"}
    at = canvas.places([(sensor.lon, sensor.lat) for sensor in case.network.sensors])
    return tag(
        "g",
        *(
            _sensor(sensor, letters[sensor.provider], ill.get(sensor.id), point)
            for sensor, point in zip(case.network.sensors, at, strict=True)
            if point is not None
        ),
        class_="sensors",
    )


def _sensor(sensor: Sensor, letter: str, ill: str | None, at: tuple[float, float]) -> Markup:
    words = f"{plain(sensor.id)}, {plain(sensor.kind)}, {plain(sensor.provider)}" + (f", {plain(ill)}" if ill else "")
    drawn = [
        tag("title", words),
        sensor_symbol(sensor.kind, 0, 0),
        tag("text", letter, y=2.5, text_anchor="middle"),
    ]
    if ill:
        drawn.append(tag("path", d="M-7 7 7-7", class_="struck"))
    return tag("g", *drawn, class_="gl", transform=f"translate({short(at[0])} {short(at[1])})")


def _ellipses(events: Sequence[Event], at: Sequence[tuple[float, float] | None], canvas: Canvas) -> Markup:
    """The 90 % ellipse of every event, at least a dot; one larger than the map is not drawn."""
    drawn = []
    for event, point in zip(events, at, strict=True):
        ellipse = event.origin.ellipse90
        major, minor = ellipse.semi_major_m * canvas.per_metre, ellipse.semi_minor_m * canvas.per_metre
        if point is None or not major < hypot(canvas.width, canvas.height):
            continue
        turn = "" if major - minor < 0.05 else f" rotate({short(ellipse.azimuth_deg - 90)})"
        drawn.append(
            tag(
                "ellipse",
                rx=short(max(major, LEAST_AXIS), 2),
                ry=short(max(minor, LEAST_AXIS), 2),
                transform=f"translate({short(point[0], 2)} {short(point[1], 2)}){turn}",
            )
        )
    return tag("g", *drawn, class_="ellipses")


def _flights(result: Result, numbered: Numbered, at: Mapping[str, tuple[float, float] | None], texts: Texts) -> Markup:
    """A line from the launches to the impacts of each finding that holds both."""
    classes = {event.id: event.class_ for event in result.events}
    drawn = []
    for number, finding in numbered.items:
        ends = [
            [point for id_ in finding.events if classes[id_] in wanted and (point := at[id_]) is not None]
            for wanted in ((OUTGOING,), LANDED)
        ]
        if all(ends):
            (x1, y1), (x2, y2) = (_middle(points) for points in ends)
            title = tag("title", texts.say("map.flight", number=str(number)))
            way = f"M{short(x1)} {short(y1)}L{short((x1 + x2) / 2)} {short((y1 + y2) / 2)} {short(x2)} {short(y2)}"
            drawn.append(tag("path", title, marker_mid="url(#flight)", d=way))
    head = tag("path", d="M0 0 8 4 0 8Z")
    marker = tag("marker", head, id="flight", viewBox="0 0 8 8", refX=4, refY=4, markerWidth=7, markerHeight=7,
                 orient="auto", markerUnits="userSpaceOnUse")  # fmt: skip
    return tag("g", marker, *drawn, class_="flights")


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return median(x for x, _ in points), median(y for _, y in points)


def _legend(case: Case, classes: Sequence[str], when: Instant, texts: Texts) -> Markup:
    flights = content(swatch(tag("path", d="M0 7H26", class_="flight-key")), " ", texts.say("legend.flight"))
    groups: list[tuple[str, Sequence[Content]]] = [
        ("legend.events", class_keys(Counter(classes), texts)),
        ("legend.findings", [*finding_keys(texts), flights]),
        ("legend.sensors", _sensor_keys(case, texts)),
        ("legend.ground", [*_agreement_keys(case, texts), *_ground_keys(case, when, texts)]),
    ]
    return legend(groups, texts)


def _agreement_keys(case: Case, texts: Texts) -> list[Content]:
    lines = [area for area in case.agreement.areas if area.line]
    areas = [area for area in case.agreement.areas if not area.line]
    return [
        content(swatch(tag("path", d="M0 7H26", class_=class_)), " ", name(name_of(area, texts)))
        for some, class_ in ((lines, "line"), (areas[:MOST_AREA_KEYS], "area"))
        for area in some
    ]


def _sensor_keys(case: Case, texts: Texts) -> list[Content]:
    kinds = Counter(sensor.kind for sensor in case.network.sensors)
    keys: list[Content] = [
        content(
            tag("svg", tag("g", sensor_symbol(kind, 0, 0, 18), class_="sensors"), class_="i", viewBox="-9 -9 18 18",
                aria_hidden="true"),
            " ", name(kind.replace("_", " ")), f": {number}",
        )
        for kind, number in sorted(kinds.items())
    ]  # fmt: skip
    numbers = Counter(sensor.provider for sensor in case.network.sensors)
    keys += [
        content(tag("b", letter), " ", name(provider), ": ", texts.count("noun.sensor", numbers[provider]))
        for provider, letter in provider_letters(case).items()
    ]
    return keys


def _ground_keys(case: Case, when: Instant, texts: Texts) -> list[Content]:
    if not case.maps:
        return [texts.say("legend.no_maps")]
    keys: list[Content] = [
        content(swatch(tag("rect", width=26, height=14, fill=f"url(#held-{number})", class_="agreed-ground")), " ",
                texts.write("legend.held", party=name(party)))
        for number, party in enumerate(case.agreement.parties)
    ]  # fmt: skip
    keys += [
        content(swatch(tag("path", d="M0 7H26", class_="edge", stroke_dasharray=DASHES[number % len(DASHES)])), " ",
                texts.write("legend.mapper", mapper=name(mapper)))
        for number, mapper in enumerate(sorted(one.mapper for one in case.maps))
    ]  # fmt: skip
    if len(case.maps) > 1:
        keys.append(texts.say("legend.differing"))
    return [*keys, texts.say("legend.when", when=minute(when))]
