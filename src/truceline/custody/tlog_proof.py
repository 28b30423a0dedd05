"""A proof that an entry is in a log, as one text that verifies offline (C2SP tlog-proof@v1).

c2sp.org/tlog-proof@v1
index <place of the entry, from 0>
<base64 of a hash>…               inclusion proof, nearest sibling first
                                  one empty line
<the signed checkpoint>           with its cosignatures
"""

from base64 import b64encode
from dataclasses import dataclass

from truceline.custody.base64_text import decode_base64
from truceline.custody.checkpoint import Checkpoint, read_checkpoint, read_size
from truceline.custody.merkle import HASH_BYTES, leaf_hash, root_by_inclusion
from truceline.custody.note import Note, read_note

_HEAD = "c2sp.org/tlog-proof@v1"
_MOST_HASHES = 63


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Entry `index` is under the root of the checkpoint that the note is."""

    index: int
    path: tuple[bytes, ...]
    note: Note

    def to_bytes(self) -> bytes:
        """The proof as a file."""
        lines = (_HEAD, f"index {self.index}", *(b64encode(step).decode() for step in self.path), "")
        return "".join(f"{line}\n" for line in lines).encode() + self.note.to_bytes()

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says. Raises ValueError if it is no checkpoint."""
        return read_checkpoint(self.note.text)

    def proves(self, entry: bytes) -> bool:
        """Whether the entry is at its place under the root. Raises ValueError if the note is no checkpoint."""
        checkpoint = self.checkpoint
        return root_by_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.path) == checkpoint.root


def read_tlog_proof(data: bytes) -> TlogProof:
    """The proof that these bytes are. Raises ValueError for any other."""
    above, found, below = data.partition(b"\n\n")
    try:
        lines = above.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise ValueError("the proof is not ASCII above the checkpoint") from None
    if not found or lines[0] != _HEAD:
        raise ValueError(f"the proof does not begin with {_HEAD} and end with a checkpoint")
    rest = lines[1:]
    if rest and rest[0].startswith("extra "):
        decode_base64(rest.pop(0).removeprefix("extra "), "the extra line of the proof")
    if not rest or not rest[0].startswith("index "):
        raise ValueError("the proof has no index line")
    hashes = tuple(decode_base64(line, "a hash of the proof") for line in rest[1:])
    if len(hashes) > _MOST_HASHES or any(len(one) != HASH_BYTES for one in hashes):
        raise ValueError(f"the proof holds more than {_MOST_HASHES} hashes, or one not of {HASH_BYTES} bytes")
    return TlogProof(read_size(rest[0].removeprefix("index ")), hashes, read_note(below))
