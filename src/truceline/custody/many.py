"""One proof for many leaves of a tree: the roots of all the largest subtrees that hold none of them, left to right.

It is the union of their inclusion proofs, each hash once. Whoever has the leaves can make the root again, and sees from
the indices alone whether leaves between them are left out.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from truceline.custody.merkle import EMPTY_ROOT, HASH_BYTES, node_hash


def proof_of_many(subtree: Callable[[int, int], bytes], size: int, indices: Collection[int]) -> tuple[bytes, ...]:
    """The proof for leaves at these indices in a tree of `size`. subtree: (start, end) → root over those leaves."""
    wanted = sorted(set(indices))
    assert not wanted or (wanted[0] >= 0 and wanted[-1] < size), (wanted[:1], wanted[-1:], size)
    return tuple(subtree(start, end) for start, end in _gaps(0, size, wanted))


def root_by_many(size: int, leaves: Mapping[int, bytes], proof: Sequence[bytes]) -> bytes | None:
    """The root that leaf hashes by index and the proof lead to; None if the proof has not the shape for them."""
    if any(not 0 <= index < size for index in leaves) or any(len(one) != HASH_BYTES for one in proof):
        return None
    if size == 0:
        return EMPTY_ROOT if not proof else None
    left = iter(proof)
    wanted = sorted(leaves)
    try:
        root = _root(0, size, wanted, leaves, left)
    except StopIteration:
        return None
    return root if next(left, None) is None else None


def _gaps(start: int, end: int, wanted: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The largest subtrees between start and end that hold no wanted leaf."""
    if start == end:
        return
    if not wanted:
        yield start, end
    elif end - start > 1:
        middle = start + _split(end - start)
        at = bisect_left(wanted, middle)
        yield from _gaps(start, middle, wanted[:at])
        yield from _gaps(middle, end, wanted[at:])


def _root(start: int, end: int, wanted: Sequence[int], leaves: Mapping[int, bytes], left: Iterator[bytes]) -> bytes:
    if not wanted:
        return next(left)
    if end - start == 1:
        return leaves[start]
    middle = start + _split(end - start)
    at = bisect_left(wanted, middle)
    below = _root(start, middle, wanted[:at], leaves, left)
    return node_hash(below, _root(middle, end, wanted[at:], leaves, left))


def _split(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)
