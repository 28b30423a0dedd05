"""Exhibits on disk: hashed as they are received, written aside, and named by their digest when whole and durable."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from truceline.custody.exhibit import (
    HEAD_BYTES,
    MOST_BYTES,
    Exhibit,
    TextCheck,
    exhibit_path,
    head_fault,
    is_digest,
    type_fault,
)
from truceline.edges.store.durable import sync_folder
from truceline.model.problem import Place, Problem, Unusable

PART_BYTES = 1024 * 1024
RESTORE = "restore it from a backup or from whoever sent it; its digest is its name"


class Unfit(Unusable):
    """What was sent is no exhibit that can be taken: the sender's to mend, not the disk's."""


class Exhibits:
    """A folder of exhibits. Several processes may use it at once: a name only ever holds the bytes of that digest."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def receive(self, parts: Iterable[bytes], media_type: str, stated_sha256: str | None = None) -> Exhibit:
        """Take in an exhibit as it comes. On return it is durable. Raises Unfit, or Unusable if the disk fails; nothing
        of it is then kept.

        stated_sha256: what the sender says the digest is; bytes of another digest are refused.
        """
        if fault := type_fault(media_type):
            raise _refused(fault, "send it as one of these")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(prefix=".coming-", dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    exhibit = self._write(file, parts, media_type)
                if stated_sha256 not in (None, exhibit.sha256):
                    raise _refused("the bytes received have another digest than was stated", "send it again")
                self._name(Path(aside), exhibit.sha256)
            finally:
                Path(aside).unlink(missing_ok=True)
        except OSError as error:
            what, remedy = f"cannot be written ({error.strerror})", "free space or mend the disk; send again"
            raise Unusable([Problem(Place("exhibit"), what, remedy)]) from None
        return exhibit

    def read(self, digest: str) -> Iterator[bytes]:
        """The bytes of an exhibit, part by part. Raises Unusable before the last part if they are not as received."""
        path = self._path(digest)
        found, held = sha256(), b""
        try:
            with path.open("rb") as file:
                while part := file.read(PART_BYTES):
                    if held:
                        yield held
                    found.update(part)
                    held = part
        except OSError as error:
            raise Unusable([Problem(Place(digest), f"cannot be read ({error.strerror})", RESTORE)]) from None
        if found.hexdigest() != digest:
            raise Unusable([Problem(Place(digest), "the exhibit is damaged: its bytes have another digest", RESTORE)])
        yield held

    def holds(self, digest: str) -> bool:
        """Whether there is an exhibit of this digest."""
        return is_digest(digest) and self._path(digest).is_file()

    def faults(self) -> tuple[Problem, ...]:
        """Every exhibit whose bytes are not those of its name, and every file that is no exhibit."""
        found = []
        for path in sorted(self._folder.rglob("*")) if self._folder.is_dir() else []:
            place = Place(path.relative_to(self._folder).as_posix())
            if path.is_dir() and not path.is_symlink():
                continue
            if path.name.startswith(".coming-"):
                what, remedy = "an exhibit that never came whole", "remove the file: it was never acknowledged"
                found.append(Problem(place, what, remedy, fatal=False))
            elif path.is_symlink() or not is_digest(path.name) or path != self._path(path.name):
                found.append(Problem(place, "no exhibit belongs here", "find out who put it there"))
            else:
                try:
                    for _ in self.read(path.name):
                        pass
                except Unusable as unusable:
                    found += [Problem(place, one.what, one.remedy) for one in unusable.problems]
        return tuple(found)

    def _write(self, file: BinaryIO, parts: Iterable[bytes], media_type: str) -> Exhibit:
        digest, size, head = sha256(), 0, b""
        text = TextCheck(media_type)
        for part in parts:
            size += len(part)
            if size > self._most_bytes:
                raise _refused(f"the exhibit has more than {self._most_bytes} bytes", "send a shorter piece")
            if len(head) < HEAD_BYTES:
                head = (head + part)[:HEAD_BYTES]
            if fault := text.why_not(part):
                raise _refused(fault, "send it as what it is")
            digest.update(part)
            file.write(part)
        if fault := head_fault(media_type, head) or text.why_not(b"", last=True):
            raise _refused(fault, "send it as what it is")
        file.flush()
        os.fsync(file.fileno())
        return Exhibit(digest.hexdigest(), media_type, size)

    def _name(self, aside: Path, digest: str) -> None:
        path = self._path(digest)
        made = not path.parent.exists()
        path.parent.mkdir(exist_ok=True)
        aside.chmod(0o444)
        aside.replace(path)
        sync_folder(path.parent)
        if made:
            sync_folder(self._folder)

    def _path(self, digest: str) -> Path:
        return self._folder / exhibit_path(digest)


def _refused(what: str, remedy: str) -> Unfit:
    return Unfit([Problem(Place("exhibit"), what, remedy)])
