"""SAC and WAVE: what is written there is read, in either byte order and any width; what is damaged is told."""

import lzma
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.formats.sac import read_sac
from truceline.formats.wav import read_wav, write_wav
from truceline.model.instant import parse_utc
from truceline.model.problem import Unusable
from truceline.model.waveform import Waveform

RECORD = Path(__file__).parents[1] / "data" / "array_record" / "YJ.BRP1..EDF.SAC.xz"
SAC = lzma.decompress(RECORD.read_bytes())
START = parse_utc("2026-03-02T10:51:38Z")


def values(waveform: Waveform) -> list[float]:
    return [float(value) for value in np.frombuffer(waveform.samples, "<f8")]


def turned(data: bytes) -> bytes:
    """A SAC file in the other byte order."""
    numbers = np.frombuffer(data[:440], "<u4").byteswap().tobytes()
    samples = np.frombuffer(data[632:], "<u4").byteswap().tobytes()
    return numbers + data[440:632] + samples


def test_the_real_record_is_read() -> None:
    waveform = read_sac("r", SAC)
    assert (waveform.channel, waveform.rate_hz, waveform.count) == ("YJ.BRP1..EDF", 100.0, 120_000)
    assert waveform.start_us == parse_utc("2012-04-09T18:00:00.0083Z")
    assert waveform.end_us == waveform.start_us + 1_200_000_000
    assert (waveform.lon, waveform.lat) == (-110.740898, 39.472698)
    assert waveform.samples[:8] == struct.pack("<d", struct.unpack("<f", SAC[632:636])[0])


def test_either_byte_order() -> None:
    assert read_sac("r", turned(SAC)) == read_sac("r", SAC)


@pytest.mark.parametrize(
    ("word", "number", "said"),
    [(76, 99, "NVHDR"), (85, 4, "time series"), (105, 0, "time series"), (79, 10**8, "NPTS"), (79, 0, "NPTS"),
     (71, 400, "does not exist"), (72, 30, "does not exist")],
)  # fmt: skip
def test_a_header_that_cannot_be_used_is_told(word: int, number: int, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        read_sac("r", SAC[: 4 * word] + struct.pack("<i", number) + SAC[4 * word + 4 :])


def test_a_sample_that_is_no_number_and_a_cut_file_are_told() -> None:
    with pytest.raises(Unusable, match="finite"):
        read_sac("r", SAC[:632] + struct.pack("<f", float("nan")) + SAC[636:])
    with pytest.raises(Unusable, match="send the whole file"):
        read_sac("r", SAC[:5_000])
    with pytest.raises(Unusable, match="DELTA"):
        read_sac("r", struct.pack("<f", 0.0) + SAC[4:])


def wav(kind: int, bits: int, body: bytes, channels: int = 1, rate: int = 8_000) -> bytes:
    frame = channels * bits // 8
    head = struct.pack("<HHIIHH", kind, channels, rate, rate * frame, frame, bits)
    chunks = b"LIST" + struct.pack("<I", 3) + b"odd\0"
    chunks += b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


@pytest.mark.parametrize(
    ("kind", "bits", "body"),
    [
        (1, 8, bytes([128, 192, 0])), (1, 16, struct.pack("<3h", 0, 16_384, -32_768)),
        (1, 24, b"\0\0\0\0\0\x40\0\0\x80"), (1, 32, struct.pack("<3i", 0, 1 << 30, -(1 << 31))),
        (3, 32, struct.pack("<3f", 0.0, 0.5, -1.0)), (3, 64, struct.pack("<3d", 0.0, 0.5, -1.0)),
    ],
)  # fmt: skip
def test_every_width_of_sample(kind: int, bits: int, body: bytes) -> None:
    (waveform,) = read_wav("s", wav(kind, bits, body), START)
    assert values(waveform) == [0.0, 0.5, -1.0]
    assert (waveform.rate_hz, waveform.start_us) == (8_000.0, START)


def test_channels_are_parted() -> None:
    left, right = read_wav("s", wav(1, 16, struct.pack("<4h", 0, 16_384, 8_192, -16_384), channels=2), START)
    assert (values(left), values(right)) == ([0.0, 0.25], [0.5, -0.5])


def test_what_is_written_reads_back() -> None:
    (waveform,) = read_wav("s", write_wav([0.0, 0.5, -0.25, 7.0], 4_000), START)
    assert values(waveform) == pytest.approx([0.0, 0.5, -0.25, 1.0], abs=1e-4)


@pytest.mark.parametrize(
    "data",
    [b"", b"RIFF....AVI ", wav(1, 12, b"\0" * 6), wav(2, 16, b"\0" * 6), wav(1, 16, b""), wav(1, 16, b"\0" * 6, 0)],
)
def test_what_is_no_sound_is_told(data: bytes) -> None:
    with pytest.raises(Unusable):
        read_wav("s", data, START)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120), st.integers(0, 631), st.integers(0, 255))
def test_no_bytes_raise_anything_else(noise: bytes, at: int, value: int) -> None:
    damaged = bytearray(SAC[:2_000])
    damaged[at] = value
    sound = bytearray(wav(1, 16, bytes(64)))
    sound[at % len(sound)] = value
    for data in (noise, bytes(damaged), b"RIFF" + noise):
        for read in (lambda d: read_sac("r", d), lambda d: read_wav("s", d, START)):
            try:
                read(data)
            except Unusable as unusable:
                assert unusable.problems
    try:
        read_wav("s", bytes(sound), START)
    except Unusable as unusable:
        assert unusable.problems
