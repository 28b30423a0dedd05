"""`truceline listen`: records of an array's elements in, arrivals as lines of contract 1 out."""

import argparse
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from truceline.edges.cli.instants import instant_of
from truceline.edges.clock import now_us
from truceline.edges.feeds.array_reader import LEAST_ELEMENTS, ArrayPlan, observed
from truceline.edges.feeds.waveforms import placed, read_waveforms, with_elements
from truceline.formats.observations_ndjson import write_observation
from truceline.formats.wav import write_wav
from truceline.model.feed import Sender
from truceline.model.observation import Exhibit
from truceline.model.problem import Place, Problem, Unusable
from truceline.model.waveform import Waveform
from truceline.sensors.acoustic.excerpt import excerpt, levelled
from truceline.sensors.array.arrivals import HeardArrival, find_arrivals
from truceline.sensors.array.record import Record, joined

EXAMPLE = """example:
  truceline listen BRP1.SAC BRP2.SAC BRP3.SAC BRP4.SAC --sensor BRP --band 0.5 5 --wave infrasound --delay-sigma 0.01
  truceline listen day.mseed --stations array.xml --sensor A1 --band 5 40 --window 2 > arrivals.ndjson

SAC and WAV are read as they are; miniSEED and StationXML need the extra `waveforms`. docs/science/arrays.md says how.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command listen."""
    listen = commands.add_parser(
        "listen", help="find arrivals in the records of an array", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Find arrivals in the records of an array. Prints one line of contract 1 for each.",
    )  # fmt: skip
    listen.add_argument("files", nargs="+", metavar="FILE", help="one file a channel, or files of several channels")
    listen.add_argument("--sensor", required=True, metavar="ID", help="the array's id in network.geojson")
    listen.add_argument("--band", type=float, nargs=2, required=True, metavar=("LOW", "HIGH"), help="Hz")
    listen.add_argument("--window", type=float, default=10.0, metavar="S", help="seconds of a window (default 10)")
    listen.add_argument("--wave", choices=("acoustic", "infrasound", "seismic"), default="acoustic")
    listen.add_argument("--slowest", type=float, default=280.0, metavar="MPS", help="slowest wave of interest (280)")
    listen.add_argument(
        "--delay-sigma", type=float, default=0.003, metavar="S",
        help="how wrong delays between elements may be at rest: a survey good to 1 m is 0.003 (default)",
    )  # fmt: skip
    listen.add_argument("--time-sigma", type=float, default=0.0, metavar="S", help="of the array's clock")
    listen.add_argument("--stations", metavar="XML", help="StationXML with the elements' positions")
    listen.add_argument("--elements", metavar="CSV", help="positions: columns channel, lon, lat; .FILE..0 for sound")
    listen.add_argument("--start", metavar="TIME", help="when sound files begin, like 2026-03-02T10:51:38.479Z")
    listen.add_argument("--excerpts", metavar="DIR", help="keep ± 5 s of sound about each arrival, without speech")
    listen.set_defaults(run=run_listen)


def run_listen(args: argparse.Namespace) -> int:
    """Print the arrivals of one array's record."""
    start = instant_of("--start", args.start, "write the time in UTC") if args.start else None
    waveforms = [one for name in args.files for one in read_waveforms(Path(name), start)]
    waveforms = list(placed(waveforms, Path(args.stations) if args.stations else None))
    if args.elements:
        waveforms = with_elements(waveforms, Path(args.elements))
    try:
        plan = _plan(args, waveforms)
        setup = plan.setup(tuple(waveform.channel for waveform in waveforms), waveforms[0].rate_hz)
        record = joined(waveforms)
        found = find_arrivals(setup, record.samples)
    except ValueError as error:
        what, _, remedy = str(error).partition(": ")
        raise Unusable([Problem(Place("the records"), what, remedy or "see --help")]) from None
    sender = Sender(sensor=args.sensor, time_sigma_s=args.time_sigma)
    for heard in found:
        exhibits = _kept(args.excerpts, record, heard) if args.excerpts else ()
        print(write_observation(observed(plan, setup, record, heard, sender, now_us(), ""), exhibits).decode())
    bad = sorted({waveforms[index].channel for heard in found for index in heard.suspects})
    if bad:
        print(f"truceline listen: more probably bad than not, in some windows: {', '.join(bad)}", file=sys.stderr)
    return 0


def _plan(args: argparse.Namespace, waveforms: Sequence[Waveform]) -> ArrayPlan:
    """How the array is listened to. Raises ValueError."""
    if len(waveforms) < LEAST_ELEMENTS:
        raise ValueError(f"{len(waveforms)} channels: an array has {LEAST_ELEMENTS} or more")
    places = {w.channel: (w.lon, w.lat) for w in waveforms if w.lon is not None and w.lat is not None}
    lost = [waveform.channel for waveform in waveforms if waveform.channel not in places]
    if lost:
        raise ValueError(f"no position of {', '.join(lost)}: give --elements, --stations, or SAC with STLA and STLO")
    if len(places) < len(waveforms):
        raise ValueError("a channel is given twice: give each once")
    return ArrayPlan(
        places=places,
        band_hz=(args.band[0], args.band[1]),
        window_s=args.window,
        slowest_mps=args.slowest,
        delay_sigma_s=args.delay_sigma,
        wave=args.wave,
    )


def _kept(folder: str, record: Record, heard: HeardArrival) -> tuple[Exhibit, ...]:
    """The excerpt of the first element, written beside, as an exhibit."""
    kept = levelled(excerpt(record.samples[0], record.rate_hz, heard.time_s))
    sound = write_wav(kept.tolist(), round(record.rate_hz))
    digest = sha256(sound).hexdigest()
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{digest}.wav").write_bytes(sound)
    except OSError as error:
        raise Unusable([Problem(Place(folder), f"cannot be written ({error.strerror})", "check the path")]) from None
    return (Exhibit(digest, "audio/wav"),)
