"""miniSEED: obspy is the referee of what is read and written; gaps, repetitions and damage are told."""

import io
import random
import struct
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.formats.miniseed import read_miniseed, read_record, write_records
from truceline.formats.miniseed_header import read_record_header
from truceline.model.instant import parse_utc
from truceline.model.problem import Unusable
from truceline.model.waveform import Waveform

obspy = pytest.importorskip("obspy")
START = parse_utc("2026-03-02T10:51:38.123456Z")
RATE = 100.0
KINDS = {"INT16": "i2", "INT32": "i4", "FLOAT32": "f4", "FLOAT64": "f8", "STEIM1": "i4", "STEIM2": "i4"}


def samples(kind: str, count: int = 3_000) -> Any:
    """Steps from small to very large, so that every way of packing differences occurs."""
    chance = np.random.default_rng(7)
    steps = chance.normal(size=count) * chance.choice([0.3, 3.0, 10.0, 60.0, 4_000.0, 1e6], size=count)
    walk = np.cumsum(steps) - np.cumsum(steps).mean()
    return (walk / np.abs(walk).max() * 3e4 if kind == "INT16" else walk).astype(KINDS[kind])


def by_obspy(data: Any, **how: object) -> bytes:
    header = {"network": "XX", "station": "A1", "location": "00", "channel": "HDF", "sampling_rate": RATE,
              "starttime": obspy.UTCDateTime(ns=START * 1_000)}  # fmt: skip
    written = io.BytesIO()
    obspy.Trace(data, header).write(written, format="MSEED", **how)
    return written.getvalue()


def wave(start_us: int, values: Any, channel: str = "XX.A1.00.HDF") -> Waveform:
    return Waveform(channel=channel, start_us=start_us, rate_hz=RATE, samples=np.asarray(values, "<f8").tobytes())


def numbers(waveform: Waveform) -> Any:
    return np.frombuffer(waveform.samples, "<f8")


@pytest.mark.parametrize("length", [256, 512, 4096])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_obspy_writes_is_read(kind: str, order: str, length: int) -> None:
    sent = samples(kind)
    (got,), problems = read_miniseed("f", by_obspy(sent, encoding=kind, byteorder=order, reclen=length))
    assert problems == ()
    assert np.array_equal(numbers(got), sent.astype(float))
    assert (got.channel, got.start_us, got.rate_hz) == ("XX.A1.00.HDF", START, RATE)


def test_obspy_reads_what_is_written() -> None:
    sent = samples("FLOAT32").astype(float)
    stream = obspy.read(io.BytesIO(b"".join(write_records(wave(START, sent))))).merge()
    assert len(stream) == 1 and stream[0].id == "XX.A1.00.HDF"
    assert np.array_equal(stream[0].data.astype(float), sent)
    assert stream[0].stats.starttime.ns == START * 1_000


@pytest.mark.parametrize("rate", [1.0, 20.0, 48_000.0])
def test_any_whole_rate_is_written(rate: float) -> None:
    record = write_records(Waveform(channel="XX.A.00.BDF", start_us=START, rate_hz=rate, samples=bytes(80)))[0]
    assert read_record_header(record).rate_hz == rate and len(record) == 512


def test_rates_and_names_that_do_not_fit_are_told() -> None:
    with pytest.raises(ValueError, match="whole number"):
        write_records(Waveform(channel="XX.A.00.BDF", start_us=START, rate_hz=99.5, samples=bytes(80)))
    with pytest.raises(ValueError, match="shorten"):
        write_records(Waveform(channel="XXX.A.00.BDF", start_us=START, rate_hz=99.0, samples=bytes(80)))


def test_order_repetition_gaps_and_overlaps() -> None:
    sent = np.arange(2_000, dtype=float)
    records = write_records(wave(START, sent))
    random.Random(3).shuffle(records)
    assert numbers(read_miniseed("f", b"".join(records + records[:5]))[0][0]).tolist() == sent.tolist()
    whole = write_records(wave(START, sent))
    first, second = read_miniseed("f", b"".join(whole[:5] + whole[7:]))[0]
    assert (first.count, second.count) == (5 * 112, 2_000 - 7 * 112)
    assert second.start_us == START + 7 * 112 * 10_000
    again = write_records(wave(START + 500 * 10_000, sent[500:]))  # cut elsewhere: overlaps the first ones
    (merged,) = read_miniseed("f", b"".join(whole[:9] + again))[0]
    assert numbers(merged).tolist() == sent.tolist()


def test_channels_are_apart_and_a_change_of_rate_is_a_gap() -> None:
    one, other = wave(START, np.ones(100)), wave(START, np.zeros(100), "XX.A1.01.HDF")
    slower = Waveform(channel=one.channel, start_us=one.end_us, rate_hz=50.0, samples=one.samples)
    data = b"".join(record for part in (other, one, slower) for record in write_records(part))
    pieces, _ = read_miniseed("f", data)
    assert [(piece.channel[-6:], piece.rate_hz) for piece in pieces] == [
        ("00.HDF", 100.0),
        ("00.HDF", 50.0),
        ("01.HDF", 100.0),
    ]


def test_the_clocks_correction_and_the_actual_rate_count() -> None:
    record = bytearray(write_records(wave(START, np.ones(100)))[0])
    struct.pack_into(">i", record, 40, -15_000)
    assert read_record_header(bytes(record)).start_us == START - 1_500_000
    record[36] |= 0x02  # already in the time
    assert read_record_header(bytes(record)).start_us == START
    struct.pack_into(">HHfBBBB", record, 56, 100, 0, 99.98, 0, 0, 0, 0)  # in place of blockette 1001
    assert read_record_header(bytes(record)).rate_hz == pytest.approx(99.98)


def changed(at: int, value: bytes) -> bytes:
    record = write_records(wave(START, np.ones(100)))[0]
    return record[:at] + value + record[at + len(value) :]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no miniSEED record"), (changed(6, b"V"), "no miniSEED record"), (changed(20, b"\0\0"), "year"),
        (changed(22, b"\x02\x00"), "does not exist"), (changed(32, b"\0\0"), "no rate"),
        (changed(46, b"\0\0"), "blockette 1000"), (changed(54, b"\x1e"), "claims"),
        (changed(52, b"\x1f"), "encoding 31"),
        (changed(44, b"\x03\xff"), "outside the record"), (changed(30, b"\x00\x00"), "no sample"),
        (changed(30, b"\xff\xff"), "do not fit"), (changed(64, struct.pack(">f", float("nan"))), "no number"),
        (changed(64, struct.pack(">f", 1e35)), "no number"), (changed(52, b"\x0b"), "damaged"),
        (changed(32, b"\x7f\xff\x7f\xff"), "samples a second"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_record(data)


def test_a_damaged_steim_record_is_told_and_the_rest_is_read() -> None:
    data = bytearray(by_obspy(samples("STEIM2"), encoding="STEIM2", reclen=512))
    data[3 * 512 + 200] ^= 0x10
    pieces, problems = read_miniseed("f", bytes(data))
    assert [(problem.place.field, problem.remedy) for problem in problems] == [("byte 1,536", "damaged on the way")]
    assert len(pieces) == 2 and sum(piece.count for piece in pieces) < 3_000


def test_what_lies_between_records_is_told_once() -> None:
    records = write_records(wave(START, np.arange(300.0)))
    pieces, problems = read_miniseed("f", records[0] + b"#" * 1_280 + b"".join(records[1:]))
    assert len(pieces) == 1 and pieces[0].count == 300
    assert [problem.place.field for problem in problems] == ["byte 512"]
    with pytest.raises(Unusable, match="no miniSEED record"):
        read_miniseed("f", b"#" * 5_000)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["STEIM1", "STEIM2", "FLOAT32"]), st.lists(st.tuples(st.integers(0, 2_047), st.integers(0, 7))))
def test_no_damage_raises_anything_else(kind: str, flips: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD[kind])
    for at, bit in flips:
        data[at % len(data)] ^= 1 << bit
    try:
        pieces, _ = read_miniseed("f", bytes(data))
    except Unusable as unusable:
        assert unusable.problems
    else:
        assert all(piece.count and piece.end_us > piece.start_us for piece in pieces)


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    GOOD = {
        kind: by_obspy(samples(kind, 900), encoding=kind, reclen=512)[:2_048]
        for kind in ("STEIM1", "STEIM2", "FLOAT32")
    }
