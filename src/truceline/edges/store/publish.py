"""The sealed log as files that any web server can hand out and any tlog client can read: tiles, bundles, checkpoint."""

from pathlib import Path

from truceline.custody.checkpoint import Checkpoint, read_checkpoint
from truceline.custody.merkle import HASH_BYTES
from truceline.custody.tiles import WIDTH, Tile, tiles_for, write_bundle
from truceline.edges.store.door import Store
from truceline.edges.store.durable import sync_folder, write_durably
from truceline.edges.store.sqlite_file import unusable
from truceline.model.problem import Place, Problem, Unusable

CHECKPOINT = "checkpoint"


def publish(store: Store, folder: Path, checkpoint: Checkpoint, note: bytes | None = None) -> None:
    """Bring a folder up to a checkpoint that the store has sealed. Raises Unusable.

    Only what is new is written, the checkpoint last: whoever reads at any moment finds all that it needs.
    note: the checkpoint signed; None: its text alone.
    """
    try:
        since = _published(folder, checkpoint)
        for tile in tiles_for(checkpoint.size, since=since):
            _write(folder / tile.path, _bytes_of(store, tile))
        write_durably(folder / CHECKPOINT, note if note is not None else checkpoint.to_text().encode())
    except OSError as error:
        raise unusable(folder, error) from None


def _published(folder: Path, coming: Checkpoint) -> int:
    """How many entries the folder holds. Raises Unusable if it is of another log or of a longer one."""
    path = folder / CHECKPOINT
    if not path.exists():
        return 0
    try:
        held = read_checkpoint(path.read_text(encoding="utf-8").partition("\n\n")[0].rstrip("\n") + "\n")
    except ValueError as error:
        raise Unusable([Problem(Place(str(path)), str(error), "publish into a new folder")]) from None
    if held.origin != coming.origin or held.size > coming.size:
        what = f"holds {held.size} entries of {held.origin}; to come are {coming.size} of {coming.origin}"
        raise Unusable([Problem(Place(str(path)), what, "find out which is right before anything else")])
    return held.size


def _bytes_of(store: Store, tile: Tile) -> bytes:
    if not tile.bundle:
        return store.tile(tile.level, tile.index)[: tile.width * HASH_BYTES]
    first = tile.index * WIDTH
    return write_bundle([kept.entry.to_bytes() for kept in store.inputs(first, first + tile.width)])


def _write(path: Path, data: bytes) -> None:
    """Write a file whose name is its content's: if it is there it is right, or the publisher stops."""
    if path.exists():
        if path.read_bytes() != data:
            raise Unusable([Problem(Place(str(path)), "holds other bytes than the store", "find out who changed it")])
        return
    made = not path.parent.exists()
    write_durably(path, data)
    if made:
        sync_folder(path.parent.parent)
