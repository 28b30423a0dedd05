"""`truceline emit`: an exercise, spoken as sensors would speak it."""

import argparse
import asyncio
import random
import socket
import sys
from pathlib import Path

from truceline.edges.clock import now_us
from truceline.edges.feeds.emit import Emitted, adsb_lines, ais_lines, emit_lines, ndjson_lines, remote_id_lines
from truceline.edges.feeds.emit_seedlink import RING, SeedLinkServer
from truceline.edges.feeds.exercise import Exercise, arrays_of, plan_of, read_exercise, tracks_of, waveforms_of
from truceline.edges.feeds.plan import missing
from truceline.edges.feeds.seedlink_blocks import NUMBERS
from truceline.model.problem import Place, Problem, Unusable

EXAMPLE = """example:
  truceline emit sapient worlds/quiet.toml 127.0.0.1:5020 --speed 60
  truceline emit sapient missions/first-light 127.0.0.1:5020 --plan > feeds.toml
  truceline emit ais worlds/quiet.toml 127.0.0.1:10110
  truceline emit mqtt worlds/quiet.toml 127.0.0.1:1883 --prefix site
  truceline emit seedlink missions/first-light 127.0.0.1:18000 --sensor A1

seedlink listens at the address and ends when somebody has been told all; all others connect to it.
"""
PROTOCOLS = ("sapient", "seedlink", "mqtt", "ais", "adsb", "remote_id", "ndjson")
SPOKEN = {"ais": ais_lines, "adsb": adsb_lines, "remote_id": remote_id_lines}
ANSWER_S = 10.0


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command emit."""
    emit = commands.add_parser(
        "emit", help="send an exercise over a sensor's protocol", epilog=EXAMPLE,
        description="Send an exercise over a sensor's protocol, as real sensors would send it.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    emit.add_argument("protocol", choices=PROTOCOLS)
    emit.add_argument("world", metavar="WORLD", help="a world's description (WORLD.toml) or a mission folder")
    emit.add_argument("address", metavar="ADDRESS", help="host:port of the gateway, receiver or broker")
    emit.add_argument("--speed", type=float, default=1.0, help="so many times faster than it happened (default 1)")
    emit.add_argument("--seed", type=int, default=1, help="which world of its kind (default 1)")
    emit.add_argument("--prefix", default="truceline", help="mqtt: topics are PREFIX/SENSOR")
    emit.add_argument("--sensor", action="append", default=[], metavar="ID", help="seedlink: this array; repeatable")
    emit.add_argument(
        "--count", type=int, default=20, help="ais, adsb, remote_id: how many move, if the world has none (20)"
    )
    emit.add_argument(
        "--ring", type=int, default=RING, metavar="N", help=f"seedlink: a station holds its last N records ({RING:,})"
    )
    emit.add_argument("--plan", action="store_true", help="print the feeds.toml that takes this in, and end")
    emit.set_defaults(run=run_emit)


def run_emit(args: argparse.Namespace) -> int:
    """Send an exercise."""
    if not args.speed > 0.0:
        raise Unusable([Problem(Place("--speed"), f"{args.speed:g} is no speed", "give a number above zero")])
    for name, given, least in (("--seed", args.seed, 0), ("--count", args.count, 1), ("--ring", args.ring, 1)):
        if given < least:
            raise Unusable([Problem(Place(name), f"{given} cannot be used", f"give a whole number from {least}")])
    exercise = read_exercise(Path(args.world), args.seed)
    host, port = _host_port(args.address)
    if args.plan:
        arrays = arrays_of(exercise, args.sensor) if args.protocol == "seedlink" else ()
        print(plan_of(exercise, args.protocol, args.address, args.prefix, arrays), end="")
        return 0
    try:
        done = asyncio.run(_emit(args, host, port, exercise))
    except OSError as error:
        problem = Problem(Place("ADDRESS"), f"{args.address}: {error}", "check the address")
        raise Unusable([problem]) from None
    gone = f", {done.gone} asked for but no longer held" if done.gone else ""
    print(f"{done.sent} sent, {done.cuts} connections broken{gone}")
    for words, times in sorted(done.rejected.items()):
        print(f"  {times} × {words}")
    return 1 if done.rejected else 0


async def _emit(args: argparse.Namespace, host: str, port: int, exercise: Exercise) -> Emitted:
    if args.protocol == "seedlink":
        return await _seedlink(args, host, port, exercise)
    socket.create_connection((host, port), ANSWER_S).close()  # that somebody listens at all
    match args.protocol:
        case "sapient":
            try:
                from truceline.edges.feeds.emit_sapient import emit_sapient  # noqa: PLC0415 (optional)
            except ImportError as error:
                raise missing("sapient-proto", error) from None
            chance = random.Random(args.seed)  # noqa: S311
            return await emit_sapient(host, port, exercise.network, exercise.observations, args.speed, chance)
        case "mqtt":
            try:
                from truceline.edges.feeds.emit_mqtt import emit_mqtt  # noqa: PLC0415 (optional)
            except ImportError as error:
                raise missing("paho-mqtt", error) from None
            return await emit_mqtt(host, port, args.prefix, exercise.observations, args.speed)
        case "ndjson":
            lines = (line + b"\n" async for _, line in ndjson_lines(exercise.observations, args.speed))
            return await emit_lines(host, port, lines)
    tracks, invented = tracks_of(exercise, args.protocol, args.count, args.seed)
    if invented:
        print(f"truceline emit: nobody of this kind in the world: {args.count} are invented", file=sys.stderr)
    return await emit_lines(host, port, SPOKEN[args.protocol](tracks, args.speed))


async def _seedlink(args: argparse.Namespace, host: str, port: int, exercise: Exercise) -> Emitted:
    arrays = arrays_of(exercise, args.sensor)
    names = ", ".join(array.sensor.id for array in arrays)
    print(f"truceline emit: recorded by {names}; --sensor names others", file=sys.stderr)
    # Numbers that grow with the clock: a story that is told again is not taken for the one before.
    first = now_us() // 1_000 % NUMBERS
    server = SeedLinkServer(
        host, port, waveforms_of(exercise, arrays, args.seed), args.speed, first_number=first, ring=args.ring
    )
    await server.run()
    return server.done


def _host_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise Unusable([Problem(Place("ADDRESS"), f"{address!r} cannot be used", "give host:port")])
    return host.strip("[]"), int(port)
