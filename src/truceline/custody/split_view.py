"""Has a log shown different people different pasts? Checkpoints from many sources, each held against one tree.

Two signed checkpoints of one log that cannot both continue one another prove its misconduct, whoever holds them.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from truceline.custody.checkpoint import Checkpoint, read_checkpoint
from truceline.custody.note import CheckEd25519, Note, VerifierKey, verify_note


@dataclass(frozen=True, slots=True)
class View:
    """A checkpoint and where it was seen."""

    source: str
    note: Note


@dataclass(frozen=True, slots=True)
class Split:
    """Two signed checkpoints of one log that are not of one past, and why that is so."""

    one: View
    other: View
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """`splits`: proof of misconduct. `unknown`: views that could not be held against the tree, with the reason.
    `behind`: (source, size) of views of an earlier, consistent checkpoint."""

    splits: tuple[Split, ...]
    unknown: tuple[tuple[str, str], ...]
    behind: tuple[tuple[str, int], ...]


def compare_views(
    views: Sequence[View],
    keys: Sequence[VerifierKey],
    check: CheckEd25519,
    ours: View,
    root_at: Callable[[int], bytes],
) -> Compared:
    """Hold views against ours. root_at: the root of our tree at a size up to ours; it may raise LookupError.

    keys: of the log. Only what the log has signed counts: anyone can write a checkpoint.
    """
    splits: list[Split] = []
    unknown: list[tuple[str, str]] = []
    behind: list[tuple[str, int]] = []
    held: list[tuple[View, Checkpoint]] = [(ours, read_checkpoint(ours.note.text))]
    for view in views:
        try:
            checkpoint = read_checkpoint(view.note.text)
            mine = held[0][1]
            if checkpoint.origin != mine.origin:
                raise ValueError(f"it is of the log {checkpoint.origin}")
            if not verify_note(view.note, keys, check):
                raise ValueError("the log has not signed it")
        except ValueError as error:
            unknown.append((view.source, str(error)))
            continue
        splits += _same_size_other_root(view, checkpoint, held)
        held.append((view, checkpoint))
        if checkpoint.size > mine.size:
            unknown.append((view.source, f"it counts {checkpoint.size} entries, more than ours"))
        elif checkpoint.size < mine.size:
            try:
                root = root_at(checkpoint.size)
            except LookupError as error:
                unknown.append((view.source, f"our tree cannot be read there ({error})"))
                continue
            if root != checkpoint.root:
                why = (
                    f"at {checkpoint.size} entries it has the root {_short(checkpoint.root)}, and the log that "
                    f"{ours.source} shows had {_short(root)}"
                )
                splits.append(Split(ours, view, why))
            else:
                behind.append((view.source, checkpoint.size))
    return Compared(tuple(splits), tuple(unknown), tuple(behind))


def _same_size_other_root(view: View, checkpoint: Checkpoint, held: Sequence[tuple[View, Checkpoint]]) -> list[Split]:
    return [
        Split(
            other,
            view,
            f"both count {seen.size} entries, with the roots {_short(seen.root)} and {_short(checkpoint.root)}",
        )
        for other, seen in held
        if seen.size == checkpoint.size and seen.root != checkpoint.root
    ]


def _short(root: bytes) -> str:
    return f"{b64encode(root).decode()[:10]}…"
