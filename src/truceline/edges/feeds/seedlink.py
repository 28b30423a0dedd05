"""SeedLink 3 (FDSN): records of an array's channels from a digitiser or server, handed on in blocks.

    HELLO, then for each station STATION, SELECT, DATA; END; then packets: "SL", six hex digits, a miniSEED record of
    512 bytes

After a cut each station goes on with the packet that follows. After a restart it goes on with the first that no kept
block holds: with every block that is kept, a mark is written down. What the server does not hold so long any more is
counted as missing, and named.
"""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from truceline.edges.clock import now_us
from truceline.edges.feeds.array_reader import MEDIA_TYPE, BlockReader, peer_of
from truceline.edges.feeds.door import Health, Item, Message, Outcome, Put
from truceline.edges.feeds.seedlink_blocks import Block, Blocks, Gap, Mark, station_of
from truceline.edges.feeds.watch import MOST_AHEAD_US
from truceline.formats.miniseed_header import read_record_header
from truceline.model.instant import format_utc

PACKET_BYTES = 520
MOST_OUT_OF_STEP = 3  # packets one after another that are none, until the connection is given up
IDLE_S, ANSWER_S = 120.0, 10.0


@dataclass
class SeedLinkFeed:
    """One array. begins: where an earlier run stood; keep: write down where this one stands, off the loop."""

    name: str
    host: str
    port: int
    reader: BlockReader
    tls: ssl.SSLContext | None = None
    idle_s: float = IDLE_S
    begins: Mark | None = None
    keep: Callable[[Mark], None] | None = None
    blocks: Blocks = field(init=False)
    _fresh: set[str] = field(default_factory=set)  # channels of which nothing has come since the connection was made

    def __post_init__(self) -> None:
        plan = self.reader.plan
        self.blocks = Blocks(frozenset(plan.places), plan.margin_us)
        if self.begins is not None:
            self.blocks.go_on(self.begins)

    async def receive(self, put: Put, health: Health) -> None:
        """Bring blocks until the connection ends (OSError, EOFError)."""
        reader, writer = await asyncio.open_connection(self.host, self.port, ssl=self.tls)
        health.connections += 1
        try:
            await self._ask(reader, writer, health)
            lost = 0
            while lost < MOST_OUT_OF_STEP:
                async with asyncio.timeout(self.idle_s):
                    packet = await reader.readexactly(PACKET_BYTES)
                lost = 0 if packet[:2] == b"SL" else lost + 1
                try:
                    await self._packet(packet, put, health)
                except ValueError as error:
                    health.erred(str(error))
            raise OSError(f"{lost} packets one after another do not begin with SL: the stream is out of step")
        finally:
            writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, health: Health) -> None:
        async def granted(command: str, answers: int = 1) -> bool:
            writer.write(f"{command}\r\n".encode("ascii"))
            await writer.drain()
            for _ in range(answers):
                async with asyncio.timeout(ANSWER_S):
                    line = await reader.readline()
                if not line:
                    raise OSError(f"the SeedLink server hung up at {command!r}")
                if line.strip() == b"ERROR":
                    return False
            return True

        async def say(command: str, answers: int = 1) -> None:
            if not await granted(command, answers):
                raise OSError(f"the SeedLink server refuses {command!r}: check channels and server")

        self._fresh = set(self.blocks.channels)
        await say("HELLO", 2)
        for station, numbers in self.blocks.numbers.items():
            network, code = station.split(".")
            await say(f"STATION {code} {network}")
            for channel in sorted(channel for channel in self.reader.plan.places if station_of(channel) == station):
                await say(f"SELECT {''.join(channel.split('.')[2:])}")
            if numbers.following is not None:
                if await granted(numbers.command()):
                    continue
                health.erred(f"the server refuses to go back to where {station} stood: it goes on with what comes next")
            await say("DATA")
        writer.write(b"END\r\n")
        await writer.drain()

    async def _packet(self, packet: bytes, put: Put, health: Health) -> None:
        """Take in one packet. Raises ValueError, with what to do, if it is of no use."""
        if packet[:2] != b"SL":
            raise ValueError("a packet does not begin with SL: damaged on the way")
        record = packet[8:]
        header = read_record_header(record)
        if header.start_us > now_us() + MOST_AHEAD_US:
            raise ValueError(f"{header.channel} lies ahead of us in time: set the digitiser's clock")
        try:
            blocks = self.blocks.add(header, record, number_of(packet))
        finally:
            self._noticed(health)
        self._fresh.discard(header.channel)
        for block in blocks:
            await put(self._item(block))

    def _noticed(self, health: Health) -> None:
        """What of the records came twice, or never."""
        health.repeated += self.blocks.repeated
        self.blocks.repeated = 0
        while self.blocks.gaps:
            gap = self.blocks.gaps.pop(0)
            health.missing += gap.records
            health.erred(_told(gap, since_cut=gap.channel in self._fresh))

    def _item(self, block: Block) -> Item:
        message = Message(
            feed=self.name, data=block.data, digest=sha256(block.data).hexdigest(), received_us=now_us(),
            media_type=MEDIA_TYPE, peer=peer_of(f"{self.host}:{self.port}", block.first_us, block.last_us),
        )  # fmt: skip
        keep, mark = self.keep, block.mark
        return Item(message, kept=None if keep is None else lambda: keep(mark))

    def read(self, message: Message) -> Outcome:
        return self.reader.read(message)


def number_of(packet: bytes) -> int | None:
    """A packet's number; none if it is damaged."""
    try:
        return int(packet[2:8], 16)
    except ValueError:
        return None


def _told(gap: Gap, *, since_cut: bool) -> str:
    """A gap in words: by its times where the connection was cut, else by its channel alone, as there may be many."""
    if not since_cut:
        return f"{gap.channel} has gaps: records were damaged or lost on the way"
    span = f"from {format_utc(gap.begin_us)} until {format_utc(gap.end_us)}"
    return f"{gap.channel} is lost {span}, some {gap.records} records: the server did not hold them so long"
