"""`truceline feed`: run a site's feeds, try a sensor out, try the quarantine again."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from truceline.edges.clock import running_s
from truceline.edges.feeds.door import Feed, Sink
from truceline.edges.feeds.kept import Kept
from truceline.edges.feeds.lines import LineFeed, NdjsonReader, Reader, RemoteIdReader, adsb_reader, ais_reader
from truceline.edges.feeds.mqtt_door import MqttDoor
from truceline.edges.feeds.plan import PlannedFeed, build_feed, host_port, missing, read_plan
from truceline.edges.feeds.spool import PLACES, Spool, quarantined, write_health
from truceline.edges.feeds.supervise import Supervisor
from truceline.edges.feeds.trial import Trial
from truceline.edges.given_file import read_given
from truceline.edges.live.data_folder import keys_of
from truceline.edges.store.keyring import Keyring
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.store.vault import Vault
from truceline.model.feed import Sender
from truceline.model.problem import Place, Problem, Unusable

RUN_EXAMPLE = """example:
  truceline feed run feeds.toml --out spool
  truceline feed run feeds.toml --out spool --store mission.store

Runs until interrupted; what was received is durable before it is answered. docs/how-to/connect-a-sensor.md
explains feeds.toml.
"""
CHECK_EXAMPLE = """example:
  truceline feed check feeds.toml
"""
TEST_EXAMPLE = """example:
  truceline feed test sapient 127.0.0.1:5020           listen: the sensor's node connects here
  truceline feed test ais connect:192.0.2.7:10110      connect to a receiver
  truceline feed test ndjson captured.ndjson           read a file
  truceline feed test mqtt 0.0.0.0:1883                listen: the sensor publishes to us
  truceline feed test plan feeds.toml --feed north     any feed as it is planned: seedlink, mqtt, sensorthings too
"""
REPLAY_EXAMPLE = """example:
  truceline feed replay spool feeds.toml --out spool-again
"""
LOOK_S, MOST_NAMED = 2.0, 5
TEST_KINDS = ("sapient", "ais", "adsb", "ndjson", "remote_id", "mqtt", "plan")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command feed."""
    feed = commands.add_parser("feed", help="run feeds of sensors, or try one out")
    ways = feed.add_subparsers(title="commands", metavar="COMMAND", required=True)
    run = _command(ways, "run", "run the feeds of feeds.toml until interrupted", RUN_EXAMPLE)
    run.add_argument("plan", metavar="FEEDS.toml", help="which feeds to run")
    run.add_argument("--out", required=True, metavar="SPOOL", help="the folder to write to")
    run.add_argument("--store", help="put observations into this store, instead of SPOOL/observations.ndjson")
    run.add_argument(
        "--keys", metavar="FILE", help="its keyring, for what is personal (default: keys.sqlite beside it)"
    )
    run.add_argument("--seconds", type=float, default=0.0, help="end by itself after so long")
    run.set_defaults(run=run_feeds)
    check = _command(ways, "check", "say what is wrong with a feeds.toml, or what it plans", CHECK_EXAMPLE)
    check.add_argument("plan", metavar="FEEDS.toml", help="the file to check")
    check.set_defaults(run=run_check)
    trial = _command(ways, "test", "say in words what is wrong with a sensor", TEST_EXAMPLE)
    trial.add_argument("kind", choices=TEST_KINDS)
    trial.add_argument("address", metavar="ADDRESS", help="host:port to listen at, connect:host:port, a file; a plan")
    trial.add_argument("--feed", default="", metavar="NAME", help="plan: which of its feeds")
    trial.add_argument("--seconds", type=float, default=60.0, help="how long to listen (default 60)")
    trial.add_argument("--messages", type=int, default=0, help="end after so many messages")
    trial.set_defaults(run=run_test)
    again = _command(ways, "replay", "try the messages of a quarantine again", REPLAY_EXAMPLE)
    again.add_argument("spool", metavar="SPOOL", help="the spool whose quarantine is read; it stays as it is")
    again.add_argument("plan", metavar="FEEDS.toml", help="the feeds as they are now")
    again.add_argument("--out", required=True, metavar="SPOOL", help="another folder to write to")
    again.set_defaults(run=run_replay)


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, told: str, example: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=told, description=told[0].upper() + told[1:] + ".", epilog=example,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip


def run_feeds(args: argparse.Namespace) -> int:
    """Run until interrupted, or for so long."""
    feeds = [build_feed(planned, places=Path(args.out) / PLACES) for planned in _plan(args.plan)]
    with Spool(Path(args.out)) as spool:
        sink: Sink = spool
        store = _vault(Path(args.store), args.keys) if args.store else None
        try:
            if store is not None:
                sink = Kept(spool, store)
            supervisor = Supervisor(sink)
            for feed in feeds:
                print(f"{feed.name}: started", file=sys.stderr)
            with suppress(KeyboardInterrupt):
                _until_done(supervisor, feeds, Path(args.out), args.seconds or None)
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


def _vault(store: Path, keys: str | None) -> Vault:
    """A store in which tracks and what people said lie in envelopes. Raises Unusable."""
    opened = SqliteStore(store)
    try:
        return Vault(opened, Keyring(Path(keys) if keys else keys_of(store)))
    except Unusable:
        opened.close()
        raise


def _until_done(supervisor: Supervisor, feeds: Sequence[Feed], spool: Path, seconds: float | None) -> None:
    try:
        asyncio.run(_watched(supervisor, feeds, spool, seconds))
    except* Unusable as group:
        raise Unusable(p for fault in group.exceptions if isinstance(fault, Unusable) for p in fault.problems) from None
    except* OSError as group:
        problems = [Problem(Place("feeds"), str(fault), "check the address") for fault in group.exceptions]
        raise Unusable(problems) from None


async def _watched(supervisor: Supervisor, feeds: Sequence[Feed], spool: Path, seconds: float | None) -> None:
    """Run the feeds; say what goes wrong when it first does, and keep SPOOL/health.json."""
    told: set[tuple[str, str]] = set()

    def look() -> None:
        for name, health in supervisor.health.items():
            for words in tuple(health.errors):
                if (name, words) not in told:
                    told.add((name, words))
                    print(f"{name}: {words}", file=sys.stderr, flush=True)
        write_health(spool, supervisor.health)

    running = asyncio.create_task(supervisor.run(feeds))
    ends_s = None if seconds is None else running_s() + seconds
    try:
        while not running.done() and (ends_s is None or running_s() < ends_s):
            left = LOOK_S if ends_s is None else min(LOOK_S, max(0.0, ends_s - running_s()))
            await asyncio.wait({running}, timeout=left)
            look()
    finally:
        running.cancel()
        try:
            with suppress(asyncio.CancelledError):
                await running
        finally:
            look()


def run_check(args: argparse.Namespace) -> int:
    """Say what a plan plans."""
    for planned in _plan(args.plan):
        build_feed(planned)
        ids = [one.sender.sensor for one in planned.sensors]
        who = ", ".join(ids[:MOST_NAMED]) + (f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else "")
        secure = ", TLS" if planned.tls else ""
        print(f"{planned.name}: {planned.kind}, {planned.how} {planned.address}{secure}; {who or 'any sensor'}")
    return 0


def run_test(args: argparse.Namespace) -> int:
    """Listen to one sensor and judge it."""
    feed = _planned(args) if args.kind == "plan" else _on_trial(args.kind, args.address)
    trial = Trial(feed, print, args.messages)
    with suppress(KeyboardInterrupt):
        asyncio.run(trial.run(args.seconds))
    print(trial.verdict())
    return 1 if trial.faults or not trial.messages else 0


def _planned(args: argparse.Namespace) -> Feed:
    """The one feed of a plan that is to be tried."""
    planned = _plan(args.address)
    chosen = [one for one in planned if args.feed in ("", one.name)]
    if len(chosen) != 1:
        what = f"its feeds are {', '.join(one.name for one in planned)}"
        raise Unusable([Problem(Place(args.address), what, "say with --feed which one to try")])
    return build_feed(chosen[0], trial=True)


def _on_trial(kind: str, given: str) -> Feed:
    """A feed that lets everybody speak."""
    how, address = _how(given)
    if kind == "sapient":
        try:
            from truceline.edges.feeds.any_node import trial_gateway  # noqa: PLC0415 (optional)
        except ImportError as error:
            raise missing("sapient-proto", error) from None
        if how != "listen":
            raise _mistake(given, "a SAPIENT node connects to us: give host:port to listen at")
        return trial_gateway(*host_port(address))
    if kind == "mqtt":
        if how != "listen":
            raise _mistake(given, "give host:port to listen at; a broker is tried by a plan")
        return MqttDoor("trial", *host_port(address), "#", NdjsonReader())
    sender = Sender(sensor="trial", time_sigma_s=1.0)
    readers: dict[str, Reader] = {
        "ais": ais_reader("trial", sender),
        "adsb": adsb_reader("trial", sender),
        "ndjson": NdjsonReader(),
        "remote_id": RemoteIdReader(sender),
    }
    return LineFeed("trial", how, address, readers[kind])


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
    return read_plan(path, read_given(Path(path)), Path(path).parent)
