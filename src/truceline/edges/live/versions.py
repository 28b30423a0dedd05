"""Every version of a finding that was ever shown, kept beside the log: findings are superseded, never edited.

A version is what one judgement said. All of it follows from the log as far as that judgement read, so that losing this
file loses only when something was said, never what.
"""

import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

TABLES = """
CREATE TABLE IF NOT EXISTS version (
  finding TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, mission_time TEXT NOT NULL,
  made_us INTEGER NOT NULL, record BLOB, PRIMARY KEY (finding, number)
) STRICT;
"""


@dataclass(frozen=True)
class Version:
    """What was said of a finding, from a log of `size` entries under `root`; record None: it was not found any more."""

    number: int
    size: int
    root: str
    mission_time: str
    made_us: int
    record: bytes | None


class Versions:
    """The versions, in one small database."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.executescript(TABLES)
        newest = "SELECT finding, max(number), record FROM version GROUP BY finding"
        self._last = {
            one: (number, said(record) if record is not None else None)
            for one, number, record in self._database.execute(newest)
        }

    def note(self, findings: Mapping[str, bytes], size: int, root: str, mission_time: str, made_us: int) -> None:
        """Keep what changed since the judgement before."""
        fresh: list[tuple[str, bytes | None]] = [
            (one, record) for one, record in findings.items() if self._last.get(one, (0, None))[1] != said(record)
        ]
        fresh += [(one, None) for one, (_, said) in self._last.items() if said is not None and one not in findings]
        with self._lock:
            self._database.execute("BEGIN")
            for one, record in fresh:
                number = self._last.get(one, (0, None))[0] + 1
                self._database.execute(
                    "INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (one, number, size, root, mission_time, made_us, record),
                )
                self._last[one] = number, said(record) if record is not None else None
            self._database.execute("COMMIT")

    def of(self, finding: str) -> tuple[Version, ...]:
        """The versions of a finding, the first first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT number, size, root, mission_time, made_us, record FROM version"
                " WHERE finding = ? ORDER BY number",
                (finding,),
            ).fetchall()
        return tuple(Version(*row) for row in rows)

    def close(self) -> None:
        self._database.close()


def said(record: bytes) -> bytes:
    """A finding without what it was made by: the same said of a longer log is no new version."""
    feature = msgspec.json.decode(record)
    feature["properties"].pop("made_by", None)
    return msgspec.json.encode(feature, order="sorted")
