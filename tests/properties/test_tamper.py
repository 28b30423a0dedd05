"""Tamper: one byte altered anywhere in a result folder is found, and its file is named."""

from bisect import bisect_right
from itertools import accumulate
from random import Random

import pytest

from missions.tampered import named, result


def flipped(files: dict[str, bytes], path: str, at: int, by: int) -> dict[str, bytes]:
    """The files with one byte changed."""
    data = bytearray(files[path])
    data[at] ^= by
    return {**files, path: bytes(data)}


def anywhere(chance: Random, files: dict[str, bytes]) -> tuple[str, int, int]:
    """(path, place, change) of one byte of all bytes of a folder, each as likely as the next."""
    paths = sorted(path for path in files if files[path])
    ends = list(accumulate(len(files[path]) for path in paths))
    at = chance.randrange(ends[-1])
    path = paths[bisect_right(ends, at)]
    return path, at - (ends[paths.index(path)] - len(files[path])), chance.randrange(1, 256)


def look(seed: int, count: int) -> None:
    chance, files = Random(seed), result()
    for _ in range(count):
        path, at, by = anywhere(chance, files)
        assert path in named(flipped(files, path, at, by)), (path, at, by)


def test_an_unaltered_folder_holds() -> None:
    assert named(result()) == set()


def test_a_byte_altered_anywhere_is_found_and_its_file_is_named() -> None:
    look(seed=1, count=60)


def test_so_it_is_in_every_file_at_its_ends_and_within() -> None:
    chance, files = Random(2), result()
    for path, data in sorted(files.items()):
        for at in {0, len(data) - 1, chance.randrange(len(data))} if data else ():
            assert path in named(flipped(files, path, at, 1 << chance.randrange(8))), (path, at)


def test_so_is_a_byte_that_is_gone_or_new() -> None:
    chance, files = Random(3), result()
    for _ in range(20):
        path, at, by = anywhere(chance, files)
        data = files[path]
        assert path in named({**files, path: data[:at] + data[at + 1 :]}), (path, at)
        assert path in named({**files, path: data[:at] + bytes([by]) + data[at:]}), (path, at)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 125))
def test_thousands_of_bytes(seed: int) -> None:
    look(seed, count=200)
