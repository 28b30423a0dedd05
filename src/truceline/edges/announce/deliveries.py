"""What was told to whom, and what is still to be tried, kept beside the log: after a crash nothing is told anew that
was taken, and nothing is forgotten. Losing the file loses only that: whoever is told twice knows it by its id."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from truceline.edges.announce.product import Product
from truceline.model.instant import US_PER_S, Instant
from truceline.model.problem import Place, Problem, Unusable

FIRST_PAUSE_S, LONGEST_PAUSE_S = 30, 6 * 3_600
MOST_ATTEMPTS = 12  # over some fifteen hours
TABLES = """
CREATE TABLE IF NOT EXISTS target (name TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS delivery (
  target TEXT NOT NULL, number INTEGER NOT NULL, product BLOB NOT NULL, attempts INTEGER NOT NULL, next_us INTEGER,
  said TEXT NOT NULL, PRIMARY KEY (target, number)
) STRICT;
"""


class Deliveries:
    """For each target: since which decision it is told, and what of it is open."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
            with suppress(OSError):
                path.chmod(0o600)
            self._database.executescript(TABLES)
        except sqlite3.Error as error:
            raise Unusable([Problem(Place(str(path)), f"it cannot be used ({error})", "move it away")]) from None

    def begin(self, target: str, decided: int) -> int:
        """The first decision that a target is told of: a new one is told of what is published from now on."""
        self._rows("INSERT OR IGNORE INTO target VALUES (?, ?)", (target, decided))
        return int(self._rows("SELECT since FROM target WHERE name = ?", (target,))[0][0])

    def want(self, target: str, product: Product, now_us: Instant) -> None:
        """A target is to be told of a product; known ones stay as they are."""
        row = (target, product.number, msgspec.json.encode(product), now_us)
        self._rows("INSERT OR IGNORE INTO delivery VALUES (?, ?, ?, 0, ?, '')", row)

    def due(self, target: str, now_us: Instant) -> list[Product]:
        """What a target is to be told now, the oldest first."""
        rows = self._rows("SELECT product FROM delivery WHERE target = ? AND next_us <= ? ORDER BY number",
                          (target, now_us))  # fmt: skip
        return [msgspec.json.decode(row[0], type=Product) for row in rows]

    def taken(self, target: str, number: int) -> None:
        """It was taken."""
        self._rows("UPDATE delivery SET attempts = attempts + 1, next_us = NULL, said = 'taken' WHERE target = ? AND"
                   " number = ?", (target, number))  # fmt: skip

    def not_taken(self, target: str, number: int, why: str, now_us: Instant) -> None:
        """It was not; it is tried again after a pause that doubles, and not without end."""
        key = (target, number)
        ((attempts,),) = self._rows("SELECT attempts + 1 FROM delivery WHERE target = ? AND number = ?", key)
        pause_s = min(FIRST_PAUSE_S * 2 ** (attempts - 1), LONGEST_PAUSE_S)
        next_us = None if attempts >= MOST_ATTEMPTS else now_us + pause_s * US_PER_S
        said = why if next_us is not None else f"given up: {why}"
        self._rows("UPDATE delivery SET attempts = ?, next_us = ?, said = ? WHERE target = ? AND number = ?",
                   (attempts, next_us, said, *key))  # fmt: skip

    def waiting(self) -> int:
        """How many are to be tried again."""
        return int(self._rows("SELECT count(*) FROM delivery WHERE next_us IS NOT NULL AND attempts > 0")[0][0])

    def given_up(self) -> list[tuple[str, str]]:
        """What was given up: target and product."""
        rows = self._rows("SELECT target, product FROM delivery WHERE next_us IS NULL AND said LIKE 'given up%'")
        return [(row[0], msgspec.json.decode(row[1], type=Product).finding) for row in rows]

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock:
            return self._database.execute(sql, values).fetchall()
