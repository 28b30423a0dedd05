"""SeedLink 3 (FDSN): records of an array's channels from a digitiser or server, handed on in blocks.

    HELLO, then for each station STATION, SELECT, DATA; END; then packets: "SL", six hex digits, a miniSEED record of
    512 bytes

A block holds the records of a minute with a margin before and behind it, so that every arrival lies whole in one
block. A channel that falls behind by `MOST_LAG_US` is left out of the block: an array with a dead element goes on. A
record that leaps in time is believed when the next of its channel follows on it: one damaged time ends no block.
After a cut each station goes on where it stopped. Of what came while the feed was not running nothing is fetched.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from hashlib import sha256

from truceline.edges.clock import now_us
from truceline.edges.feeds.array_reader import MEDIA_TYPE, BlockReader, peer_of
from truceline.edges.feeds.door import Health, Item, Message, Outcome, Put
from truceline.edges.feeds.watch import MOST_AHEAD_US
from truceline.formats.miniseed_header import RecordHeader, read_record_header
from truceline.model.instant import US_PER_S, Instant, Span

PACKET_BYTES = 520
BLOCK_US, MOST_LAG_US = 60 * US_PER_S, 120 * US_PER_S
LEAP_US, LONGEST_US = 10 * US_PER_S, 60 * US_PER_S  # from where a channel stands; of a record
MOST_HELD = 100_000  # records in memory
MOST_OUT_OF_STEP = 3  # packets one after another that are none, until the connection is given up
NEAR_SEQUENCE = 1_000  # a step in a station's numbers that is believed at once
IDLE_S, ANSWER_S = 120.0, 10.0


@dataclass
class Blocks:
    """Records put in order of time, and cut into blocks. Pure."""

    channels: frozenset[str]
    margin_us: Span
    block_us: Span = BLOCK_US
    most_lag_us: Span = MOST_LAG_US
    _held: list[tuple[RecordHeader, bytes]] = field(default_factory=list)
    _upto: dict[str, Instant] = field(default_factory=dict)
    _next: Instant | None = None
    _leapt: dict[str, tuple[RecordHeader, bytes]] = field(default_factory=dict)

    def add(self, header: RecordHeader, record: bytes) -> list[tuple[Instant, Instant, bytes]]:
        """Take in a record; the blocks (first and last instant of the core, bytes) that are complete by it.

        Raises ValueError, with what to do, if the record is of no use.
        """
        if header.channel not in self.channels:
            raise ValueError(f"channel {header.channel} is none of the array's elements: mend the plan")
        for one in self._borne_out(header, record):
            self._hold(*one)
        done = []
        while self._held and self._complete(self._first()):
            done.append(self._cut(self._first()))
        return done

    def _borne_out(self, header: RecordHeader, record: bytes) -> list[tuple[RecordHeader, bytes]]:
        """The record, if its time can be believed, after one that waited for it. Raises ValueError if it leaps."""
        upto = self._upto.get(header.channel)
        if upto is not None and _near(header.start_us, upto) and header.end_us - header.start_us <= LONGEST_US:
            self._leapt.pop(header.channel, None)
            return [(header, record)]
        before = self._leapt.pop(header.channel, None)
        if before is not None and _near(header.start_us, before[0].end_us):
            return [before, (header, record)]
        self._leapt[header.channel] = (header, record)
        if upto is not None:
            raise ValueError(f"{header.channel} leaps in time: it waits for the next to follow on it")
        return []

    def _hold(self, header: RecordHeader, record: bytes) -> None:
        """Keep a record for its block. Raises ValueError."""
        if self._next is None:
            self._next = header.start_us // self.block_us * self.block_us
        if header.end_us <= self._next - self.margin_us:
            raise ValueError(f"{header.channel} came too late: its block is gone")
        if len(self._held) >= MOST_HELD:
            raise ValueError(f"more than {MOST_HELD:,} records wait: the array's channels lie too far apart in time")
        self._held.append((header, record))
        self._upto[header.channel] = max(self._upto.get(header.channel, header.end_us), header.end_us)

    def _first(self) -> Instant:
        """Where the next block begins that holds anything."""
        assert self._next is not None
        earliest = min(header.end_us for header, _ in self._held)
        return max(self._next, (earliest - self.margin_us) // self.block_us * self.block_us)

    def _complete(self, first: Instant) -> bool:
        wanted = first + self.block_us + self.margin_us
        newest = max(self._upto.values())
        behind = [channel for channel in self.channels if channel not in self._upto or self._upto[channel] < wanted]
        return newest >= wanted and (not behind or newest >= wanted + self.most_lag_us)

    def _cut(self, first: Instant) -> tuple[Instant, Instant, bytes]:
        last = first + self.block_us
        begin, end = first - self.margin_us, last + self.margin_us
        inside = [(h, record) for h, record in self._held if h.start_us < end and h.end_us > begin]
        inside.sort(key=lambda one: (one[0].channel, one[0].start_us, one[1]))
        self._next = last
        self._held = [one for one in self._held if one[0].end_us > last - self.margin_us]
        return first, last, b"".join(dict.fromkeys(record for _, record in inside))


@dataclass
class Numbers:
    """A station's packet numbers: where to go on after a cut. A number that leaps must be borne out by the next."""

    believed: int | None = None
    _leapt_to: int | None = None

    def take(self, number: int) -> None:
        known = (self.believed, self._leapt_to)
        if self.believed is None or any(n is not None and 0 <= number - n <= NEAR_SEQUENCE for n in known):
            self.believed, self._leapt_to = number, None
        else:
            self._leapt_to = number

    def command(self) -> str:
        return "DATA" if self.believed is None else f"DATA {(self.believed + 1) & 0xFFFFFF:06X}"


@dataclass
class SeedLinkFeed:
    """One array."""

    name: str
    host: str
    port: int
    reader: BlockReader
    tls: ssl.SSLContext | None = None
    idle_s: float = IDLE_S
    blocks: Blocks = field(init=False)
    _numbers: dict[str, Numbers] = field(init=False)

    def __post_init__(self) -> None:
        plan = self.reader.plan
        self.blocks = Blocks(frozenset(plan.places), plan.margin_us)
        self._numbers = {_station(channel): Numbers() for channel in sorted(plan.places)}

    async def receive(self, put: Put, health: Health) -> None:
        """Bring blocks until the connection ends (OSError, EOFError)."""
        reader, writer = await asyncio.open_connection(self.host, self.port, ssl=self.tls)
        health.connections += 1
        try:
            await self._ask(reader, writer)
            lost = 0
            while lost < MOST_OUT_OF_STEP:
                async with asyncio.timeout(self.idle_s):
                    packet = await reader.readexactly(PACKET_BYTES)
                lost = 0 if packet[:2] == b"SL" else lost + 1
                try:
                    await self._packet(packet, put)
                except ValueError as error:
                    health.erred(str(error))
            raise OSError(f"{lost} packets one after another do not begin with SL: the stream is out of step")
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
                    raise OSError(f"the SeedLink server refuses {command!r}: check channels and server")

        await say("HELLO", 2)
        for station, numbers in self._numbers.items():
            network, code = station.split(".")
            await say(f"STATION {code} {network}")
            for channel in sorted(channel for channel in self.reader.plan.places if _station(channel) == station):
                await say(f"SELECT {''.join(channel.split('.')[2:])}")
            await say(numbers.command())
        writer.write(b"END\r\n")
        await writer.drain()

    async def _packet(self, packet: bytes, put: Put) -> None:
        """Take in one packet. Raises ValueError, with what to do, if it is of no use."""
        if packet[:2] != b"SL":
            raise ValueError("a packet does not begin with SL: damaged on the way")
        record = packet[8:]
        header = read_record_header(record)
        received = now_us()
        if header.start_us > received + MOST_AHEAD_US:
            raise ValueError(f"{header.channel} lies ahead of us in time: set the digitiser's clock")
        blocks = self.blocks.add(header, record)
        try:
            self._numbers[_station(header.channel)].take(int(packet[2:8], 16))
        finally:
            for first, last, data in blocks:
                message = Message(
                    feed=self.name, data=data, digest=sha256(data).hexdigest(), received_us=now_us(),
                    media_type=MEDIA_TYPE, peer=peer_of(f"{self.host}:{self.port}", first, last),
                )  # fmt: skip
                await put(Item(message))

    def read(self, message: Message) -> Outcome:
        return self.reader.read(message)


def _near(one: Instant, other: Instant) -> bool:
    return abs(one - other) <= LEAP_US


def _station(channel: str) -> str:
    """NETWORK.STATION of a channel."""
    return ".".join(channel.split(".")[:2])
