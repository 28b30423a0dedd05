"""A SeedLink 3 server for exercises: recorded channels told as if they were being recorded now (needs obspy)."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from truceline.edges.clock import now_us, running_s
from truceline.edges.feeds.seedlink import RECORD_BYTES
from truceline.formats.miniseed_header import read_record_header
from truceline.model.instant import US_PER_S, Instant
from truceline.model.waveform import Waveform

GREETING = b"SeedLink v3.1 (truceline exercise) :: SLPROTO:3.1\r\nexercise\r\n"


def records(waveform: Waveform, shift_us: Instant) -> list[bytes]:
    """A channel as miniSEED records of 512 bytes, its times moved."""
    import obspy  # noqa: PLC0415 (optional)

    network, station, location, channel = waveform.channel.split(".")
    samples = np.frombuffer(waveform.samples, "<f8").astype("<f4")
    header = {
        "network": network, "station": station, "location": location, "channel": channel,
        "sampling_rate": waveform.rate_hz, "starttime": obspy.UTCDateTime(ns=(waveform.start_us + shift_us) * 1_000),
    }  # fmt: skip
    written = io.BytesIO()
    trace: Any = obspy.Trace(samples, header)
    trace.write(written, format="MSEED", reclen=RECORD_BYTES, encoding="FLOAT32")
    data = written.getvalue()
    return [data[at : at + RECORD_BYTES] for at in range(0, len(data), RECORD_BYTES)]


@dataclass
class SeedLinkServer:
    """Tells channels over and over to whoever asks, each record when its last sample is due, `speed` times faster."""

    host: str
    port: int
    waveforms: Sequence[Waveform]
    speed: float = 1.0
    listening: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self) -> None:
        """Listen for ever. Raises OSError if the address cannot be had."""
        begin = min(waveform.start_us for waveform in self.waveforms)
        shift = now_us() - begin
        told: dict[str, list[tuple[float, bytes]]] = {}
        for waveform in self.waveforms:
            station = ".".join(waveform.channel.split(".")[:2])
            for record in records(waveform, shift):
                due = (read_record_header(record).end_us - begin - shift) / US_PER_S / self.speed
                told.setdefault(station, []).append((due, record))
        for packets in told.values():
            packets.sort()
        begun = running_s()
        open_now: set[asyncio.Task[None]] = set()

        async def come_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            open_now.add(task)
            try:
                wanted = await _asked(reader, writer)
                await _tell(writer, told, wanted, begun)
            except (OSError, EOFError):
                return
            finally:
                open_now.discard(task)
                writer.close()

        server = await asyncio.start_server(come_in, self.host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        self.listening.set()
        try:
            await asyncio.Event().wait()
        finally:
            server.close()
            for task in tuple(open_now):
                task.cancel()
            await asyncio.gather(*open_now, return_exceptions=True)


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> dict[str, int]:
    """The stations that are asked for, and the sequence number from which."""
    wanted: dict[str, int] = {}
    station = ""
    while line := await reader.readline():
        words = line.decode("ascii", "replace").upper().split()
        if words[:1] == ["HELLO"]:
            writer.write(GREETING)
        elif words[:1] == ["STATION"] and len(words) == 3:
            station = f"{words[2]}.{words[1]}"
            writer.write(b"OK\r\n")
        elif words[:1] == ["SELECT"]:
            writer.write(b"OK\r\n")
        elif words[:1] == ["DATA"]:
            wanted[station] = int(words[1], 16) if len(words) > 1 else 0
            writer.write(b"OK\r\n")
        elif words[:1] == ["END"]:
            return wanted
        else:
            writer.write(b"ERROR\r\n")
        await writer.drain()
    raise EOFError


async def _tell(
    writer: asyncio.StreamWriter, told: dict[str, list[tuple[float, bytes]]], wanted: dict[str, int], begun_s: float
) -> None:
    packets = sorted(
        (due, station, number, record)
        for station, first in wanted.items()
        for number, (due, record) in enumerate(told.get(station, []))
        if number >= first
    )
    for due, _, number, record in packets:
        await asyncio.sleep(max(0.0, begun_s + due - running_s()))
        writer.write(f"SL{number:06X}".encode("ascii") + record)
        await writer.drain()
    await asyncio.Event().wait()
