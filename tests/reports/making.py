"""A small mission that ran, for the tests of pages: two parties, three providers, two mappers, four findings."""

from dataclasses import replace

from truceline.geo.frame import destination
from truceline.model.agreement import Agreement, Area, Provision
from truceline.model.case import Case
from truceline.model.event import Ellipse, Event, Origin, SensorHealth
from truceline.model.finding import Finding, Probabilities, Reason
from truceline.model.ground import ControlMap, HeldGround, Polygon
from truceline.model.incident import Act, Incident
from truceline.model.instant import US_PER_HOUR, US_PER_S, parse_utc
from truceline.model.network import Network, Sensor
from truceline.model.observation import Arrival, Observation, Status
from truceline.model.result import Result
from truceline.reports.page import Look

START = parse_utc("2026-03-10T09:00:00Z")
MIDDLE = (31.0, 50.0)
PARTIES = ("amber", "teal")
PROVIDERS = ("aland", "borea", "cordia")
LOOK = Look(style="body{color:CanvasText}", script="void 0;")


def at(east_km: float, north_km: float) -> tuple[float, float]:
    """A position so many kilometres from the middle."""
    lon, lat = destination(*MIDDLE, 90.0, east_km * 1000)
    lon, lat = destination(lon, lat, 0.0, north_km * 1000)
    return round(float(lon), 7), round(float(lat), 7)


def box(west: float, south: float, east: float, north: float) -> Polygon:
    """A rectangle, corners in kilometres from the middle."""
    ring = (at(west, south), at(east, south), at(east, north), at(west, north), at(west, south))
    return (ring,)


def agreement(*, mandate: tuple[tuple[str, bool | tuple[str, ...]], ...] = ()) -> Agreement:
    """Two parties on either side of a line that runs north."""
    return Agreement(
        id="example",
        title="An example",
        parties=PARTIES,
        in_force_from_us=START - 24 * US_PER_HOUR,
        areas=(
            Area(id="contact-line", line=(at(0, -20), at(0.5, 0), at(0, 20))),
            Area(id="zone", polygons=(box(-6, -15, 6, 15),)),
            Area(id="depot", point=at(4.4, 7.7), radius_m=300.0, kind="storage"),
        ),
        provisions=(
            Provision(
                id="A1",
                article="Article 1",
                text="No weapon shall be fired.",
                kind="no_fire",
                binds=PARTIES,
                rule=None,
                area="zone",
            ),
        ),
        mandate=mandate,
    )


def network() -> Network:
    """Nine sensors of three kinds and providers."""
    kinds = ("acoustic_array", "microphone", "camera")
    places = [(x, y) for x in (-7.3, -4.1, 3.7) for y in (-9.2, 0.4, 8.9)]
    return Network(
        tuple(
            Sensor(
                id=f"QX-{number:03d}",
                kind=kinds[number % 3],
                provider=PROVIDERS[number // 3],
                lon=at(x, y)[0],
                lat=at(x, y)[1],
                time_sigma_s=0.02,
            )
            for number, (x, y) in enumerate(places)
        )
    )


def observations(sensors: Network) -> tuple[Observation, ...]:
    """A report of state every five minutes for two hours (one sensor stops after the first), and a few arrivals."""
    made: list[Observation] = []
    for number, sensor in enumerate(sensors.sensors):
        for beat in range(12 if number == 4 else 24):
            time_us = START + beat * 300 * US_PER_S
            made.append(
                Status(
                    id=f"ST-{number}-{beat}",
                    sensor=sensor.id,
                    time_us=time_us,
                    time_sigma_s=0.02,
                    received_us=time_us + US_PER_S,
                    digest="ab" * 32,
                    state="detecting",
                )
            )
        made.append(
            Arrival(
                id=f"{sensor.id}-17",
                sensor=sensor.id,
                time_us=START + 1234567890,
                time_sigma_s=0.02,
                received_us=START + 1235 * US_PER_S,
                digest="cd" * 32,
                wave="acoustic",
                azimuth_deg=123.4567,
            )
        )
    return tuple(sorted(made, key=lambda one: (one.received_us, one.id)))


def event(number: int, class_: str, place: tuple[float, float], after_s: float, **changes: object) -> Event:
    """An event so many seconds after the start, known to 15 by 12 m."""
    origin = Origin(
        time_us=START + round(after_s * US_PER_S),
        time_sigma_s=0.02,
        lon=place[0],
        lat=place[1],
        ellipse50=Ellipse(8.2, 6.6, 30.0),
        ellipse90=Ellipse(15.0, 12.0, 30.0),
        ellipse95=Ellipse(17.1, 13.7, 30.0),
        made_by="a test",
    )
    made = Event(
        id=f"E-{number:016x}",
        anchor=f"QX-000-{number}",
        origin=origin,
        labels=((class_, 0.97), ("thunder" if class_ != "thunder" else "burst", 0.03)),
        existence=0.9987,
        observations=(f"QX-000-{number}", f"QX-004-{number}"),
        sensors=7,
        providers=PROVIDERS,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def events() -> tuple[Event, ...]:
    """A salvo of six and where it fell, two bursts at the line, a notified blast, thunder, and a distant fire."""
    salvo = [event(n, "outgoing", at(-4.2 + 0.01 * n, 3.1), 600 + 4 * n) for n in range(6)]
    fallen = [event(10 + n, "impact", at(4.3 + 0.05 * n, 5.2), 630 + 4 * n) for n in range(6)]
    bursts = [event(20 + n, "burst", at(0.2, -6.0 + 0.03 * n), 2400 + 90 * n) for n in range(2)]
    blast = event(30, "demolition", at(2.6, -11.7), 3700)
    thunder = event(31, "thunder", at(-8.0, 12.0), 4000)
    fire = event(32, "fire", at(7.7, -2.3), 4400)
    fire = replace(fire, origin=replace(fire.origin, time_sigma_s=3100.0))
    return (*salvo, *fallen, *bursts, blast, thunder, fire)


def finding(
    number: int, incident: str, members: tuple[str, ...], outcome: str, shares: Probabilities, **changes: object
) -> Finding:
    """A finding with a small tree of reasons."""
    made = Finding(
        id=f"F-{number:016x}",
        incident=incident,
        time_us=START,
        events=members,
        provisions=("A1",),
        occurrence=0.9812,
        responsibility=shares,
        outcome=outcome,  # type: ignore[arg-type]
        party=None,
        robustness="R0",
        evidence="weak",
        reasons=(Reason("It breaks Article 1.", (Reason("It lies inside zone."),)), Reason("By the maps given.")),
        words=f"Sentence {number}, which would rest on the word of aland. Not reviewed.",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def result() -> Result:
    """One finding of each outcome, and health."""
    happened = events()
    ids = [one.id for one in happened]
    named = (("amber", 0.9834), ("other", 0.008), ("teal", 0.0086))
    open_ = (("amber", 0.3), ("other", 0.05), ("teal", 0.65))
    findings = (
        finding(
            1,
            "I-0000000000000001",
            tuple(ids[:12]),
            "attributed",
            named,
            party="amber",
            robustness="R2",
            evidence="strong",
        ),
        finding(2, "I-0000000000000002", tuple(ids[12:14]), "undetermined", open_),
        finding(3, "I-0000000000000003", (ids[14],), "exempt", open_, words="Exempt: notice N1. Not reviewed."),
        finding(4, "I-0000000000000004", (ids[15],), "no_breach", open_, occurrence=0.0312),
    )
    opened = (("amber", 0.885), ("not_determinable", 0.1), ("other", 0.007), ("teal", 0.008))
    incidents = tuple(
        Incident(
            id=one.incident,
            from_us=START + 600 * US_PER_S,
            until_us=START + 700 * US_PER_S,
            events=one.events,
            counts=(("impact", 6), ("outgoing", 6)),
            acts=(Act(one.events, ()),),
        )
        for one in findings
    )
    health = (
        SensorHealth(
            sensor="QX-002",
            provider="aland",
            from_us=START,
            until_us=START + US_PER_HOUR,
            state="wrong_clock",
            clock_offset_s=1.25,
            clock_offset_sigma_s=0.03,
            reasons=("all its arrivals are late by as much",),
        ),
        SensorHealth(
            sensor="QX-003",
            provider="borea",
            from_us=START + US_PER_HOUR // 2,
            until_us=START + US_PER_HOUR,
            state="deaf",
            arrivals_expected=6.2,
        ),
    )
    return Result(events=happened, incidents=incidents, opened_by=(opened,) * 4, findings=findings, health=health)


def case(**changes: object) -> Case:
    """The mission."""
    sensors = network()
    maps = tuple(
        ControlMap(
            mapper,
            (
                HeldGround(party="amber", polygons=(box(-30, -30, shift, 30),), from_us=0, sigma_m=150.0),
                HeldGround(party="teal", polygons=(box(shift, -30, 30, 30),), from_us=0, sigma_m=150.0),
            ),
        )
        for mapper, shift in (("mapper-one", 0.2), ("mapper-two", 0.9))
    )
    made = Case(
        name="small",
        status="exercise",
        agreement=agreement(),
        network=sensors,
        observations=observations(sensors),
        maps=maps,
    )
    return replace(made, **changes)  # type: ignore[arg-type]
