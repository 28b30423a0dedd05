"""`fsck`: is everything in a store what it was when it was acknowledged and sealed? Every fault is named."""

from collections.abc import Iterator
from hashlib import sha256

from truceline.custody.merkle import HASH_BYTES, leaf_hash
from truceline.custody.tile_tree import TileTree, grown
from truceline.custody.tiles import WIDTH
from truceline.edges.store.door import Kept, Store
from truceline.model.problem import Place, Problem, Unusable

RESTORE = "restore from backup and journal: truceline restore"
JUMP_US = 1_000_000


def faults_of(store: Store) -> tuple[Problem, ...]:
    """Every fault of a store, read whole; a clock that went back is noted, and is no fault of the store."""
    found = list(store.engine_faults())
    leaves: list[bytes] = []
    try:
        for kept in store.inputs():
            found += _input_faults(kept, len(leaves))
            leaves.append(leaf_hash(kept.entry.to_bytes()))
        found += _tile_faults(store, leaves)
        found += _arrival_faults(store, len(leaves))
    except Unusable as unusable:
        found += unusable.problems
    return tuple(dict.fromkeys(found))


def _input_faults(kept: Kept, expected: int) -> Iterator[Problem]:
    place = Place("store", field=f"entry {kept.index}")
    if kept.index != expected:
        yield Problem(place, f"entry {expected} is missing", RESTORE)
    if sha256(kept.data).hexdigest() != kept.entry.sha256:
        yield Problem(place, f"the bytes of {kept.entry.kind} {kept.entry.id} have another digest", RESTORE)


def _tile_faults(store: Store, leaves: list[bytes]) -> Iterator[Problem]:
    """Tiles that the inputs do not lead to, and checkpoints whose root they do not give."""
    sealed = store.sealed()
    size = sealed[-1].checkpoint.size if sealed else 0
    if size > len(leaves):
        yield Problem(Place("store"), f"{size} entries are sealed, but {len(leaves)} are kept", RESTORE)
        return
    right = {(tile.level, tile.index): data for tile, data in grown((), 0, leaves[:size])}
    for (level, index), data in right.items():
        if store.tile(level, index) != data:
            what = f"tile {index} of level {level} is not the one that the entries lead to"
            yield Problem(Place("store", field=f"entries from {index * WIDTH ** (level + 1)}"), what, RESTORE)
    tree = TileTree(lambda level, index: right.get((level, index), b""))
    for one in sealed:
        checkpoint = one.checkpoint
        if len(checkpoint.root) != HASH_BYTES or tree.root(checkpoint.size) != checkpoint.root:
            what = f"the entries do not lead to the root of the checkpoint of {checkpoint.size}"
            yield Problem(Place("store", field=f"checkpoint {checkpoint.size}"), what, RESTORE)
    yield from _backwards("checkpoint", [(one.checkpoint.size, one.at_us) for one in sealed])


def _arrival_faults(store: Store, size: int) -> Iterator[Problem]:
    arrivals = list(store.arrivals())
    ends = [0, *(first + count for first, count, _ in arrivals)]
    if [first for first, _, _ in arrivals] != ends[:-1] or ends[-1] != size:
        yield Problem(Place("store"), "the batches do not add up to the entries kept", RESTORE)
    yield from _backwards("entry", [(first, at_us) for first, _, at_us in arrivals])


def _backwards(what: str, times: list[tuple[int, int]]) -> Iterator[Problem]:
    latest = times[0][1] if times else 0
    for index, at_us in times:
        if at_us < latest - JUMP_US:
            said = f"the clock stood {(latest - at_us) / 1e6:.0f} s behind where it had been"
            remedy = "set the clock; the order of the log does not hang on it"
            yield Problem(Place("store", field=f"{what} {index}"), said, remedy, fatal=False)
        latest = max(latest, at_us)
