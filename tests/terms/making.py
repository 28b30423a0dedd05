"""Events, acts and agreements for the tests of terms, made in few words."""

from collections.abc import Mapping

from truceline.edges.wiring import kinds
from truceline.formats.areas_geojson import read_areas
from truceline.formats.toml_document import read_toml
from truceline.geo.frame import destination
from truceline.geo.region import CHI2_90
from truceline.model.agreement import Agreement
from truceline.model.event import Ellipse, Event, Origin
from truceline.model.filing import Notice
from truceline.model.finding import Breach, Reason
from truceline.model.incident import Act
from truceline.model.instant import US_PER_HOUR, US_PER_S, parse_utc
from truceline.terms.contract import Kind
from truceline.terms.evaluate import evaluate
from truceline.terms.facts import Facts
from truceline.terms.language import read_agreement
from truceline.terms.prepare import prepare

KINDS: Mapping[str, Kind] = kinds()

SQUARE = b"""{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"id": "square"}, "geometry": {"type": "Polygon", "coordinates":
  [[[30.0, 50.0], [30.2, 50.0], [30.2, 50.1], [30.0, 50.1], [30.0, 50.0]]]}},
 {"type": "Feature", "properties": {"id": "contact-line"}, "geometry": {"type": "LineString", "coordinates":
  [[30.1, 49.9], [30.1, 50.3]]}}]}"""

TERMS = """
[agreement]
id = "example"
title = "An example"
parties = ["amber", "teal"]
in_force_from = 2026-03-01T00:00:00Z
areas = "areas.geojson"

[[provision]]
id = "A1"
article = "Article 1"
text = "No weapon shall be fired."
kind = "no_fire"
binds = ["amber", "teal"]
area = "square"

[[provision]]
id = "A2"
article = "Article 2"
text = "Demining blasts are permitted when notified 24 hours before."
kind = "notify"
binds = ["amber", "teal"]
activity = "demolition"
notice_hours = 24
"""

NOON = parse_utc("2026-03-10T12:00:00Z")
INSIDE = (30.05, 50.05)


def agreement(terms: str = TERMS, areas: bytes = SQUARE) -> Agreement:
    """The agreement a text spells."""
    return read_agreement(read_toml("terms.toml", terms.encode()), read_areas("areas.geojson", areas), KINDS)[0]


def event(
    id_: str = "E-1",
    *,
    at: tuple[float, float] = INSIDE,
    time_us: int = NOON + 600 * US_PER_S,
    sigma_m: float = 20.0,
    sigma_s: float = 0.05,
    **labels: float,
) -> Event:
    """An event whose position is known to the same sigma on each axis."""
    labels = labels or {"outgoing": 1.0}
    axes = {share: Ellipse(sigma_m * width, sigma_m * width, 0.0) for share, width in _WIDTHS.items()}
    origin = Origin(
        time_us=time_us,
        time_sigma_s=sigma_s,
        lon=at[0],
        lat=at[1],
        ellipse50=axes[50],
        ellipse90=axes[90],
        ellipse95=axes[95],
        made_by="a test",
    )
    return Event(
        id=id_,
        anchor=id_,
        origin=origin,
        labels=tuple(sorted(labels.items())),
        existence=1.0,
        observations=(id_,),
        sensors=4,
        providers=("aland", "borea"),
    )


_WIDTHS = {50: 1.1774, 90: CHI2_90**0.5, 95: 2.4477}


def beside(lon: float, lat: float, *, east_m: float = 0.0, north_m: float = 0.0) -> tuple[float, float]:
    """A position so many metres from another."""
    x, y = destination(lon, lat, 90.0 if east_m >= 0 else 270.0, abs(east_m))
    x, y = destination(x, y, 0.0 if north_m >= 0 else 180.0, abs(north_m))
    return float(x), float(y)


def notice(id_: str = "N-1", *, hours_before: float = 25.0, **changes: object) -> Notice:
    """A notice of one demolition from noon for an hour, 500 m around INSIDE, by amber."""
    received = NOON - round(hours_before * US_PER_HOUR)
    fields: dict[str, object] = {
        "id": id_,
        "party": "amber",
        "activity": "demolition",
        "lodged_us": received,
        "received_us": received,
        "from_us": NOON,
        "until_us": NOON + US_PER_HOUR,
        "lon": INSIDE[0],
        "lat": INSIDE[1],
        "radius_m": 500.0,
        "count": 1,
    }
    return Notice(**(fields | changes))  # type: ignore[arg-type]


def ask(
    signed: Agreement, *events: Event, actor: str = "amber", about: tuple[str, ...] = (), facts: Facts | None = None
) -> tuple[Breach, ...]:
    """What the text says of one act that holds these events (or those named in `about`) if `actor` did it."""
    given = facts or Facts(events=events)
    act = Act(origins=about or tuple(event.id for event in given.events), arrivals=())
    return evaluate(prepare(signed, KINDS, given), act, actor)


def sentences(reason: Reason) -> list[str]:
    """All sentences of a tree of reasons."""
    return [reason.words, *(words for below in reason.because for words in sentences(below))]
