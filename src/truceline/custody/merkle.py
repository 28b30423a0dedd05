"""The Merkle tree of RFC 6962, §2.1: hashes of leaves and nodes, root, inclusion and consistency proofs.

    leaf hash = SHA-256(0x00 ‖ entry)          node hash = SHA-256(0x01 ‖ left ‖ right)

All functions take leaf hashes in order. Verification follows RFC 9162, §2.1.3.2 and §2.1.4.2.
"""

from collections.abc import Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; of none, the hash of nothing."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        # An odd node at the right edge rises as it is: its subtree is the incomplete right one of RFC 6962.
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The path from leaf `index` to the root, nearest sibling first."""
    assert 0 <= index < len(leaves), (index, len(leaves))
    path: list[bytes] = []
    level = list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
        index //= 2
    return tuple(path)


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to; None if the proof has not the shape for this index and size."""
    if not 0 <= index < size or not _are_hashes(leaf, *path):
        return None
    here, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            found = node_hash(sibling, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        here, last = here >> 1, last >> 1
    return found if last == 0 else None


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> tuple[bytes, ...]:
    """That the tree of the first `earlier` leaves is a beginning of this one (RFC 6962, §2.1.2)."""
    assert 0 < earlier <= len(leaves), (earlier, len(leaves))
    return tuple(_subproof(leaves, earlier, whole=True))


def _subproof(leaves: Sequence[bytes], earlier: int, *, whole: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if earlier <= split:
        return [*_subproof(leaves[:split], earlier, whole=whole), root_of(leaves[split:])]
    return [*_subproof(leaves[split:], earlier - split, whole=False), root_of(leaves[:split])]


def is_consistent(earlier: int, later: int, earlier_root: bytes, later_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a consistency proof shows that the tree of size `earlier` is a beginning of that of size `later`."""
    if not 0 < earlier <= later or not _are_hashes(*path):
        return False
    if earlier == later:
        return not path and earlier_root == later_root
    steps = [earlier_root, *path] if earlier & (earlier - 1) == 0 else list(path)
    if not steps:
        return False
    here, last = earlier - 1, later - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and old == earlier_root and new == later_root


def _are_hashes(*hashes: bytes) -> bool:
    """A step of another length would be hashed with its neighbour and could move the border between them."""
    return all(len(hash_) == HASH_BYTES for hash_ in hashes)
