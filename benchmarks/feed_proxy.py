"""Stands between a sensor and its feed: passes bytes on, damages a share of them, cuts connections."""

import asyncio
import random
from dataclasses import dataclass, field

from truceline.edges.clock import running_s

CUTS = 20


@dataclass
class Proxy:
    """Passes bytes on between sensor and feed; a share of the sensor's are flipped, and connections cut.

    towards_feed: the sensor is the side that connects to us. What has been passed on to the feed is never taken back.
    lines: how many lines, white ones left out, were passed on. cut: how often connections were cut over which the
    sensor had said something.
    """

    port: int
    towards_feed: bool
    chance: random.Random
    share: float
    lines: int = 0
    cut: int = 0
    _open: int = 0
    _sensors: set[asyncio.StreamWriter] = field(default_factory=set)  # of connections over which something was said
    _said: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self) -> "asyncio.Server":
        return await asyncio.start_server(self._pass, "127.0.0.1", 0)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back, onward = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.close()
            return
        sensor = writer if self.towards_feed else onward
        self._open += 1
        up = asyncio.create_task(self._copy(reader, onward, sensor if self.towards_feed else None))
        down = asyncio.create_task(self._copy(back, writer, None if self.towards_feed else sensor))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            self._open -= 1
            self._sensors.discard(sensor)
            for one in (writer, onward):
                one.close()

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sensor: asyncio.StreamWriter | None
    ) -> None:
        """Pass on what one side says; damaged, if it is the sensor's."""
        damaging, left = sensor is not None, b""
        try:
            while data := await reader.read(4096):
                if sensor is not None:
                    self._sensors.add(sensor)
                    self._said.set()
                    data = bytes(map(self._flipped, data)) if self.share else data
                    parts = (left + data).split(b"\n")
                    self.lines += sum(bool(part.strip()) for part in parts[:-1])
                    left = parts[-1]
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            self.lines += damaging and bool(left.strip())

    def _flipped(self, byte: int) -> int:
        return byte ^ (1 << self.chance.randrange(8)) if self.chance.random() < self.share else byte

    async def cut_now_and_then(self, seconds: float) -> None:
        """Cut CUTS times in so long, or as often as there was something to cut."""
        begun = running_s()
        for number in range(CUTS):
            await asyncio.sleep(begun + (number + 1) * seconds / (CUTS + 1) - running_s())
            while not self._sensors:
                self._said.clear()
                await self._said.wait()
            if running_s() - begun >= seconds:
                return
            self.cut += 1
            for writer in tuple(self._sensors):
                writer.transport.abort()
            self._sensors.clear()

    async def all_gone(self, most_s: float) -> None:
        """Wait, so long at most, until every connection has ended: then all is passed on."""
        until_s = running_s() + most_s
        while self._open and running_s() < until_s:
            await asyncio.sleep(0.05)
