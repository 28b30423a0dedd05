"""miniSEED 2 records: the fixed header, by which a stream of records is put in order. Samples are decoded by obspy.

    0–5 sequence, 6 quality (D R Q M), 8–12 station, 13–14 location, 15–17 channel, 18–19 network,
    20–29 BTIME (uint16 year, uint16 day, uint8 hour, minute, second, unused, uint16 1e-4 s), 30 uint16 samples,
    32 int16 rate factor, 34 int16 rate multiplier

Big-endian, unless the year makes sense only the other way round. A factor or multiplier below zero divides.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from truceline.model.instant import US_PER_S, Instant, from_datetime

HEADER_BYTES = 48
FIRST_YEAR, LAST_YEAR = 1950, 2100


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """What a record holds: NETWORK.STATION.LOCATION.CHANNEL, from its first sample until the next would come."""

    channel: str
    start_us: Instant
    end_us: Instant
    rate_hz: float


def read_record_header(data: bytes) -> RecordHeader:
    """The header of a record. Raises ValueError, with what to do."""
    if len(data) < HEADER_BYTES or data[6:7] not in (b"D", b"R", b"Q", b"M"):
        raise ValueError("no miniSEED record: send version 2 data records")
    order = next((o for o in "><" if FIRST_YEAR <= struct.unpack_from(o + "H", data, 20)[0] <= LAST_YEAR), None)
    if order is None:
        raise ValueError("the record's year makes no sense: set the digitiser's clock")
    year, day, hour, minute, second, fraction = struct.unpack_from(order + "HHBBBxH", data, 20)
    count, factor, multiplier = struct.unpack_from(order + "Hhh", data, 30)
    if not (1 <= day <= 366 and hour < 24 and minute < 60 and second <= 60 and fraction < 10_000):
        raise ValueError("the record's time does not exist: set the digitiser's clock")
    if factor == 0 or multiplier == 0:
        raise ValueError("the record states no rate: not a waveform")
    rate = (factor if factor > 0 else -1.0 / factor) * (multiplier if multiplier > 0 else -1.0 / multiplier)
    begin = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
    start = from_datetime(begin) + fraction * 100
    station, location, channel, network = (_text(data[a:b]) for a, b in ((8, 13), (13, 15), (15, 18), (18, 20)))
    end = start + round(count * US_PER_S / rate)
    return RecordHeader(f"{network}.{station}.{location}.{channel}", start, end, rate)


def _text(raw: bytes) -> str:
    return raw.decode("ascii", "replace").replace("\0", " ").strip()
