"""What a witness remembers: for each log the checkpoint cosigned last, and every proof of a log's misconduct."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from truceline.custody.checkpoint import Checkpoint, read_checkpoint
from truceline.custody.note import Note, read_note
from truceline.edges.store.durable import write_durably
from truceline.model.problem import Place, Problem, Unusable


class Memory:
    """A folder: `<SHA-256 of the origin>/checkpoint`, and `evidence/` for requests that show a fork."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def held(self) -> Iterator["Memory"]:
        """The memory, for this process alone. Raises Unusable if another holds it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            what = f"cannot be written ({error.strerror})"
            raise Unusable([Problem(Place(str(self._folder)), what, "check the path")]) from None
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                what = "another witness holds this memory"
                raise Unusable([Problem(Place(str(self._folder)), what, "end that one first")]) from None
            yield self
        finally:
            os.close(handle)

    def latest(self, origin: str) -> Checkpoint | None:
        """The checkpoint cosigned last for a log; None if none ever was. Raises Unusable if the file is damaged:
        a witness that has lost its memory must not go on as if it had none."""
        note = self.note(origin_hash(origin))
        return read_checkpoint(note.text) if note else None

    def note(self, origin_digest: str) -> Note | None:
        """The cosigned checkpoint of the log whose origin has this digest."""
        path = self._folder / origin_digest / "checkpoint"
        try:
            note = read_note(path.read_bytes())
            if origin_hash(read_checkpoint(note.text).origin) != origin_digest:
                raise ValueError("it is of another log")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            remedy = "restore it from a backup, or ask the log for its latest checkpoint and compare by hand"
            raise Unusable([Problem(Place(str(path)), f"the memory is damaged: {error}", remedy)]) from None
        return note

    def remember(self, origin: str, note: Note) -> None:
        """Keep a cosigned checkpoint, durably. Raises OSError."""
        write_durably(self._folder / origin_hash(origin) / "checkpoint", note.to_bytes())

    def keep_evidence(self, request: bytes) -> Path:
        """Keep a request that shows what a log should not have signed. Raises OSError."""
        path = self._folder / "evidence" / sha256(request).hexdigest()
        write_durably(path, request)
        return path


def origin_hash(origin: str) -> str:
    """How an origin stands in addresses: the hex of its SHA-256."""
    return sha256(origin.encode()).hexdigest()
