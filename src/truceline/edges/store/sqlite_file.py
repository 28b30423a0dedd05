"""SQLite files as all of ours are: how they are opened, copied, forced to disk, and what is said when one fails."""

import fcntl
import os
import sqlite3
from pathlib import Path

from truceline.edges.store.durable import sync_folder
from truceline.model.problem import Place, Problem, Unusable

MAKE_ROOM = "nothing acknowledged is lost: make room or mend the disk, then send again"
RECOVER = "nothing acknowledged is lost: keep the file, and run `truceline restore`"


def copy_database(path: Path, to: Path) -> None:
    """A copy of a database as it is at one moment, while others may write to it; durable. Raises Unusable."""
    try:
        source = connect(path, read_only=True)
        target = sqlite3.connect(to)
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()
        handle = os.open(to, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        sync_folder(to.parent)
    except (OSError, sqlite3.Error) as error:
        to.unlink(missing_ok=True)
        raise unusable(to, error) from None


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection as all of ours are. Raises sqlite3.Error."""
    uri = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    database = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=10)
    mode = "query_only = ON" if read_only else "journal_mode = WAL"
    try:
        for pragma in (
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "temp_store = MEMORY",
            "synchronous = FULL",
            mode,
        ):
            database.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        database.close()
        raise
    return database


def force(path: Path) -> None:
    """Force to disk what a database has taken in without waiting for the disk. Raises OSError."""
    written = path.with_name(f"{path.name}-wal")
    if written.exists():
        handle = os.open(written, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def only_writer(path: Path) -> int:
    """A lock that only one process can hold; the system lets it go when the process ends, however it ends."""
    try:
        handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise unusable(path, error) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise Unusable(
            [Problem(Place(str(path)), "the store is open for writing in another process", "end that one first")]
        ) from None
    return handle


def unusable(path: Path, error: OSError | sqlite3.Error) -> Unusable:
    """What disk or database said, in words, with what to do."""
    if isinstance(error, OSError):
        return Unusable([Problem(Place(str(path)), f"the disk says: {error.strerror or error}", MAKE_ROOM)])
    if str(error).startswith("Could not decode to UTF-8"):  # what follows is the damage itself
        return Unusable([Problem(Place(str(path)), "the store is damaged: a text is not UTF-8", RECOVER)])
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return Unusable([Problem(Place(str(path)), f"the store is damaged: {error}", RECOVER)])
    return Unusable([Problem(Place(str(path)), f"the database says: {error}", MAKE_ROOM)])
