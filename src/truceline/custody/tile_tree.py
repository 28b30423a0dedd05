"""A tree kept as tiles of hashes: grown at its right edge, and proofs drawn from a few tiles whatever its size.

The *edge* is what a growing log must remember: at each level the hashes of the last tile, as long as it is not full.
Proofs read tiles through a function, so that they cost the same from memory, a file or a database: about three tiles
and under a thousand hashes for a million entries.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from truceline.custody.merkle import EMPTY_ROOT, HASH_BYTES, node_hash, root_of
from truceline.custody.tiles import WIDTH, Tile

Edge: TypeAlias = tuple[tuple[bytes, ...], ...]
"""By level, from the leaves up: the hashes of the last tile while it is not full."""

ReadTile: TypeAlias = Callable[[int, int], bytes]
"""(level, index) → hashes of that tile side by side, as many as are known; none if there is none."""


def grown(edge: Edge, size: int, leaves: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
    """The tiles of hashes that are new or wider when these leaves join a tree of `size` leaves with this edge."""
    hashes = list(leaves)
    level = 0
    while hashes:
        before = size >> 8 * level
        row = [*(edge[level] if level < len(edge) else ()), *hashes]
        hashes = []
        for start in range(0, len(row), WIDTH):
            part = row[start : start + WIDTH]
            yield Tile(False, level, before // WIDTH + start // WIDTH, len(part)), b"".join(part)
            if len(part) == WIDTH:
                hashes.append(root_of(part))
        level += 1


def edge_of(size: int, read: ReadTile) -> Edge:
    """The edge of a tree of this size."""
    edge = []
    level = 0
    while (hashes := size >> 8 * level) > 0:
        width = hashes % WIDTH
        edge.append(tuple(_cut(read(level, hashes // WIDTH))[:width]) if width else ())
        level += 1
    return tuple(edge)


def root_of_edge(edge: Edge) -> bytes:
    """The root of the tree that has this edge."""
    below: list[bytes] = []
    for hashes in edge:
        # What is incomplete below stands to the right of the full subtrees of this level.
        row = [*hashes, *below]
        below = [root_of(row)] if row else []
    return below[0] if below else EMPTY_ROOT


class TileTree:
    """Proofs from tiles. Trees inside tiles that were read are kept, so that further proofs nearby cost little."""

    def __init__(self, read: ReadTile, *, most_kept: int = 4096) -> None:
        self._read = read
        self._most_kept = most_kept
        self._kept: dict[tuple[int, int], list[list[bytes]]] = {}

    def root(self, size: int) -> bytes:
        """The root of the first `size` leaves."""
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """That leaf `index` is in the tree of the first `size` leaves; nearest sibling first (RFC 6962, §2.1.1)."""
        assert 0 <= index < size, (index, size)
        path: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency(self, earlier: int, later: int) -> tuple[bytes, ...]:
        """That the tree of the first `earlier` leaves is a beginning of that of `later` (RFC 6962, §2.1.2)."""
        assert 0 < earlier <= later, (earlier, later)
        path: list[bytes] = []
        start, end, whole = 0, later, True
        while earlier != end:
            middle = start + _split(end - start)
            if earlier <= middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._range(start, end))
        return tuple(reversed(path))

    def _range(self, start: int, end: int) -> bytes:
        """The hash over leaves start to end, where the split of RFC 6962 makes such a range."""
        count = end - start
        if count & (count - 1):
            middle = start + _split(count)
            return node_hash(self._range(start, middle), self._range(middle, end))
        height = count.bit_length() - 1
        level, up = divmod(height, 8)
        first = start >> 8 * level
        rows = self._tile(level, first // WIDTH)
        at = (first % WIDTH) >> up
        if up >= len(rows) or at >= len(rows[up]):
            raise LookupError(f"tile {first // WIDTH} of level {level} is missing or too narrow")
        return rows[up][at]

    def _tile(self, level: int, index: int) -> list[list[bytes]]:
        """The rows of full nodes inside a tile, hashes first; nodes over what is not there yet are left out."""
        if (level, index) in self._kept:
            return self._kept[level, index]
        rows = [_cut(self._read(level, index))]
        while len(rows[-1]) > 1:
            row = rows[-1]
            rows.append([node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)])
        if len(self._kept) >= self._most_kept:
            self._kept.clear()
        self._kept[level, index] = rows
        return rows


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _cut(data: bytes) -> list[bytes]:
    return [data[i : i + HASH_BYTES] for i in range(0, len(data) - HASH_BYTES + 1, HASH_BYTES)]
