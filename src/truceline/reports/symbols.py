"""What stands for a class of event or a kind of sensor in a picture: a shape of its own; colour only helps.

Shapes fill a box from -8 to 8. Colours are names of the style sheet, after Okabe and Ito (2008): they tell kinds of
happening apart, never parties.
"""

from collections.abc import Iterable

from truceline.model.event import Event
from truceline.model.observation import (
    AIRBURST,
    AIRCRAFT,
    BURST,
    CLASSES,
    DEMOLITION,
    EXPLOSION,
    FIRE,
    FLARE,
    IMPACT,
    MISSILE,
    OTHER,
    OUTGOING,
    PROJECTILE,
    QUARRY_BLAST,
    SHOT,
    THUNDER,
    UAV,
    VEHICLE,
    VESSEL,
)  # fmt: skip
from truceline.reports.markup import Markup, content, tag

RING = "M-7 0A7 7 0 1 1 7 0 7 7 0 1 1-7 0ZM-4 0A4 4 0 1 0 4 0 4 4 0 1 0-4 0Z"
SQUARE_RING = "M-7-7H7V7H-7ZM-4-4V4H4V-4Z"

EVENT_SHAPES = {
    OUTGOING: ("launch", "M0-7 8 7H-8Z"),
    IMPACT: ("strike", "M-5-7.5 0-2.5 5-7.5 7.5-5 2.5 0 7.5 5 5 7.5 0 2.5-5 7.5-7.5 5-2.5 0-7.5-5Z"),
    AIRBURST: ("blast", "M0-8 2-2.5 8 0 2 2.5 0 8-2 2.5-8 0-2-2.5Z"),
    EXPLOSION: ("blast", "M-6.5 0A6.5 6.5 0 1 1 6.5 0 6.5 6.5 0 1 1-6.5 0Z"),
    BURST: ("arms", "M-7-6H-4V6H-7ZM-1.5-6H1.5V6H-1.5ZM4-6H7V6H4Z"),
    SHOT: ("arms", "M-1.8-7H1.8V7H-1.8Z"),
    PROJECTILE: ("launch", "M0-6 8 3 5.5 5.5 0-.5-5.5 5.5-8 3Z"),
    MISSILE: ("launch", "M0-8 5-2H2V8H-2V-2H-5Z"),
    FLARE: ("blast", RING),
    DEMOLITION: ("planned", SQUARE_RING),
    QUARRY_BLAST: ("planned", "M-6-6H6V6H-6Z"),
    THUNDER: ("nature", "M1-8-5 1H-.5L-3 8 6-2H1L4-8Z"),
    FIRE: ("nature", "M0-8C4-3 6 0 6 3A6 5 0 0 1-6 3C-6 0-4-1-3-4-1-2 0-4 0-8Z"),
    UAV: ("moving", "M0-8 8 0 0 8-8 0ZM0-4-4 0 0 4 4 0Z"),
    VEHICLE: ("moving", "M-8-4H8V4H-8Z"),
    VESSEL: ("moving", "M-8-2H8L4 5H-4Z"),
    AIRCRAFT: ("moving", "M-1.8-8H1.8V-1.8H8V1.8H1.8V8H-1.8V1.8H-8V-1.8H-1.8Z"),
    OTHER: ("moving", RING),
}
assert set(EVENT_SHAPES) == set(CLASSES)

SENSOR_SHAPES = {
    "acoustic_array": "M0-8 8 0 0 8-8 0Z",
    "microphone": "M-6.5 0A6.5 6.5 0 1 1 6.5 0 6.5 6.5 0 1 1-6.5 0Z",
    "infrasound_array": "M-4-7H4L8 0 4 7H-4L-8 0Z",
    "seismic": "M-8-6H8L0 8Z",
    "camera": "M-6-6H6V6H-6Z",
    "radar": "M-8 5A8 8 0 0 1 8 5Z",
    "satellite": "M-8-4H8V4H-8Z",
    "patrol": "M0-8 8-2 5 7H-5L-8-2Z",
}
ANY_SENSOR = "M-4-7H4L7-4V4L4 7H-4L-7 4V-4Z"


def shown_class(event: Event) -> str:
    """The likeliest class of an event, as pictures and counts take it: what is no known class is other."""
    return event.class_ if event.class_ in EVENT_SHAPES else OTHER


def event_symbols(classes: Iterable[str]) -> Markup:
    """The definitions of the symbols of these classes."""
    wanted = set(classes)
    return content(
        tag(
            "symbol",
            tag("path", class_=f"e {EVENT_SHAPES[class_][0]}", d=EVENT_SHAPES[class_][1]),
            id=f"e-{class_}",
            viewBox="-9 -9 18 18",
        )
        for class_ in CLASSES
        if class_ in wanted
    )


def sensor_symbols(kinds: Iterable[str]) -> Markup:
    """The definitions of the symbols of these kinds of sensor; kinds without one share the last."""
    wanted = set(kinds)
    known = [kind for kind in SENSOR_SHAPES if kind in wanted]
    return content(
        tag("symbol", tag("path", class_="s", d=shape), id=f"s-{kind}", viewBox="-9 -9 18 18")
        for kind, shape in [*((kind, SENSOR_SHAPES[kind]) for kind in known), ("any", ANY_SENSOR)]
    )


def event_symbol(class_: str, x: float, y: float, size: float = 14.0) -> Markup:
    """The symbol of a class, its middle at a point of the picture."""
    return _use(f"#e-{class_}", x, y, size)


def sensor_symbol(kind: str, x: float, y: float, size: float = 12.0) -> Markup:
    """The symbol of a kind of sensor, its middle at a point of the picture."""
    return _use(f"#s-{kind if kind in SENSOR_SHAPES else 'any'}", x, y, size)


def _use(href: str, x: float, y: float, size: float) -> Markup:
    return tag("use", href=href, x=x - size / 2, y=y - size / 2, width=size, height=size)


def in_text(class_: str) -> Markup:
    """The symbol of a class within a line of text that names the class as well."""
    return tag("svg", tag("use", href=f"#e-{class_}"), class_="i", aria_hidden="true")
