"""The tree as tiles: grown step by step it is the tree made at once, and its proofs are those of RFC 6962."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.custody.merkle import (
    consistency_proof,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    root_by_inclusion,
    root_of,
)
from truceline.custody.tile_tree import Edge, TileTree, edge_of, grown, root_of_edge
from truceline.custody.tiles import tiles_for, tiles_of

LEAVES = [leaf_hash(str(i).encode()) for i in range(66_000)]


def grow(tiles: dict[tuple[int, int], bytes], size: int, leaves: list[bytes]) -> Edge:
    def read(level: int, index: int) -> bytes:
        return tiles.get((level, index), b"")

    for tile, data in grown(edge_of(size, read), size, leaves):
        assert data.startswith(read(tile.level, tile.index)), "a tile only ever becomes wider"
        tiles[tile.level, tile.index] = data
    return edge_of(size + len(leaves), read)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.sampled_from([0, 1, 2, 7, 100, 255, 256, 257, 300, 700]), max_size=6))
def test_grown_in_steps_is_made_at_once(steps: list[int]) -> None:
    tiles: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in steps:
        edge = grow(tiles, size, LEAVES[size : size + step])
        size += step
        assert root_of_edge(edge) == root_of(LEAVES[:size])
    whole = tiles_of([str(i).encode() for i in range(size)])
    named = {(t.level, t.index): whole[t.path] for t in tiles_for(size) if not t.bundle}
    assert tiles == named


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 513, 1000, 65_535, 65_536, 65_537, 66_000])
def test_proofs_from_tiles_are_those_of_the_specification(size: int) -> None:
    tiles: dict[tuple[int, int], bytes] = {}
    assert root_of_edge(grow(tiles, 0, LEAVES[:size])) == root_of(LEAVES[:size])
    tree = TileTree(lambda level, index: tiles.get((level, index), b""), most_kept=3)
    root = tree.root(size)
    assert root == root_of(LEAVES[:size])
    few = {0, size - 1, size // 2, min(255, size - 1), min(256, size - 1)}
    for index in range(size) if size < 300 else few:
        path = tree.inclusion(index, size)
        assert root_by_inclusion(LEAVES[index], index, size, path) == root
        if size < 2000:
            assert path == inclusion_proof(LEAVES[:size], index)
    for earlier in range(1, size + 1) if size < 300 else {i + 1 for i in few}:
        path = tree.consistency(earlier, size)
        assert is_consistent(earlier, size, root_of(LEAVES[:earlier]), root, path)
        if size < 2000:
            assert path == consistency_proof(LEAVES[:size], earlier)


def test_an_earlier_tree_is_proven_from_the_tiles_of_a_later_one() -> None:
    tiles: dict[tuple[int, int], bytes] = {}
    grow(tiles, 0, LEAVES[:3000])
    tree = TileTree(lambda level, index: tiles.get((level, index), b""))
    for size in (1, 255, 256, 600, 2999):
        assert tree.root(size) == root_of(LEAVES[:size])
        assert root_by_inclusion(LEAVES[0], 0, size, tree.inclusion(0, size)) == tree.root(size)


def test_a_missing_or_narrow_tile_is_said() -> None:
    with pytest.raises(LookupError, match="tile 0 of level 0"):
        TileTree(lambda level, index: b"").root(2)
