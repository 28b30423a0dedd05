"""The tables of the SQLite store, and how a store of any earlier version becomes one of today.

A version once released is never edited: a change is a further step at the end. `PRAGMA user_version` counts the steps
that a file has taken.
"""

import sqlite3

STEPS = (
    """
    CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE input (
        n INTEGER PRIMARY KEY,                                  -- its place in the log, from 0
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        sha256 BLOB NOT NULL CHECK (length(sha256) = 32),       -- of the bytes as received
        data BLOB NOT NULL,
        UNIQUE (kind, id)
    ) STRICT;
    CREATE TABLE arrival (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, at_us INTEGER NOT NULL) STRICT;
    CREATE TABLE tile (level INTEGER, n INTEGER, hashes BLOB NOT NULL, UNIQUE (level, n)) STRICT;
    CREATE TABLE checkpoint (
        size INTEGER PRIMARY KEY, root BLOB NOT NULL CHECK (length(root) = 32), at_us INTEGER NOT NULL
    ) STRICT;
    CREATE TRIGGER input_stands BEFORE UPDATE ON input BEGIN SELECT RAISE (ABORT, 'inputs are only ever added'); END;
    CREATE TRIGGER input_stays BEFORE DELETE ON input BEGIN SELECT RAISE (ABORT, 'inputs are only ever added'); END;
    CREATE TRIGGER checkpoint_stands BEFORE UPDATE ON checkpoint
        BEGIN SELECT RAISE (ABORT, 'checkpoints are only ever added'); END;
    CREATE TRIGGER checkpoint_stays BEFORE DELETE ON checkpoint
        BEGIN SELECT RAISE (ABORT, 'checkpoints are only ever added'); END;
    """,
)
APPLICATION_ID = 0x54524C43  # "TRLC": what `file` and others tell a store by


def version_of(database: sqlite3.Connection) -> int:
    """How many steps the file has taken."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(database: sqlite3.Connection) -> None:
    """Bring the tables to today's version, each step whole or not at all. Raises sqlite3.Error."""
    for number in range(version_of(database), len(STEPS)):
        database.executescript(
            f"BEGIN IMMEDIATE; {STEPS[number]}; PRAGMA user_version = {number + 1};"
            f" PRAGMA application_id = {APPLICATION_ID}; COMMIT;"
        )
