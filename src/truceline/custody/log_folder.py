"""The evidence log as files: every input as received, its entry, the tiles over the entries, the checkpoint.

    log/checkpoint               origin, size and root (C2SP tlog-checkpoint, unsigned; seals are kept beside OUT)
    log/tile/…                   tiles and bundles of entries (C2SP tlog-tiles)
    log/files/KIND/PATH          a whole file as received
    log/lines/KIND.ndjson        lines as received: the n-th is that of the n-th entry of its kind
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truceline.custody.checkpoint import Checkpoint
from truceline.custody.entry import LINE_KINDS, Entry, entry_of, read_entry
from truceline.custody.merkle import leaf_hash, root_of
from truceline.custody.tiles import read_entries, tile_files
from truceline.model.problem import Place, Problem

Logged = tuple[Entry, bytes]  # an entry and the bytes it is of

CHECKPOINT, TILES, FILES, LINES = "log/checkpoint", "log/tile/", "log/files/", "log/lines/"


@dataclass(frozen=True)
class LogRead:
    """A log read back: what it holds, its root, and every fault found on the way."""

    origin: str
    root: bytes
    logged: tuple[Logged, ...]
    problems: tuple[Problem, ...]


def root_over(entries: Sequence[Entry]) -> bytes:
    """The root of the tree over these entries."""
    return root_of([leaf_hash(entry.to_bytes()) for entry in entries])


def log_files(origin: str, logged: Sequence[Logged]) -> dict[str, bytes]:
    """All files of the log, by path within the result folder. logged: entries in the order of the log."""
    entries = [entry for entry, _ in logged]
    files = {CHECKPOINT: Checkpoint(origin, len(entries), root_over(entries)).to_bytes()}
    files |= {f"log/{path}": data for path, data in tile_files([entry.to_bytes() for entry in entries]).items()}
    lines: dict[str, list[bytes]] = {}
    for entry, data in logged:
        if entry.kind in LINE_KINDS:
            lines.setdefault(entry.kind, []).append(data)
        else:
            files[_path(entry)] = data
    return files | {f"{LINES}{kind}.ndjson": b"\n".join([*some, b""]) for kind, some in lines.items()}
