"""How fast an agreement answers: so many incidents, each supposed of each party, on one core.

    python benchmarks/agreement_speed.py            the largest worked agreement, 100,000 incidents
    python benchmarks/agreement_speed.py agreements/minsk-2 --incidents 20000

An incident is an act of one or two events (a launch, an impact, a burst, a drone's fix) somewhere on the agreement's
ground, known to 20–500 m; a tenth of them are sightings of weapons instead. Times are CPU seconds of this process.
"""

import argparse
import random
import resource
import time
from collections import Counter
from pathlib import Path

from truceline.edges.cli.agreement import load
from truceline.edges.wiring import kinds
from truceline.model.agreement import Agreement
from truceline.model.event import Ellipse, Event, Origin
from truceline.model.finding import Breach
from truceline.model.incident import Act
from truceline.model.instant import US_PER_S
from truceline.model.observation import Fix, Labels
from truceline.terms.evaluate import evaluate
from truceline.terms.facts import Facts
from truceline.terms.prepare import prepare

LARGEST = Path(__file__).parents[1] / "agreements" / "coalition-guarantee"
LABELS: tuple[Labels, ...] = (
    (("outgoing", 0.97), ("thunder", 0.03)),
    (("impact", 0.9), ("explosion", 0.1)),
    (("burst", 1.0),),
    (("explosion", 0.8), ("demolition", 0.15), ("quarry_blast", 0.05)),
    (("uav", 0.96), ("other", 0.04)),
)
WEAPONS = ("tank (T-72)", "122mm howitzer", "82mm mortar", "BM-21 Grad", "armed persons", "undetermined weapon")
DAYS = 120


def facts(agreement: Agreement, incidents: int, chance: random.Random) -> tuple[Facts, list[Act]]:
    """Invented facts on the agreement's ground, and the acts they make."""
    corners = [point for area in agreement.areas for point in area.line]
    corners += [point for area in agreement.areas for polygon in area.polygons for point in polygon[0]]
    west, east = min(x for x, _ in corners), max(x for x, _ in corners)
    south, north = min(y for _, y in corners), max(y for _, y in corners)
    events: list[Event] = []
    sightings: list[Fix] = []
    acts: list[Act] = []
    for number in range(incidents):
        when = agreement.in_force_from_us + round(chance.uniform(-1, DAYS) * 86_400) * US_PER_S
        lon, lat = chance.uniform(west, east), chance.uniform(south, north)
        if number % 10 == 0:
            sightings.append(_sighting(f"S-{number:06d}", when, lon, lat, chance))
            acts.append(Act((sightings[-1].id,), ()))
            continue
        members = [_event(f"E-{number:06d}-{k}", when + k * 20 * US_PER_S, lon, lat, chance)
                   for k in range(1 + number % 2)]  # fmt: skip
        events += members
        acts.append(Act(tuple(event.id for event in members), ()))
    return Facts(events=tuple(events), observations=tuple(sightings)), acts


def _event(id_: str, when: int, lon: float, lat: float, chance: random.Random) -> Event:
    axis = chance.choice((40.0, 200.0, 1000.0))
    ellipse = Ellipse(axis, axis / 2, chance.uniform(0.0, 179.0))
    origin = Origin(time_us=when, time_sigma_s=0.05, lon=lon, lat=lat, ellipse50=ellipse, ellipse90=ellipse,
                    ellipse95=ellipse, made_by="a benchmark")  # fmt: skip
    return Event(id=id_, anchor=id_, origin=origin, labels=chance.choice(LABELS), existence=1.0, observations=(id_,),
                 sensors=4, providers=("a", "b"))  # fmt: skip


def _sighting(id_: str, when: int, lon: float, lat: float, chance: random.Random) -> Fix:
    return Fix(id=id_, sensor="uav", time_us=when, time_sigma_s=1.0, received_us=when, digest="", lon=lon, lat=lat,
               sigma_m=20.0, weapon=chance.choice(WEAPONS), count=(1, 3))  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=LARGEST, help="an agreement's folder")
    parser.add_argument("--incidents", type=int, default=100_000, metavar="N")
    args = parser.parse_args()
    agreement = load(args.folder, kinds()).agreement
    given, acts = facts(agreement, args.incidents, random.Random(1))
    start = time.process_time()
    prepared = prepare(agreement, kinds(), given)
    middle = time.process_time()
    told: Counter[str] = Counter()
    for act in acts:
        found: list[Breach] = [breach for party in agreement.parties for breach in evaluate(prepared, act, party)]
        told.update(breach.verdict for breach in found)
    end = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    many = f"{len(acts):,} incidents of {len(given.events):,} events and {len(given.observations):,} sightings"
    print(f"{args.folder.name}: {len(agreement.provisions)} provisions, {many}, {len(agreement.parties)} parties")
    spent = f"prepare {middle - start:.1f} s, evaluate {end - middle:.1f} s, together {end - start:.1f} s"
    print(f"{spent}; peak {peak:,.0f} MB")
    print(", ".join(f"{verdict} {number:,}" for verdict, number in sorted(told.items())))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
