"""WAVE sound files (RIFF) → Waveforms, one a channel; and one waveform → a WAVE file.

    "RIFF" size "WAVE", then chunks: id (4 bytes), size (uint32), content, padded to an even length "fmt "   uint16
    format (1 PCM, 3 IEEE float, 65534 extensible: the format stands at byte 24), uint16 channels, uint32 rate,
             uint32 bytes a second, uint16 bytes a frame, uint16 bits a sample
    "data"   frames, channels interleaved; 8 bits unsigned, 16, 24, 32 bits signed, 32 and 64 bits float

Little-endian. A WAVE file states no time: the caller says when it begins. Samples are scaled so that full scale is
one.
"""

import struct

from truceline.model.instant import Instant
from truceline.model.problem import Place, Problem, Unusable
from truceline.model.waveform import Waveform

MOST_CHANNELS = 64
MOST_SAMPLES = 50_000_000
PCM, FLOAT, EXTENSIBLE = 1, 3, 65534
FULL_SCALE_16 = 32_767


def read_wav(file: str, data: bytes, start_us: Instant) -> tuple[Waveform, ...]:
    """The channels of a sound file that begins at an instant. Raises Unusable, saying what is wrong."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise _unusable(file, "no RIFF WAVE file", "export the sound as WAV")
    chunks = _chunks(data)
    if "fmt " not in chunks or len(chunks["fmt "]) < 16 or "data" not in chunks:
        raise _unusable(file, "the chunk fmt or data is missing", "send the whole file")
    kind, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", chunks["fmt "])
    if kind == EXTENSIBLE and len(chunks["fmt "]) >= 26:
        kind = struct.unpack_from("<H", chunks["fmt "], 24)[0]
    if not 1 <= channels <= MOST_CHANNELS or not 1 <= rate <= 10_000_000 or not 0 < frame == channels * bits // 8:
        raise _unusable(
            file, f"{channels} channels of {bits} bits at {rate} Hz, {frame} bytes a frame", "mend the header"
        )
    count = len(chunks["data"]) // frame
    if not 0 < count * channels <= MOST_SAMPLES:
        raise _unusable(file, f"{count * channels:,} samples", f"send 1 to {MOST_SAMPLES:,}")
    values = _values(file, kind, bits, chunks["data"][: count * frame])
    return tuple(
        Waveform(
            channel=f"...{number}",
            start_us=start_us,
            rate_hz=float(rate),
            samples=struct.pack(f"<{count}d", *values[number::channels]),
        )
        for number in range(channels)
    )


def _chunks(data: bytes) -> dict[str, bytes]:
    """The first chunk of each name."""
    found: dict[str, bytes] = {}
    at = 12
    while at + 8 <= len(data):
        size = struct.unpack_from("<I", data, at + 4)[0]
        found.setdefault(data[at : at + 4].decode("latin-1"), data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return found


def _values(file: str, kind: int, bits: int, data: bytes) -> list[float]:
    count = len(data) * 8 // bits if bits else 0
    if kind == FLOAT and bits in (32, 64):
        values = list(struct.unpack(f"<{count}{'f' if bits == 32 else 'd'}", data))
        if not all(-1e30 < value < 1e30 for value in values):
            raise _unusable(file, "a sample is not a finite number", "cut the gap")
        return values
    if kind != PCM or bits not in (8, 16, 24, 32):
        raise _unusable(file, f"format {kind} with {bits} bits", "export as PCM or float")
    if bits == 8:
        return [(value - 128) / 128.0 for value in data]
    if bits == 24:
        return [int.from_bytes(data[at : at + 3], "little", signed=True) / 8_388_608.0 for at in range(0, len(data), 3)]
    scale = float(1 << (bits - 1))
    return [value / scale for value in struct.unpack(f"<{count}{'h' if bits == 16 else 'i'}", data)]


def write_wav(samples: list[float], rate_hz: int) -> bytes:
    """One channel of samples within ±1 as 16-bit PCM; what is louder is clipped."""
    clipped = (round(max(-1.0, min(1.0, value)) * FULL_SCALE_16) for value in samples)
    body = struct.pack(f"<{len(samples)}h", *clipped)
    head = struct.pack("<HHIIHH", PCM, 1, rate_hz, 2 * rate_hz, 2, 16)
    chunks = b"fmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def _unusable(file: str, what: str, remedy: str) -> Unusable:
    return Unusable([Problem(Place(file), what, remedy)])
