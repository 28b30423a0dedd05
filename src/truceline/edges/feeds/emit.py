"""An exercise spoken on the real wire: a mission's or world's observations sent as sensors would send them.

Each speaks one protocol: SAPIENT nodes that register and report; AIS sentences, raw ADS-B, drones' remote
identification or lines of contract 1 over TCP; those lines over MQTT; records of an array's elements over SeedLink.
Times run as in the mission, `speed` times faster; a connection that breaks is made again and what was not sent
follows, as edge nodes store and forward. Exercise and test missions only.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from truceline.edges.clock import now_us, running_s
from truceline.formats.adsb_write import write_category, write_velocity
from truceline.formats.adsb_write import write_position as adsb_position
from truceline.formats.ais_write import write_position
from truceline.formats.observations_ndjson import write_observation
from truceline.formats.remote_id_write import write_remote_id
from truceline.model.instant import US_PER_S, Instant
from truceline.model.observation import UAV, Observation, Track

PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class Pace:
    """Mission time against ours: an observation is due when as much time has passed, `speed` times faster."""

    first_us: Instant
    begun_s: float
    shift_us: Instant
    speed: float

    async def until(self, instant: Instant) -> None:
        due = self.begun_s + (instant - self.first_us) / US_PER_S / self.speed
        await asyncio.sleep(max(0.0, due - running_s()))

    def moved(self, instant: Instant) -> Instant:
        """The instant as this exercise's clock shows it."""
        return self.first_us + self.shift_us + round((instant - self.first_us) / self.speed)


def pace(observations: Sequence[Observation], speed: float) -> Pace:
    first = min((seen.time_us for seen in observations), default=now_us())
    return Pace(first, running_s(), now_us() - first, speed)


def node_id(sensor: str) -> str:
    """The node id of a sensor in an exercise: always the same."""
    digest = bytearray(sha256(f"exercise node {sensor}".encode()).digest()[:16])
    digest[6], digest[8] = digest[6] & 0x0F | 0x40, digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def mmsi_of(track: str) -> int:
    """A vessel's number: its own if it has one, else one of a range that nobody is given (first digits 999)."""
    digits = track.removeprefix("mmsi:")
    if digits.isdigit() and len(digits) == 9:
        return int(digits)
    return 999_000_000 + int(sha256(track.encode()).hexdigest(), 16) % 1_000_000


def icao_of(track: str) -> int:
    """An aircraft's address: its own if it has one, else one that no state gives out (first four digits F)."""
    digits = track.removeprefix("icao:")
    if len(digits) == 6 and all(digit in "0123456789abcdef" for digit in digits):
        return int(digits, 16)
    return 0xFFFF00 | sha256(track.encode()).digest()[0]


@dataclass
class Emitted:
    """What was sent. rejected: answers that say something was wrong, by their words. gone: asked for, but not held
    any more."""

    sent: int = 0
    cuts: int = 0
    gone: int = 0
    rejected: dict[str, int] = field(default_factory=dict)


async def ais_lines(tracks: Sequence[Track], speed: float) -> AsyncIterator[bytes]:
    """Tracks of vessels as AIS lines, each when it is due."""
    at = pace(tracks, speed)
    for track in tracks:
        await at.until(track.time_us)
        yield write_position(replace(track, time_us=at.moved(track.time_us)), mmsi_of(track.track)) + b"\r\n"


async def remote_id_lines(tracks: Sequence[Track], speed: float) -> AsyncIterator[bytes]:
    """Tracks of drones as lines TRANSMITTER HEX, each when it is due."""
    at = pace(tracks, speed)
    for track in tracks:
        await at.until(track.time_us)
        sent = write_remote_id(replace(track, time_us=at.moved(track.time_us)))
        address = sha256(track.track.encode()).digest()[:6]
        yield f"{address.hex(':')} {sent.hex()}\r\n".encode("ascii")


async def adsb_lines(tracks: Sequence[Track], speed: float) -> AsyncIterator[bytes]:
    """Tracks of aircraft as raw messages, each when it is due: category, velocity, both halves of the position."""
    at = pace(tracks, speed)
    for track in tracks:
        await at.until(track.time_us)
        address = icao_of(track.track)
        unmanned = dict(track.labels).get(UAV, 0.0) > 0.5
        lines = [write_category(address, unmanned=unmanned), write_velocity(track, address)]
        lines += [adsb_position(track, address, odd=odd) for odd in (False, True)]
        yield b"".join(line + b"\r\n" for line in lines)


async def ndjson_lines(observations: Sequence[Observation], speed: float) -> AsyncIterator[tuple[str, bytes]]:
    """Sensor and line of contract 1 of every observation, each when it is due."""
    at = pace(observations, speed)
    for seen in observations:
        await at.until(seen.time_us)
        moved = at.moved(seen.time_us)
        yield seen.sensor, write_observation(replace(seen, time_us=moved, received_us=moved))


async def emit_lines(host: str, port: int, lines: AsyncIterator[bytes]) -> Emitted:
    """Lines to an address over TCP; what breaks off is sent on over a new connection."""
    done = Emitted()
    writer: asyncio.StreamWriter | None = None
    async for line in lines:
        while True:
            try:
                if writer is None:
                    _, writer = await asyncio.open_connection(host, port)
                writer.write(line)
                await writer.drain()
                done.sent += 1
                break
            except OSError:
                done.cuts += 1
                writer = None
                await asyncio.sleep(PAUSE_S)
    if writer is not None:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    return done
