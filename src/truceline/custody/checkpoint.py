"""The checkpoint of a log (C2SP tlog-checkpoint 1.0.0, the note's text): origin, size and root, a line each.

truceline/example
12681
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

_SIZE = re.compile(r"0|[1-9]\d{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log of this name, with so many entries, has this root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def to_bytes(self) -> bytes:
        """The text of the note, which signatures are over."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n".encode()


def read_checkpoint(text: bytes) -> Checkpoint:
    """The checkpoint that a text is; lines after the third are extensions and left alone. Raises ValueError."""
    try:
        origin, size, root, *_, end = text.decode("utf-8").split("\n")
        digest = b64decode(root, validate=True)
    except ValueError:
        raise ValueError("the checkpoint is not origin, size and root, a line each") from None
    if not origin or end or not _SIZE.fullmatch(size) or len(digest) != 32 or b64encode(digest).decode() != root:
        raise ValueError("the checkpoint is not origin, size and root, a line each")
    return Checkpoint(origin, int(size), digest)
