"""What a witness answers (C2SP tlog-witness 1.0.0, add-checkpoint): it cosigns a tree only if that continues the last.

    old <size of the tree that the witness cosigned last>
    <base64 of a hash>…               consistency proof from that size to the new one
                                      one empty line
    <the new checkpoint, signed by the log>

Pure: the service keeps what is known, asks here, keeps what is accepted, and only then signs.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truceline.custody.base64_text import decode_base64
from truceline.custody.checkpoint import Checkpoint, read_checkpoint, read_size
from truceline.custody.merkle import EMPTY_ROOT, HASH_BYTES, is_consistent
from truceline.custody.note import CheckEd25519, Note, VerifierKey, read_note, verify_note

MOST_BYTES = 64 * 1024
MOST_HASHES = 63
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """A checkpoint for cosigning, and why it continues the one of size `old`."""

    old: int
    path: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    def to_bytes(self) -> bytes:
        """The body of the request."""
        lines = (f"old {self.old}", *(b64encode(step).decode() for step in self.path), "")
        return "".join(f"{line}\n" for line in lines).encode() + self.note.to_bytes()


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that is no: HTTP status, body, its type. `evidence`: a log that we know signed what it should not."""

    status: int
    body: str
    content_type: str = TEXT_TYPE
    evidence: bool = False


def read_request(body: bytes) -> Request:
    """The request that a body is. Raises ValueError for any other."""
    above, found, below = body.partition(b"\n\n")
    try:
        lines = above.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise ValueError("the request is not ASCII above the checkpoint") from None
    if not found or not lines[0].startswith("old "):
        raise ValueError("the request does not begin with the old size and end with a checkpoint")
    if len(lines) - 1 > MOST_HASHES:
        raise ValueError(f"the request holds more than {MOST_HASHES} hashes")
    path = tuple(decode_base64(line, "a hash of the request") for line in lines[1:])
    if any(len(one) != HASH_BYTES for one in path):
        raise ValueError(f"a hash of the request has not {HASH_BYTES} bytes")
    note = read_note(below)
    return Request(read_size(lines[0].removeprefix("old ")), path, note, read_checkpoint(note.text))


def why_refused(
    request: Request,
    trusted: Mapping[str, Sequence[VerifierKey]],
    latest: Checkpoint | None,
    check: CheckEd25519,
) -> Refused | None:
    """Why a request is not cosigned; None if it is.

    trusted: by origin, the keys of the logs that are witnessed. latest: what was cosigned last for this origin.
    """
    new = request.checkpoint
    keys = trusted.get(new.origin, ())
    if not keys:
        return Refused(404, "this log is not witnessed here\n")
    try:
        if not verify_note(request.note, keys, check):
            return Refused(403, "no signature of a key of this log\n")
    except ValueError as error:
        return Refused(403, f"{error}\n")
    if request.old > new.size:
        return Refused(400, "the old size is larger than the new one\n")
    size = latest.size if latest else 0
    if request.old != size:
        return Refused(409, f"{size}\n", SIZE_TYPE)
    if request.old == new.size and new.root != (latest.root if latest else EMPTY_ROOT):
        return Refused(409, "a log of this size has another root: the log has forked\n", evidence=True)
    if (fault := _inconsistency(request, latest)) is not None:
        return Refused(422, f"{fault}\n", evidence=True)
    return None


def _inconsistency(request: Request, latest: Checkpoint | None) -> str | None:
    new = request.checkpoint
    if request.old == 0 or latest is None:
        return "nothing is to be proven from an empty log" if request.path else None
    if not is_consistent(request.old, new.size, latest.root, new.root, request.path):
        return "the proof does not show that the new log continues the old"
    return None
