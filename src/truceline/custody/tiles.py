"""The log as plain files: tiles of hashes and bundles of entries (C2SP tlog-tiles 0.1.0).

    tile/<level>/<n>[.p/<width>]    256 hashes of 32 bytes side by side: at level 0 the leaf hashes, above it the root
                                    of each full tile below; the last of a level may be narrower: it says its width
    tile/entries/<n>[.p/<width>]    the entries of the level-0 tile n, each behind its length in two bytes, big-endian

<n> is written in groups of three digits, all but the last with an x before it: 1234067 is x001/x234/067. The files
follow from the entries alone: each is right or damaged, and which is which follows from the checkpoint's root.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from truceline.custody.checkpoint import Checkpoint
from truceline.custody.entry import MOST_BYTES
from truceline.custody.merkle import HASH_BYTES, leaf_hash, root_of
from truceline.model.problem import Place, Problem

WIDTH = 256
FOLDER = "tile"
MOST_LEVEL = 7  # 256^8 entries are more than a checkpoint can name
AGAIN = "get the file again from a holder of the log, and ask who changed it"

_PATH = re.compile(r"tile/(entries|[0-7])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """A tile of hashes, or (`bundle`) the bundle of entries under a level-0 tile."""

    bundle: bool
    level: int
    index: int
    width: int  # hashes or entries: 1 to 256

    @property
    def path(self) -> str:
        """Its file, below the folder of the log."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        number = "".join(f"x{group}/" for group in groups[:-1]) + groups[-1]
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{FOLDER}/{'entries' if self.bundle else self.level}/{number}{partial}"


@dataclass(frozen=True, slots=True)
class ReadLog:
    """Without problems, the entries are all those under the checkpoint's root; else those still legible."""

    entries: tuple[bytes, ...]
    problems: tuple[Problem, ...]


def tile_of(path: str) -> Tile | None:
    """The tile that a path names; None if it names none in the one way a tile is named."""
    if not (match := _PATH.fullmatch(path)):
        return None
    kind, number, partial = match.groups()
    bundle = kind == "entries"
    index = int(number.replace("/", "").replace("x", ""))
    tile = Tile(bundle, 0 if bundle else int(kind), index, int(partial) if partial else WIDTH)
    return tile if tile.path == path and (not partial or tile.width < WIDTH) else None


def tiles_for(size: int, *, since: int = 0) -> Iterator[Tile]:
    """The tiles and bundles of a log of this size; of a log grown from `since` entries only those not there before."""
    for level in range(MOST_LEVEL + 1):
        hashes, before = size >> 8 * level, since >> 8 * level
        if hashes == before:
            return  # so it is at every level above
        for index in range(before // WIDTH, -(-hashes // WIDTH)):
            width = min(WIDTH, hashes - index * WIDTH)
            yield Tile(False, level, index, width)
            if level == 0:
                yield Tile(True, 0, index, width)


def tiles_of(entries: Sequence[bytes]) -> dict[str, bytes]:
    """Every file of the log of these entries: path → bytes. The checkpoint stands beside them."""
    levels = hash_levels([leaf_hash(entry) for entry in entries])
    files = {}
    for tile in tiles_for(len(entries)):
        part = slice(tile.index * WIDTH, tile.index * WIDTH + tile.width)
        files[tile.path] = write_bundle(entries[part]) if tile.bundle else b"".join(levels[tile.level][part])
    return files


def hash_levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The hashes of each level of tiles: the leaves, then the roots of full tiles, up to a level with no full tile."""
    levels = [list(leaves)]
    while len(below := levels[-1]) >= WIDTH:
        levels.append([root_of(below[i : i + WIDTH]) for i in range(0, len(below) & ~(WIDTH - 1), WIDTH)])
    return levels


def write_bundle(entries: Sequence[bytes]) -> bytes:
    """A bundle's bytes."""
    assert all(len(entry) <= MOST_BYTES for entry in entries)
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def read_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """The entries of a bundle. Raises ValueError if it does not hold exactly `width`."""
    entries: list[bytes] = []
    here = 0
    while here < len(data):
        end = here + 2 + int.from_bytes(data[here : here + 2], "big")
        if here + 2 > len(data) or end > len(data):
            raise ValueError(f"entry {len(entries)} of the bundle is cut short")
        entries.append(data[here + 2 : end])
        here = end
    if len(entries) != width:
        raise ValueError(f"the bundle holds {len(entries)} entries, not {width}")
    return tuple(entries)


def read_log(files: Mapping[str, bytes], checkpoint: Checkpoint) -> ReadLog:
    """The entries under a checkpoint, from path → bytes of all that stands below `tile/`; every fault is named.

    A narrower tile kept from an earlier checkpoint is no fault if it is the beginning of what stands now.
    """
    if -(-checkpoint.size // WIDTH) > len(files):
        what = f"the checkpoint counts {checkpoint.size} entries, but the files hold fewer"
        return ReadLog((), (Problem(Place(FOLDER), what, AGAIN),))
    tiles = list(tiles_for(checkpoint.size))
    bundles, faults = _legible(files, tiles)
    entries = tuple(entry for tile in tiles if tile.bundle for entry in bundles.get(tile, ()))
    whole = len(entries) == checkpoint.size
    if whole and root_of([leaf_hash(entry) for entry in entries]) == checkpoint.root:
        right = tiles_of(entries)
        what = "is not the tile that the entries, proven by the checkpoint, lead to"
        named = {fault.place.file for fault in faults}
        faults += [_fault(t.path, what) for t in tiles if t.path not in named and files[t.path] != right[t.path]]
    else:
        faults += _blame(files, tiles, bundles, checkpoint)
    faults += _leftovers(files, tiles)
    return ReadLog(entries, tuple(sorted(set(faults))))


def _legible(files: Mapping[str, bytes], tiles: Sequence[Tile]) -> tuple[dict[Tile, tuple[bytes, ...]], list[Problem]]:
    """The bundles that can be read, and what is missing or cannot."""
    bundles, faults = {}, []
    for tile in tiles:
        data = files.get(tile.path)
        if data is None:
            faults.append(_fault(tile.path, "is missing"))
        elif tile.bundle:
            try:
                bundles[tile] = read_bundle(data, tile.width)
            except ValueError as error:
                faults.append(_fault(tile.path, str(error)))
        elif len(data) != tile.width * HASH_BYTES:
            faults.append(_fault(tile.path, f"holds {len(data)} bytes, not {tile.width} hashes of {HASH_BYTES}"))
    return bundles, faults


def _blame(
    files: Mapping[str, bytes], tiles: Sequence[Tile], bundles: Mapping[Tile, Sequence[bytes]], checkpoint: Checkpoint
) -> list[Problem]:
    """The entries do not lead to the root: which of them differ from the tiles, and whether the tiles do."""
    leaves = [h for t in tiles if not t.bundle and t.level == 0 for h in _hashes(files.get(t.path, b""), t.width)]
    believed = len(leaves) == checkpoint.size and root_of(leaves) == checkpoint.root
    faults = []
    for tile, entries in bundles.items():
        hashes = _hashes(files.get(Tile(False, 0, tile.index, tile.width).path, b""), tile.width)
        faults += [
            _fault(tile.path, f"entry {tile.index * WIDTH + i} does not have the hash that its tile gives")
            for i, (entry, given) in enumerate(zip(entries, hashes, strict=False))
            if leaf_hash(entry) != given
        ]
    if not believed:
        faults.append(Problem(Place("checkpoint"), "neither entries nor tiles lead to the root that it gives", AGAIN))
    levels = hash_levels(leaves)
    for tile in tiles:
        if not tile.bundle and tile.level:
            right = levels[tile.level] if tile.level < len(levels) else []
            part = b"".join(right[tile.index * WIDTH : tile.index * WIDTH + tile.width])
            if files.get(tile.path, part) != part:
                faults.append(_fault(tile.path, "is not the tile that those below lead to"))
    return faults


def _leftovers(files: Mapping[str, bytes], tiles: Sequence[Tile]) -> list[Problem]:
    """Files that are no tile of this log: foreign ones, and narrower tiles that are not the beginning of today's."""
    known = {tile.path for tile in tiles}
    now = {(tile.bundle, tile.level, tile.index): tile for tile in tiles}
    faults = []
    for path, data in files.items():
        if path in known:
            continue
        tile = tile_of(path)
        wider = now.get((tile.bundle, tile.level, tile.index)) if tile else None
        if tile is None or wider is None or wider.width < tile.width:
            faults.append(_fault(path, "is no file of a log of this size"))
        elif not _is_beginning(data, files.get(wider.path, b""), tile):
            faults.append(_fault(path, f"is not the beginning of {wider.path}"))
    return faults


def _is_beginning(data: bytes, whole: bytes, tile: Tile) -> bool:
    if not whole.startswith(data):
        return False
    if not tile.bundle:
        return len(data) == tile.width * HASH_BYTES
    try:
        return len(read_bundle(data, tile.width)) == tile.width
    except ValueError:
        return False


def _hashes(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile; none if it has not its length."""
    if len(data) != width * HASH_BYTES:
        return []
    return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]


def _fault(path: str, what: str) -> Problem:
    return Problem(Place(path), what, AGAIN)
