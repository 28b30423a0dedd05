"""Steim 1 and Steim 2 (SEED manual 2.4, appendix B): compressed integers → samples, and a check that they are whole.

Frames of 64 bytes, sixteen 32-bit words. Word 0 has two bits for each word of the frame, which say how differences
between samples are packed in it; the first frame's words 1 and 2 are the first and the last sample.

    Steim 1    1: four of 8 bits    2: two of 16        3: one of 32
    Steim 2    1: four of 8 bits    2, 3: by the word's own top two bits
               2, 1: one of 30      2, 2: two of 15     2, 3: three of 10
               3, 0: five of 6      3, 1: six of 5      3, 2: seven of 4
"""

import struct
from collections.abc import Iterator, Mapping
from typing import TypeAlias

FRAME_BYTES, FRAME_WORDS = 64, 16
Packings: TypeAlias = Mapping[tuple[int, int | None], tuple[int, int]]
STEIM_1: Packings = {(1, None): (4, 8), (2, None): (2, 16), (3, None): (1, 32)}  # code, finer code: how many, bits
STEIM_2: Packings = {
    (1, None): (4, 8), (2, 1): (1, 30), (2, 2): (2, 15), (2, 3): (3, 10), (3, 0): (5, 6), (3, 1): (6, 5),
    (3, 2): (7, 4),
}  # fmt: skip
IN_MEMORY_ORDER = (8, 16)  # bits of differences that stand one after another as bytes do, whatever a word's order


def read_steim(data: bytes, count: int, level: int, *, big_endian: bool) -> list[int]:
    """`count` samples of whole frames; `level` is 1 or 2. Raises ValueError, with what to do."""
    frames = len(data) // FRAME_BYTES
    if frames == 0:
        raise ValueError("compressed samples without a frame: send the record whole")
    words = struct.unpack(f"{'>' if big_endian else '<'}{frames * FRAME_WORDS}I", data[: frames * FRAME_BYTES])
    first, last = _signed(words[1], 32), _signed(words[2], 32)
    samples: list[int] = []
    value = first
    for difference in _differences(words, level, big_endian):
        value = value + difference if samples else first
        samples.append(value)
        if len(samples) == count:
            break
    if len(samples) < count or samples[-1] != last:
        raise ValueError("compressed samples do not end where they say: damaged on the way")
    return samples


def _differences(words: tuple[int, ...], level: int, big_endian: bool) -> Iterator[int]:
    packings = STEIM_1 if level == 1 else STEIM_2
    for index, word in enumerate(words):
        within = index % FRAME_WORDS
        code = words[index - within] >> (30 - 2 * within) & 3 if within else 0
        if code == 0 or index in (1, 2):
            continue
        finer = word >> 30 if level == 2 and code != 1 else None
        packing = packings.get((code, finer))
        if packing is None:
            raise ValueError("compressed samples are packed in a way that is none: damaged on the way")
        each, bits = packing
        in_memory = not big_endian and bits in IN_MEMORY_ORDER
        for place in range(each) if in_memory else range(each - 1, -1, -1):
            yield _signed(word >> place * bits & ((1 << bits) - 1), bits)


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value
