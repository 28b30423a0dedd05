"""Feeds under load on loopback: connections cut, bytes corrupted, and what is lost of what was acknowledged.

    python benchmarks/feeds.py                     every feed, ten minutes each
    python benchmarks/feeds.py ais --seconds 60    one of them, a minute

The feed runs in a process of its own: the memory and the CPU time are its alone. Between sensor and feed stands a proxy
that flips a bit of one byte in a hundred and cuts the connection twenty times.
The rates are five times what a site expects. What counts as lost hangs on what a protocol promises:

    sapient        alerts are acknowledged: every acknowledged one must be on disk
    ndjson, ais, adsb, remote_id    nothing is acknowledged: every line that was passed on to the feed must have been
                   kept, dropped as a repetition, or put into the quarantine with a reason
    mqtt           every payload whose publication was acknowledged must be on disk, kept or in the quarantine. The
                   payloads are damaged by their publisher, and it is the publisher that is cut off
    mqtt-broker    the same with a mosquitto between (only if there is one): the feed is cut off from it
    seedlink       nothing is acknowledged: blocks that never came are counted. Nearly every record is damaged
    sensorthings   answers are damaged four fifths of the time; by the end every observation must be on disk
"""

import argparse
import asyncio
import random
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from feed_beside import Beside, Task
from feed_proxy import Proxy
from feed_rig import CASES
from truceline.edges.clock import running_s
from truceline.edges.feeds.watch import MOST_REMEMBERED

COLUMNS = (
    "feed", "offered", "cuts", "sent", "received", "observations", "in quarantine", "lost", "kinds of error named",
    "memory, MB: begin, half (full: the first 50,000 observations remembered), end", "CPU, s",
)  # fmt: skip
DAMAGED_SHARE = {"mqtt": 0.0, "mqtt-broker": 0.0}  # of the connection; elsewhere all of the time
DAMAGED_UNTIL = {"sensorthings": 0.8}  # of the time
PATIENCE_S, LOOK_S = 60.0, 2.0


@dataclass(frozen=True)
class Result:
    """One feed under load. memory_mb: of the feed alone, at the beginning, half way, at the end; cpu_s: likewise.

    full_mb: when it first remembered as many observations as it ever will, if it did.
    """

    kind: str
    seconds: float
    rate: float
    share: float
    cuts: int
    sent: int
    received: int
    observations: int
    quarantined: int
    repeated: int
    connections: int
    lost: int
    errors: dict[str, int]
    memory_mb: tuple[float, float, float]
    full_mb: float | None
    cpu_s: float


async def trial(kind: str, seconds: float, rate: float, share: float, folder: Path) -> Result:
    """One feed under load."""
    case = CASES[kind][1](seconds, rate, share)
    behind = await case.open()
    proxy = Proxy(behind, case.towards_feed, random.Random(2), DAMAGED_SHARE.get(kind, share))
    server = await proxy.serve()
    near = server.sockets[0].getsockname()[1]
    feed = Beside(Task(kind, seconds, rate, share, near, folder))
    proxy.port = behind
    proxy.port = await feed.listening() or behind
    until, begun = running_s() + seconds, await feed.state()
    half_way, full = asyncio.create_task(_after(seconds / 2, feed)), asyncio.create_task(_full(feed))
    cutting = asyncio.create_task(proxy.cut_now_and_then(seconds))
    mending = asyncio.create_task(_mended(proxy, seconds * DAMAGED_UNTIL.get(kind, 2.0)))
    sent = await case.send(near, rate, until)
    if case.towards_feed:
        await proxy.all_gone(PATIENCE_S)
    # What is on its way takes longer on a busy machine; what is lost never comes.
    patience_s = running_s() + PATIENCE_S
    while case.lost(folder, (await feed.state()).health, proxy) and running_s() < patience_s:
        await asyncio.sleep(1.0)
    half = await half_way
    for task in (full, cutting, mending):
        task.cancel()
    await asyncio.gather(full, cutting, mending, return_exceptions=True)
    ended = await feed.end()
    server.close()
    await case.close()
    health = ended.health
    return Result(
        kind=kind, seconds=seconds, rate=rate, share=share, cuts=proxy.cut, sent=sent, received=health.received,
        observations=health.observations, quarantined=health.quarantined, repeated=health.repeated,
        connections=health.connections, lost=case.lost(folder, health, proxy), errors=dict(health.errors),
        memory_mb=(begun.memory_mb, half, ended.memory_mb), full_mb=None if full.cancelled() else full.result(),
        cpu_s=ended.cpu_s - begun.cpu_s,
    )  # fmt: skip


async def _after(seconds: float, feed: Beside) -> float:
    """The memory it holds after so long."""
    await asyncio.sleep(seconds)
    return (await feed.state()).memory_mb


async def _full(feed: Beside) -> float:
    """The memory it holds once it remembers all the observations that it ever will."""
    while (now := await feed.state()).health.observations < MOST_REMEMBERED:
        await asyncio.sleep(LOOK_S)
    return now.memory_mb


async def _mended(proxy: Proxy, seconds: float) -> None:
    """After so long no byte is damaged any more."""
    await asyncio.sleep(seconds)
    proxy.share = 0.0


def row(result: Result) -> str:
    begin, half, end = (f"{mb:.0f}" for mb in result.memory_mb)
    full = "" if result.full_mb is None else f" (full: {result.full_mb:.0f})"
    return (
        f"| {result.kind} | {result.rate:g}/s, {result.seconds:g} s | {result.cuts} | {result.sent:,} | "
        f"{result.received:,} | {result.observations:,} | {result.quarantined:,} | {result.lost} | "
        f"{len(result.errors)} | {begin}, {half}{full}, {end} | {result.cpu_s:.0f} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("feeds", nargs="*", choices=CASES, help="which (default all)")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--rate", type=float, default=0.0, help="messages a second (default: each feed's own)")
    parser.add_argument("--share", type=float, default=0.01, help="share of bytes flipped")
    args = parser.parse_args()
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|", flush=True)
    failed = False
    for kind in args.feeds or [kind for kind in CASES if kind != "mqtt-broker" or which("mosquitto")]:
        with tempfile.TemporaryDirectory() as folder:
            result = asyncio.run(trial(kind, args.seconds, args.rate or CASES[kind][0], args.share, Path(folder)))
        print(row(result), flush=True)
        for words, times in Counter(result.errors).most_common(3):
            print(f"    {times} × {words[:110]}")
        failed |= result.lost > 0
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
