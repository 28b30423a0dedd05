"""A SeedLink 3 server for exercises: recorded channels told as if they were being recorded now.

A station's records are numbered one after another, and lie in a ring of so many: who asks for a number is told from
there on, or from the oldest that is held if that one is gone; who asks for none is told all that is held, so that an
exercise is whole (in the field: what comes next). The clock of the story is ours: its last record is due when it ends,
and at `speed` above 1 the station catches up, as one does that was cut off: no record's time ever lies ahead of us.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from truceline.edges.clock import now_us, running_s
from truceline.edges.feeds.accept import Count, serve_all
from truceline.edges.feeds.emit import Emitted
from truceline.edges.feeds.seedlink_blocks import NUMBERS
from truceline.formats.miniseed import write_records
from truceline.formats.miniseed_header import read_record_header
from truceline.model.instant import US_PER_S, Instant, from_datetime
from truceline.model.waveform import Waveform

GREETING = b"SeedLink v3.1 (truceline exercise) :: SLPROTO:3.1\r\nexercise\r\n"
MOST_COMMAND = 256
CLOSING_S = 2.0  # for a client to take in the last records
FOR_EVER: Instant = 2**62
RING = 100_000  # records a station


@dataclass(frozen=True, slots=True)
class Packet:
    """A record, and when it is due after the server's beginning."""

    due_s: float
    place: int  # in its station's story, from 0
    station: str
    start_us: Instant
    end_us: Instant
    record: bytes


@dataclass
class Wanted:
    """What a client asks of a station: from a number, from a time, until a time. stays: for what will come, too."""

    number: int | None = None
    from_us: Instant = 0
    until_us: Instant = FOR_EVER
    stays: bool = True

    def holds(self, packet: Packet) -> bool:
        return packet.end_us > self.from_us and packet.start_us < self.until_us


@dataclass
class SeedLinkServer:
    """Tells channels to whoever asks, each record when it is due. ended: somebody has been told all there is.

    begin_us: when the story begins, by the records; unless it is said, so that its end is now. first_number: of every
    station's first record. ring: how many records of a station are held.
    """

    host: str
    port: int
    waveforms: Sequence[Waveform]
    speed: float = 1.0
    begin_us: Instant | None = None
    first_number: int = 0
    ring: int = RING
    done: Emitted = field(default_factory=Emitted)
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self) -> None:
        """Listen for ever. Raises OSError if the address cannot be had."""
        told, begun = self._told(), running_s()

        async def come_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _: Count) -> None:
            try:
                await self._tell(reader, writer, told, begun)
            except (OSError, EOFError):
                self.done.cuts += 1

        def opened(port: int) -> None:
            self.port = port
            self.listening.set()

        await serve_all(self.host, self.port, come_in, opened)

    async def run(self) -> None:
        """Listen until the story has been told to somebody."""
        serving = asyncio.create_task(self.serve())
        ended = asyncio.create_task(self.ended.wait())
        await asyncio.wait({serving, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not serving.done():
            await asyncio.sleep(CLOSING_S)
        serving.cancel()
        ended.cancel()
        (fault, _) = await asyncio.gather(serving, ended, return_exceptions=True)
        if isinstance(fault, OSError):
            raise fault

    def _told(self) -> dict[str, list[Packet]]:
        """All packets by station, in order."""
        begin = min(waveform.start_us for waveform in self.waveforms)
        lasts = (max(waveform.end_us for waveform in self.waveforms) - begin) / US_PER_S
        usual = now_us() - round(lasts * (1.0 - 1.0 / self.speed) * US_PER_S)
        shift = (usual if self.begin_us is None else self.begin_us) - begin
        found: dict[str, list[tuple[Instant, Instant, bytes]]] = {}
        for waveform in self.waveforms:
            station = ".".join(waveform.channel.split(".")[:2])
            for record in write_records(replace(waveform, start_us=waveform.start_us + shift)):
                header = read_record_header(record)
                found.setdefault(station, []).append((header.end_us, header.start_us, record))
        return {
            station: [
                Packet((end - begin - shift) / US_PER_S / self.speed, place, station, start, end, record)
                for place, (end, start, record) in enumerate(sorted(records))
            ]
            for station, records in found.items()
        }

    async def _tell(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, told: dict[str, list[Packet]], begun_s: float
    ) -> None:
        wanted = await _asked(reader, writer, frozenset(told))
        packets = [
            packet
            for station, ask in wanted.items()
            for packet in told[station][self._from(ask, told[station], begun_s) :]
            if ask.holds(packet)
        ]
        stays = any(ask.stays for ask in wanted.values())
        for packet in sorted(packets, key=lambda one: (one.due_s, one.station, one.place)):
            ask, wait_s = wanted[packet.station], begun_s + packet.due_s - running_s()
            if wait_s > 0.0 and not ask.stays:
                continue
            await asyncio.sleep(max(0.0, wait_s))
            if packet.place < _due(told[packet.station], begun_s) - self.ring:
                self.done.gone += ask.number is not None
                continue
            number = (self.first_number + packet.place) % NUMBERS
            writer.write(f"SL{number:06X}".encode("ascii") + packet.record)
            await writer.drain()
            self.done.sent += 1
        if not stays or all(ask.until_us < FOR_EVER for ask in wanted.values()):
            writer.write(b"END")
            await writer.drain()
            return
        self.ended.set()
        await reader.read()  # until the client goes

    def _from(self, ask: Wanted, packets: Sequence[Packet], begun_s: float) -> int:
        """From which place of a station's story it is told; a number that was not given to any is none of it."""
        if ask.number is None:
            return 0
        place = (ask.number - self.first_number) % NUMBERS
        return place if place <= _due(packets, begun_s) else 0


def _due(packets: Sequence[Packet], begun_s: float) -> int:
    """How many of a station's packets have been recorded by now."""
    return bisect_right(packets, running_s() - begun_s, key=lambda one: one.due_s)


async def _asked(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, known: frozenset[str]
) -> dict[str, Wanted]:
    """What a client asks for, by station. Raises EOFError if it goes before it has asked."""
    wanted: dict[str, Wanted] = {}
    station = ""
    while True:
        words = (await _command(reader)).split()
        answer = b"OK\r\n"
        match words[:1]:
            case []:
                continue
            case ["HELLO"]:
                answer = GREETING
            case ["STATION"] if len(words) == 3 and f"{words[2]}.{words[1]}" in known:
                station = f"{words[2]}.{words[1]}"
            case ["SELECT"]:
                pass
            case ["DATA" | "FETCH" | "TIME"] if station:
                try:
                    wanted[station] = _wanted(words)
                except ValueError:
                    answer = b"ERROR\r\n"
            case ["END"]:
                return wanted
            case ["BYE"]:
                raise EOFError
            case _:
                answer = b"ERROR\r\n"
        writer.write(answer)
        await writer.drain()


async def _command(reader: asyncio.StreamReader) -> str:
    """A command up to a carriage return, a line feed, or both."""
    letters = b""
    while True:
        letter = await reader.readexactly(1)
        if letter in (b"\r", b"\n"):
            return letters.decode("ascii", "replace").upper()
        letters += letter
        if len(letters) > MOST_COMMAND:
            raise EOFError


def _wanted(words: Sequence[str]) -> Wanted:
    """DATA [NUMBER [TIME]], FETCH likewise, TIME BEGIN [END]. Raises ValueError."""
    if words[0] == "TIME":
        until = _moment(words[2]) if len(words) > 2 else FOR_EVER
        return Wanted(from_us=_moment(words[1]), until_us=until)
    return Wanted(number=int(words[1], 16) if len(words) > 1 else None, stays=words[0] == "DATA")


def _moment(text: str) -> Instant:
    """YEAR,MONTH,DAY,HOUR,MINUTE,SECOND. Raises ValueError."""
    year, month, day, hour, minute, second = (int(part) for part in text.split(","))
    return from_datetime(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
