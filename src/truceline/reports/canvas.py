"""The ground of a map: its scale, grid of degrees, the agreement's lines and areas, a bar and an arrow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from truceline.geo.view import Point, Position, View
from truceline.model.agreement import Agreement, Area
from truceline.reports.figures import hemisphere
from truceline.reports.markup import Markup, content, plain, short, tag
from truceline.reports.texts import Texts

WIDTH = 1000.0  # of every map, in its own units
LEAST_RATIO, MOST_RATIO = 0.5, 1.0  # height by width
TOLERANCE = 0.4  # a vertex that matters less than this is left out
GRID_STEPS_DEG = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 45.0)
LINE_STEPS = 12  # a meridian or parallel is drawn of so many pieces


@dataclass(frozen=True)
class Canvas:
    """A view of the ground and the picture it fills, `width` by `height`, y down."""

    view: View
    width: float = WIDTH

    @property
    def height(self) -> float:
        return self.width * self.view.height_m / self.view.width_m

    @property
    def per_metre(self) -> float:
        return self.width / self.view.width_m

    @property
    def tolerance_m(self) -> float:
        return TOLERANCE / self.per_metre

    def at(self, point: Point) -> Point:
        """The place in the picture of a point of the plane."""
        return (point[0] - self.view.west_m) * self.per_metre, (self.view.north_m - point[1]) * self.per_metre

    def places(self, positions: Sequence[Position]) -> list[Point | None]:
        """The place in the picture of each position; None for one outside."""
        return [None if point is None else self.at(point) for point in self.view.points(positions)]

    def within(self, positions: Sequence[Position]) -> list[Point]:
        """The places of those positions that are in the picture."""
        return [place for place in self.places(positions) if place is not None]

    def path(self, lines: Iterable[Sequence[Point]], *, closed: bool = False) -> str:
        """Path data of lines of the plane."""
        return "".join(
            "M" + " ".join(f"{short(x)} {short(y)}" for x, y in map(self.at, line)) + ("Z" if closed else "")
            for line in lines
        )


def canvas_of(view: View, width: float = WIDTH) -> Canvas:
    """A canvas that shows at least this view, neither too flat nor too high for a page."""
    ratio = view.height_m / view.width_m
    return Canvas(view.widened(min(MOST_RATIO, max(LEAST_RATIO, ratio))), width)


def grid(canvas: Canvas) -> Markup:
    """Meridians and parallels at round degrees, labelled at the frame."""
    view = canvas.view
    corners = [view.position((x, y)) for x in (view.west_m, view.east_m) for y in (view.south_m, view.north_m)]
    east = [(lon - view.lon + 180.0) % 360.0 - 180.0 + view.lon for lon, _ in corners]
    north = [lat for _, lat in corners]
    lon_step, lat_step = _step(max(east) - min(east)), _step(max(north) - min(north))
    drawn: list[Markup] = []
    for lon in _round_degrees(min(east), max(east), lon_step):
        label = hemisphere((lon + 180.0) % 360.0 - 180.0, "EW", _decimals(lon_step))
        drawn += _grid_line(canvas, [(lon, lat) for lat in _pieces(min(north), max(north))], label, foot=True)
    for lat in _round_degrees(min(north), max(north), lat_step):
        label = hemisphere(lat, "NS", _decimals(lat_step))
        drawn += _grid_line(canvas, [(lon, lat) for lon in _pieces(min(east), max(east))], label, foot=False)
    return tag("g", *drawn, class_="grid", aria_hidden="true")


def _grid_line(canvas: Canvas, line: Sequence[Position], label: str, *, foot: bool) -> list[Markup]:
    parts = canvas.view.lines(line, canvas.tolerance_m)
    if not parts:
        return []
    ends = [canvas.at(point) for part in parts for point in (part[0], part[-1])]
    x, y = max(ends, key=lambda end: end[1]) if foot else min(ends)
    text = tag("text", label, x=x + 3 if foot else 3.0, y=canvas.height - 4 if foot else y - 3)
    # No label under the bar of the scale, nor where the frame would cut it off.
    room = canvas.width / 5 + 30 < x < canvas.width - 50 if foot else 14 < y < canvas.height - 50
    return [tag("path", d=canvas.path(parts)), *([text] if room else [])]


def _pieces(start: float, end: float) -> list[float]:
    return [start + (end - start) * i / LINE_STEPS for i in range(LINE_STEPS + 1)]


def _step(span_deg: float) -> float:
    """A round step that cuts a span into four to eight."""
    return next((step for step in GRID_STEPS_DEG if span_deg / step <= 7), GRID_STEPS_DEG[-1])


def _decimals(step: float) -> int:
    return max(0, ceil(-log10(step)))


def _round_degrees(start: float, end: float, step: float) -> list[float]:
    return [i * step for i in range(ceil(start / step), floor(end / step) + 1)]


def agreed(canvas: Canvas, areas: Sequence[Area], texts: Texts) -> Markup:
    """Lines, areas and points of the agreement, each with its name."""
    drawn: list[Markup] = []
    for area in areas:
        if area.polygons:
            edges = canvas.view.edges(area.polygons, canvas.tolerance_m)
            drawn.append(_titled(canvas.path(edges), "area", area, texts))
        if area.line:
            lines = canvas.view.lines(area.line, canvas.tolerance_m)
            drawn.append(tag("path", class_="line-under", d=canvas.path(lines)))
            drawn.append(_titled(canvas.path(lines), "line", area, texts))
        if area.point is not None:
            drawn += _point(canvas, area, texts)
    return tag("g", *drawn, class_="agreed")


def _titled(d: str, class_: str, area: Area, texts: Texts) -> Markup:
    return tag("path", tag("title", name_of(area, texts)), class_=class_, d=d) if d else content()


def _point(canvas: Canvas, area: Area, texts: Texts) -> list[Markup]:
    assert area.point is not None
    (at,) = canvas.places([area.point])
    if at is None:
        return []
    radius = max(2.0, area.radius_m * canvas.per_metre)
    label = tag("text", name_of(area, texts), x=at[0] + radius + 3, y=at[1] + 4)
    return [tag("circle", class_="area", cx=at[0], cy=at[1], r=radius), label]


def name_of(area: Area, texts: Texts) -> str:
    """The name of an area in the language of the page, else its first name, else its id."""
    return plain(dict(area.names).get(texts.language) or (area.names[0][1] if area.names else area.id))


def areas_of(agreement: Agreement) -> tuple[Area, ...]:
    """What of an agreement's geography a public map may show: its lines, and the areas that its provisions name.

    Other features of an annex (where weapons are stored, who is protected) are not everybody's to see.
    """
    grounds = [provision.ground for provision in agreement.provisions]
    touched = {id_ for ground in grounds if ground is not None for id_ in ground.areas}
    return tuple(area for area in agreement.areas if area.line or area.id in touched)


def scale_bar(canvas: Canvas, texts: Texts) -> Markup:
    """A bar of a round length, and north. The script rewrites the bar when it zooms."""
    length_m = bar_metres(canvas.view.width_m)
    x, y, long = 16.0, canvas.height - 26.0, length_m * canvas.per_metre
    words = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    bar = [
        tag("rect", class_="plate", x=x - 8, y=y - 20, width=long + 16, height=32.0, rx=3.0),
        tag("path", d=f"M{short(x)} {short(y - 5)}v10h{short(long)}v-10"),
        tag("text", words, x=x + long / 2, y=y - 7, text_anchor="middle"),
    ]
    arrow = [
        tag("rect", class_="plate", x=canvas.width - 44, y=8.0, width=36.0, height=48.0, rx=3.0),
        tag("path", class_="arrow", d=f"M{short(canvas.width - 26)} 14l9 26-9-6-9 6Z"),
        tag("text", texts.say("map.north"), x=canvas.width - 26, y=52.0, text_anchor="middle"),
    ]
    return tag("g", *bar, *arrow, class_="bar-and-arrow", aria_hidden="true")


def bar_metres(width_m: float) -> float:
    """A round length of about a fifth of a width."""
    want = width_m / 5
    power = 10.0 ** floor(log10(want))
    return float(next(step * power for step in (5, 2, 1) if step * power <= want))


def described(texts: Texts, key: str, body: Markup, *, width: float, height: float, id_: str) -> Markup:
    """A picture with its title and description, in a frame that scrolls on a narrow screen."""
    svg = tag(
        "svg",
        tag("title", texts.say(f"{key}.title"), id=f"{id_}-t"),
        tag("desc", texts.say(f"{key}.desc"), id=f"{id_}-d"),
        body,
        id=id_,
        viewBox=f"0 0 {short(width)} {short(height)}",
        role="group",
        aria_labelledby=f"{id_}-t",
        aria_describedby=f"{id_}-d",
    )
    label = texts.say(f"{key}.title")
    return tag("div", svg, class_="picture", tabindex="0", role="region", aria_label=label)
