"""miniSEED 2 (FDSN): records → Waveforms, each channel in as many pieces as it has gaps; and waveforms → records.

Read are 16- and 32-bit integers, 32- and 64-bit floats, Steim 1 and 2. What a record's header says stands in
miniseed_header. Records may come in any order and more than once. Records of a channel that follow one another within
half a sample are one piece; where they overlap, the earlier one counts.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from truceline.formats.miniseed_header import DATA_ONLY, RecordHeader, read_record_header
from truceline.formats.steim import read_steim
from truceline.model.instant import US_PER_S, Instant
from truceline.model.problem import Place, Problem, Unusable
from truceline.model.waveform import BYTES_A_SAMPLE, Waveform

MOST_BYTES = 1024 * 1024 * 1024
LEAST_LENGTH = 128
MOST_VALUE = 1e30
PLAIN = {1: ("h", 2), 3: ("i", 4), 4: ("f", 4), 5: ("d", 8)}
STEIM = {10: 1, 11: 2}
FLOAT32 = 4
MOST_FACTOR, MOST_TIMES = 32_767, 100
WRITTEN_BYTES, WRITTEN_AT = 512, 64
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ACROSS = 0.5  # samples by which a record may begin off the end of the one before it


def read_record(data: bytes) -> Waveform:
    """One record. Raises ValueError, with what to do."""
    return _waveform(read_record_header(data), data)


def _waveform(header: RecordHeader, data: bytes) -> Waveform:
    if header.count == 0:
        raise ValueError("the record holds no sample: not a waveform")
    end = min(header.length, len(data))
    if not 48 <= header.data_at < end:
        raise ValueError(f"the samples begin at byte {header.data_at}, outside the record: damaged on the way")
    body = data[header.data_at : end]
    if header.encoding in STEIM:
        samples: Iterable[float] = read_steim(
            body, header.count, STEIM[header.encoding], big_endian=header.big_endian
        )  # fmt: skip
    elif header.encoding in PLAIN:
        letter, size = PLAIN[header.encoding]
        if len(body) < header.count * size:
            raise ValueError(f"{header.count} samples do not fit into {len(body)} bytes: damaged on the way")
        samples = struct.unpack_from(f"{'>' if header.big_endian else '<'}{header.count}{letter}", body)
        if not all(-MOST_VALUE < value < MOST_VALUE for value in samples):
            raise ValueError("a sample is no number that an instrument gives: damaged on the way")
    else:
        raise ValueError(f"encoding {header.encoding} is not read: send integers, floats or Steim")
    return Waveform(
        channel=header.channel,
        start_us=header.start_us,
        rate_hz=header.rate_hz,
        samples=struct.pack(f"<{header.count}d", *samples),
    )


def records_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each record of a file with the byte at which it begins. A run of bytes that are no record is given once."""
    at, lost = 0, False
    while at < len(data):
        try:
            length, good = read_record_header(data[at : at + WRITTEN_BYTES]).length, True
        except ValueError:
            length, good = LEAST_LENGTH, False
        if good or not lost:
            yield at, data[at : at + length]
        lost = not good
        at += length


def read_miniseed(file: str, data: bytes) -> tuple[tuple[Waveform, ...], tuple[Problem, ...]]:
    """The pieces of all channels, by channel and time, and the faults of records that cannot be used.

    Raises Unusable if there is no good record at all.
    """
    if len(data) > MOST_BYTES:
        raise Unusable([Problem(Place(file), f"the file has {len(data):,} bytes", "send it in parts")])
    found: dict[tuple[str, Instant, bytes], Waveform] = {}
    problems: list[Problem] = []
    for at, record in records_of(data):
        try:
            waveform = read_record(record)
        except ValueError as error:
            what, _, remedy = str(error).partition(": ")
            place = Place(file, field=f"byte {at:,}")
            problems.append(Problem(place, what, remedy, fatal=False))
            continue
        found.setdefault((waveform.channel, waveform.start_us, waveform.samples), waveform)
    if not found:
        what = problems[0].what if problems else "the file is empty"
        raise Unusable([Problem(Place(file), what, "send miniSEED 2")])
    return tuple(_joined(found[key] for key in sorted(found))), tuple(problems)


def _joined(records: Iterable[Waveform]) -> Iterator[Waveform]:
    """Records in order of channel and time as pieces without a gap."""
    parts: list[Waveform] = []
    count = 0  # samples of the parts

    def whole() -> Waveform:
        return replace(parts[0], samples=b"".join(part.samples for part in parts))

    for record in records:
        if parts:
            first = parts[0]
            off = (record.start_us - first.start_us) * first.rate_hz / US_PER_S - count
            same = (record.channel, record.rate_hz) == (first.channel, first.rate_hz)
            if same and off <= ACROSS:
                rest = record.samples[max(0, round(-off)) * BYTES_A_SAMPLE :]
                if rest:
                    parts.append(replace(record, samples=rest))
                    count += len(rest) // BYTES_A_SAMPLE
                continue
            yield whole()
        parts, count = [record], record.count
    if parts:
        yield whole()


def write_records(waveform: Waveform) -> list[bytes]:
    """A waveform as records of 512 bytes, big-endian 32-bit floats. Raises ValueError for a rate that is not whole."""
    network, station, location, channel = waveform.channel.split(".")
    rate = round(waveform.rate_hz)
    times = next((n for n in range(1, MOST_TIMES + 1) if rate % n == 0 and rate // n <= MOST_FACTOR), 0)
    if rate != waveform.rate_hz or rate < 1 or not times:
        raise ValueError(f"{waveform.rate_hz:g} samples a second are not written: use a whole number")
    each = (WRITTEN_BYTES - WRITTEN_AT) // 4
    samples = struct.unpack(f"<{waveform.count}d", waveform.samples)
    found = []
    for number, first in enumerate(range(0, len(samples), each)):
        part = samples[first : first + each]
        moment = EPOCH + timedelta(microseconds=waveform.start_us + round(first * US_PER_S / rate))
        ticks, fine = divmod(moment.microsecond, 100)
        found.append(
            struct.pack(
                ">6sc1x5s2s3s2sHHBBBxHHhhBBBBiHH", f"{number % 1_000_000:06d}".encode("ascii"), b"D",
                *(_padded(text, size) for text, size in ((station, 5), (location, 2), (channel, 3), (network, 2))),
                moment.year, moment.timetuple().tm_yday, moment.hour, moment.minute, moment.second, ticks,
                len(part), rate // times, times, 0, 0, 0, 2, 0, WRITTEN_AT, 48,
            )
            + struct.pack(">HHBBBx", DATA_ONLY, 56, FLOAT32, 1, 9)
            + struct.pack(">HHBbxB", 1001, 0, 100, fine, 0)
            + struct.pack(f">{each}f", *part, *([0.0] * (each - len(part))))
        )  # fmt: skip
    return found


def _padded(text: str, size: int) -> bytes:
    raw = text.encode("ascii")
    if len(raw) > size:
        raise ValueError(f"{text!r} is longer than {size} letters: shorten it")
    return raw.ljust(size)
