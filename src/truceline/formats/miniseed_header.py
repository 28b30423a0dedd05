"""miniSEED 2 records: the fixed header and the blockettes by which a record is understood and put in order.

    0–5 sequence, 6 quality (D R Q M), 8–12 station, 13–14 location, 15–17 channel, 18–19 network,
    20–29 BTIME (uint16 year, uint16 day, uint8 hour, minute, second, unused, uint16 1e-4 s), 30 uint16 samples,
    32 int16 rate factor, 34 int16 rate multiplier, 36 activity (bit 1: the correction is already in the time),
    40 int32 time correction (1e-4 s), 44 uint16 where the samples begin, 46 uint16 the first blockette
    blockette 1000     uint16 1000, uint16 next, uint8 encoding, uint8 1 if big-endian, uint8 log2 of the length
    blockette 1001     uint16 1001, uint16 next, uint8 quality of the clock, int8 microseconds
    blockette 100      uint16 100, uint16 next, float32 samples a second

Big-endian, unless the year makes sense only the other way round. A factor or multiplier below zero divides.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from truceline.model.instant import US_PER_S, Instant, from_datetime

HEADER_BYTES = 48
FIRST_YEAR, LAST_YEAR = 1950, 2100
LEAST_LENGTH_LOG2, MOST_LENGTH_LOG2 = 7, 16
LEAST_RATE_HZ, MOST_RATE_HZ = 1e-4, 1e6
MOST_BLOCKETTES = 16
ACTUAL_RATE, DATA_ONLY, FINE_TIME = 100, 1000, 1001
CORRECTED = 0x02


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """What a record holds: NETWORK.STATION.LOCATION.CHANNEL, from its first sample until the next would come.

    encoding: as blockette 1000 has it. length: bytes of the whole record. data_at: where its samples begin.
    """

    channel: str
    start_us: Instant
    end_us: Instant
    rate_hz: float
    count: int
    encoding: int
    big_endian: bool
    data_at: int
    length: int


def read_record_header(data: bytes) -> RecordHeader:
    """The header of the record at the beginning of some bytes. Raises ValueError, with what to do."""
    if len(data) < HEADER_BYTES or data[6:7] not in (b"D", b"R", b"Q", b"M"):
        raise ValueError("no miniSEED record: send version 2 data records")
    order = next((o for o in "><" if FIRST_YEAR <= struct.unpack_from(o + "H", data, 20)[0] <= LAST_YEAR), None)
    if order is None:
        raise ValueError("the record's year makes no sense: set the digitiser's clock")
    blockettes = dict(_blockettes(data, order))
    if DATA_ONLY not in blockettes:
        raise ValueError("the record has no blockette 1000: send miniSEED, not a dataless or full SEED volume")
    encoding, big_endian, length_log2 = struct.unpack_from("BBB", data, blockettes[DATA_ONLY] + 4)
    if not LEAST_LENGTH_LOG2 <= length_log2 <= MOST_LENGTH_LOG2:
        raise ValueError(f"the record claims 2^{length_log2} bytes: send records of 128 to 65,536")
    count, data_at = struct.unpack_from(order + "H", data, 30)[0], struct.unpack_from(order + "H", data, 44)[0]
    rate = _rate(data, order, blockettes)
    start = _start(data, order, blockettes)
    station, location, channel, network = (_text(data[a:b]) for a, b in ((8, 13), (13, 15), (15, 18), (18, 20)))
    return RecordHeader(
        channel=f"{network}.{station}.{location}.{channel}",
        start_us=start,
        end_us=start + round(count * US_PER_S / rate),
        rate_hz=rate,
        count=count,
        encoding=encoding,
        big_endian=big_endian == 1,
        data_at=data_at,
        length=1 << length_log2,
    )


def _blockettes(data: bytes, order: str) -> Iterator[tuple[int, int]]:
    """Type and place of each blockette, as far as the chain goes forward and stays within the bytes."""
    at = struct.unpack_from(order + "H", data, 46)[0]
    for _ in range(MOST_BLOCKETTES):
        if not HEADER_BYTES <= at <= len(data) - 8:
            return
        kind, following = struct.unpack_from(order + "HH", data, at)
        yield kind, at
        if following <= at:
            return
        at = following


def _rate(data: bytes, order: str, blockettes: dict[int, int]) -> float:
    factor, multiplier = struct.unpack_from(order + "hh", data, 32)
    if factor == 0 or multiplier == 0:
        raise ValueError("the record states no rate: not a waveform")
    rate = float((factor if factor > 0 else -1.0 / factor) * (multiplier if multiplier > 0 else -1.0 / multiplier))
    if ACTUAL_RATE in blockettes:
        actual = struct.unpack_from(order + "f", data, blockettes[ACTUAL_RATE] + 4)[0]
        rate = round(float(actual), 6) if 0.5 * rate < actual < 2.0 * rate else rate
    if not LEAST_RATE_HZ <= rate <= MOST_RATE_HZ:
        raise ValueError(f"the record states {rate:g} samples a second: not a waveform of sound or ground")
    return rate


def _start(data: bytes, order: str, blockettes: dict[int, int]) -> Instant:
    year, day, hour, minute, second, fraction = struct.unpack_from(order + "HHBBBxH", data, 20)
    if not (1 <= day <= 366 and hour < 24 and minute < 60 and second <= 60 and fraction < 10_000):
        raise ValueError("the record's time does not exist: set the digitiser's clock")
    begin = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
    start = from_datetime(begin) + fraction * 100
    correction = struct.unpack_from(order + "i", data, 40)[0]
    if not data[36] & CORRECTED:
        start += correction * 100
    if FINE_TIME in blockettes:
        start += struct.unpack_from("b", data, blockettes[FINE_TIME] + 5)[0]
    return int(start)


def _text(raw: bytes) -> str:
    return raw.decode("ascii", "replace").replace("\0", " ").strip()
