"""The store in one SQLite file: write-ahead log, strict tables, and a journal beside it.

The journal is what makes a batch durable: it is forced to disk before the database takes the batch for good, so that
the database never holds what the journal does not. The database itself is forced to disk with every seal; what a loss
of power takes from it in between is put back from the journal on opening.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import cast, get_args

import msgspec

from truceline.custody.checkpoint import Checkpoint
from truceline.custody.entry import Entry, entry_bytes
from truceline.custody.merkle import leaf_hash
from truceline.custody.tile_tree import edge_of, grown, root_of_edge
from truceline.edges import clock
from truceline.edges.store.door import MAKE_ONE, Kept, Receipt, Received, Sealed, Status, checked
from truceline.edges.store.durable import sync_folder
from truceline.edges.store.journal import Batch, Header, Journal
from truceline.edges.store.schema import APPLICATION_ID, STEPS, migrate, version_of
from truceline.edges.store.sorting import sorted_out
from truceline.edges.store.sqlite_file import RECOVER, connect, copy_database, force, only_writer, unusable
from truceline.model.problem import Place, Problem, Unusable


class SqliteStore:
    """One log in one file. One process at a time may append; others may read."""

    def __init__(self, path: Path, *, now_us: Callable[[], int] = clock.now_us, read_only: bool = False) -> None:
        """Open a store that exists. Raises Unusable if it cannot be used, is open elsewhere, or is damaged.

        What the journal holds beyond the database is put back; `notes` says so.
        """
        self._path, self._now_us, self._read_only = path, now_us, read_only
        self._lock = threading.RLock()
        self._journal: Journal | None = None
        self.notes: tuple[Problem, ...] = ()
        if not path.is_file():
            raise self._problem("there is no such store", MAKE_ONE)
        self._guard = -1 if read_only else only_writer(path)
        try:
            self._database = connect(path, read_only=read_only)
        except sqlite3.Error as error:
            self._let_go()
            raise unusable(path, error) from None
        try:
            with self._failing():
                self._recognise()
                if not read_only:
                    migrate(self._database)
                self._look_at_it()
                if not read_only:
                    self._journal = self._open_journal()
                    self._filled_journal(self.size)
                    self._database.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            self.close()
            raise

    @staticmethod
    def create(path: Path, origin: str, status: Status, *, now_us: Callable[[], int] = clock.now_us) -> "SqliteStore":
        """A new, empty store for the log of this name. Raises Unusable if the file exists or cannot be made."""
        for one in (path, journal_path(path)):
            if one.exists():
                remedy = "name a new one" if one == path else "a store was here: get it back with truceline restore"
                raise Unusable([Problem(Place(str(one)), "the file exists already", remedy)])
        make_empty(path, origin, status)
        try:
            Journal.begin(journal_path(path), Header(0, origin, status)).close()
        except OSError as error:
            raise unusable(path, error) from None
        return SqliteStore(path, now_us=now_us)

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._about("origin")

    @property
    def status(self) -> Status:
        """Whether the inputs are real."""
        return cast(Status, self._about("status"))

    @property
    def size(self) -> int:
        """How many inputs are kept."""
        with self._failing():
            (size,) = self._database.execute("SELECT coalesce(max(n) + 1, 0) FROM input").fetchone()
        return int(size)

    def append(self, inputs: Sequence[Received]) -> tuple[Receipt, ...]:
        """Keep inputs, all or none. On return they are durable."""
        checked(inputs)
        written: Journal | None = None
        with self._failing():
            try:
                with self._transaction():
                    first = self.size
                    journal = self._filled_journal(first)
                    receipts, new = self._taken(inputs, first)
                    if new:
                        journal.write(new)
                        written = journal
            except BaseException:
                if written is not None:
                    written.take_back()
                raise
        return receipts

    def inputs(self, start: int = 0, stop: int | None = None) -> Iterator[Kept]:
        """The inputs from `start` up to `stop`, in order."""
        while stop is None or start < stop:
            with self._failing():
                rows = self._database.execute(
                    "SELECT n, kind, id, sha256, data FROM input WHERE n >= ? AND n < ? ORDER BY n LIMIT 500",
                    (start, stop if stop is not None else 2**62),
                ).fetchall()
                found = [Kept(n, _entry(kind, id_, digest), _bytes(data)) for n, kind, id_, digest, data in rows]
            if not found:
                return
            yield from found
            start = found[-1].index + 1

    def find(self, kind: str, id_: str) -> Kept | None:
        """The input of this kind and id."""
        with self._failing():
            row = self._database.execute(
                "SELECT n, sha256, data FROM input WHERE kind = ? AND id = ?", (kind, id_)
            ).fetchone()
            return None if row is None else Kept(row[0], _entry(kind, id_, row[1]), _bytes(row[2]))

    def seal(self) -> Checkpoint:
        """Put all that is kept under a root, durably."""
        with self._failing(), self._forced(), self._transaction():
            last, size = self._last_sealed(), self.size
            if last is not None and last.checkpoint.size == size:
                return last.checkpoint
            since = last.checkpoint.size if last else 0
            rows = self._database.execute("SELECT kind, id, sha256 FROM input WHERE n >= ? ORDER BY n", (since,))
            leaves = [leaf_hash(entry_bytes(*_cells(kind, id_, digest))) for kind, id_, digest in rows]
            self._database.executemany(
                "INSERT INTO tile VALUES (?, ?, ?) ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes",
                [(one.level, one.index, data) for one, data in grown(edge_of(since, self.tile), since, leaves)],
            )
            root = root_of_edge(edge_of(size, self.tile))
            self._database.execute("INSERT INTO checkpoint VALUES (?, ?, ?)", (size, root, self._now_us()))
            return Checkpoint(self.origin, size, root)

    def sealed(self) -> Sequence[Sealed]:
        """Every checkpoint made, in order."""
        with self._failing():
            rows = self._database.execute("SELECT size, root, at_us FROM checkpoint ORDER BY size").fetchall()
        origin = self.origin
        return tuple(Sealed(Checkpoint(origin, size, root), at_us) for size, root, at_us in rows)

    def tile(self, level: int, index: int) -> bytes:
        """The hashes of a tile as far as sealed."""
        with self._failing():
            row = self._database.execute("SELECT hashes FROM tile WHERE level = ? AND n = ?", (level, index)).fetchone()
        return bytes(row[0]) if row else b""

    def arrivals(self) -> Iterator[tuple[int, int, int]]:
        """(first index, count, microseconds) of each batch, in order."""
        with self._failing():
            rows = self._database.execute("SELECT first, count, at_us FROM arrival ORDER BY first").fetchall()
        yield from rows

    def engine_faults(self) -> tuple[Problem, ...]:
        """What SQLite itself finds wrong with the file."""
        try:
            found = [row[0] for row in self._database.execute("PRAGMA integrity_check(20)")]
        except sqlite3.Error as error:
            found = [str(error)]
        return tuple(
            Problem(Place(str(self._path)), f"the database says: {one}", RECOVER) for one in found if one != "ok"
        )

    def backup(self, to: Path) -> None:
        """Write a whole copy, checked, and begin the journal where it ends."""
        if to.exists():
            raise Unusable([Problem(Place(str(to)), "the file exists already", "name a new one")])
        copy_database(self._path, to)
        copied = SqliteStore(to, read_only=True)
        faults, size = copied.engine_faults(), copied.size
        copied.close()
        if faults:
            raise Unusable(faults)
        if not self._read_only:
            with self._failing():
                force(self._path)
                self._journal = self._filled_journal(self.size).begun_anew(size)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()
            if self._journal is not None:
                self._journal.close()
                self._journal = None
            self._let_go()

    def _taken(self, inputs: Sequence[Received], first: int) -> tuple[tuple[Receipt, ...], Batch | None]:
        """The receipts, and the batch of those that are new, added to the database within this transaction.

        Most of the time all are new: which of them are known is asked only if one cannot be added.
        """
        self._database.execute("SAVEPOINT guess")
        try:
            receipts, new = sorted_out(inputs, first, lambda _: {})
            return receipts, self._inserted(new, first)
        except sqlite3.IntegrityError:
            self._database.execute("ROLLBACK TO guess")
        receipts, new = sorted_out(inputs, first, self._known)
        return receipts, self._inserted(new, first)

    def _inserted(self, new: Sequence[tuple[Received, bytes]], first: int) -> Batch | None:
        if not new:
            return None
        batch = Batch(first, self._now_us(), tuple(one for one, _ in new))
        self._insert(batch, [digest for _, digest in new])
        return batch

    def _known(self, inputs: Sequence[Received]) -> dict[tuple[str, str], tuple[int, bytes]]:
        """(index, digest) by (kind, id), of those inputs whose id is kept already."""
        ids: dict[str, list[str]] = {}
        for one in inputs:
            ids.setdefault(one.kind, []).append(one.id)
        query = "SELECT id, n, sha256 FROM input WHERE kind = ? AND id IN (SELECT value FROM json_each(?))"
        return {
            (kind, id_): (n, digest)
            for kind, some in ids.items()
            for id_, n, digest in self._database.execute(query, (kind, msgspec.json.encode(some).decode()))
        }

    def _insert(self, batch: Batch, digests: Sequence[bytes]) -> None:
        self._database.executemany(
            "INSERT INTO input VALUES (?, ?, ?, ?, ?)",
            (
                (batch.first + i, one.kind, one.id, digest, one.data)
                for i, (one, digest) in enumerate(zip(batch.inputs, digests, strict=True))
            ),
        )
        arrival = (batch.first, len(batch.inputs), batch.at_us)
        self._database.execute("INSERT INTO arrival VALUES (?, ?, ?)", arrival)

    def _last_sealed(self) -> Sealed | None:
        row = self._database.execute("SELECT size, root, at_us FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
        return None if row is None else Sealed(Checkpoint(self.origin, row[0], row[1]), row[2])

    def _about(self, key: str) -> str:
        with self._failing():
            (value,) = self._database.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return str(value)

    def _recognise(self) -> None:
        """Raises Unusable if the file is no store of ours, or of a version that is not known here."""
        (application,) = self._database.execute("PRAGMA application_id").fetchone()
        version = version_of(self._database)
        if application != APPLICATION_ID or version == 0:
            raise self._problem("the file is no store of Truceline", "give the path of a store")
        if version > len(STEPS):
            raise self._problem(f"the store is of a later version ({version})", "use the version that made it")
        if version < len(STEPS) and self._read_only:
            raise self._problem(f"the store is of an earlier version ({version})", "open it once for writing")

    def _let_go(self) -> None:
        if self._guard >= 0:
            os.close(self._guard)
            self._guard = -1

    def _look_at_it(self) -> None:
        """Raises Unusable if what was written last does not hold together."""
        self._database.execute("BEGIN")  # all of it as of one moment: others may be appending
        try:
            self._look_at_the_end()
        finally:
            self._database.execute("ROLLBACK")

    def _look_at_the_end(self) -> None:
        size, last = self.size, self._last_sealed()
        for kept in self.inputs(max(0, size - 1)):
            if sha256(kept.data).hexdigest() != kept.entry.sha256:
                raise self._problem(f"entry {kept.index}, the last, is damaged", RECOVER)
        arrived = self._database.execute("SELECT first + count FROM arrival ORDER BY first DESC LIMIT 1").fetchone()
        if (arrived[0] if arrived else 0) != size:
            raise self._problem("the last batch is not whole", RECOVER)
        if last and (last.checkpoint.size > size or not self._leads_to(last.checkpoint)):
            raise self._problem(f"the tiles do not lead to the checkpoint of {last.checkpoint.size} entries", RECOVER)

    def _leads_to(self, checkpoint: Checkpoint) -> bool:
        return root_of_edge(edge_of(checkpoint.size, self.tile)) == checkpoint.root

    def _open_journal(self) -> Journal:
        """The journal beside the store; database and journal are brought to the same end."""
        path, size = journal_path(self._path), self.size
        try:
            journal = Journal(path)
            if journal.header.origin != self.origin or not journal.header.base <= size:
                raise ValueError(f"it is of another log, or begins after entry {size}, where the store ends")
        except (FileNotFoundError, ValueError) as error:
            what = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be used: {error}"
            if not isinstance(error, FileNotFoundError):
                path.replace(path.with_name(f"{path.name}-unused"))
            note = Problem(
                Place(str(path)), f"the journal {what}; a new one was begun", "make a backup now", fatal=False
            )
            self.notes = (*self.notes, note)
            force(self._path)
            return Journal.begin(path, Header(size, self.origin, self.status))
        if journal.end > size:
            self._put_back(journal, size)
        return journal

    def _put_back(self, journal: Journal, size: int) -> None:
        """Keep what the journal holds beyond the database's end."""
        with self._transaction():
            for batch in journal.batches():
                if batch.end <= size and batch.inputs:
                    last = batch.inputs[-1]
                    held = self._known([last]).get((last.kind, last.id))
                    if held != (batch.end - 1, sha256(last.data).digest()):
                        raise self._problem(f"entry {batch.end - 1} of the journal is another than here", RECOVER)
                elif batch.first != size:
                    raise self._problem(f"the journal goes on at entry {batch.first}, not {size}", RECOVER)
                else:
                    self._insert(batch, [sha256(one.data).digest() for one in batch.inputs])
                    size = batch.end
            if size != journal.end:
                raise self._problem(f"the journal is damaged after entry {size}; it ends at {journal.end}", RECOVER)
        what = f"the journal held inputs that the store had lost: it ends at entry {size} again"
        note = Problem(Place(str(self._path)), what, "look for the cause (disk, loss of power)", fatal=False)
        self.notes = (*self.notes, note)

    def _filled_journal(self, size: int) -> Journal:
        """The journal, holding all that the database holds: it may have lost its end."""
        assert self._journal is not None
        if self._journal.end < size:
            kept = self.inputs(self._journal.end, size)
            inputs = tuple(Received(one.entry.kind, one.entry.id, one.data) for one in kept)
            self._journal.write(Batch(self._journal.end, self._now_us(), inputs))
        return self._journal

    @contextmanager
    def _forced(self) -> Iterator[None]:
        """What is done within is durable in the database itself when it returns, and all that was done before."""
        self._database.execute("PRAGMA synchronous = FULL")
        try:
            yield
        finally:
            self._database.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, durable at the end."""
        if self._read_only:
            raise self._problem("the store is open for reading only", "open it for writing")
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """One thread at a time; what disk and database say becomes a Problem."""
        with self._lock:
            try:
                yield
            except (OSError, sqlite3.Error) as error:
                raise unusable(self._path, error) from None

    def _problem(self, what: str, remedy: str) -> Unusable:
        return Unusable([Problem(Place(str(self._path)), what, remedy)])


class _Damaged(sqlite3.DatabaseError):
    """A cell holds what was never written there."""

    sqlite_errorname = "SQLITE_CORRUPT"

    def __str__(self) -> str:
        return "a row is of another type than was ever written"


def _entry(kind: object, id_: object, digest: object) -> Entry:
    """The entry of a row."""
    return Entry(*_cells(kind, id_, digest))


def _cells(kind: object, id_: object, digest: object) -> tuple[str, str, str]:
    """Kind, id and digest (hex) of a row. In a damaged file a cell may hold anything."""
    if not (isinstance(kind, str) and isinstance(id_, str)):
        raise _Damaged
    return kind, id_, _bytes(digest).hex()


def _bytes(cell: object) -> bytes:
    if not isinstance(cell, bytes):
        raise _Damaged
    return cell


def journal_path(store: Path) -> Path:
    """Where the journal of a store lies."""
    return store.with_name(f"{store.name}.journal")


def make_empty(path: Path, origin: str, status: Status) -> None:
    """The file of a new store, without a journal. Raises Unusable."""
    assert origin and status in get_args(Status), (origin, status)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        database = connect(path, read_only=False)
        migrate(database)
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO about VALUES (?, ?)", [("origin", origin), ("status", status)])
        database.execute("COMMIT")
        database.close()
        sync_folder(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise unusable(path, error) from None
