"""SeedLink 3 (FDSN): records of an array's channels from a digitiser or server, handed on in blocks.

    HELLO, then for each station STATION, SELECT, DATA; END; then packets: "SL", six hex digits, a miniSEED record of
    512 bytes

A block holds the records of a minute with a margin before and behind it, so that every arrival lies whole in one
block. A channel that falls behind by `MOST_LAG_US` is left out of the block: an array with a dead element goes on.
"""

import asyncio
from dataclasses import dataclass, field
from hashlib import sha256

from truceline.edges.clock import now_us
from truceline.edges.feeds.array_reader import MEDIA_TYPE, BlockReader
from truceline.edges.feeds.door import Health, Item, Message, Outcome, Put
from truceline.formats.miniseed_header import RecordHeader, read_record_header
from truceline.model.instant import US_PER_S, Instant

RECORD_BYTES, PACKET_BYTES = 512, 520
BLOCK_US, MARGIN_US, MOST_LAG_US = 60 * US_PER_S, 15 * US_PER_S, 120 * US_PER_S
MOST_HELD = 100_000  # records in memory
IDLE_S, ANSWER_S = 120.0, 10.0


@dataclass
class Blocks:
    """Records put in order of time, and cut into blocks. Pure."""

    channels: frozenset[str]
    block_us: Instant = BLOCK_US
    margin_us: Instant = MARGIN_US
    most_lag_us: Instant = MOST_LAG_US
    _held: list[tuple[RecordHeader, bytes]] = field(default_factory=list)
    _upto: dict[str, Instant] = field(default_factory=dict)
    _next: Instant | None = None

    def add(self, header: RecordHeader, record: bytes) -> list[tuple[Instant, Instant, bytes]]:
        """Take in a record; the blocks (first and last instant of the core, bytes) that are complete by it."""
        if header.channel not in self.channels:
            return []
        if self._next is None:
            self._next = header.start_us // self.block_us * self.block_us
        if header.end_us <= self._next - self.margin_us:
            return []  # its block is gone
        self._held.append((header, record))
        self._upto[header.channel] = max(self._upto.get(header.channel, 0), header.end_us)
        done = []
        while self._complete():
            done.append(self._cut())
        if len(self._held) > MOST_HELD:
            del self._held[: MOST_HELD // 2]
        return done

    def _complete(self) -> bool:
        assert self._next is not None
        wanted = self._next + self.block_us + self.margin_us
        newest = max(self._upto.values(), default=0)
        behind = [channel for channel in self.channels if self._upto.get(channel, 0) < wanted]
        return newest >= wanted and (not behind or newest >= wanted + self.most_lag_us)

    def _cut(self) -> tuple[Instant, Instant, bytes]:
        assert self._next is not None
        first, last = self._next, self._next + self.block_us
        begin, end = first - self.margin_us, last + self.margin_us
        inside = [(h, record) for h, record in self._held if h.start_us < end and h.end_us > begin]
        inside.sort(key=lambda one: (one[0].channel, one[0].start_us, one[1]))
        self._next = last
        self._held = [one for one in self._held if one[0].end_us > last - self.margin_us]
        return first, last, b"".join(dict.fromkeys(record for _, record in inside))


@dataclass
class SeedLinkFeed:
    """One array. After a cut, each station goes on where it stopped."""

    name: str
    host: str
    port: int
    reader: BlockReader
    idle_s: float = IDLE_S
    blocks: Blocks = field(init=False)
    _sequence: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.blocks = Blocks(frozenset(self.reader.plan.places))

    async def receive(self, put: Put, health: Health) -> None:
        """Bring blocks until the connection ends (OSError, EOFError)."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        health.connections += 1
        try:
            await self._ask(reader, writer)
            while True:
                async with asyncio.timeout(self.idle_s):
                    packet = await reader.readexactly(PACKET_BYTES)
                await self._packet(packet, put, health)
        finally:
            writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(command: str, answers: int = 1) -> None:
            writer.write(f"{command}\r\n".encode("ascii"))
            await writer.drain()
            for _ in range(answers):
                async with asyncio.timeout(ANSWER_S):
                    line = await reader.readline()
                if not line or line.strip() == b"ERROR":
                    raise OSError(f"the SeedLink server refuses {command!r}")

        await say("HELLO", 2)
        for channel in sorted(self.reader.plan.places):
            network, station, location, code = channel.split(".")
            await say(f"STATION {station} {network}")
            await say(f"SELECT {location or '  '}{code}" if location else f"SELECT {code}")
            after = self._sequence.get(f"{network}.{station}")
            await say("DATA" if after is None else f"DATA {(after + 1) & 0xFFFFFF:06X}")
        writer.write(b"END\r\n")
        await writer.drain()

    async def _packet(self, packet: bytes, put: Put, health: Health) -> None:
        if packet[:2] != b"SL":
            raise OSError("a packet does not begin with SL: the stream is out of step")
        record = packet[8:]
        try:
            header = read_record_header(record)
            sequence = int(packet[2:8], 16)
        except ValueError as error:
            health.erred(str(error))
            return
        self._sequence[".".join(header.channel.split(".")[:2])] = sequence
        for first, last, data in self.blocks.add(header, record):
            digest = sha256(data).hexdigest()
            self.reader.core[digest] = (first, last)
            message = Message(
                feed=self.name, data=data, digest=digest, received_us=now_us(), media_type=MEDIA_TYPE,
                peer=f"{self.host}:{self.port}",
            )  # fmt: skip
            await put(Item(message))

    def read(self, message: Message) -> Outcome:
        return self.reader.read(message)
