"""`truceline feed`: run a site's feeds, try a sensor out, try the quarantine again. `truceline emit`: an exercise."""

import argparse
import asyncio
import random
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from truceline.edges.feeds.door import Feed, Sink
from truceline.edges.feeds.emit import Emitted, emit_ais, node_id
from truceline.edges.feeds.kept import Kept
from truceline.edges.feeds.lines import AisReader, LineFeed, NdjsonReader, Reader, RemoteIdReader
from truceline.edges.feeds.plan import PlannedFeed, build_feed, missing, read_plan
from truceline.edges.feeds.spool import Spool, quarantined
from truceline.edges.feeds.supervise import Supervisor
from truceline.edges.store.sqlite import SqliteStore
from truceline.formats.mission_toml import read_mission
from truceline.formats.network_geojson import read_network
from truceline.formats.observations_ndjson import read_observation
from truceline.model.feed import Sender
from truceline.model.network import Network
from truceline.model.observation import Observation
from truceline.model.problem import Place, Problem, Unusable
from truceline.sim.build import build
from truceline.sim.read_world import read_world

RUN_EXAMPLE = """example:
  truceline feed run feeds.toml --out spool
  truceline feed run feeds.toml --out spool --store mission.store

Runs until interrupted; what was received is durable before it is answered. docs/how-to/connect-a-sensor.md
explains feeds.toml.
"""
TEST_EXAMPLE = """example:
  truceline feed test sapient 127.0.0.1:5020           listen: the sensor's node connects here
  truceline feed test ais connect:192.0.2.7:10110      connect to a receiver
  truceline feed test ndjson captured.ndjson           read a file
"""
REPLAY_EXAMPLE = """example:
  truceline feed replay spool feeds.toml --out spool-again
"""
EMIT_EXAMPLE = """example:
  truceline emit sapient worlds/quiet.toml 127.0.0.1:5020 --speed 60
  truceline emit sapient missions/first-light 127.0.0.1:5020 --plan > feeds.toml
  truceline emit ais missions/harbour 127.0.0.1:10110
  truceline emit mqtt worlds/quiet.toml 127.0.0.1:1883 --prefix site
"""
TEST_KINDS = ("sapient", "ais", "ndjson", "remote_id")
PROTOCOLS = ("sapient", "ais", "mqtt")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands feed and emit."""
    feed = commands.add_parser("feed", help="run feeds of sensors, or try one out")
    ways = feed.add_subparsers(title="commands", metavar="COMMAND", required=True)
    run = _command(ways, "run", "run the feeds of feeds.toml until interrupted", RUN_EXAMPLE)
    run.add_argument("plan", metavar="FEEDS.toml", help="which feeds to run")
    run.add_argument("--out", required=True, metavar="SPOOL", help="the folder to write to")
    run.add_argument("--store", help="put observations into this store, instead of SPOOL/observations.ndjson")
    run.set_defaults(run=run_feeds)
    trial = _command(ways, "test", "say in words what is wrong with a sensor", TEST_EXAMPLE)
    trial.add_argument("kind", choices=TEST_KINDS)
    trial.add_argument("address", metavar="ADDRESS", help="host:port to listen at, connect:host:port, or a file")
    trial.add_argument("--seconds", type=float, default=60.0, help="how long to listen (default 60)")
    trial.add_argument("--messages", type=int, default=0, help="end after so many messages")
    trial.set_defaults(run=run_test)
    again = _command(ways, "replay", "try the messages of a quarantine again", REPLAY_EXAMPLE)
    again.add_argument("spool", metavar="SPOOL", help="the spool whose quarantine is read; it stays as it is")
    again.add_argument("plan", metavar="FEEDS.toml", help="the feeds as they are now")
    again.add_argument("--out", required=True, metavar="SPOOL", help="another folder to write to")
    again.set_defaults(run=run_replay)
    emit = _command(commands, "emit", "speak a sensor's protocol: an exercise without hardware", EMIT_EXAMPLE)
    emit.add_argument("protocol", choices=PROTOCOLS)
    emit.add_argument("world", metavar="WORLD", help="a world's description (WORLD.toml) or a mission folder")
    emit.add_argument("address", metavar="ADDRESS", help="host:port of the gateway, receiver or broker")
    emit.add_argument("--speed", type=float, default=1.0, help="so many times faster than it happened (default 1)")
    emit.add_argument("--seed", type=int, default=1, help="which world of its kind (default 1)")
    emit.add_argument("--prefix", default="truceline", help="mqtt: topics are PREFIX/SENSOR")
    emit.add_argument("--plan", action="store_true", help="print the feeds.toml that knows these nodes, and end")
    emit.set_defaults(run=run_emit)


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, told: str, example: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=told, description=told[0].upper() + told[1:] + ".", epilog=example,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip


def run_feeds(args: argparse.Namespace) -> int:
    """Run until interrupted."""
    feeds = [build_feed(planned) for planned in _plan(args.plan)]
    with Spool(Path(args.out)) as spool:
        sink: Sink = spool
        store = SqliteStore(Path(args.store)) if args.store else None
        try:
            if store is not None:
                sink = Kept(spool, store)
            supervisor = Supervisor(sink)
            for feed in feeds:
                print(f"{feed.name}: started", file=sys.stderr)
            with suppress(KeyboardInterrupt):
                _until_done(supervisor, feeds)
        finally:
            if store is not None:
                store.close()
        for name, health in sorted(supervisor.health.items()):
            print(
                f"{name}: {health.received} messages, {health.observations} observations, {health.quarantined} in "
                f"quarantine, {health.repeated} repeated, {health.missing} missing, {health.cuts} cuts",
                file=sys.stderr,
            )
    return 0


def _until_done(supervisor: Supervisor, feeds: Sequence[Feed]) -> None:
    try:
        asyncio.run(supervisor.run(feeds))
    except* Unusable as group:
        raise Unusable(p for fault in group.exceptions if isinstance(fault, Unusable) for p in fault.problems) from None
    except* OSError as group:
        problems = [Problem(Place("feeds"), str(fault), "check the address") for fault in group.exceptions]
        raise Unusable(problems) from None


def run_test(args: argparse.Namespace) -> int:
    """Listen to one sensor and judge it."""
    try:
        from truceline.edges.feeds.trial import Trial, trial_gateway  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise missing("sapient-proto", error) from None
    feed: Feed
    how, address = _how(args.address)
    if args.kind == "sapient":
        if how != "listen":
            raise _mistake(args.address, "a SAPIENT node connects to us: give host:port to listen at")
        host, _, port = address.rpartition(":")
        feed = trial_gateway(host, int(port))
    else:
        sender = Sender(sensor="trial", time_sigma_s=1.0)
        readers: dict[str, Reader] = {
            "ais": AisReader(sender),
            "ndjson": NdjsonReader(),
            "remote_id": RemoteIdReader(sender),
        }
        feed = LineFeed("trial", how, address, readers[args.kind])
    trial = Trial(feed, print, args.messages)
    with suppress(KeyboardInterrupt):
        asyncio.run(trial.run(args.seconds))
    print(trial.verdict())
    return 1 if trial.faults or not trial.messages else 0


def _how(address: str) -> tuple[str, str]:
    way, _, rest = address.partition(":")
    if way == "connect":
        return "connect", _checked(rest)
    if Path(address).is_file():
        return "file", address
    return "listen", _checked(address)


def _checked(address: str) -> str:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise _mistake(address, "give host:port, connect:host:port, or a file that is there")
    return address


def _mistake(given: str, remedy: str) -> Unusable:
    return Unusable([Problem(Place("ADDRESS"), f"{given!r} cannot be used", remedy)])


def run_replay(args: argparse.Namespace) -> int:
    """Read each message of a quarantine with the feed it came from, as it is planned now."""
    feeds = {planned.name: build_feed(planned, again=True) for planned in _plan(args.plan)}
    if Path(args.out).resolve() == Path(args.spool).resolve():
        raise _mistake(args.out, "name another folder than the spool that is read")
    with Spool(Path(args.out)) as spool:
        counts = Supervisor(spool).replay(feeds, quarantined(Path(args.spool)))
    said = f"{counts.observations} observations, {counts.quarantined} still refused"
    print(f"{counts.received} messages tried again: {said}")
    return 0


def _plan(path: str) -> tuple[PlannedFeed, ...]:
    return read_plan(path, _read(Path(path)), Path(path).parent)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unusable([Problem(Place(str(path)), f"cannot be read ({error.strerror})", "check the path")]) from None


def run_emit(args: argparse.Namespace) -> int:
    """Send an exercise."""
    network, observations = _exercise(Path(args.world), args.seed)
    if args.plan:
        print(_plan_of(network, args.address), end="")
        return 0
    host, _, port = _checked(args.address).rpartition(":")
    done = asyncio.run(_emit(args, host, int(port), network, observations))
    print(f"{done.sent} sent, {done.cuts} connections broken")
    for words, times in sorted(done.rejected.items()):
        print(f"  {times} × {words}")
    return 1 if done.rejected else 0


async def _emit(
    args: argparse.Namespace, host: str, port: int, network: Network, observations: Sequence[Observation]
) -> Emitted:
    if args.protocol == "sapient":
        try:
            from truceline.edges.feeds.emit_sapient import emit_sapient  # noqa: PLC0415 (optional)
        except ImportError as error:
            raise missing("sapient-proto", error) from None
        chance = random.Random(args.seed)  # noqa: S311
        return await emit_sapient(host, port, network, observations, args.speed, chance)
    if args.protocol == "ais":
        return await emit_ais(host, port, observations, args.speed)
    try:
        from truceline.edges.feeds.emit_mqtt import emit_mqtt  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise missing("paho-mqtt", error) from None
    return await emit_mqtt(host, port, args.prefix, observations, args.speed)


def _exercise(world: Path, seed: int) -> tuple[Network, list[Observation]]:
    """The network and the observations of a world or mission, which must not be an actual one. Raises Unusable."""
    if world.is_dir():
        mission, _ = read_mission(str(world / "mission.toml"), _read(world / "mission.toml"))
        files = {name: _read(world / name) for name in (mission.network, *mission.observations)}
    else:
        made = build(read_world(str(world), _read(world)), np.random.default_rng(seed))
        mission, _ = read_mission("mission.toml", made["mission.toml"])
        files = dict(made)
    if mission.status == "actual":
        what = f"mission {mission.name!r} is actual"
        raise Unusable([Problem(Place(str(world)), what, "only exercises and tests may be emitted")])
    network = read_network(mission.network, files[mission.network])
    observations = []
    for name in mission.observations:
        for line in files[name].splitlines():
            with suppress(ValueError):
                observations.append(read_observation(line))
    return network, sorted(observations, key=lambda seen: (seen.time_us, seen.id))


def _plan_of(network: Network, address: str) -> str:
    """A feeds.toml that knows the nodes of an exercise."""
    lines = [
        "[[feed]]", 'name = "exercise"', 'kind = "sapient"', f'address = "{address}"', f'node = "{node_id("gateway")}"',
    ]  # fmt: skip
    for sensor in network.sensors:
        lines += [
            "", "[[feed.sensor]]", f'id = "{sensor.id}"', f'node = "{node_id(sensor.id)}"',
            f"time_sigma_s = {sensor.time_sigma_s}",
        ]  # fmt: skip
        if sensor.position_sigma_m is not None:
            lines.append(f"position_sigma_m = {sensor.position_sigma_m}")
        if sensor.azimuth_sigma_deg is not None:
            lines.append(f"azimuth_sigma_deg = {sensor.azimuth_sigma_deg}")
    return "\n".join(lines) + "\n"
