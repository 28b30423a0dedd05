"""The head of the log as text: the note text of C2SP tlog-checkpoint 1.0.0.

    <origin>            which log; not empty
    <size>              entries, decimal without leading zeroes
    <root>              base64 of the RFC 6962 root at that size
    <extension>…        further lines, none of them empty; Truceline writes none

Every line ends in a newline. Signed, this text is a note (note.py).
"""

import re
from base64 import b64encode
from dataclasses import dataclass

from truceline.custody.base64_text import decode_base64
from truceline.custody.merkle import HASH_BYTES

MOST_SIZE = 2**63 - 1

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log `origin` held `size` entries under `root`."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def to_text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        assert all(lines) and not any(_CONTROL.search(line) for line in lines), lines
        assert len(self.root) == HASH_BYTES and 0 <= self.size <= MOST_SIZE, self
        return "".join(f"{line}\n" for line in lines)


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that this text is. Raises ValueError, naming the line, for any other."""
    if not text.endswith("\n"):
        raise ValueError("the checkpoint does not end in a newline")
    lines = text[:-1].split("\n")
    if len(lines) < 3:
        raise ValueError(f"the checkpoint has {len(lines)} of at least three lines (origin, size, root)")
    for number, line in enumerate(lines, start=1):
        if not line or _CONTROL.search(line):
            raise ValueError(f"line {number} of the checkpoint is empty or holds a control character")
    size = read_size(lines[1])
    root = decode_base64(lines[2], "line 3 of the checkpoint (the root)")
    if len(root) != HASH_BYTES:
        raise ValueError(f"line 3 of the checkpoint (the root) holds {len(root)} bytes, not {HASH_BYTES}")
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def read_size(text: str) -> int:
    """A number of entries as a checkpoint writes it. Raises ValueError."""
    if not _DECIMAL.fullmatch(text) or int(text) > MOST_SIZE:
        raise ValueError(f"{text[:40]!r} is no number of entries (decimal, no leading zero, below 2^63)")
    return int(text)
