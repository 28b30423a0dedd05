"""No bytes make a parser stumble: a seeded share of what benchmarks/fuzz.py does for longer."""

import random
from pathlib import Path

import pytest

from truceline.custody.archive import write_archive
from truceline.custody.bag import bag

from . import hostile

CORPUS = Path(__file__).with_name("corpus")
WORDS = b"\n|\n\n| |0|-1|+|=|{|}|[|]|null|1e999|old |AAAA|\\ud800".split(b"|")
TOKENS = (
    *WORDS,
    b'"',
    b"9" * 20,
    b"\xff",
    b"\xe2\x80\x94",
    b"\x00",
    b"PK\x03\x04",
    b"\x30\x80",
    b"[" * 5000,
    b'{"a":' * 5000,
)


def seeds(name: str) -> list[bytes]:
    given = list(hostile.TARGETS[name][1])
    if name == "archive":
        given.append(write_archive(bag({"a.txt": b"1", "b/c.txt": b"2"})))
    if name == "time_stamp":
        given.append(bytes.fromhex("3010300302010030090602290aa0030401ff"))
    return given + [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]


def mutated(data: bytes, chance: random.Random) -> bytes:
    bent = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 12])):
        way, at = chance.randrange(6), chance.randrange(len(bent) + 1)
        if way == 0 and at < len(bent):
            bent[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            del bent[at : at + chance.choice([1, 2, 8, 50])]
        elif way == 2:
            bent[at:at] = chance.choice(TOKENS)
        elif way == 3:
            bent[at : at + 4] = chance.choice(TOKENS)
        elif way == 4:
            end = at + chance.choice([1, 8, 40])
            bent[at:at] = bent[at:end]
        else:
            bent = bent[:at]
    return bytes(bent)


@pytest.mark.parametrize("name", sorted(hostile.TARGETS))
def test_any_bytes_are_taken_or_refused_in_words(name: str) -> None:
    chance = random.Random(name)
    given = seeds(name)
    assert given
    for data in given:
        hostile.take(name, data)
        for _ in range(250):
            hostile.take(name, mutated(data, chance))
    for length in range(60):
        hostile.take(name, chance.randbytes(length))


@pytest.mark.parametrize(
    "name", sorted(set(hostile.TARGETS) - {"edition", "archive", "dossier", "log", "time_stamp", "journal"})
)
def test_seeds_are_good(name: str) -> None:
    """A seed that is refused at its first byte tests nothing behind it."""
    try:
        hostile.TARGETS[name][0](seeds(name)[0])
    except ValueError as error:
        assert name == "note" and "is not that key's" in str(error)
