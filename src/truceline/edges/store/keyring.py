"""Keys of envelopes, in a file of their own: what is deleted here is overwritten, and no backup of a store holds it.

The keys of a mission are worth as much as what they open: keep the file where the store's backups are not.
"""

import secrets
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from truceline.custody.personal import Envelope
from truceline.edges.given_file import refuse_shared
from truceline.edges.store.sqlite_file import unusable
from truceline.model.problem import Place, Problem, Unusable

PSEUDONYMS = "pseudonyms"  # the name of the secret that they are made with
_KEY_BITS = 256  # two of 128: AES-SIV with AES-128
_TABLES = """
    CREATE TABLE IF NOT EXISTS key (name TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS gone (name TEXT PRIMARY KEY) STRICT;
"""
_PRAGMAS = ("secure_delete = ON", "journal_mode = TRUNCATE", "synchronous = EXTRA", "trusted_schema = OFF")


@dataclass(frozen=True, slots=True)
class Plain:
    """Bytes to be closed in an envelope, whose they are, and the name of the key."""

    kind: str
    id: str
    group: str
    data: bytes


class Keyring:
    """A file of keys by name."""

    def __init__(self, path: Path) -> None:
        """Open a keyring, or make one. Raises Unusable."""
        self._path, self._lock = path, threading.Lock()
        try:
            made = not path.exists()
            if made:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(mode=0o600)
            else:
                refuse_shared(path, "others than its owner may read the keys", f"chmod 600 {path}")
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
            for pragma in _PRAGMAS:
                self._database.execute(f"PRAGMA {pragma}")
            self._database.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise unusable(path, error) from None

    def secret(self) -> bytes:
        """The secret from which pseudonyms are made."""
        return self._keys([PSEUDONYMS])[PSEUDONYMS]

    def closed(self, plain: Sequence[Plain]) -> list[bytes]:
        """The envelopes of bytes, as they are kept. Keys are made as needed, and durable on return. The same bytes of
        the same input under the same key are the same envelope. Raises Unusable."""
        keys = self._keys(sorted({one.group for one in plain})) if plain else {}
        return [
            Envelope(one.group, AESSIV(keys[one.group]).encrypt(one.data, [_about(one.kind, one.id)])).to_bytes()
            for one in plain
        ]

    def open(self, kind: str, id_: str, envelope: Envelope) -> bytes | None:
        """What an envelope holds; None if its key was destroyed. Raises Unusable if the two do not fit."""
        try:
            with self._lock:
                row = self._database.execute("SELECT key FROM key WHERE name = ?", (envelope.group,)).fetchone()
        except sqlite3.Error as error:
            raise unusable(self._path, error) from None
        if row is None:
            return None
        try:
            return AESSIV(row[0]).decrypt(envelope.data, [_about(kind, id_)])
        except InvalidTag:
            what = f"the key of {envelope.group} does not open {kind} {id_}"
            raise Unusable([Problem(Place(str(self._path)), what, "give the keyring of this store")]) from None

    def destroy(self, names: Collection[str]) -> int:
        """Destroy keys for good: overwritten on disk when this returns. How many there were. Raises Unusable."""
        with self._changing():
            count = sum(self._database.execute("DELETE FROM key WHERE name = ?", (n,)).rowcount for n in names)
            self._database.executemany("INSERT OR IGNORE INTO gone VALUES (?)", [(name,) for name in names])
        return count

    def is_gone(self, name: str) -> bool:
        """Whether a key of this name was destroyed."""
        with self._lock:
            return self._database.execute("SELECT 1 FROM gone WHERE name = ?", (name,)).fetchone() is not None

    def names(self) -> frozenset[str]:
        """The names of all keys that there are."""
        with self._lock:
            return frozenset(row[0] for row in self._database.execute("SELECT name FROM key").fetchall())

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _keys(self, names: Collection[str]) -> dict[str, bytes]:
        """Keys by name, made where there are none."""
        found: dict[str, bytes] = {}
        with self._changing():
            for name in names:
                row = self._database.execute("SELECT key FROM key WHERE name = ?", (name,)).fetchone()
                found[name] = row[0] if row else secrets.token_bytes(_KEY_BITS // 8)
                if row is None:
                    self._database.execute("INSERT INTO key VALUES (?, ?)", (name, found[name]))
        return found

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """All or nothing, one thread at a time, durable at the end. Raises Unusable."""
        with self._lock:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield
                self._database.execute("COMMIT")
            except sqlite3.Error as error:
                raise unusable(self._path, error) from None
            finally:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")


def _about(kind: str, id_: str) -> bytes:
    """What an envelope is bound to, so that none can be put in the place of another."""
    return f"{kind} {id_}".encode()
