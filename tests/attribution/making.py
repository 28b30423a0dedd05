"""Events, maps and incidents for tests of who did what, in metres east and north of the middle."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from missions.handmade import MIDDLE, NOON, PARTIES, divided, place
from truceline.attribution.control import Ground
from truceline.attribution.direction import Reading
from truceline.attribution.evidence import Evidence
from truceline.attribution.line import AgreedLine
from truceline.attribution.said import Filings
from truceline.attribution.silence import Ears, ears_of
from truceline.attribution.track import Traced
from truceline.fusion.build import FusedEvent
from truceline.geo.frame import Frame, frame_for
from truceline.geo.held import prepare_maps
from truceline.model.case import Case
from truceline.model.event import Ellipse, Event, Origin
from truceline.model.ground import ControlMap
from truceline.model.incident import Act, Incident
from truceline.model.instant import US_PER_S
from truceline.sensors.contract import Floats

FRAME: Frame = frame_for([MIDDLE[0]], [MIDDLE[1]])
POINTS = 200


def cloud(east_m: float, north_m: float, sigma_m: float) -> tuple[Floats, Floats]:
    """(lon, lat) of points that stand for a normal density."""
    k = np.arange(POINTS) + 0.5
    radius, angle = sigma_m * np.sqrt(-2.0 * np.log1p(-k / POINTS)), k * np.pi * (3.0 - np.sqrt(5.0))
    x, y = (float(value) for value in FRAME.to_xy(*place(east_m, north_m)))
    lon, lat = FRAME.to_lonlat(x + radius * np.cos(angle), y + radius * np.sin(angle))
    return lon, lat


def happened(
    id_: str,
    east_m: float,
    north_m: float = 0.0,
    time_s: float = 0.0,
    class_: str = "outgoing",
    sigma_m: float = 30.0,
    observations: Sequence[str] = (),
    existence: float = 0.99,
) -> FusedEvent:
    """An event that was certainly of a class, so many seconds after noon."""
    lon, lat = place(east_m, north_m)
    region = Ellipse(2.15 * sigma_m, 2.15 * sigma_m, 0.0)
    origin = Origin(
        time_us=NOON + round(time_s * US_PER_S), time_sigma_s=0.05, lon=lon, lat=lat, ellipse50=region,
        ellipse90=region, ellipse95=region, made_by="a test",
    )  # fmt: skip
    event = Event(
        id=id_, anchor=id_, origin=origin, labels=((class_, 1.0),), existence=existence,
        observations=tuple(observations), sensors=max(1, len(observations)), providers=("aland", "borea"),
    )  # fmt: skip
    return FusedEvent(event, *cloud(east_m, north_m, sigma_m), np.full(POINTS, 1.0 / POINTS))


def incident(*acts: Act, from_us: int = NOON) -> Incident:
    """An incident of these acts."""
    events = tuple(id_ for act in acts for id_ in act.events)
    return Incident(id="I-1", from_us=from_us, until_us=from_us, events=events, counts=(), acts=acts)


def ground(*maps: ControlMap, line: AgreedLine | None = None, when: int = NOON) -> Ground:
    """Who holds which ground at noon by these maps."""
    return Ground(prepare_maps(maps, FRAME), PARTIES, FRAME, when, line)


def deaf() -> Ears:
    """Nobody who could hear."""
    return Ears(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), (), (), frozenset(), {}, 3_600 * US_PER_S)


def ears(case: Case, events: Sequence[Event] = ()) -> Ears:
    """Who could hear in a case."""
    from truceline.edges.wiring import plugins

    return ears_of(case, FRAME, plugins().sensings, events, (), 3_600 * US_PER_S)


def evidence(
    maps: Sequence[ControlMap] | None = None,
    *,
    filings: Filings | None = None,
    readings: dict[str, list[Reading]] | None = None,
    tracks: Sequence[Traced] = (),
    listening: Ears | None = None,
    line: AgreedLine | None = None,
) -> Evidence:
    """Evidence with these maps (one that divides the ground at the middle) and whatever else is given."""
    given = (divided(),) if maps is None else maps
    return Evidence(
        parties=PARTIES,
        frame=FRAME,
        maps=prepare_maps(given, FRAME),
        line=line,
        filings=filings or Filings(),
        readings=readings or {},
        tracks=tuple(tracks),
        listen=partial(_same, listening or deaf()),
    )


def _same(listening: Ears) -> Ears:
    return listening
