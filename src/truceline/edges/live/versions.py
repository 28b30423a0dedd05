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

from truceline.edges.live.told import Judged

TABLES = """
CREATE TABLE IF NOT EXISTS version (
  finding TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, mission_time TEXT NOT NULL,
  made_us INTEGER NOT NULL, record BLOB, rests TEXT, PRIMARY KEY (finding, number)
) STRICT;
"""
HAS_RESTS = "SELECT 1 FROM pragma_table_info('version') WHERE name = 'rests'"


NEVER: "tuple[int, bytes | None, frozenset[str] | None]" = (0, None, None)


@dataclass(frozen=True)
class Version:
    """What was said of a finding, from a log of `size` entries under `root`; record None: it was not found any more.
    rests: the providers that it rested on; None if that was not written down."""

    number: int
    size: int
    root: str
    mission_time: str
    made_us: int
    record: bytes | None
    rests: frozenset[str] | None


class Versions:
    """The versions, in one small database."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.executescript(TABLES)
        if self._database.execute(HAS_RESTS).fetchone() is None:
            self._database.execute("ALTER TABLE version ADD COLUMN rests TEXT")
        newest = "SELECT finding, max(number), record, rests FROM version GROUP BY finding"
        self._last = {
            one: (number, said(record) if record is not None else None, _read(rests))
            for one, number, record, rests in self._database.execute(newest)
        }

    def note(self, told: Judged, made_us: int) -> None:
        """Keep what changed since the judgement before."""
        findings = told.records["findings"]
        fresh: list[tuple[str, bytes | None]] = [
            (one, record) for one, record in findings.items() if self._last.get(one, NEVER)[1] != said(record)
        ]
        fresh += [(one, None) for one, (_, said, _) in self._last.items() if said is not None and one not in findings]
        with self._lock:
            self._database.execute("BEGIN")
            for one, record in fresh:
                number, _, rests = self._last.get(one, NEVER)
                rests = frozenset(told.rests[one]) if record is not None else rests
                self._database.execute(
                    "INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (one, number + 1, told.size, told.root, told.now, made_us, record, _written(rests)),
                )
                self._last[one] = number + 1, said(record) if record is not None else None, rests
            self._widen({one: frozenset(told.rests[one]) for one in findings})
            self._database.execute("COMMIT")

    def _widen(self, rests: Mapping[str, frozenset[str]]) -> None:
        """A finding of which the same is said may rest on more than before."""
        for one, now in rests.items():
            number, same, before = self._last[one]
            if before is not None and not now <= before:
                self._database.execute(
                    "UPDATE version SET rests = ? WHERE finding = ? AND number = ?",
                    (_written(now | before), one, number),
                )
                self._last[one] = number, same, now | before

    def rested(self, finding: str) -> frozenset[str] | None:
        """The providers that a finding ever rested on; None if that is not known."""
        every = [one.rests for one in self.of(finding)]
        known = [one for one in every if one is not None]
        return frozenset[str]().union(*known) if every and len(known) == len(every) else None

    def of(self, finding: str) -> tuple[Version, ...]:
        """The versions of a finding, the first first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT number, size, root, mission_time, made_us, record, rests FROM version"
                " WHERE finding = ? ORDER BY number",
                (finding,),
            ).fetchall()
        return tuple(
            Version(number, size, root, time, made_us, record, _read(rests))
            for number, size, root, time, made_us, record, rests in rows
        )

    def close(self) -> None:
        self._database.close()


def _read(rests: str | None) -> frozenset[str] | None:
    return None if rests is None else frozenset(msgspec.json.decode(rests, type=list[str]))


def _written(rests: frozenset[str] | None) -> str | None:
    return None if rests is None else msgspec.json.encode(sorted(rests)).decode()


def said(record: bytes) -> bytes:
    """A finding without what it was made by: the same said of a longer log is no new version."""
    feature = msgspec.json.decode(record)
    feature["properties"].pop("made_by", None)
    return msgspec.json.encode(feature, order="sorted")
