"""What may happen to the SQLite store in the field: killed, no room, no writing, wrong clock, damage, old versions."""

import os
import random
import resource
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from truceline.edges.store import schema
from truceline.edges.store.door import Received
from truceline.edges.store.fsck import faults_of
from truceline.edges.store.restore import restore
from truceline.edges.store.sqlite import SqliteStore, journal_path
from truceline.model.problem import Unusable

WRITER = Path(__file__).with_name("store_writer.py")


def filled(path: Path, batches: int = 20, step: int = 25) -> SqliteStore:
    store = SqliteStore.create(path, "test.example/log", "test")
    for number in range(batches):
        store.append(batch_of(number * step, step))
        if number % 3 == 2:
            store.seal()
    return store


def batch_of(first: int, step: int) -> list[Received]:
    return [Received("observation", str(i), f"observation {i} ".encode() * 20) for i in range(first, first + step)]


def holds(store: SqliteStore, count: int) -> bool:
    return [k.data for k in store.inputs()] == [one.data for one in batch_of(0, count)]


def killed_in_between(path: Path, step: int, chance: random.Random) -> int:
    """Run a writer, kill it at a random moment; how many inputs it had acknowledged."""
    first = _size(path)
    command = [sys.executable, str(WRITER), str(path), str(first), str(step), "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        time.sleep(chance.uniform(0, 0.15))
        process.send_signal(signal.SIGKILL)
        told = [line for line in process.stdout.read().split(b"\n")[:-1] if line]
    return int(told[-1]) if told else first


def _size(path: Path) -> int:
    store = SqliteStore(path)
    size = store.size
    store.close()
    return size


def kill(tmp_path: Path, times: int, seed: int) -> list[float]:
    """Kill a writer so often; seconds that each opening of its store took afterwards."""
    path = tmp_path / "killed.store"
    SqliteStore.create(path, "test.example/log", "test").close()
    took_s, chance = list[float](), random.Random(seed)
    for number in range(times):
        step = chance.choice([1, 7, 50, 400])
        acknowledged = killed_in_between(path, step, chance)
        began, store = time.monotonic(), SqliteStore(path)
        size = store.size
        took_s.append(time.monotonic() - began)
        assert size >= acknowledged, "an acknowledged input is lost"
        assert size - acknowledged in (0, step), "half a batch is there"
        if number % 10 == 0 or number == times - 1:
            assert holds(store, size)
            store.seal()
            assert faults_of(store) == ()
        store.close()
        if size > 100_000:
            shutil.rmtree(tmp_path)
            tmp_path.mkdir()
            SqliteStore.create(path, "test.example/log", "test").close()
    return took_s


def test_killed_at_random_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    kill(tmp_path / "k", times=4, seed=1)


@pytest.mark.soak
def test_killed_500_times(tmp_path: Path) -> None:
    took_s = kill(tmp_path / "k", times=500, seed=2)
    print(f"opened in {statistics.median(took_s):.3f} s (median), {max(took_s):.2f} s (at most)")
    assert statistics.median(took_s) < 2


def test_only_one_process_writes_and_others_read(tmp_path: Path) -> None:
    store = filled(tmp_path / "a.store")
    with pytest.raises(Unusable, match="open for writing in another process"):
        SqliteStore(tmp_path / "a.store")
    reader = SqliteStore(tmp_path / "a.store", read_only=True)
    assert holds(reader, 500)
    with pytest.raises(Unusable, match="for reading only"):
        reader.append(batch_of(500, 1))
    with pytest.raises(Unusable, match="for reading only"):
        reader.seal()
    store.append(batch_of(500, 5))
    assert reader.size == 505
    reader.close()
    store.close()
    SqliteStore(tmp_path / "a.store").close()


def test_the_database_itself_refuses_to_change_or_remove(tmp_path: Path) -> None:
    filled(tmp_path / "a.store").close()
    database = sqlite3.connect(tmp_path / "a.store")
    for statement in ("UPDATE input SET data = x'00'", "DELETE FROM input", "DELETE FROM checkpoint"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
            database.execute(statement)
    database.close()


def run_in_tmpfs(tmp_path: Path, size: str, code: str) -> subprocess.CompletedProcess[bytes]:
    """Run Python code with a file system of this size at ./disk; skip where no one may mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = f'mount -t tmpfs -o size={size} tmpfs {disk} || exit 77; exec {sys.executable} -c "$1" {disk}'
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(WRITER.parent)])}
    words = ["unshare", "-rm", "sh", "-c", script, "sh", code]
    result = subprocess.run(words, env=env, capture_output=True, check=False)
    if result.returncode == 77:
        pytest.skip("this machine lets nobody mount a file system")
    return result


FULL_DISK = """
import sys
from pathlib import Path
from truceline.edges.store.door import Received
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.store.fsck import faults_of
from truceline.model.problem import Unusable
disk = Path(sys.argv[1])
ballast = disk / "ballast"
ballast.write_bytes(bytes(1_000_000))
store = SqliteStore.create(disk / "a.store", "test.example/log", "test")
def batch(first): return [Received("observation", str(i), b"%d " % i * 100) for i in range(first, first + 50)]
done = 0
refusals = 0
for attempt in range(2000):
    try:
        store.append(batch(done))
    except Unusable as unusable:
        assert "room" in str(unusable), unusable
        refusals += 1
        assert store.size == done, (store.size, done)
        if refusals == 3:
            store.close()
            store = SqliteStore(disk / "a.store")
            assert store.size == done, "after opening again"
        if refusals == 5:
            ballast.unlink()
        if refusals == 9:
            break
        continue
    done += 50
assert refusals == 9, refusals
assert [k.data for k in store.inputs()] == [one.data for first in range(0, done, 50) for one in batch(first)]
assert faults_of(store) == ()
print("kept", done)
"""


def test_a_full_disk_refuses_clearly_recovers_and_loses_nothing(tmp_path: Path) -> None:
    result = run_in_tmpfs(tmp_path, "4m", FULL_DISK)
    assert result.returncode == 0, result.stderr.decode()
    assert int(result.stdout.split()[1]) > 500


def test_a_file_that_may_not_grow_refuses_clearly_and_recovers(tmp_path: Path) -> None:
    """The same without a mount: the system's limit on the size of a file stands for the full disk."""
    store = filled(tmp_path / "a.store")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        limit = journal_path(tmp_path / "a.store").stat().st_size + 10_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        done = 500
        with pytest.raises(Unusable, match="nothing acknowledged is lost"):
            for first in range(500, 5000, 25):
                store.append(batch_of(first, 25))
                done = first + 25
        assert store.size == done
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    store.append(batch_of(done, 25))
    assert holds(store, done + 25)
    assert faults_of(store) == ()
    store.close()
    assert _size(tmp_path / "a.store") == done + 25


def test_a_database_that_may_not_grow_takes_the_batch_back_from_the_journal(tmp_path: Path) -> None:
    store = filled(tmp_path / "a.store")
    database = store._database
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(Unusable, match="full"):
        store.append(batch_of(500, 400))
    assert store.size == 500
    database.execute("PRAGMA max_page_count = 1000000")
    store.append(batch_of(500, 10))
    store.close()
    again = SqliteStore(tmp_path / "a.store")
    assert holds(again, 510)
    assert again.notes == ()
    again.close()


READ_ONLY = """
import os, sys
from pathlib import Path
from truceline.edges.store.door import Received
from truceline.edges.store.sqlite import SqliteStore
from truceline.model.problem import Unusable
disk = Path(sys.argv[1])
store = SqliteStore.create(disk / "a.store", "test.example/log", "test")
store.append([Received("claim", "1", b"x")])
store.close()
assert os.system(f"mount -o remount,ro {disk}") == 0
try:
    SqliteStore(disk / "a.store")
except Unusable as unusable:
    assert "Read-only file system" in str(unusable), unusable
else:
    raise AssertionError("opened")
assert os.system(f"mount -o remount,rw {disk}") == 0
store = SqliteStore(disk / "a.store")
assert store.size == 1
store.append([Received("claim", "2", b"y")])
print("kept", store.size)
"""


def test_a_read_only_disk_refuses_clearly_and_recovers(tmp_path: Path) -> None:
    result = run_in_tmpfs(tmp_path, "4m", READ_ONLY)
    assert result.returncode == 0, result.stderr.decode()
    assert result.stdout == b"kept 2\n"


def test_a_clock_that_goes_back_is_noted_and_orders_nothing(tmp_path: Path) -> None:
    hours = iter([10, 11, 2, 2, 3, 12])
    store = SqliteStore.create(
        tmp_path / "a.store", "test.example/log", "test", now_us=lambda: next(hours) * 3_600_000_000
    )
    store.append(batch_of(0, 5))
    store.append(batch_of(5, 5))
    store.append(batch_of(10, 5))
    store.seal()
    store.append(batch_of(15, 5))
    store.seal()
    assert holds(store, 20)
    noted = list(faults_of(store))
    assert [(p.place.field, p.fatal) for p in noted] == [("entry 10", False), ("entry 15", False)]
    assert "32400 s behind" in noted[0].what
    store.close()


def damaged(path: Path, place: int, count: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(os.urandom(count))


def test_a_corrupt_last_page_is_found_on_opening_and_all_is_restored(tmp_path: Path) -> None:
    path = tmp_path / "a.store"
    store = filled(path, batches=40)
    checkpoint = store.seal()
    store.close()
    database = sqlite3.connect(path)
    (page_size,), (pages,) = (
        database.execute("PRAGMA page_size").fetchone(),
        database.execute("PRAGMA page_count").fetchone(),
    )
    database.close()
    damaged(path, page_size * (pages - 1), page_size)
    try:
        opened = SqliteStore(path)
        faults = faults_of(opened)
        opened.close()
        assert any(problem.fatal for problem in faults)
    except Unusable as unusable:
        assert "truceline restore" in str(unusable)
    anew = restore(tmp_path / "b.store", backup=None, journal=journal_path(path))
    assert holds(anew, 1000)
    assert anew.seal() == checkpoint
    assert faults_of(anew) == ()
    anew.close()


@pytest.mark.parametrize("seed", range(12))
def test_damage_anywhere_is_found_and_all_is_restored(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "a.store"
    store = filled(path, batches=40)
    checkpoint = store.seal()
    store.close()
    chance = random.Random(seed)
    place = chance.randrange(path.stat().st_size - 600)
    before = path.read_bytes()[place : place + 600]
    damaged(path, place, 600)
    try:
        opened = SqliteStore(path)
        faults = [problem for problem in faults_of(opened) if problem.fatal]
        whole = holds(opened, 1000) and opened.seal() == checkpoint
        opened.close()
        assert faults or whole, f"600 bytes at {place} (were {before[:20]!r}…) were changed and nothing was said"
    except Unusable as unusable:
        assert "truceline restore" in str(unusable) or "no store" in str(unusable) or "version" in str(unusable)
    anew = restore(tmp_path / "b.store", backup=None, journal=journal_path(path))
    assert holds(anew, 1000)
    assert anew.seal() == checkpoint
    anew.close()


def test_a_lost_write_ahead_file_is_made_good_from_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "a.store"
    chance = random.Random(3)
    SqliteStore.create(path, "test.example/log", "test").close()
    acknowledged = killed_in_between(path, 10, chance) or killed_in_between(path, 10, random.Random(4))
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink(missing_ok=True)
    store = SqliteStore(path)
    assert store.size >= acknowledged
    assert holds(store, store.size)
    assert faults_of(store) == ()
    store.close()


@pytest.mark.parametrize("cut", [1, 3, 40, 41, 300])
def test_a_torn_journal_is_filled_again(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.store"
    filled(path).close()
    journal = journal_path(path)
    os.truncate(journal, journal.stat().st_size - cut)
    store = SqliteStore(path)
    store.append(batch_of(500, 25))
    store.close()
    anew = restore(tmp_path / "b.store", backup=None, journal=journal)
    assert holds(anew, 525)
    anew.close()


def test_a_lost_or_foreign_journal_is_begun_anew_with_a_word(tmp_path: Path) -> None:
    path = tmp_path / "a.store"
    filled(path).close()
    other = filled(tmp_path / "c.store", batches=30)
    other.close()
    for make in (lambda: journal_path(path).unlink(), lambda: journal_path(path).write_bytes(b"nonsense")):
        make()
        store = SqliteStore(path)
        assert len(store.notes) == 1 and "backup now" in store.notes[0].remedy
        store.close()
        SqliteStore(path).close()


def test_backup_while_running_then_restore_with_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "a.store"
    store = filled(path)
    store.backup(tmp_path / "backup.store")
    before = journal_path(path).stat().st_size
    assert before < 1000, "the journal begins anew"
    store.append(batch_of(500, 30))
    store.seal()
    store.append(batch_of(530, 5))
    checkpoint = store.seal()
    alone = restore(tmp_path / "alone.store", backup=tmp_path / "backup.store", journal=None)
    assert holds(alone, 500)
    alone.close()
    both = restore(tmp_path / "both.store", backup=tmp_path / "backup.store", journal=journal_path(path))
    assert holds(both, 535)
    assert both.seal() == checkpoint
    assert faults_of(both) == ()
    both.close()
    with pytest.raises(Unusable, match="begins at entry 500"):
        restore(tmp_path / "c.store", backup=None, journal=journal_path(path))
    with pytest.raises(Unusable, match="nothing to restore from"):
        restore(tmp_path / "c.store", backup=None, journal=None)
    with pytest.raises(Unusable, match="exists already"):
        store.backup(tmp_path / "backup.store")
    store.close()


def test_an_old_copy_put_back_catches_up_from_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "a.store"
    store = filled(path)
    shutil.copyfile(path, tmp_path / "old")
    database = sqlite3.connect(path)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    shutil.copyfile(path, tmp_path / "old")
    store.append(batch_of(500, 100))
    checkpoint = store.seal()
    store.close()
    shutil.copyfile(tmp_path / "old", path)
    store = SqliteStore(path)
    assert "journal held inputs" in store.notes[0].what
    assert store.seal() == checkpoint
    store.close()


def test_a_backup_taken_while_others_append_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.store"
    SqliteStore.create(path, "test.example/log", "test").close()
    command = [sys.executable, str(WRITER), str(path), "0", "20", "400"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        sizes = []
        for number in range(3):
            process.stdout.readline()
            time.sleep(0.1)
            reader = SqliteStore(path, read_only=True)
            reader.backup(tmp_path / f"{number}.backup")
            reader.close()
            copy = restore(tmp_path / f"{number}.store", backup=tmp_path / f"{number}.backup", journal=None)
            sizes.append(copy.size)
            assert holds(copy, copy.size)
            assert faults_of(copy) == ()
            copy.close()
        process.kill()
    assert sizes == sorted(sizes) and sizes[0] % 20 == 0 and sizes[-1] > 0


def test_no_store_another_database_a_later_version(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="no such store"):
        SqliteStore(tmp_path / "none")
    other = sqlite3.connect(tmp_path / "other")
    other.execute("CREATE TABLE notes (text TEXT)")
    other.close()
    with pytest.raises(Unusable, match="no store of Truceline"):
        SqliteStore(tmp_path / "other")
    assert list(sqlite3.connect(tmp_path / "other").execute("SELECT name FROM sqlite_master")) == [("notes",)]
    (tmp_path / "text").write_text("not a database at all, but long enough to be taken for one" * 100)
    with pytest.raises(Unusable, match="damaged"):
        SqliteStore(tmp_path / "text")
    filled(tmp_path / "late.store").close()
    database = sqlite3.connect(tmp_path / "late.store")
    database.execute(f"PRAGMA user_version = {len(schema.STEPS) + 1}")
    database.close()
    with pytest.raises(Unusable, match="later version"):
        SqliteStore(tmp_path / "late.store")
    with pytest.raises(Unusable, match="exists already"):
        SqliteStore.create(tmp_path / "late.store", "o", "test")
    (tmp_path / "late.store").unlink()
    with pytest.raises(Unusable, match="truceline restore"):
        SqliteStore.create(tmp_path / "late.store", "o", "test")


def test_restored_under_the_old_name_among_the_remains_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "a.store"
    store = filled(path)
    shutil.copyfile(f"{path}-wal", tmp_path / "wal")
    checkpoint = store.seal()
    store.close()
    path.unlink()
    shutil.copyfile(tmp_path / "wal", f"{path}-wal")
    store = restore(path, backup=None, journal=journal_path(path))
    assert holds(store, 500)
    assert store.seal() == checkpoint
    assert faults_of(store) == ()
    store.close()


@pytest.mark.parametrize("version", range(1, len(schema.STEPS) + 1))
def test_a_store_of_every_version_becomes_one_of_today(tmp_path: Path, version: int) -> None:
    dump = Path(__file__).with_name("stores") / f"version-{version}.sql"
    path = tmp_path / "old.store"
    database = sqlite3.connect(path)
    database.executescript(dump.read_text())
    database.execute(f"PRAGMA user_version = {version}")
    database.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    database.close()
    if version < len(schema.STEPS):
        with pytest.raises(Unusable, match="earlier version"):
            SqliteStore(path, read_only=True)
    store = SqliteStore(path)
    assert (store.origin, store.status) == ("test.example/log", "test")
    assert holds(store, 7)
    assert store.sealed()[-1].checkpoint.root.hex().startswith("1e703c31343dd029")
    store.append(batch_of(7, 3))
    store.seal()
    assert faults_of(store) == ()
    store.close()
    tables = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
    SqliteStore.create(tmp_path / "new.store", "o", "test").close()
    old, new = (list(sqlite3.connect(tmp_path / name).execute(tables)) for name in ("old.store", "new.store"))
    assert old == new
