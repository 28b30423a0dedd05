"""When a batch is durable in the SQLite store: first in the journal, then in the database; and what is lost if not."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from truceline.edges.store.fsck import faults_of
from truceline.edges.store.restore import restore
from truceline.edges.store.sqlite import SqliteStore, journal_path
from truceline.model.problem import Unusable

from .test_sqlite_store import batch_of, filled, holds


class Unwilling:
    """A database that refuses one statement once."""

    def __init__(self, database: sqlite3.Connection, statement: str) -> None:
        self._database, self._statement = database, statement

    def __getattr__(self, name: str) -> object:
        return getattr(self._database, name)

    def execute(self, statement: str, parameters: Sequence[int | str] = ()) -> sqlite3.Cursor:
        if statement == self._statement:
            self._statement = ""
            raise sqlite3.OperationalError("disk I/O error")
        return self._database.execute(statement, parameters)


def test_a_batch_is_on_disk_in_the_journal_before_the_database_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.store"
    store = filled(path)
    reader = SqliteStore(path, read_only=True)
    seen: list[tuple[int, bool]] = []
    data = batch_of(500, 10)

    def forcing(handle: int) -> None:
        seen.append((reader.size, data[-1].data in journal_path(path).read_bytes()))
        assert os.path.samestat(os.fstat(handle), journal_path(path).stat())

    monkeypatch.setattr("truceline.edges.store.journal.os.fdatasync", forcing)
    store.append(data)
    assert seen == [(500, True)]
    assert reader.size == 510
    assert {one.outcome for one in store.append(data)} == {"known"}
    assert len(seen) == 1
    reader.close()
    store.close()


def test_what_the_journal_cannot_be_made_to_hold_is_refused_and_new_when_it_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.store"
    store = filled(path)
    long = journal_path(path).stat().st_size

    def failing(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("truceline.edges.store.journal.os.fdatasync", failing)
        for _ in range(2):
            with pytest.raises(Unusable, match="Input/output error"):
                store.append(batch_of(500, 10))
            assert (store.size, journal_path(path).stat().st_size) == (500, long)
    assert {one.outcome for one in store.append(batch_of(500, 10))} == {"new"}
    store.close()
    anew = restore(tmp_path / "b.store", backup=None, journal=journal_path(path))
    assert holds(anew, 510)
    anew.close()


def test_what_the_database_does_not_take_is_taken_back_from_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "a.store"
    store = filled(path)
    long = journal_path(path).stat().st_size
    store._database = Unwilling(store._database, "COMMIT")  # type: ignore[assignment]
    with pytest.raises(Unusable, match="disk I/O error"):
        store.append(batch_of(500, 10))
    assert (store.size, journal_path(path).stat().st_size) == (500, long)
    assert [one.index for one in store.append(batch_of(490, 15))] == list(range(490, 505))
    store.close()
    again = SqliteStore(path)
    assert holds(again, 505)
    assert again.notes == ()
    again.close()


def test_a_loss_of_power_takes_nothing_acknowledged(tmp_path: Path) -> None:
    path, after = tmp_path / "a.store", tmp_path / "after" / "a.store"
    store = filled(path)
    store.seal()
    forced = path.with_name("a.store-wal").stat().st_size
    store.append(batch_of(500, 200))
    after.parent.mkdir()
    for name in ("a.store", "a.store-wal", "a.store.journal"):
        shutil.copy(tmp_path / name, after.with_name(name))
    os.truncate(after.with_name("a.store-wal"), forced)  # of what was written since, nothing had reached the disk
    store.close()
    back = SqliteStore(after)
    assert holds(back, 700)
    assert ["the journal held inputs that the store had lost" in one.what for one in back.notes] == [True]
    assert faults_of(back) == ()
    back.close()


def test_the_database_waits_for_the_disk_with_every_seal_only(tmp_path: Path) -> None:
    levels: list[int] = []

    def now_us() -> int:  # asked for within each transaction
        levels.append(store._database.execute("PRAGMA synchronous").fetchone()[0])
        return 1

    store = SqliteStore.create(tmp_path / "a.store", "test.example/log", "test", now_us=now_us)
    store.append(batch_of(0, 5))
    store.seal()
    store.append(batch_of(5, 5))
    assert levels == [1, 2, 1]  # NORMAL, FULL
    store.close()


def test_a_journal_is_begun_anew_only_when_the_database_is_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.store"
    store = filled(path)
    forced: list[tuple[int, int]] = []
    wal = path.with_name("a.store-wal")
    fsync = os.fsync

    def forcing(handle: int) -> None:
        if os.path.samestat(os.fstat(handle), wal.stat()):
            forced.append((wal.stat().st_size, journal_path(path).stat().st_size))
        fsync(handle)

    monkeypatch.setattr("truceline.edges.store.sqlite_file.os.fsync", forcing)
    before = (wal.stat().st_size, journal_path(path).stat().st_size)
    store.backup(tmp_path / "copy")
    assert forced == [before]
    assert journal_path(path).stat().st_size < before[1]
    store.close()


def test_a_torn_journal_is_whole_again_when_the_store_is_open(tmp_path: Path) -> None:
    path = tmp_path / "a.store"
    filled(path).close()
    long = journal_path(path).stat().st_size
    os.truncate(journal_path(path), long - 300)
    SqliteStore(path).close()
    anew = restore(tmp_path / "b.store", backup=None, journal=journal_path(path))
    assert holds(anew, 500)
    anew.close()
