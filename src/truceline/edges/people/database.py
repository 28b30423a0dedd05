"""The small database beside the log that knows how people sign in. What it holds opens doors and decides nothing:
roles and nations, as they were given, stand in the log as decisions."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from truceline.edges import clock
from truceline.model.problem import Place, Problem, Unusable

STEPS = (
    """
DROP TABLE IF EXISTS link;
DROP TABLE IF EXISTS session;
CREATE TABLE given (
    number INTEGER PRIMARY KEY, account TEXT NOT NULL, record BLOB NOT NULL, at_us INTEGER NOT NULL, by TEXT NOT NULL
) STRICT;
CREATE TRIGGER given_stands BEFORE UPDATE ON given BEGIN SELECT RAISE (ABORT, 'accounts are only ever added to'); END;
CREATE TRIGGER given_stays BEFORE DELETE ON given BEGIN SELECT RAISE (ABORT, 'accounts are only ever added to'); END;
CREATE TABLE passkey (
    credential BLOB PRIMARY KEY, account TEXT NOT NULL, public_key BLOB NOT NULL, count INTEGER NOT NULL,
    added_us INTEGER NOT NULL
) STRICT;
CREATE TABLE subject (
    issuer TEXT NOT NULL, subject TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (issuer, subject)
) STRICT;
CREATE TABLE once (
    key BLOB PRIMARY KEY, purpose TEXT NOT NULL, data BLOB NOT NULL, until_us INTEGER NOT NULL
) STRICT;
CREATE TABLE session (
    key BLOB PRIMARY KEY, account TEXT NOT NULL, exercise BLOB, until_us INTEGER NOT NULL
) STRICT;
CREATE TABLE seen (
    account TEXT NOT NULL, what TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (account, what)
) STRICT;
""",
    """
CREATE TABLE patrol (
    account TEXT PRIMARY KEY, at_us INTEGER NOT NULL, due_us INTEGER NOT NULL, help INTEGER NOT NULL, lon REAL, lat REAL
) STRICT;
CREATE TABLE device (account TEXT PRIMARY KEY, key BLOB NOT NULL, added_us INTEGER NOT NULL) STRICT;
""",
    """
DROP TABLE session;
CREATE TABLE session (
    key BLOB PRIMARY KEY, holder TEXT NOT NULL, exercise BLOB, way TEXT NOT NULL, began_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL, proven_us INTEGER NOT NULL, until_us INTEGER NOT NULL
) STRICT;
ALTER TABLE subject ADD COLUMN added_us INTEGER NOT NULL DEFAULT 0;
CREATE TABLE access_change (
    number INTEGER PRIMARY KEY, account TEXT NOT NULL, what TEXT NOT NULL, kind TEXT NOT NULL, at_us INTEGER NOT NULL,
    by TEXT NOT NULL, read_us INTEGER, mailed_us INTEGER
) STRICT;
CREATE TABLE mail (account TEXT PRIMARY KEY, address TEXT NOT NULL) STRICT;
""",
)
FIRST = 2  # what came before kept no accounts
VERSION = FIRST + len(STEPS) - 1


class Database:
    """One connection for all threads of a process; other processes may have theirs."""

    def __init__(self, path: Path, *, now_us: Callable[[], int] = clock.now_us, read_only: bool = False) -> None:
        """read_only: nothing is changed, not even rights. Raises Unusable if the file is of another version."""
        self.now_us = now_us
        self._lock = threading.Lock()
        if read_only:
            address = f"{path.absolute().as_uri()}?mode=ro"
            self._database = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
            self._known(path, VERSION)
            return
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        path.chmod(0o600)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        version = self._known(path, 0)
        for number in range(max(version + 1, FIRST), VERSION + 1):
            step = STEPS[number - FIRST]
            self._database.executescript(f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {number}; COMMIT;")

    def _known(self, path: Path, least: int) -> int:
        """The version of the file. Raises Unusable if it is newer than this program, or older than `least`."""
        try:
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError as error:
            raise Unusable([Problem(Place(str(path)), f"it cannot be read ({error})", "restore a copy")]) from None
        if not least <= version <= VERSION:
            what = f"the file is of version {version}, and this program knows {VERSION}"
            remedy = "use the newer program" if version > VERSION else "start the service once: it brings the file on"
            raise Unusable([Problem(Place(str(path)), what, remedy)])
        return int(version)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement; what it gives back."""
        with self._lock:
            return self._database.execute(sql, values).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()


def digest(key: str) -> bytes:
    """By what a key is known: the key itself is never kept."""
    return sha256(key.encode()).digest()
