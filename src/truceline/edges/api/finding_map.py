"""The map of a finding's page: its events with their ellipses, and a line to every sensor that heard them."""

from collections.abc import Sequence
from math import hypot

from truceline.edges.live.why import Member, Why
from truceline.geo.view import view_of
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.reports.canvas import agreed, areas_of, canvas_of, described, grid, scale_bar
from truceline.reports.markup import Markup, content, short, tag
from truceline.reports.symbols import event_symbol, event_symbols, sensor_symbol, sensor_symbols, shown_class
from truceline.reports.texts import Texts

MOST_LABELLED = 14  # residuals written beside their sensors


def finding_map(case: Case, events: Sequence[Event], why: Why | None, texts: Texts) -> Markup:
    """The picture. Sensors that were within reach and did not hear are drawn faint."""
    members = _telling(events, why.members) if why is not None else []
    ears = why.ears if why is not None else []
    positions = [(event.origin.lon, event.origin.lat) for event in events]
    positions += [(one.lon, one.lat) for one in members]
    canvas = canvas_of(view_of(positions))
    at = dict(zip((event.id for event in events), canvas.places(positions[: len(events)]), strict=True))
    drawn: list[Markup] = []
    faint = [ear for ear in ears if ear.state != "heard"]
    for ear, point in zip(faint, canvas.places([(one.lon, one.lat) for one in faint]), strict=True):
        if point is not None:
            title = tag("title", f"{ear.sensor}: {texts.say(f'found.coverage.{ear.state}')}")
            drawn.append(tag("g", title, sensor_symbol(ear.kind, *point, 9.0), class_=f"ear {ear.state}"))
    places = canvas.places([(one.lon, one.lat) for one in members])
    for one, point in zip(members, places, strict=True):
        start = at.get(one.event)
        if point is not None and start is not None:
            drawn.append(_ray(one, start, point))
    kinds = {sensor.id: sensor.kind for sensor in case.network.sensors}
    labelled: set[str] = set()
    for one, point in zip(members, places, strict=True):
        if point is not None and one.sensor not in labelled:
            labelled.add(one.sensor)
            drawn.append(sensor_symbol(kinds.get(one.sensor, ""), *point))
            if len(labelled) <= MOST_LABELLED:
                drawn.append(tag("text", residual_words(one, texts), class_="residual", x=point[0] + 9, y=point[1] + 4))
    for event in events:
        point = at[event.id]
        if point is not None:
            drawn += [_ellipse(event, point, canvas.per_metre), event_symbol(shown_class(event), *point)]
    body = content(
        tag("defs", sensor_symbols(kinds.values()), event_symbols(map(shown_class, events))),
        tag("rect", class_="sheet", width=canvas.width, height=canvas.height),
        grid(canvas),
        agreed(canvas, areas_of(case.agreement), texts),
        tag("g", *drawn, class_="sensors closer"),
        scale_bar(canvas, texts),
    )
    return described(texts, "found.map", body, width=canvas.width, height=canvas.height, id_="finding-map")


def _telling(events: Sequence[Event], members: Sequence[Member]) -> list[Member]:
    """Of what one sensor heard of events of one class, the arrival that is farthest off: where many fall together, one
    line says enough, and hides nothing."""
    class_of = {event.id: shown_class(event) for event in events}
    found: dict[tuple[str, str], Member] = {}
    for one in members:
        key = one.sensor, class_of.get(one.event, "")
        if key not in found or (sigmas(one) or 0.0) > (sigmas(found[key]) or 0.0):
            found[key] = one
    return sorted(found.values(), key=lambda one: -(sigmas(one) or 0.0))


def residual_words(one: Member, texts: Texts) -> str:
    """How far an arrival is from what was predicted, no finer than a tenth of its sigma."""
    del texts
    if one.residual_s is None or one.sigma_s is None:
        return one.kind
    digits = 2 if one.sigma_s < 0.1 else 1 if one.sigma_s < 10 else 0
    said = f"{one.residual_s:+.{digits}f}"
    return f"{said if float(said) else said.lstrip('+-')} s"


def sigmas(one: Member) -> float | None:
    """A residual in its sigmas."""
    if one.residual_s is None or not one.sigma_s:
        return None
    return abs(one.residual_s) / one.sigma_s


def _ray(one: Member, start: tuple[float, float], end: tuple[float, float]) -> Markup:
    far = sigmas(one)
    class_ = "ray" if far is None else "ray near" if far <= 1 else "ray off" if far <= 2 else "ray far"
    return tag("path", class_=class_, d=f"M{short(start[0])} {short(start[1])}L{short(end[0])} {short(end[1])}")


def _ellipse(event: Event, at: tuple[float, float], per_metre: float) -> Markup:
    ellipse = event.origin.ellipse90
    rx, ry = max(1.5, ellipse.semi_minor_m * per_metre), max(1.5, ellipse.semi_major_m * per_metre)
    turn = f"rotate({short(ellipse.azimuth_deg)} {short(at[0])} {short(at[1])})"
    drawn = tag("ellipse", cx=at[0], cy=at[1], rx=rx, ry=ry, transform=turn)
    return tag("g", drawn, class_="ellipses") if hypot(rx, ry) > 0 else content()
