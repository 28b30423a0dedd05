"""Feeds of lines: over TCP (as client or server), UDP, or from a file; AIS, ADS-B, NDJSON of contract 1, remote
identification.

NDJSON lines are those of contract 1, but `received` is ours: whatever a sensor writes there is replaced.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from truceline.edges.clock import now_us
from truceline.edges.feeds.accept import MOST_UNREAD, accept
from truceline.edges.feeds.door import Health, Item, Message, Outcome, Put
from truceline.edges.feeds.signatures import check_signature
from truceline.formats.adsb import AdsbLines
from truceline.formats.ais import AisLines, tells_own_place
from truceline.formats.observations_ndjson import read_observation
from truceline.formats.remote_id import read_remote_id, without_operator
from truceline.model.feed import Decoded, Receipt, Sender
from truceline.model.instant import Instant, format_utc
from truceline.model.problem import Place, Problem

IDLE_S = 600.0


class Reader(Protocol):
    """What a line says. media_type: of its bytes."""

    media_type: str

    def read(self, message: Message) -> Outcome: ...


class Lines(Protocol):
    """What remembers from line to line: parts of messages, halves of positions."""

    def take(self, number: int, line: bytes, received_us: Instant) -> Decoded: ...


@dataclass
class ReceiverReader:
    """What one receiver prints, line by line, in order. forgotten: whether a line may be kept in no case."""

    lines: Lines
    media_type: str
    forgotten: Callable[[bytes], bool] = lambda _: False
    _count: int = 0

    def read(self, message: Message) -> Outcome:
        self._count += 1
        decoded = self.lines.take(self._count, message.data, message.received_us)
        instead = _holding(message, b"") if self.forgotten(message.data) else None
        return Outcome(observations=decoded.observations, problems=decoded.problems, instead=instead)


def ais_reader(feed: str, sender: Sender) -> ReceiverReader:
    """AIS sentences."""
    return ReceiverReader(AisLines(feed, sender), "application/x-nmea0183", tells_own_place)


def adsb_reader(feed: str, sender: Sender) -> ReceiverReader:
    """Raw messages of ADS-B."""
    return ReceiverReader(AdsbLines(feed, sender), "text/plain")


@dataclass
class NdjsonReader:
    """Lines of contract 1. keys: public keys of sensors that sign. sensors: those that may speak here, all if empty."""

    sensors: frozenset[str] = frozenset()
    keys: Mapping[str, Ed25519PublicKey] = field(default_factory=dict)
    media_type: str = "application/json"

    def read(self, message: Message) -> Outcome:
        try:
            table = msgspec.json.decode(message.data)
            if not isinstance(table, dict):
                raise ValueError("the line is no JSON object: write one observation a line")
            said = {**table, "received": format_utc(message.received_us, digits=6)}
            observation = read_observation(msgspec.json.encode(said))
            if self.sensors and observation.sensor not in self.sensors:
                raise ValueError(f"sensor {observation.sensor!r} may not speak on this feed: enter it first")
            key = self.keys.get(observation.sensor)
            if key is not None:
                check_signature(table, key)
        except (ValueError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return Outcome(problems=(Problem(Place(message.feed), str(error), "mend the line", fatal=False),))
        return Outcome(observations=(replace(observation, digest=message.digest),))


@dataclass
class RemoteIdReader:
    """Lines `TRANSMITTER HEX`: what a receiver of drones' remote identification heard. The operator is not kept."""

    sender: Sender
    media_type: str = "text/plain"

    def read(self, message: Message) -> Outcome:
        transmitter, _, text = message.data.decode("ascii", "replace").strip().partition(" ")
        try:
            data = bytes.fromhex(text)
        except ValueError:
            data = b""
        if not data:
            problem = Problem(Place(message.feed), "not TRANSMITTER HEX", "write the bytes in hex", fatal=False)
            return Outcome(problems=(problem,), instead=_holding(message, b""))
        transmitter, kept, instead = transmitter[:64], without_operator(data), None
        if kept != data:
            instead = message = _holding(message, f"{transmitter} {kept.hex()}".encode("ascii", "replace"))
        receipt = Receipt(received_us=message.received_us, digest=message.digest)
        decoded = read_remote_id(message.feed, data, receipt, self.sender, transmitter)
        return Outcome(observations=decoded.observations, problems=decoded.problems, instead=instead)


def _holding(message: Message, data: bytes) -> Message:
    """The message with other bytes in place of those that may not be kept."""
    return replace(message, data=data, digest=sha256(data).hexdigest())


def read_lines(reader: Reader, message: Message) -> Outcome:
    """Every line of a message that may hold several."""
    told = [reader.read(replace(message, data=line)) for line in message.data.splitlines() if line.strip()]
    return Outcome(
        observations=tuple(seen for one in told for seen in one.observations),
        problems=tuple(problem for one in told for problem in one.problems),
    )


@dataclass
class LineFeed:
    """One source of lines. address: host:port, or a path. how: connect, listen, datagrams or file."""

    name: str
    how: str
    address: str
    reader: Reader
    tls: ssl.SSLContext | None = None
    idle_s: float = IDLE_S
    listening: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, put: Put, health: Health) -> None:
        match self.how:
            case "connect":
                await self._connect(put, health)
            case "listen":
                await self._listen(put, health)
            case "datagrams":
                await self._datagrams(put, health)
            case _:
                await self._file(put)

    def read(self, message: Message) -> Outcome:
        return self.reader.read(message)

    async def _connect(self, put: Put, health: Health) -> None:
        host, port = _host_port(self.address)
        reader, writer = await asyncio.open_connection(host, port, ssl=self.tls, limit=MOST_UNREAD)
        health.connections += 1
        try:
            await self._stream(reader, self.address, put, health)
        finally:
            writer.close()
        raise EOFError("the other side closed the connection")

    async def _listen(self, put: Put, health: Health) -> None:
        host, port = _host_port(self.address)

        def opened(port: int) -> None:
            self.address = f"{host}:{port}"
            self.listening.set()

        async def serve(reader: asyncio.StreamReader, _: asyncio.StreamWriter, peer: str) -> None:
            await self._stream(reader, peer, put, health)

        await accept(host, port, self.tls, health, serve, opened)

    async def _stream(self, reader: asyncio.StreamReader, peer: str, put: Put, health: Health) -> None:
        """Lines until the end. A line that is too long is skipped and told."""
        skipping = False
        while True:
            try:
                async with asyncio.timeout(self.idle_s):
                    line = await reader.readuntil(b"\n")
            except asyncio.LimitOverrunError as over:
                await reader.readexactly(max(1, over.consumed))
                if not skipping:
                    health.erred(f"a line is longer than {MOST_UNREAD:,} bytes: it was skipped")
                skipping = True
                continue
            except asyncio.IncompleteReadError as end:
                if end.partial and not skipping:
                    await self._line(end.partial, peer, put)
                return
            if not skipping:
                await self._line(line, peer, put)
            skipping = False

    async def _line(self, line: bytes, peer: str, put: Put) -> None:
        data = line.rstrip(b"\r\n")
        if data.strip():
            await put(Item(self._message(data, peer)))

    def _message(self, data: bytes, peer: str) -> Message:
        return Message(
            feed=self.name, data=data, digest=sha256(data).hexdigest(), received_us=now_us(),
            media_type=self.reader.media_type, peer=peer,
        )  # fmt: skip

    async def _datagrams(self, put: Put, health: Health) -> None:
        """A datagram holds one line or several. When the queue is full, datagrams are lost and counted."""
        host, port = _host_port(self.address)
        waiting: asyncio.Queue[tuple[bytes, str]] = asyncio.Queue(10_000)

        class Receiver(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                try:
                    waiting.put_nowait((data, f"{addr[0]}:{addr[1]}"))
                except asyncio.QueueFull:
                    health.erred("datagrams came faster than they could be kept: some were lost")

        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Receiver, local_addr=(host, port))
        self.address = f"{host}:{transport.get_extra_info('sockname')[1]}"
        self.listening.set()
        try:
            while True:
                data, peer = await waiting.get()
                for line in data.splitlines():
                    await self._line(line, peer, put)
        finally:
            transport.close()

    async def _file(self, put: Put) -> None:
        """Every line of a file, once."""
        path = Path(self.address)
        with path.open("rb") as file:
            for line in file:
                await self._line(line, path.name, put)


def _host_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
