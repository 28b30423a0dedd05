"""Who is signed in. One-time links and sessions, each known by the digest of a random key; no passwords."""

import secrets
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from truceline.edges import clock
from truceline.model.instant import US_PER_S

LINK_US = 15 * 60 * US_PER_S
SESSION_US = 12 * 3_600 * US_PER_S  # a shift
KEY_BYTES = 32
TABLES = """
CREATE TABLE IF NOT EXISTS link (key BLOB PRIMARY KEY, role TEXT NOT NULL, until_us INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS session (key BLOB PRIMARY KEY, role TEXT NOT NULL, until_us INTEGER NOT NULL) STRICT;
"""
LAPSE = {"link": "DELETE FROM link WHERE until_us < ?", "session": "DELETE FROM session WHERE until_us < ?"}
ADD = {"link": "INSERT INTO link VALUES (?, ?, ?)", "session": "INSERT INTO session VALUES (?, ?, ?)"}


@dataclass(frozen=True)
class Seat:
    """Who asks. token: what a form of theirs must carry, so that no other page can act for them."""

    role: str
    token: str


class People:
    """Links and sessions in one small database; several threads and processes may use it."""

    def __init__(self, path: Path, *, now_us: Callable[[], int] = clock.now_us) -> None:
        self._now_us = now_us
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        path.chmod(0o600)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.executescript(TABLES)

    def new_link(self, role: str) -> str:
        """The key of a link that signs one person in, once, within a quarter of an hour."""
        return self._new("link", role, LINK_US)

    def sign_in(self, key: str) -> str | None:
        """The key of a new session, if this is the key of a link that was not used yet. The link is then used up."""
        with self._lock:
            row = self._database.execute(
                "DELETE FROM link WHERE key = ? RETURNING role, until_us", (_digest(key),)
            ).fetchone()
        if row is None or row[1] < self._now_us():
            return None
        return self._new("session", row[0], SESSION_US)

    def seat(self, key: str) -> Seat | None:
        """Who has this session, if it is one and not over."""
        with self._lock:
            row = self._database.execute("SELECT role, until_us FROM session WHERE key = ?", (_digest(key),)).fetchone()
        if row is None or row[1] < self._now_us():
            return None
        return Seat(row[0], sha256(b"form " + key.encode()).hexdigest())

    def sign_out(self, key: str) -> None:
        """End a session."""
        with self._lock:
            self._database.execute("DELETE FROM session WHERE key = ?", (_digest(key),))

    def close(self) -> None:
        self._database.close()

    def _new(self, table: str, role: str, for_us: int) -> str:
        key, now_us = secrets.token_urlsafe(KEY_BYTES), self._now_us()
        with self._lock:
            self._database.execute(LAPSE[table], (now_us,))
            self._database.execute(ADD[table], (_digest(key), role, now_us + for_us))
        return key


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()
