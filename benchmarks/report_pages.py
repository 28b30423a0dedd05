"""Size of the pages and the time to make them, for an invented mission of so many events and sensors.

    python benchmarks/report_pages.py --events 350 --sensors 155 --observations 12681

Prints, for each page, its bytes and the least seconds of three times.
"""

import argparse
from collections.abc import Callable
from time import perf_counter

import numpy as np

from truceline.edges.looks import mission_look, public_look
from truceline.model.agreement import Agreement, Area
from truceline.model.case import Case
from truceline.model.event import Ellipse, Event, Origin
from truceline.model.finding import Finding, Reason
from truceline.model.ground import ControlMap, HeldGround
from truceline.model.incident import Act, Incident
from truceline.model.instant import US_PER_HOUR, US_PER_S, parse_utc
from truceline.model.network import Network, Sensor
from truceline.model.observation import Observation, Status
from truceline.model.result import Result
from truceline.reports.mission_page import mission_page
from truceline.reports.public_page import public_page

START = parse_utc("2026-03-08T11:00:00Z")
WINDOW_S = 7200
CLASSES = ("outgoing", "impact", "burst", "thunder")
TIMES = 3
A_FINDING = 7  # events


def invented(events: int, sensors: int, observations: int) -> tuple[Case, Result]:
    """A line of 50 km with sensors and events about it, six in seven events in findings of seven."""
    chance = np.random.default_rng(20260308)
    network = Network(
        tuple(
            Sensor(
                id=f"S-{n:04d}",
                kind="acoustic_array",
                provider="abcde"[n % 5],
                lon=30 + x,
                lat=50 + y,
                time_sigma_s=0.02,
            )
            for n, (x, y) in enumerate(chance.uniform((-0.2, -0.25), (0.2, 0.25), (sensors, 2)).tolist())
        )
    )
    lines: list[Observation] = [
        Status(
            id=f"O-{n}",
            sensor=f"S-{n % sensors:04d}",
            time_us=t,
            time_sigma_s=0.02,
            received_us=t,
            digest="",
            state="detecting",
        )
        for n, t in enumerate(
            (START + np.sort(chance.uniform(0, WINDOW_S, observations)) * US_PER_S).astype(int).tolist()
        )
    ]
    happened = [
        _event(n, CLASSES[n // A_FINDING % 4], 30 + x, 50 + y, START + round(t * US_PER_S))
        for n, (x, y, t) in enumerate(
            sorted(
                chance.uniform((-0.2, -0.25, 0), (0.2, 0.25, WINDOW_S), (events, 3)).tolist(), key=lambda one: one[2]
            )
        )
    ]
    groups = [happened[n : n + A_FINDING] for n in range(0, len(happened), A_FINDING)]
    findings = tuple(_finding(n, [one.id for one in group]) for n, group in enumerate(groups))
    incidents = tuple(
        Incident(
            id=one.incident,
            from_us=START,
            until_us=START + 60 * US_PER_S,
            events=one.events,
            counts=(("outgoing", A_FINDING),),
            acts=(Act(one.events, ()),),
        )
        for one in findings
    )
    agreement, maps = _ground()
    case = Case(
        name="bench",
        status="test",
        agreement=agreement,
        network=network,
        observations=tuple(lines),
        maps=maps,
    )
    opened = (("north", 0.5), ("not_determinable", 0.1), ("other", 0.1), ("south", 0.3))
    return case, Result(
        events=tuple(happened), incidents=incidents, opened_by=(opened,) * len(incidents), findings=findings
    )


def _ground() -> tuple[Agreement, tuple[ControlMap, ...]]:
    """A winding line of contact, and who holds either side of it."""
    line = tuple((30.0 + 0.02 * float(np.sin(7 * y)), 50 + y) for y in np.linspace(-0.3, 0.3, 160).tolist())
    agreement = Agreement(
        id="a",
        title="A line",
        parties=("north", "south"),
        in_force_from_us=START,
        areas=(Area(id="contact-line", line=line),),
    )
    east, west = ((31.0, 49.0), (31.0, 51.0)), ((29.0, 51.0), (29.0, 49.0))
    held = tuple(
        HeldGround(party=party, polygons=(((*line, *side, line[0]),),), from_us=0, sigma_m=100.0)
        for party, side in (("north", east[::-1]), ("south", west))
    )
    return agreement, (ControlMap("mapper", held),)


def _event(number: int, class_: str, lon: float, lat: float, time_us: int) -> Event:
    ellipse = Ellipse(21.0, 14.0, 33.0)
    origin = Origin(
        time_us=time_us,
        time_sigma_s=0.02,
        lon=lon,
        lat=lat,
        ellipse50=ellipse,
        ellipse90=ellipse,
        ellipse95=ellipse,
        made_by="a benchmark",
    )
    return Event(
        id=f"E-{number:016x}",
        anchor="",
        origin=origin,
        labels=((class_, 0.98), ("explosion", 0.02)),
        existence=0.99,
        observations=(),
        sensors=20,
        providers=("a", "b", "c", "d", "e"),
    )


def _finding(number: int, events: list[str]) -> Finding:
    reasons = Reason(
        "If north did this, it breaks Article 1 (probability over 0.99)", (Reason("It was in force."),) * 4
    )
    return Finding(
        id=f"F-{number:016x}",
        incident=f"I-{number:016x}",
        time_us=START,
        events=tuple(events),
        provisions=("A1",),
        occurrence=0.98,
        responsibility=(("north", 0.97), ("other", 0.01), ("south", 0.02)),
        outcome="undetermined" if number % 2 else "attributed",
        party=None if number % 2 else "north",
        robustness="R1",
        evidence="fair",
        reasons=(reasons,),
        words="At some time: 7 outgoing rounds (almost certain). Not reviewed.",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=350, metavar="N")
    parser.add_argument("--sensors", type=int, default=155, metavar="N")
    parser.add_argument("--observations", type=int, default=12_681, metavar="N")
    args = parser.parse_args()
    case, result = invented(args.events, args.sensors, args.observations)
    later = START + 48 * US_PER_HOUR
    pages: dict[str, Callable[[], bytes]] = {
        "report.html": lambda: mission_page(case, result, look=mission_look()),
        "public.html": lambda: public_page(case, result, look=public_look(), as_of_us=later),
    }
    for name, make in pages.items():
        best, size = float("inf"), 0
        for _ in range(TIMES):
            began = perf_counter()
            size = len(make())
            best = min(best, perf_counter() - began)
        print(f"{name}: {size:,} bytes, {best:.2f} s ({args.events} events, {args.sensors} sensors)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
