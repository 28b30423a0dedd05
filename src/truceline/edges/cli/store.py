"""`truceline keep`, `fsck`, `backup`, `restore`: the store by hand. The live service uses the same door."""

import argparse
import sys
from pathlib import Path
from typing import get_args

import msgspec

from truceline.custody.entry import LINE_KINDS
from truceline.custody.personal import personal
from truceline.edges.given_file import read_given
from truceline.edges.store.door import Received, Status, Store
from truceline.edges.store.fsck import faults_of
from truceline.edges.store.keyring import Keyring
from truceline.edges.store.opening import SERVER, create_named, open_named
from truceline.edges.store.restore import restore
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.store.vault import Vault
from truceline.model.problem import Place, Problem, Unusable

BATCH = 1000

KEEP_EXAMPLE = """example:
  truceline keep mission.store observation observations.ndjson --origin example.org/mission --status exercise
  truceline keep mission.store claim claims.ndjson
  truceline keep mission.store observation reports.ndjson --keys mission.keys
  truceline keep postgresql+psycopg://truceline@db.example.org/mission observation observations.ndjson

Reports, tracks and contacts are kept only with a keyring: what is personal lies in envelopes. A database is written
postgresql+psycopg://USER@HOST/DATABASE#SCHEMA; fsck, backup, export, retain and forget take it too.

Every line is durable before the next batch is read. A line kept already counts once; a line with the id of another
and other content is kept too, as set aside.
"""
FSCK_EXAMPLE = """example:
  truceline fsck mission.store
"""
BACKUP_EXAMPLE = """example:
  truceline backup mission.store /media/disk2/mission-2026-03-01.backup

May run while the service is appending. A backup that the service itself makes also begins the journal anew; beside a
running service the journal is left as it is.
"""
RESTORE_EXAMPLE = """example:
  truceline restore anew.store --backup mission-2026-03-01.backup --journal mission.store.journal
  truceline restore anew.store --journal mission.store.journal

Backup and journal together hold every input that was ever acknowledged.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands keep, fsck, backup and restore."""
    keep = _command(commands, "keep", "append a file of lines to a store, durably", KEEP_EXAMPLE)
    keep.add_argument("store", metavar="STORE", help="the file of the store, or a database; made if not there")
    keep.add_argument("kind", choices=LINE_KINDS, metavar="KIND", help=f"one of {', '.join(LINE_KINDS)}")
    keep.add_argument("file", metavar="FILE", help="NDJSON, one input a line, each with an id")
    keep.add_argument("--origin", help="the name of the log, for a new store")
    keep.add_argument("--status", choices=get_args(Status), help="whether the inputs are real, for a new store")
    keep.add_argument("--keys", metavar="FILE", help="the keyring: what is personal is kept in envelopes")
    keep.set_defaults(run=run_keep)
    fsck = _command(commands, "fsck", "check that a store is what it was when acknowledged and sealed", FSCK_EXAMPLE)
    fsck.add_argument("store", metavar="STORE", help="the file of the store, or a database; it is only read")
    fsck.set_defaults(run=run_fsck)
    backup = _command(commands, "backup", "copy a store whole, while it is in use", BACKUP_EXAMPLE)
    backup.add_argument("store", metavar="STORE", help="the file of the store, or a database")
    backup.add_argument("to", metavar="TO", help="the copy to make; it must not exist yet")
    backup.set_defaults(run=run_backup)
    again = _command(commands, "restore", "make a store again from backup and journal", RESTORE_EXAMPLE)
    again.add_argument("to", metavar="STORE", help="the store to make; it must not exist yet")
    again.add_argument("--backup", metavar="FILE", help="what `truceline backup` wrote")
    again.add_argument("--journal", metavar="FILE", help="the journal of the store that was lost")
    again.set_defaults(run=run_restore)


def run_keep(args: argparse.Namespace) -> int:
    """Append a file of lines."""
    on_server = args.store.startswith(SERVER)
    new = bool(args.origin and args.status) and (on_server or not Path(args.store).exists())
    if not new and not on_server and not Path(args.store).exists():
        print("truceline keep: a new store needs --origin NAME and --status STATUS.", file=sys.stderr)
        return 2
    inputs = _lines(Path(args.file), args.kind, closed=args.keys is not None)
    store = create_named(args.store, args.origin, args.status) if new else open_named(args.store)
    door: Store = Vault(store, Keyring(Path(args.keys))) if args.keys else store
    counts = {"new": 0, "known": 0, "set_aside": 0}
    try:
        _say(store.notes if isinstance(store, SqliteStore) else ())
        for first in range(0, len(inputs), BATCH):
            for receipt in door.append(inputs[first : first + BATCH]):
                counts[receipt.outcome] += 1
        checkpoint = door.seal()
    finally:
        door.close()
    print(f"{counts['new']:,} kept, {counts['known']:,} known already, {counts['set_aside']:,} set aside.")
    print(f"{checkpoint.size:,} inputs are sealed under the root {checkpoint.root.hex()}.")
    return 0


def run_fsck(args: argparse.Namespace) -> int:
    """Check a store; 1 if anything is wrong with it."""
    store = open_named(args.store, read_only=True)
    faults, size = faults_of(store), store.size
    store.close()
    _say(faults)
    wrong = sum(fault.fatal for fault in faults)
    print(f"DAMAGED: {wrong} faults, named above." if wrong else f"WHOLE. {size:,} inputs, all as acknowledged.")
    return 1 if wrong else 0


def run_backup(args: argparse.Namespace) -> int:
    """Copy a store."""
    store = open_named(args.store, read_only=True)
    try:
        store.backup(Path(args.to))
    finally:
        store.close()
    copied = SqliteStore(Path(args.to), read_only=True)
    print(f"{copied.size:,} inputs copied to {args.to}.")
    copied.close()
    return 0


def run_restore(args: argparse.Namespace) -> int:
    """Make a store again."""
    backup, journal = (Path(one) if one else None for one in (args.backup, args.journal))
    store = restore(Path(args.to), backup=backup, journal=journal)
    _say(store.notes)
    print(f"{store.size:,} inputs restored to {args.to}. Check it: truceline fsck {args.to}")
    store.close()
    return 0


class _Id(msgspec.Struct):
    id: str


def _lines(path: Path, kind: str, *, closed: bool) -> list[Received]:
    """The lines of a file, each with its own id. closed: whether what is personal goes into envelopes. Raises Unusable
    with every line that has no id, or is personal and would lie open."""
    lines = read_given(path).split(b"\n")
    inputs: list[Received] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                one = Received(kind, msgspec.json.decode(line, type=_Id).id, line)
                if not closed and (what := personal(kind, one.id, line)) is not None:
                    said = f"a {what.what} may have to be forgotten, and would lie open for good"
                    problems.append(Problem(Place(str(path), line=number), said, "give --keys FILE, a keyring"))
                inputs.append(one)
            except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
                problems.append(
                    Problem(Place(str(path), line=number), f"no input with an id ({error})", "mend the line")
                )
    if problems:
        raise Unusable(problems)
    return inputs


def _say(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        print(problem, file=sys.stderr)


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str, example: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=what, epilog=example, formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"{what[0].upper()}{what[1:]}.",
    )  # fmt: skip
