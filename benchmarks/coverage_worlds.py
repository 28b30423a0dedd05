"""What coverage promises, measured: detection foretold, the speed of a long line, plans against others.

    python benchmarks/worlds.py --out /tmp/held-out --seeds 8 --first 5000 worlds/{quiet,salvos,thin,one-sided}.toml
    python benchmarks/coverage_worlds.py detection /tmp/held-out/*
    python benchmarks/coverage_worlds.py rates --seeds 20
    python benchmarks/coverage_worlds.py speed
    python benchmarks/coverage_worlds.py plan

`detection` fuses every mission, learns how far things carry from that alone, and compares what it foretells of every
true happening with what really was caught, known and located. Times are of the processor, not of the wall.
"""

import argparse
import json
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time

import numpy as np

from coverage_plans import plans
from coverage_rates import halved_rates
from truceline.coverage.chances import chance_of, groups_of
from truceline.coverage.links import links_of
from truceline.coverage.locate import located
from truceline.coverage.raster import covered, ground_of, raster_of
from truceline.coverage.seen import hour_of, seen, table_of
from truceline.coverage.stations import Ints, catches
from truceline.coverage.trials import Happened, trials_of
from truceline.coverage.watch import Watch, stated_watch, watch_of
from truceline.edges.intake import understand
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import plugins
from truceline.fusion.fuse import fuse
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.instant import parse_utc
from truceline.model.network import Network, Sensor
from truceline.sensors.contract import Floats

BANDS_KM = (0, 1, 2, 4, 6, 8, 10, 12, 15, 20, 30)
CLASSES = ("outgoing", "impact", "explosion", "burst", "demolition", "quarry_blast", "thunder")
LEAST_PAIRS = 600  # of a class and band, from which two or three points mean something
WITHIN_M = (250.0, 500.0, 1000.0)
NODES, WEIGHTS = (-1.0, 1.0), 0.5
SPAN_S = 1800.0
LONG = ("outgoing", "impact", "explosion", "airburst", "burst", "demolition", "quarry_blast", "thunder")


def detection(folders: Sequence[Path]) -> None:
    """Foretold against real, over all missions together."""
    bands: defaultdict[tuple[str, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    known: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * (3 + 2 * len(WITHIN_M)))
    for folder in folders:
        case = understand(read_folder(folder), plugins().kinds).case
        began = process_time()
        events = tuple(one.event for one in fuse(case, plugins().sensings, plugins().infrasound).events)
        fused, began = process_time() - began, process_time()
        watch = watch_of(case, events, plugins().sensings, CLASSES)
        print(f"{folder.name}: fused in {fused:.0f} s, learnt in {process_time() - began:.1f} s", file=sys.stderr)
        truth = [json.loads(line) for line in (folder / "truth.ndjson").read_text().splitlines()]
        truth = [row for row in truth if row["cls"] in CLASSES]
        _by_band(case, watch, truth, bands)
        _by_event(watch, truth, events, known)
    print("Of pairs of a true happening and a working station, caught (foretold, real, difference in points):")
    worst = 0.0
    for (class_, band), (pairs, foretold, real) in sorted(bands.items()):
        off = 100 * (foretold - real) / pairs
        worst = max(worst, abs(off)) if pairs >= LEAST_PAIRS else worst
        few = "" if pairs >= LEAST_PAIRS else "  (few)"
        span = f"{BANDS_KM[band]:>3}–{BANDS_KM[band + 1]:<3} km"
        print(
            f"  {class_:13}{span} {pairs:8.0f} {100 * foretold / pairs:6.1f} {100 * real / pairs:6.1f} {off:+6.1f}{few}"
        )
    print(f"Largest difference where there are at least {LEAST_PAIRS} pairs: {worst:.1f} points")
    print("Of true happenings, known, and located to within so many metres (foretold, real):")
    for class_, (count, *values) in sorted(known.items()):
        shares = [100 * value / count for value in values]
        within = ", ".join(f"{m:.0f} m {shares[2 + 2 * n]:.1f} {shares[3 + 2 * n]:.1f}" for n, m in enumerate(WITHIN_M))
        print(f"  {class_:13}{count:6.0f}  known {shares[0]:.1f} {shares[1]:.1f}; {within}")


def _by_band(case: Case, watch: Watch, truth: list[dict], bands: dict) -> None:  # type: ignore[type-arg]
    stations = watch.stations
    x, y = watch.frame.to_xy([row["lon"] for row in truth], [row["lat"] for row in truth])
    times = np.array([watch.seconds(parse_utc(row["time"])) for row in truth])
    trials = trials_of(Happened(x, y, times), stations, watch.states, watch.winds)
    column = np.array([CLASSES.index(row["cls"]) for row in truth])[trials.event]
    caught = _caught(case, watch, truth, trials.event, trials.station)
    own = np.array([watch.carry.of_station.get(name, 1.0) for name in stations.sensor])[trials.station]
    groups = groups_of(stations, trials.station, column)
    sigma = np.hypot(watch.carry.spread, watch.carry.reach_sigma)[column]
    foretold = sum(
        WEIGHTS * chance_of(watch.carry, groups, trials.distance_m / own, trials.tailwind_mps, np.exp(node * sigma))
        for node in NODES
    )
    band = np.searchsorted(np.array(BANDS_KM) * 1000.0, trials.distance_m) - 1
    for number, class_ in enumerate(CLASSES):
        for at in range(len(BANDS_KM) - 1):
            mine = (column == number) & (band == at)
            if mine.any():
                row = bands[class_, at]
                for place, value in enumerate((mine.sum(), np.sum(np.asarray(foretold)[mine]), caught[mine].sum())):
                    row[place] += float(value)


def _caught(case: Case, watch: Watch, truth: list[dict], event: Ints, station: Ints) -> Floats:  # type: ignore[type-arg]
    stations = watch.stations
    by_id = {one.id: one for one in case.observations}
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(stations.sensor):
        rows[name].append(row)
    pairs = {
        (number, row)
        for number, happening in enumerate(truth)
        for id_ in happening.get("obs", ())
        if id_ in by_id
        for row in rows[by_id[id_].sensor]
        if catches(by_id[id_], stations.sensings[int(stations.sensing[row])])
    }
    return np.array([pair in pairs for pair in zip(event.tolist(), station.tolist(), strict=True)], float)


def _by_event(watch: Watch, truth: list[dict], events: Sequence[Event], known: dict) -> None:  # type: ignore[type-arg]
    frame = watch.frame
    x, y = frame.to_xy([row["lon"] for row in truth], [row["lat"] for row in truth])
    times = np.array([watch.seconds(parse_utc(row["time"])) for row in truth])
    member = {id_: event for event in events if event.existence >= 0.5 for id_ in event.observations}
    column = np.array([CLASSES.index(row["cls"]) for row in truth])
    span = (times // SPAN_S).astype(int)
    for number, at in sorted(set(zip(column.tolist(), span.tolist(), strict=True))):
        some = np.flatnonzero((column == number) & (span == at))
        start, class_ = at * SPAN_S, (CLASSES[number],)
        links = links_of(x[some], y[some], watch.stations)
        table = table_of(watch.carry, watch.stations, class_)
        foretold = seen(hour_of(watch, links, start, start + SPAN_S), table).known[0]
        within = located(watch, links, class_, start, start + SPAN_S, WITHIN_M)[:, 0]
        for place, row in enumerate(some.tolist()):
            found = {member[id_].id: member[id_] for id_ in truth[row].get("obs", ()) if id_ in member}.values()
            away = [
                float(np.hypot(*np.subtract(frame.to_xy(one.origin.lon, one.origin.lat), (x[row], y[row]))))
                for one in found
                if abs(watch.seconds(one.origin.time_us) - times[row]) < 3.0
            ]
            off = min(away, default=np.inf)
            told = [1.0, float(foretold[place]), float(off < 2000.0)]
            for n, metres in enumerate(WITHIN_M):
                told += [float(within[n, place]), float(off < metres)]
            for n, value in enumerate(told):
                known[class_[0]][n] += value


def speed(sensors: int, length_km: float, width_km: float) -> None:
    """A line of so many sensors at 250 m."""
    chance = np.random.default_rng(1)
    lon = chance.uniform(-length_km / 222.6, length_km / 222.6, sensors)
    lat = chance.uniform(-width_km / 222.6, width_km / 222.6, sensors)
    kinds = chance.choice(["acoustic_array", "microphone", "seismic", "camera"], sensors, p=[0.5, 0.35, 0.05, 0.1])
    network = Network(
        tuple(
            Sensor(
                id=f"S{n:04d}", kind=str(kind), provider=f"p{n % 8}", lon=float(a), lat=float(b), time_sigma_s=0.02,
                azimuth_sigma_deg=1.5 if kind in ("acoustic_array", "camera") else None,
            )
            for n, (a, b, kind) in enumerate(zip(lon, lat, kinds, strict=True))
        )
    )  # fmt: skip
    watch = stated_watch(network, plugins().sensings, 0)
    carry = replace(watch.carry, reach_sigma=np.full(len(watch.carry.classes), 0.05))
    watch = replace(watch, carry=carry)
    began = process_time()
    raster = raster_of(watch, margin_m=0.0)
    ground = ground_of(watch, raster, LONG)
    laid = process_time()
    first = covered(watch, ground, 0.0, 3600.0)
    done = process_time()
    covered(watch, ground, 3600.0, 7200.0)
    again = process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{sensors} sensors, {raster.columns * 0.25:.0f} × {raster.rows * 0.25:.0f} km at 250 m, {len(LONG)} classes:"
    )
    print(f"  laid out and first hour {done - began:.1f} s (layout {laid - began:.1f} s); a further hour "
          f"{again - done:.2f} s; {peak:.0f} MiB at most; mean known {float(first.known.mean()):.3f}")  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_subparsers(required=True)
    told = what.add_parser("detection")
    told.add_argument("missions", nargs="+", type=Path)
    told.set_defaults(run=lambda args: detection(args.missions))
    fast = what.add_parser("speed")
    fast.add_argument("--sensors", type=int, default=1000)
    fast.set_defaults(run=lambda args: speed(args.sensors, 1200.0, 60.0))
    rated = what.add_parser("rates")
    rated.add_argument("--seeds", type=int, default=20)
    rated.set_defaults(run=lambda args: halved_rates(range(args.seeds)))
    planned = what.add_parser("plan")
    planned.set_defaults(run=lambda _: plans())
    args = parser.parse_args()
    run: Callable[[argparse.Namespace], None] = args.run
    run(args)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
