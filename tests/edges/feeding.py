"""For tests of feeds: a sink that remembers, a node that speaks SAPIENT, and loopback only."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import ClassVar

from truceline.edges.feeds.door import Fact, Refused, Taken
from truceline.edges.feeds.sapient_gateway import KnownNode, SapientGateway
from truceline.formats import sapient_write as write
from truceline.formats.sapient import Said, read_message
from truceline.model.feed import Receipt, Sender
from truceline.model.observation import Observation

NODE = "a8654cdf-4328-47de-81fa-c495589e30c9"
OTHER = "6f582b41-6c88-481c-bb0f-6021a1739f57"
US = "6acd78c1-fcc2-4368-b7ae-ff1aa318911c"
OBJECT = "01GGYFBAXH4VYRQYEX7S3XGK3H"
SENDER = Sender(sensor="cam-1", time_sigma_s=0.02, position_sigma_m=12.0, azimuth_sigma_deg=0.5)
TIME_US = 1_750_000_000_000_000
PATIENCE_S = 120.0  # for what must happen, on a busy machine
NOBODY = Sender(sensor="?", time_sigma_s=1.0)


@dataclass
class Memory:
    """A sink in memory. slow_s: how long it takes to make a batch durable."""

    slow_s: float = 0.0
    taken: list[Taken] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def take(self, taken: Sequence[Taken], refused: Sequence[Refused]) -> None:
        import time

        time.sleep(self.slow_s)
        self.taken += taken
        self.refused += refused

    @property
    def observations(self) -> list[Observation]:
        return [observation for one in self.taken for observation in one.observations]

    @property
    def facts(self) -> list[Fact]:
        return [fact for one in self.taken for fact in one.facts]

    @property
    def reasons(self) -> list[str]:
        return [reason for one in self.refused for reason in one.reasons]


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def gateway(**changes: object) -> SapientGateway:
    nodes = {NODE: KnownNode(SENDER)}
    return SapientGateway(**({"name": "north", "host": "127.0.0.1", "port": 0, "node": US, "nodes": nodes} | changes))  # type: ignore[arg-type]


def envelope(time_us: int = TIME_US, node: str = NODE) -> write.Envelope:
    return write.Envelope(node=node, destination=US, time_us=time_us)


def report_id(number: int) -> str:
    return f"01GGYFBAXGDG7AGA{number:010d}"


def detection(number: int, time_us: int = TIME_US) -> bytes:
    return write.detection_place(
        envelope(time_us + number * 1_000), report_id(number), OBJECT, (37.5, 48.0, 0.0001), [("Explosion", 0.9)]
    )


REGISTRATION = write.sensor_registration(envelope(), "camera", "camera 1", 5.0)


class Node:
    """A node's side of a connection. opened: all that are to be closed when a scene ends."""

    opened: ClassVar[list["Node"]] = []

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        Node.opened.append(self)

    @classmethod
    async def leave_all(cls) -> None:
        while cls.opened:
            await cls.opened.pop().leave()

    @classmethod
    async def connect(cls, to: SapientGateway, **how: object) -> "Node":
        await asyncio.wait_for(to.listening.wait(), PATIENCE_S)
        return cls(*await asyncio.open_connection(to.host, to.port, **how))  # type: ignore[arg-type]

    def send(self, data: bytes) -> None:
        self.writer.write(len(data).to_bytes(4, "little") + data)

    async def hear(self) -> Said:
        length = int.from_bytes(await asyncio.wait_for(self.reader.readexactly(4), PATIENCE_S), "little")
        data = await asyncio.wait_for(self.reader.readexactly(length), PATIENCE_S)
        return read_message("answer", data, Receipt(received_us=TIME_US, digest=""), NOBODY)

    async def ask(self, data: bytes) -> Said:
        self.send(data)
        return await self.hear()

    async def leave(self) -> None:
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)


@dataclass
class Relay:
    """Stands between server and feed. Cuts a connection after so many bytes, `cuts` times; flips a share of bytes."""

    to: int = 0
    port: int = 0
    cuts: int = 0
    after: int = 10**9
    flips: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    passing: list[asyncio.Task[None]] = field(default_factory=list)

    @asynccontextmanager
    async def between(self) -> AsyncIterator[None]:
        """Stand there; when it is over, every connection has ended."""
        server = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            for one in self.passing:
                one.cancel()
            await asyncio.gather(*self.passing, return_exceptions=True)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.passing.append(asyncio.create_task(self._pass(reader, writer)))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, onward = await asyncio.open_connection("127.0.0.1", self.to)
        asking = asyncio.create_task(self._copy(reader, onward, 10**9, 0.0))
        most, self.cuts = (self.after if self.cuts else 10**9), max(0, self.cuts - 1)
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self._copy(back, writer, most, self.flips)
        finally:
            asking.cancel()
            writer.close()
            onward.close()
            await asyncio.gather(asking, writer.wait_closed(), onward.wait_closed(), return_exceptions=True)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int, flips: float) -> None:
        passed = 0
        while passed < most and (data := await reader.read(4_096)):
            spared = passed < 1_000  # what is said before the first packet
            share = 0.0 if spared else flips
            struck = bytes(b ^ 1 << self.chance.randrange(8) if self.chance.random() < share else b for b in data)
            writer.write(struck)
            await writer.drain()
            passed += len(data)
