"""The journal beside a store: every batch once more, in a file of its own, written before it is acknowledged.

What the database loses (a damaged page, a lost write-ahead file, an old copy put back) is taken from here: backup and
journal together hold every input ever acknowledged. It may lie on another disk. After a backup it begins anew.

    header   one line: "TLJ1 " and JSON: base (the index of its first input), origin and status of the log
    record   length of the body (4 bytes), body, SHA-256 of the body, the length again; the body is MessagePack: first
             index, microseconds, a list of kind, id, bytes

A record that begins at an index already passed takes the place of all from there on: the batch that stood there was
never acknowledged. A record that is cut short or damaged ends the journal.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec

from truceline.custody.reading import decode
from truceline.edges.store.door import Received, Status
from truceline.edges.store.durable import sync_folder, write_durably

_MAGIC = b"TLJ1 "
_LENGTH = 4
_AROUND = 2 * _LENGTH + 32  # bytes of a record beside its body
_MOST_HEADER = 4096


class Header(msgspec.Struct, frozen=True):
    """Of which log a journal is, and the index of its first input."""

    base: int
    origin: str
    status: Status


class _Body(msgspec.Struct, array_like=True):
    first: int
    at_us: int
    inputs: list[tuple[str, str, bytes]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs acknowledged together, the first as entry `first`."""

    first: int
    at_us: int
    inputs: tuple[Received, ...]

    @property
    def end(self) -> int:
        """The index after its last input."""
        return self.first + len(self.inputs)


class Journal:
    """An open journal; only one process may have it open."""

    def __init__(self, path: Path) -> None:
        """Open a journal that exists. Raises OSError, or ValueError if it is none."""
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        line, newline, _ = os.pread(self._file, _MOST_HEADER, 0).partition(b"\n")
        try:
            if not newline or not line.startswith(_MAGIC):
                raise ValueError("the file does not begin as a journal")
            self.header = decode(line.removeprefix(_MAGIC), Header)
        except ValueError:
            os.close(self._file)
            raise
        self._start = len(line) + 1
        self.end, self._good = self._find_end()
        self._before = (self.end, self._good)

    @staticmethod
    def begin(path: Path, header: Header) -> "Journal":
        """A new, empty journal; one that stood there is replaced. Raises OSError."""
        write_durably(path, _MAGIC + msgspec.json.encode(header) + b"\n")
        return Journal(path)

    def begun_anew(self, base: int) -> "Journal":
        """The journal from entry `base` on, in place of this one, which is closed. Raises OSError."""
        aside = self._path.with_name(f".{self._path.name}-anew")
        anew = Journal.begin(aside, Header(base, self.header.origin, self.header.status))
        for batch in self.batches():
            if batch.first >= base:
                anew.write(batch)
        anew.close()
        self.close()
        aside.replace(self._path)
        sync_folder(self._path.parent)
        return Journal(self._path)

    def write(self, batch: Batch) -> None:
        """Add a batch, durably. Raises OSError; the batch is then not there."""
        body = msgspec.msgpack.encode(_Body(batch.first, batch.at_us, [(i.kind, i.id, i.data) for i in batch.inputs]))
        length = len(body).to_bytes(_LENGTH, "big")
        record = b"".join((length, body, sha256(body).digest(), length))
        try:
            here, left = self._good, memoryview(record)
            while left:
                written = os.pwrite(self._file, left, here)
                here, left = here + written, left[written:]
            os.ftruncate(self._file, here)  # of a longer record that never became whole
            os.fdatasync(self._file)
        except OSError:
            self._cut()
            raise
        self._before = (self.end, self._good)
        self.end, self._good = batch.end, here

    def take_back(self) -> None:
        """Forget the batch written last: the store could not keep it, and nobody was told that it is kept."""
        self.end, self._good = self._before
        self._cut()

    def batches(self) -> Iterator[Batch]:
        """Every batch that stands, in order. Raises OSError."""
        standing: list[tuple[int, int]] = []
        for start, batch, _ in self._records():
            while standing and standing[-1][1] >= batch.first:
                standing.pop()
            standing.append((start, batch.first))
        wanted = {start for start, _ in standing}
        return (batch for start, batch, _ in self._records() if start in wanted)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _find_end(self) -> tuple[int, int]:
        """(index after the last good record, where it ends): from behind if that is whole, else one by one."""
        size = os.fstat(self._file).st_size
        if size > self._start + _AROUND:
            length = int.from_bytes(os.pread(self._file, _LENGTH, size - _LENGTH), "big")
            last = self._record(size - _AROUND - length) if size >= self._start + _AROUND + length else None
            if last is not None and last[1] == size:
                return last[0].end, size
        end, good = self.header.base, self._start
        for _, batch, after in self._records():
            end, good = batch.end, after
        return end, good

    def _records(self) -> Iterator[tuple[int, Batch, int]]:
        """(where it begins, batch, where it ends) of each good record up to the first that is not."""
        here = self._start
        while (read := self._record(here)) is not None:
            yield here, *read
            here = read[1]

    def _record(self, here: int) -> tuple[Batch, int] | None:
        """The record at a place and where it ends; None if none that is whole and good begins there."""
        length = os.pread(self._file, _LENGTH, here)
        count = int.from_bytes(length, "big")
        if here + count + _AROUND > os.fstat(self._file).st_size:
            return None
        rest = os.pread(self._file, count + _AROUND - _LENGTH, here + _LENGTH)
        if rest[count:] != sha256(rest[:count]).digest() + length:
            return None
        try:
            body = msgspec.msgpack.decode(rest[:count], type=_Body)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None
        return Batch(body.first, body.at_us, tuple(Received(*one) for one in body.inputs)), here + count + _AROUND

    def _cut(self) -> None:
        try:
            os.ftruncate(self._file, self._good)
        except OSError:
            return  # the next record is written over it
