"""Feeds under load on loopback: connections cut, bytes corrupted, and what is lost of what was acknowledged.

    python benchmarks/feeds.py --seconds 600 --rate 100

Between sensor and feed stands a proxy that flips a byte in so many (1 %) and cuts the connection twenty times.
SAPIENT alerts are what the standard acknowledges: a node sends each again until it is; every acknowledged one must be
in the spool. Lines (NDJSON, AIS) are not acknowledged: every line that came through the proxy must be in the spool or
in the quarantine with a reason.
"""

import argparse
import asyncio
import json
import random
import resource
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from truceline.edges.clock import now_us, running_s, worked_s
from truceline.edges.feeds.door import Feed
from truceline.edges.feeds.ids import stable_ulid
from truceline.edges.feeds.lines import AisReader, LineFeed, NdjsonReader
from truceline.edges.feeds.sapient_gateway import KnownNode, SapientGateway
from truceline.edges.feeds.spool import Spool
from truceline.edges.feeds.supervise import Supervisor
from truceline.formats import sapient_write as write
from truceline.formats.ais_write import write_position
from truceline.formats.sapient import read_message
from truceline.model.feed import Receipt, Sender
from truceline.model.instant import format_utc
from truceline.model.observation import Track

NODE, US = "a8654cdf-4328-47de-81fa-c495589e30c9", "6acd78c1-fcc2-4368-b7ae-ff1aa318911c"
SENDER = Sender(sensor="s-1", time_sigma_s=0.1)
CUTS = 20


@dataclass
class Proxy:
    """Passes bytes on from sensor to feed, some of them flipped, and cuts the connection now and then."""

    port: int
    chance: random.Random
    share: float
    passed: bytearray = field(default_factory=bytearray)
    lines: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)
    cut: int = 0

    async def serve(self) -> "asyncio.Server":
        return await asyncio.start_server(self._pass, "127.0.0.1", 0)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back, onward = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.close()
            return
        mine = {writer, onward}
        self.writers |= mine
        answers = asyncio.create_task(self._answers(back, writer))
        try:
            while data := await reader.read(4096):
                damaged = bytes(
                    b ^ (1 << self.chance.randrange(8)) if self.chance.random() < self.share else b for b in data
                )
                onward.write(damaged)
                await onward.drain()
                self.lines += damaged.count(b"\n")
        except OSError:
            pass
        finally:
            answers.cancel()
            self.writers -= mine
            for one in mine:
                one.close()

    def _flipped(self, byte: int) -> int:
        return byte ^ (1 << self.chance.randrange(8)) if self.chance.random() < self.share else byte

    async def _answers(self, back: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await back.read(4096):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    async def cut_now_and_then(self, seconds: float) -> None:
        for _ in range(CUTS):
            await asyncio.sleep(seconds / (CUTS + 1))
            self.cut += 1
            for writer in tuple(self.writers):
                writer.transport.abort()


async def alerts(port: int, rate: float, until_s: float, acknowledged: set[str], sent: Counter[str]) -> None:
    """A node that sends alerts, each until it is acknowledged, over whatever connections it gets."""
    waiting: dict[str, bytes] = {}
    begun, number = running_s(), 0
    while running_s() < until_s or (waiting and running_s() < until_s + 30.0):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue

        async def listen(reader: asyncio.StreamReader = reader) -> None:
            while True:
                length = int.from_bytes(await reader.readexactly(4), "little")
                data = await reader.readexactly(length)
                said = read_message("", data, Receipt(received_us=0, digest=""), SENDER)
                if said.kind == "alert_ack":
                    acknowledged.add(said.message_id)
                    waiting.pop(said.message_id, None)

        heard = asyncio.create_task(listen())
        envelope = write.Envelope(node=NODE, destination="", time_us=now_us())
        try:
            _frame(writer, write.sensor_registration(envelope, "camera", "x", 5.0))
            again = list(waiting.values())
            while not heard.done() and (running_s() < until_s or waiting):
                for data in again:
                    _frame(writer, data)
                again = []
                while number < (running_s() - begun) * rate and running_s() < until_s:
                    id_ = stable_ulid(f"alert {number}", now_us())
                    waiting[id_] = _alert(id_)
                    sent[id_] += 1
                    number += 1
                    _frame(writer, waiting[id_])
                await writer.drain()
                await asyncio.sleep(0.02)
                if running_s() >= until_s:
                    await asyncio.sleep(0.3)
                    again = list(waiting.values())
        except OSError:
            pass
        finally:
            heard.cancel()
            await asyncio.gather(heard, return_exceptions=True)
            writer.close()


def _frame(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(len(data).to_bytes(4, "little") + data)


def _alert(id_: str) -> bytes:
    message = write.Envelope(node=NODE, destination="", time_us=now_us()).message()
    message.alert.alert_id, message.alert.alert_type, message.alert.description = id_, 1, "smoke"
    return bytes(SapientMessage.SerializeToString(message))


async def lines(port: int, rate: float, until_s: float, line: Callable[[int], bytes]) -> int:
    """Lines as they come due; how many were written."""
    begun, number = running_s(), 0
    while running_s() < until_s:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            while running_s() < until_s:
                while number < (running_s() - begun) * rate:
                    writer.write(line(number) + b"\n")
                    number += 1
                await writer.drain()
                await asyncio.sleep(0.02)
            writer.close()
        except OSError:
            await asyncio.sleep(0.05)
    return number


def ndjson(number: int) -> bytes:
    time = format_utc(now_us())
    said = {
        "id": f"o{number}",
        "sensor": "s-1",
        "kind": "bearing",
        "time": time,
        "time_sigma_s": 0.1,
        "azimuth_deg": 12.5,
    }
    return json.dumps(said | {"azimuth_sigma_deg": 1.0, "seq": number}).encode()


def ais(number: int) -> bytes:
    track = Track(
        id="", sensor="s-1", time_us=now_us(), time_sigma_s=1.0, received_us=0, digest="", track="", sigma_m=10.0,
        lon=30.0 + number % 1000 * 1e-4, lat=45.0, speed_mps=5.0, course_deg=90.0,
    )  # fmt: skip
    return write_position(track, 273_000_000 + number % 500)


async def trial(kind: str, seconds: float, rate: float, share: float, folder: Path) -> None:
    """One feed under load."""
    feed: Feed
    if kind == "sapient":
        gateway = SapientGateway(kind, "127.0.0.1", 0, US, {NODE: KnownNode(SENDER)})
        feed, listening = gateway, gateway.listening
    else:
        reader = NdjsonReader(frozenset({"s-1"})) if kind == "ndjson" else AisReader(SENDER)
        line_feed = LineFeed(kind, "listen", "127.0.0.1:0", reader)
        feed, listening = line_feed, line_feed.listening
    with Spool(folder) as spool:
        supervisor = Supervisor(spool, random.Random(1))
        running = asyncio.create_task(supervisor.run([feed]))
        await listening.wait()
        port = gateway.port if kind == "sapient" else int(line_feed.address.split(":")[1])
        proxy = Proxy(port, random.Random(2), share)
        server = await proxy.serve()
        near = server.sockets[0].getsockname()[1]
        acknowledged: set[str] = set()
        sent: Counter[str] = Counter()
        until, cpu, before = running_s() + seconds, worked_s(), _memory_mb()
        halfway = asyncio.create_task(_after(seconds / 2, _memory_mb))
        cutting = asyncio.create_task(proxy.cut_now_and_then(seconds))
        source: Awaitable[object] = (
            alerts(near, rate, until, acknowledged, sent) if kind == "sapient"
            else lines(near, rate, until, ndjson if kind == "ndjson" else ais)
        )  # fmt: skip
        count = await source
        await asyncio.sleep(1.0)
        half, end = await halfway, _memory_mb()
        cutting.cancel()
        running.cancel()
        server.close()
        await asyncio.gather(running, cutting, return_exceptions=True)
        health = supervisor.health[kind]
    if kind == "sapient":
        kept = {json.loads(text).get("alert") for text in (folder / "facts.ndjson").read_text().splitlines()}
        told = f"{len(sent)} alerts sent, {len(acknowledged)} acknowledged, lost of these: {len(acknowledged - kept)}"
    else:
        kept_lines = len((folder / "observations.ndjson").read_bytes().splitlines())
        told = f"{count} lines sent, {proxy.lines} came through, {kept_lines} kept, {health.quarantined} in quarantine"
    flips = f"1 byte in {1 / share:g} flipped" if share else "no byte flipped"
    print(f"{kind}: {seconds:g} s at {rate:g}/s, {proxy.cut} cuts, {flips}: {told}")
    print(
        f"    {len(health.errors)} kinds of error named, {health.repeated} repeated, {health.connections} connections"
    )
    print(f"    memory {before:.0f} → {half:.0f} → {end:.0f} MB; {worked_s() - cpu:.0f} s of CPU", flush=True)
    for words, times in Counter(health.errors).most_common(3):
        print(f"    {times} × {words[:110]}")


async def _after(seconds: float, measure: Callable[[], float]) -> float:
    await asyncio.sleep(seconds)
    return measure()


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("feeds", nargs="*", default=["sapient", "ndjson", "ais"], help="which (default all)")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--rate", type=float, default=100.0, help="messages a second")
    parser.add_argument("--share", type=float, default=0.01, help="share of bytes flipped")
    args = parser.parse_args()
    for kind in args.feeds:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(trial(kind, args.seconds, args.rate, args.share, Path(folder)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
