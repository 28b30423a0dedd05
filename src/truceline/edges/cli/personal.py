"""`truceline retain`, `forget`, `export`: personal data kept no longer than need be, taken out by no one alone."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from truceline.custody.canonical import Json, canonical_json
from truceline.custody.label import Label
from truceline.custody.permit import read_export_permit
from truceline.custody.personal import lives
from truceline.edges.cli.release import read_signed_permit
from truceline.edges.clock import now_us
from truceline.edges.dossier.lines import record_lines
from truceline.edges.geoparquet import geoparquet
from truceline.edges.given_file import read_given
from truceline.edges.out_folder import read_folder_files
from truceline.edges.store.door import Received
from truceline.edges.store.durable import write_durably
from truceline.edges.store.keyring import Keyring
from truceline.edges.store.opening import open_named
from truceline.edges.store.retention import enforce
from truceline.edges.store.vault import FORGOTTEN, Vault
from truceline.formats.toml_document import read_toml
from truceline.model.problem import Place, Problem, Unusable

RETAIN_EXAMPLE = """example:
  truceline retain mission.store --keys mission.keys --mission missions/north/mission.toml --result out/north

mission.toml says how long what is kept:   [retention]  statement = "90d"  report = "365d"  track = "12h"
Tracks live a day at the most, but for those that a finding rests on: give the results, or all are forgotten.
"""
FORGET_EXAMPLE = """example:
  truceline forget mission.store --keys mission.keys observation R-17 --by "data officer" --reason "asked for"
"""
EXPORT_EXAMPLE = """example:
  truceline permit export mission.store permit --kind observation --to "the court"
  truceline permit sign permit --key keys/officer-aland.key        (and another, of another nation)
  truceline export mission.store --keys mission.keys --permit permit --officers officers --out observations.ndjson
  truceline export mission.store --keys mission.keys --permit permit --officers officers --out observations.parquet
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands retain, forget and export."""
    retain = _command(commands, "retain", "forget what need not be known any longer, by mission.toml", RETAIN_EXAMPLE)
    retain.add_argument("--mission", required=True, metavar="FILE", help="mission.toml, with a table [retention]")
    retain.add_argument("--result", action="append", default=[], metavar="OUT", help="a result whose findings count")
    retain.set_defaults(run=run_retain)
    forget = _command(commands, "forget", "destroy the key of one input", FORGET_EXAMPLE)
    forget.add_argument("kind", metavar="KIND", help="of the input")
    forget.add_argument("id", metavar="ID", help="of the input")
    forget.add_argument("--by", required=True, metavar="NAME", help="who decided it")
    forget.add_argument("--reason", required=True, metavar="TEXT", help="why")
    forget.set_defaults(run=run_forget)
    export = _command(commands, "export", "take inputs out, by a permit of two officers", EXPORT_EXAMPLE)
    export.add_argument("--permit", required=True, metavar="FILE", help="the permit, signed by two officers")
    export.add_argument("--officers", required=True, metavar="FILE", help="who may sign permits")
    export.add_argument(
        "--out", required=True, metavar="FILE", help="to write: FILE.parquet is GeoParquet, all else NDJSON"
    )
    export.set_defaults(run=run_export)


def run_retain(args: argparse.Namespace) -> int:
    """Forget what is due."""
    path = Path(args.mission)
    document = read_toml(str(path), read_given(path))
    try:
        table = document.table.get("retention")
        lives_us = lives(table if isinstance(table, dict) else {})
    except ValueError as error:
        raise Unusable([Problem(document.place("retention"), str(error), "mend the table")]) from None
    touched: set[str] = set()
    for out in args.result:
        touched |= _touched(Path(out))
    with _vault(args) as vault:
        forgotten = enforce(vault, lives_us, touched, now_us())
        vault.seal()
    for what, count in sorted(forgotten.items()):
        print(f"forgotten: {count} of kind {what}")
    if not forgotten:
        print("Nothing is due.")
    return 0


def run_forget(args: argparse.Namespace) -> int:
    """Forget one input; 1 if there is nothing to forget."""
    with _vault(args) as vault:
        groups = [
            what.group for kept, what in vault.holders() if (kept.entry.kind, kept.entry.id) == (args.kind, args.id)
        ]
        if not vault.forget(groups, args.reason, args.by, now_us()):
            what = f"{args.kind} {args.id} is not kept, is forgotten already, or is nothing personal"
            raise Unusable([Problem(Place(args.store), what, "check kind and id")])
        vault.seal()
    print(f"Forgotten: {', '.join(groups)}. The log proves that it was there; no one can read it any more.")
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Take inputs out, and log it."""
    note, signed = read_signed_permit(args.permit, args.officers)
    out = Path(args.out)
    if out.exists():
        raise Unusable([Problem(Place(str(out)), "the file exists already", "name a new one")])
    try:
        permit = read_export_permit(note.text)
    except ValueError as error:
        raise Unusable([Problem(Place(args.permit), str(error), "truceline permit export makes one")]) from None
    with _vault(args) as vault:
        if vault.origin != permit.log:
            what = f"the permit is for the log {permit.log}, the store of {vault.origin}"
            raise Unusable([Problem(Place(args.permit), what, "give the permit of this store")])
        wanted = [one for one in vault.inputs(permit.first, permit.end) if one.entry.kind == permit.kind]
        there = [one for one in wanted if one.data != FORGOTTEN]
        data = geoparquet(there) if out.suffix == ".parquet" else b"".join(one.data + b"\n" for one in there)
        at_us = now_us()
        said: dict[str, Json] = {
            "at_us": at_us,
            "by": [one.name for one in signed],
            "count": len(there),
            "permit": note.to_bytes().decode(),
            "to": permit.to,
            "what": "export",
        }
        line = canonical_json(said)
        vault.append([Received("access", f"export {at_us}", line)])  # before anything leaves
        vault.seal()
    write_durably(out.with_name(f"{out.name}.label.xml"), Label(permit.log, "EXPORT", ((permit.to,),)).to_xml())
    write_durably(out, data)
    print(f"{out}: {len(there)} inputs for {permit.to}; {len(wanted) - len(there)} were forgotten before.")
    return 0


def _touched(out: Path) -> set[str]:
    """The observations that findings of a result rest on, if a provision touches them."""
    files = read_folder_files(out)
    events = record_lines(files, "events.geojsonl")
    findings = record_lines(files, "findings.geojsonl").values()
    touched = {id_ for one in findings if one.properties["provisions"] for id_ in one.properties["events"]}
    return {observation for id_ in touched for observation in events[id_].properties["observations"]}


@contextmanager
def _vault(args: argparse.Namespace) -> Iterator[Vault]:
    store = open_named(args.store)
    try:
        vault = Vault(store, Keyring(Path(args.keys)))
    except Unusable:
        store.close()
        raise
    try:
        yield vault
    finally:
        vault.close()


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str, example: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name, help=what, epilog=example, formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"{what[0].upper()}{what[1:]}.",
    )  # fmt: skip
    parser.add_argument("store", metavar="STORE", help="the file of the store, or a database")
    parser.add_argument("--keys", required=True, metavar="FILE", help="the keyring of the store")
    return parser
