"""Cells of a damaged store that hold what was never written there: told in words, as other damage is."""

import sqlite3
from pathlib import Path

import pytest

from truceline.edges.store.fsck import faults_of
from truceline.edges.store.sqlite import SqliteStore

from .test_sqlite_store import filled


@pytest.mark.parametrize("cell", ["id = x'0999fb'", "kind = x'4d5f'", "data = 'words'", "sha256 = 'seven'"])
def test_a_cell_of_another_type_is_damage_told_in_words(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.store"
    filled(path).close()
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA ignore_check_constraints = ON")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    database.execute("PRAGMA writable_schema = ON")  # a damaged file keeps no rule of its tables
    database.execute("UPDATE sqlite_master SET sql = replace(sql, 'STRICT', '') WHERE name = 'input'")
    database.close()
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA ignore_check_constraints = ON")
    database.execute(f"UPDATE input SET {cell} WHERE n = 2")
    database.close()
    store = SqliteStore(path, read_only=True)
    (fault,) = [one for one in faults_of(store) if "another type" in one.what]
    assert "damaged" in fault.what and "truceline restore" in fault.remedy
    store.close()
