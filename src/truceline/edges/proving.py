"""That an input is in the sealed log, for whoever has the log's root."""

import msgspec

from truceline.custody.tile_tree import TileTree
from truceline.edges.store.door import Store


class Proof(msgspec.Struct, frozen=True):
    """That an input is in the log: entry `index` of the tree of `size` entries with this root (RFC 6962)."""

    origin: str
    kind: str
    id: str
    sha256: str
    entry: str
    index: int
    size: int
    root: str
    path: list[str]


def proof_of(store: Store, kind: str, id_: str) -> Proof | None:
    """That an input is in the log, as far as sealed; None if it is not there."""
    sealed, kept = store.sealed(), store.find(kind, id_)
    if kept is None or not sealed or kept.index >= sealed[-1].checkpoint.size:
        return None
    checkpoint = sealed[-1].checkpoint
    path = TileTree(store.tile).inclusion(kept.index, checkpoint.size)
    entry = kept.entry
    return Proof(
        checkpoint.origin, entry.kind, entry.id, entry.sha256, entry.to_bytes().decode(), kept.index,
        checkpoint.size, checkpoint.root.hex(), [one.hex() for one in path],
    )  # fmt: skip
