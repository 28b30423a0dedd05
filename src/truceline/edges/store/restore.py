"""A store made again from a backup, a journal, or both: together they hold everything ever acknowledged."""

import shutil
from pathlib import Path

from truceline.edges.store.durable import sync_folder
from truceline.edges.store.journal import Header, Journal
from truceline.edges.store.sqlite import SqliteStore, journal_path, make_empty
from truceline.edges.store.sqlite_file import copy_database, unusable
from truceline.model.problem import Place, Problem, Unusable


def restore(to: Path, *, backup: Path | None, journal: Path | None) -> SqliteStore:
    """A new store at `to`, opened: the backup, and after it all that the journal holds. Raises Unusable.

    backup: what `truceline backup` wrote; None: the journal alone, if it goes back to the first entry.
    journal: the journal of the store that was lost; it is copied, not changed.
    """
    to, journal = to.absolute(), journal.absolute() if journal is not None else None
    if to.exists():
        raise Unusable([Problem(Place(str(to)), "the file exists already", "name a new one")])
    header = _header(journal) if journal is not None else None
    _clear_remains(to, journal)
    if backup is not None:
        _check(backup, header, journal)
        copy_database(backup, to)
    elif header is None:
        raise Unusable([Problem(Place(str(to)), "there is nothing to restore from", "give a backup or a journal")])
    elif header.base > 0:
        what = f"the journal begins at entry {header.base}"
        raise Unusable([Problem(Place(str(journal)), what, "give the backup that it goes on from, too")])
    else:
        make_empty(to, header.origin, header.status)
    try:
        if journal is not None and journal != journal_path(to):
            shutil.copyfile(journal, journal_path(to))
            sync_folder(to.parent)
    except OSError as error:
        raise unusable(journal_path(to), error) from None
    return SqliteStore(to)  # which puts back what the journal holds


def _clear_remains(to: Path, journal: Path | None) -> None:
    """Move what a lost store of this name left behind out of the way: its write-ahead file would be taken for ours."""
    try:
        for name in (f"{to.name}-wal", f"{to.name}-shm", journal_path(to).name):
            remains = to.with_name(name)
            if remains.exists() and remains != journal:
                remains.replace(to.with_name(f"{name}-unused"))
    except OSError as error:
        raise unusable(to, error) from None


def _check(backup: Path, header: Header | None, journal: Path | None) -> None:
    copied = SqliteStore(backup, read_only=True)
    faults, origin, size = copied.engine_faults(), copied.origin, copied.size
    copied.close()
    if faults:
        raise Unusable(faults)
    if header is not None and header.origin != origin:
        what = f"the journal is of {header.origin}, the backup of {origin}"
        raise Unusable([Problem(Place(str(journal)), what, "give the two of one log")])
    if header is not None and header.base > size:
        what = f"the journal begins at entry {header.base}, the backup ends at {size}"
        raise Unusable([Problem(Place(str(journal)), what, "give the backup that it goes on from, or a later one")])


def _header(path: Path) -> Header:
    try:
        journal = Journal(path)
    except OSError as error:
        raise unusable(path, error) from None
    except ValueError as error:
        raise Unusable([Problem(Place(str(path)), str(error), "give the journal of a store")]) from None
    journal.close()
    return journal.header
