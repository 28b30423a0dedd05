"""The log as tiles: the layout of the specification, and every fault of the files named."""

import random

import pytest

from truceline.custody.checkpoint import Checkpoint
from truceline.custody.merkle import leaf_hash, root_of
from truceline.custody.tiles import (
    WIDTH,
    Tile,
    read_bundle,
    read_log,
    tile_of,
    tiles_for,
    tiles_of,
    write_bundle,
)


def entries_of(size: int) -> list[bytes]:
    return [f"entry {i} ".encode() * (1 + i % 3) for i in range(size)]


def checkpoint_of(entries: list[bytes]) -> Checkpoint:
    return Checkpoint("test.example/log", len(entries), root_of([leaf_hash(entry) for entry in entries]))


def test_the_specification_s_example_of_70_000_entries() -> None:
    tiles = list(tiles_for(70_000))
    by_level = {level: [t for t in tiles if t.level == level and not t.bundle] for level in range(4)}
    assert [t.width for t in by_level[0]] == [256] * 273 + [112]
    assert [t.width for t in by_level[1]] == [256, 17]
    assert [t.width for t in by_level[2]] == [1]
    assert by_level[3] == []
    assert sum(t.bundle for t in tiles) == 274


def test_the_specification_s_example_of_256_entries() -> None:
    assert [t.path for t in tiles_for(256)] == ["tile/0/000", "tile/entries/000", "tile/1/000.p/1"]


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(False, 0, 1234067, 256), "tile/0/x001/x234/067"),
        (Tile(False, 3, 5, 2), "tile/3/005.p/2"),
        (Tile(True, 0, 999, 256), "tile/entries/999"),
        (Tile(True, 0, 1000, 255), "tile/entries/x001/000.p/255"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tile_of(path) == tile


@pytest.mark.parametrize(
    "path",
    ["tile/0/0", "tile/00/000", "tile/0/000.p/256", "tile/0/000.p/0", "tile/0/000.p/05", "tile/8/000", "tile/0/001/000",
     "tile/0/x000/001", "tile/-1/000", "tile/data/000", "tile/0/000\n", "tile/0/x1/000", "checkpoint", "tile/0/٠٠١"],
)  # fmt: skip
def test_no_other_path_is_a_tile(path: str) -> None:
    assert tile_of(path) is None


@pytest.mark.parametrize(("old", "new"), [(1, 1), (100, 101), (255, 256), (256, 257), (1023, 1025), (65535, 65537)])
def test_growth_names_only_what_is_new(old: int, new: int) -> None:
    assert set(tiles_for(new, since=old)) == set(tiles_for(new)) - set(tiles_for(old))


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 513, 1000])
def test_what_is_written_is_read(size: int) -> None:
    entries = entries_of(size)
    files = tiles_of(entries)
    read = read_log(files, checkpoint_of(entries))
    assert read.problems == ()
    assert list(read.entries) == entries
    for path, data in files.items():
        tile = tile_of(path)
        assert tile is not None
        assert tile.bundle or len(data) == 32 * tile.width


def test_upper_tiles_are_the_roots_of_full_tiles_below() -> None:
    entries = entries_of(256 * 256 + 300)
    files = tiles_of(entries)
    leaves = [leaf_hash(entry) for entry in entries]
    assert files["tile/2/000.p/1"] == root_of(leaves[: 256 * 256])
    assert files["tile/1/001.p/1"] == root_of(leaves[256 * 256 : 256 * 257])
    assert read_log(files, checkpoint_of(entries)).problems == ()


def test_bundles() -> None:
    entries = (b"", b"x" * 65_535, b"y")
    assert read_bundle(write_bundle(entries), 3) == entries
    assert write_bundle([b"ab"]) == b"\x00\x02ab"
    for data in (write_bundle(entries)[:-1], write_bundle(entries) + b"\x00", write_bundle(entries) + b"\x00\x05a"):
        with pytest.raises(ValueError, match="cut short"):
            read_bundle(data, 3)
    with pytest.raises(ValueError, match="holds 3 entries, not 4"):
        read_bundle(write_bundle(entries), 4)


def named(files: dict[str, bytes], checkpoint: Checkpoint) -> set[str]:
    return {problem.place.file for problem in read_log(files, checkpoint).problems}


def test_any_single_flipped_bit_is_found_and_its_file_named() -> None:
    entries = entries_of(600)
    files, checkpoint = tiles_of(entries), checkpoint_of(entries)
    chance = random.Random(1)
    for path, data in files.items():
        for place in [0, 1, len(data) - 1, *(chance.randrange(len(data)) for _ in range(40))]:
            bent = bytearray(data)
            bent[place] ^= 1 << chance.randrange(8)
            assert path in named({**files, path: bytes(bent)}, checkpoint), (path, place)


def test_a_damaged_entry_is_named_and_the_tiles_are_not_blamed() -> None:
    entries = entries_of(600)
    files = tiles_of(entries)
    forged = [*entries]
    forged[300] = b"forged"
    files["tile/entries/001"] = write_bundle(forged[256:512])
    read = read_log(files, checkpoint_of(entries))
    assert [p.place.file for p in read.problems] == ["tile/entries/001"]
    assert "entry 300" in read.problems[0].what
    assert len(read.entries) == 600


@pytest.mark.parametrize("change", ["swap", "drop", "insert", "repeat"])
def test_reordered_lost_and_added_entries_are_found(change: str) -> None:
    entries = entries_of(300)
    bent = [*entries]
    if change == "swap":
        bent[3], bent[270] = bent[270], bent[3]
    elif change == "drop":
        del bent[100]
    elif change == "insert":
        bent.insert(100, b"never received")
    else:
        bent.insert(100, bent[99])
    assert "checkpoint" in named(tiles_of(bent), checkpoint_of(entries)) or len(bent) != 300
    mixed = {**tiles_of(bent), **{p: d for p, d in tiles_of(entries).items() if "/entries/" not in p}}
    assert any("/entries/" in path for path in named(mixed, checkpoint_of(entries)))


def test_missing_foreign_and_older_files() -> None:
    entries = entries_of(600)
    files, checkpoint = tiles_of(entries), checkpoint_of(entries)
    for path in files:
        assert named({p: d for p, d in files.items() if p != path}, checkpoint) >= {path}
    older = tiles_of(entries[:520])
    assert named({**older, **files}, checkpoint) == set(), "narrower tiles of an earlier checkpoint are no fault"
    bent = {p: d[:-1] + bytes([d[-1] ^ 1]) if p == "tile/entries/002.p/8" else d for p, d in older.items()}
    assert named({**bent, **files}, checkpoint) == {"tile/entries/002.p/8"}
    for path in ("tile/0/009", "tile/entries/002.p/99", "tile/x", "tile/3/000.p/1"):
        assert named({**files, path: b"\0" * 32}, checkpoint) == {path}


def test_a_size_that_the_files_cannot_hold_is_refused_at_once() -> None:
    entries = entries_of(10)
    huge = Checkpoint("test.example/log", 2**62, root_of([leaf_hash(e) for e in entries]))
    assert named(tiles_of(entries), huge) == {"tile"}
    assert WIDTH == 256
