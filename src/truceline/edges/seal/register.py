"""The mission's register: the log, kept in a store, that holds a statement of each result the mission stands by."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from truceline.custody.checkpoint import Checkpoint, read_checkpoint
from truceline.custody.note import Note
from truceline.custody.tile_tree import TileTree
from truceline.custody.tlog_proof import TlogProof
from truceline.edges.keys import Signer
from truceline.edges.store.door import Received, Store
from truceline.edges.store.durable import write_durably
from truceline.model.problem import Place, Problem, Unusable


@dataclass(frozen=True, slots=True)
class Entered:
    """A statement in the register: its place, and the register's tree."""

    index: int
    checkpoint: Checkpoint
    tree: TileTree

    def proof(self, note: Note) -> TlogProof:
        """That the statement is under the signed checkpoint."""
        return TlogProof(self.index, self.tree.inclusion(self.index, self.checkpoint.size), note)


def enter(register: Store, kind: str, statement: bytes) -> Entered:
    """Enter a statement, durably, and seal the register; the same again is found where it is. Raises Unusable."""
    (receipt,) = register.append([Received(kind, sha256(statement).hexdigest(), statement)])
    return Entered(receipt.index, register.seal(), TileTree(register.tile))


def sign(signer: Signer, checkpoint: Checkpoint, root_at: Callable[[int], bytes], memory: Path) -> Note:
    """The checkpoint, signed. Raises Unusable rather than sign what does not continue what was signed before.

    root_at: the root of the tree at an earlier size. memory: the file that holds what this key signed last.
    """
    last = _signed_last(memory)
    if last is not None:
        why = None
        if last.origin != checkpoint.origin:
            why = f"this key has signed the log {last.origin}, and this is {checkpoint.origin}"
        elif last.size > checkpoint.size:
            why = f"this key has signed {last.size} entries, and the register holds {checkpoint.size}"
        elif root_at(last.size) != last.root:
            why = f"the register's first {last.size} entries are not those that this key has signed"
        if why is not None:
            remedy = (
                "nothing was signed: restore the register from backup and journal, or begin a new one with a new key"
            )
            raise Unusable([Problem(Place(str(memory)), why, remedy)])
    try:
        write_durably(memory, checkpoint.to_text().encode())  # before the signature exists
    except OSError as error:
        raise Unusable([Problem(Place(str(memory)), f"cannot be written ({error.strerror})", "make room")]) from None
    return signer.signed(checkpoint.to_text())


def _signed_last(memory: Path) -> Checkpoint | None:
    try:
        return read_checkpoint(memory.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        remedy = "restore the file from a backup; without it the key cannot know what it has signed"
        raise Unusable([Problem(Place(str(memory)), f"cannot be read ({error})", remedy)]) from None
