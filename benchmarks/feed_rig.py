"""Who sends to a feed under load, for each protocol; what it keeps, and what it lost."""

import asyncio
import json
import math
import random
import socket
import subprocess
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import numpy as np
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from feed_proxy import Proxy
from truceline.edges.clock import now_us, running_s
from truceline.edges.feeds.array_reader import ArrayPlan, BlockReader
from truceline.edges.feeds.door import Feed, Health
from truceline.edges.feeds.emit_seedlink import SeedLinkServer
from truceline.edges.feeds.ids import stable_ulid
from truceline.edges.feeds.lines import LineFeed, NdjsonReader, Reader, RemoteIdReader, adsb_reader, ais_reader
from truceline.edges.feeds.mqtt import MqttFeed
from truceline.edges.feeds.mqtt_door import MqttDoor
from truceline.edges.feeds.sapient_gateway import KnownNode, SapientGateway
from truceline.edges.feeds.seedlink import SeedLinkFeed
from truceline.edges.feeds.sensorthings import SensorThingsFeed
from truceline.formats import adsb_write, ais_write, remote_id_write
from truceline.formats import sapient_write as write
from truceline.formats.sapient import read_message
from truceline.model.feed import Receipt, Sender
from truceline.model.instant import US_PER_S, format_utc, parse_utc
from truceline.model.network import Sensor
from truceline.model.observation import Arrival, Track
from truceline.sim.waves import BAND_HZ, InventedArray, record

NODE, US = "a8654cdf-4328-47de-81fa-c495589e30c9", "6acd78c1-fcc2-4368-b7ae-ff1aa318911c"
SENDER = Sender(sensor="s-1", time_sigma_s=0.1)
BLOCK_S = 60.0


class Case(Protocol):
    """One protocol under load. near: the proxy's port."""

    towards_feed: bool

    async def open(self) -> int:
        """Start what the feed connects to; its port, 0 if the feed itself listens."""
        ...

    def feed(self, near: int) -> Feed:
        """The feed, made in the feed's own process."""
        ...

    async def listening(self) -> int:
        """Where the feed listens, once it does; 0 if it connects. In the feed's own process."""
        ...

    async def send(self, near: int, rate: float, until_s: float) -> int:
        """Send until then; how much was sent."""
        ...

    def lost(self, folder: Path, health: Health, proxy: Proxy) -> int:
        """How much of what was acknowledged, or passed on, is neither kept nor in the quarantine."""
        ...

    async def close(self) -> None: ...


def kept_lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_bytes().splitlines()]


@dataclass
class SapientCase:
    """A node that sends alerts, each until it is acknowledged, over whatever connections it gets."""

    towards_feed: bool = True
    acknowledged: set[str] = field(default_factory=set)
    waiting: dict[str, bytes] = field(default_factory=dict)
    gateway: SapientGateway = field(
        default_factory=lambda: SapientGateway("sapient", "127.0.0.1", 0, US, {NODE: KnownNode(SENDER)})
    )
    _number: int = 0

    async def open(self) -> int:
        return 0

    def feed(self, near: int) -> Feed:
        return self.gateway

    async def listening(self) -> int:
        await self.gateway.listening.wait()
        return self.gateway.port

    async def send(self, near: int, rate: float, until_s: float) -> int:
        begun = running_s()
        while running_s() < until_s or (self.waiting and running_s() < until_s + 30.0):
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", near)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            heard = asyncio.create_task(self._listen(reader))
            try:
                await self._speak(writer, heard, rate, begun, until_s)
            except OSError:
                pass
            finally:
                heard.cancel()
                await asyncio.gather(heard, return_exceptions=True)
                writer.close()
        return self._number

    async def _speak(
        self, writer: asyncio.StreamWriter, heard: "asyncio.Task[None]", rate: float, begun_s: float, until_s: float
    ) -> None:
        envelope = write.Envelope(node=NODE, destination="", time_us=now_us())
        writer.write(_frame(write.sensor_registration(envelope, "camera", "x", 5.0)))
        again = list(self.waiting.values())
        while not heard.done() and (running_s() < until_s or self.waiting) and running_s() < until_s + 30.0:
            due, again = again, []
            while self._number < (running_s() - begun_s) * rate and running_s() < until_s:
                id_ = stable_ulid(f"alert {self._number}", now_us())
                self.waiting[id_] = _alert(id_)
                self._number += 1
                due.append(self.waiting[id_])
            writer.write(b"".join(map(_frame, due)))
            await writer.drain()
            await asyncio.sleep(0.02)
            if running_s() >= until_s:
                await asyncio.sleep(0.3)
                again = list(self.waiting.values())

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while True:
            length = int.from_bytes(await reader.readexactly(4), "little")
            data = await reader.readexactly(length)
            said = read_message("", data, Receipt(received_us=0, digest=""), SENDER)
            if said.kind == "alert_ack":
                self.acknowledged.add(said.message_id)
                self.waiting.pop(said.message_id, None)

    def lost(self, folder: Path, health: Health, proxy: Proxy) -> int:
        return len(self.acknowledged - {fact.get("alert") for fact in kept_lines(folder, "facts.ndjson")})

    async def close(self) -> None:
        return None


def _frame(data: bytes) -> bytes:
    return len(data).to_bytes(4, "little") + data


def _alert(id_: str) -> bytes:
    message = write.Envelope(node=NODE, destination="", time_us=now_us()).message()
    message.alert.alert_id, message.alert.alert_type, message.alert.description = id_, 1, "smoke"
    return bytes(SapientMessage.SerializeToString(message))


def _track(number: int) -> Track:
    return Track(
        id="", sensor="s-1", time_us=now_us(), time_sigma_s=1.0, received_us=0, digest="", track="uav-1", sigma_m=10.0,
        lon=30.0 + number % 1000 * 1e-4, lat=45.0, alt_m=900.0, speed_mps=5.0, course_deg=90.0,
    )  # fmt: skip


def ndjson(number: int) -> bytes:
    said = {"id": f"o{number}", "sensor": "s-1", "kind": "bearing", "time": format_utc(now_us()), "time_sigma_s": 0.1}
    return json.dumps(said | {"azimuth_deg": 12.5, "azimuth_sigma_deg": 1.0, "seq": number}).encode()


def ais(number: int) -> bytes:
    return ais_write.write_position(_track(number), 273_000_000 + number % 500)


def adsb(number: int) -> bytes:
    return adsb_write.write_position(_track(number // 2), 0x400000 + number // 2 % 100, odd=number % 2 == 1)


def remote_id(number: int) -> bytes:
    return b"60:60:1f:00:00:%02x " % (number % 50) + remote_id_write.write_remote_id(_track(number)).hex().encode()


@dataclass
class LinesCase:
    """Lines as they come due. Nobody acknowledges them: what was passed on must be kept or in the quarantine."""

    line: Callable[[int], bytes]
    reader: Reader
    towards_feed: bool = True

    def __post_init__(self) -> None:
        self.source = LineFeed("lines", "listen", "127.0.0.1:0", self.reader)

    async def open(self) -> int:
        return 0

    def feed(self, near: int) -> Feed:
        return self.source

    async def listening(self) -> int:
        await self.source.listening.wait()
        return int(self.source.address.split(":")[1])

    async def send(self, near: int, rate: float, until_s: float) -> int:
        begun, number = running_s(), 0
        while running_s() < until_s:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", near)
                while running_s() < until_s and not writer.is_closing():
                    due = range(number, max(number, math.ceil((running_s() - begun) * rate)))
                    writer.write(b"".join(self.line(n) + b"\n" for n in due))
                    number = due.stop
                    await writer.drain()
                    await asyncio.sleep(0.02)
                writer.close()
                await writer.wait_closed()
            await asyncio.sleep(0.02)
        return number

    def lost(self, folder: Path, health: Health, proxy: Proxy) -> int:
        return max(0, proxy.lines - health.received)

    async def close(self) -> None:
        return None


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@dataclass
class MqttCase:
    """A publisher whose payloads are damaged. It publishes straight to the feed, and is cut off from it; or to a
    mosquitto, and the feed is cut off from that.
    """

    towards_feed: bool = True
    broker: str = ""  # the program; "": none
    share: float = 0.01
    acknowledged: set[str] = field(default_factory=set)
    _waiting: dict[int, str] = field(default_factory=dict)  # digests by MQTT's own numbers
    _told: deque[int] = field(default_factory=deque)  # numbers that were acknowledged
    _port: int = 0
    _beside: "subprocess.Popen[bytes] | None" = None

    async def open(self) -> int:
        if not self.broker:
            return 0
        self._port, quiet = free_port(), subprocess.DEVNULL
        with NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
            file.write(f"listener {self._port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n")
        self._beside = subprocess.Popen([self.broker, "-c", file.name], stdout=quiet, stderr=quiet)
        await asyncio.sleep(1.0)
        return self._port

    def feed(self, near: int) -> Feed:
        if self.broker:
            self.subscribed = MqttFeed("mqtt", "127.0.0.1", near, "site/#", NdjsonReader(), "load")
            return self.subscribed
        self.door = MqttDoor("mqtt", "127.0.0.1", 0, "site/#", NdjsonReader())
        return self.door

    async def listening(self) -> int:
        if self.broker:
            await self.subscribed.subscribed.wait()
            return 0
        await self.door.listening.wait()
        return self.door.port

    async def send(self, near: int, rate: float, until_s: float) -> int:
        client = Client(CallbackAPIVersion.VERSION2, client_id="publisher", clean_session=False)
        client.reconnect_delay_set(1, 1)
        client.on_publish = lambda _client, _user, number, _reason, _properties: self._told.append(number)
        await asyncio.to_thread(client.connect, "127.0.0.1", self._port if self.broker else near, 30)
        client.loop_start()
        begun, number = running_s(), 0
        flipped = Proxy(0, True, random.Random(4), self.share)._flipped
        while running_s() < until_s or (self._waiting and running_s() < until_s + 60.0):
            while number < (running_s() - begun) * rate and running_s() < until_s:
                payload = bytes(map(flipped, ndjson(number)))
                self._waiting[client.publish("site/s-1", payload, qos=1).mid] = sha256(payload).hexdigest()
                number += 1
            while self._told and self._told[0] in self._waiting:
                self.acknowledged.add(self._waiting.pop(self._told.popleft()))
            await asyncio.sleep(0.02)
        client.disconnect()
        await asyncio.to_thread(client.loop_stop)
        await asyncio.sleep(10.0 if self.broker else 1.0)  # for what the broker still holds for the feed
        return number

    def lost(self, folder: Path, health: Health, proxy: Proxy) -> int:
        kept = {
            line["sha256"] for name in ("messages.ndjson", "quarantine.ndjson") for line in kept_lines(folder, name)
        }
        return len(self.acknowledged - kept)

    async def close(self) -> None:
        if self._beside is not None:
            self._beside.terminate()
            await asyncio.to_thread(self._beside.wait)


@dataclass
class SeedLinkCase:
    """An array's server. speed: so many times more records than it would send."""

    speed: float
    seconds: float
    towards_feed: bool = False
    arrivals: int = 0

    def __post_init__(self) -> None:
        sensor = Sensor(id="s-1", kind="acoustic_array", provider="n", lon=37.0, lat=48.0, time_sigma_s=0.01)
        self.array = InventedArray(sensor, 0)

    async def open(self) -> int:
        length = self.seconds * self.speed
        heard = [
            Arrival(
                id=str(n), sensor="s-1", time_us=round((30.0 + 20.0 * n) * US_PER_S), time_sigma_s=0.01, received_us=0,
                digest="", wave="acoustic", azimuth_deg=37.0 * n % 360.0, snr_db=20.0,
            )
            for n in range(int((length - 120.0) / 20.0))
        ]  # fmt: skip
        self.arrivals = len(heard)
        waveforms = record(self.array, heard, 0, length, np.random.default_rng(5))
        self.server = SeedLinkServer("127.0.0.1", 0, waveforms, self.speed)
        self.serving = asyncio.create_task(self.server.serve())
        await self.server.listening.wait()
        return self.server.port

    def feed(self, near: int) -> Feed:
        plan = ArrayPlan(places=self.array.places, band_hz=BAND_HZ, window_s=1.5, delay_sigma_s=0.001)
        return SeedLinkFeed("seedlink", "127.0.0.1", near, BlockReader(plan, SENDER))

    async def listening(self) -> int:
        return 0

    async def send(self, near: int, rate: float, until_s: float) -> int:
        await asyncio.sleep(max(0.0, until_s - running_s()) + 5.0)
        return self.server.done.sent

    def lost(self, folder: Path, health: Health, proxy: Proxy) -> int:
        """Blocks that never came."""
        blocks = int(self.seconds * self.speed / BLOCK_S) - 3
        return max(0, blocks - health.received)

    async def close(self) -> None:
        self.serving.cancel()
        await asyncio.gather(self.serving, return_exceptions=True)


@dataclass
class SensorThingsCase:
    """A service whose observations grow. Its answers are damaged for the first four fifths of the time."""

    rate: float
    towards_feed: bool = False
    entities: list[tuple[int, dict[str, object]]] = field(default_factory=list)

    async def open(self) -> int:
        self.server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        return int(self.server.sockets[0].getsockname()[1])

    def feed(self, near: int) -> Feed:
        return SensorThingsFeed("sensorthings", f"http://127.0.0.1:{near}/v1.1", {"7": SENDER}, 1.0)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):
            asked = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            query = parse_qs(urlsplit(asked).query)
            since = parse_utc(query["$filter"][0].split(" ge ")[1]) if "$filter" in query else 0
            skip = int(query.get("$skip", ["0"])[0])
            found = [entity for time, entity in self.entities if time >= since]
            answer: dict[str, object] = {"value": found[skip : skip + 200]}
            if len(found) > skip + 200:
                told = "&".join(f"{name}={value[0]}" for name, value in query.items() if name != "$skip")
                answer["@iot.nextLink"] = f"?{told.replace(' ', '%20')}&$skip={skip + 200}"
            body = json.dumps(answer).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
        writer.close()

    async def listening(self) -> int:
        return 0

    async def send(self, near: int, rate: float, until_s: float) -> int:
        begun, number = running_s(), 0
        while running_s() < until_s:
            while number < (running_s() - begun) * rate:
                moment = now_us()
                result = {"kind": "bearing", "azimuth_deg": 12.5, "azimuth_sigma_deg": 1.0}
                said = {"@iot.id": number, "phenomenonTime": format_utc(moment, digits=6), "result": result}
                self.entities.append((moment, said))
                number += 1
            await asyncio.sleep(0.02)
        await asyncio.sleep(15.0)
        return number

    def lost(self, folder: Path, health: Health, proxy: Proxy) -> int:
        kept = {line["id"] for line in kept_lines(folder, "observations.ndjson")}
        return len({f"s-1/{entity['@iot.id']}" for _, entity in self.entities} - kept)

    async def close(self) -> None:
        self.server.close()


# Five times the expected load; and seconds, rate, share of bytes flipped → case.
CASES: dict[str, tuple[float, Callable[[float, float, float], Case]]] = {
    "sapient": (100.0, lambda *_: SapientCase()),
    "ndjson": (500.0, lambda *_: LinesCase(ndjson, NdjsonReader(frozenset({"s-1"})))),
    "ais": (500.0, lambda *_: LinesCase(ais, ais_reader("lines", SENDER))),
    "adsb": (1_000.0, lambda *_: LinesCase(adsb, adsb_reader("lines", SENDER))),
    "remote_id": (100.0, lambda *_: LinesCase(remote_id, RemoteIdReader(SENDER))),
    "mqtt": (250.0, lambda _seconds, _rate, share: MqttCase(share=share)),
    "mqtt-broker": (250.0, lambda _seconds, _rate, share: MqttCase(False, "mosquitto", share)),
    "seedlink": (5.0, lambda seconds, rate, _: SeedLinkCase(rate, seconds)),
    "sensorthings": (50.0, lambda _, rate, __: SensorThingsCase(rate)),
}
