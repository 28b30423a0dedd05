"""`truceline import`: files of others → lines of contract 1."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from truceline.edges.cli.instants import instant_of
from truceline.edges.clock import now_us
from truceline.edges.given_file import read_given
from truceline.formats.firms_csv import read_firms
from truceline.formats.form_rows import READERS, read_rows, zone_of
from truceline.formats.observations_ndjson import write_observation
from truceline.formats.sheet import read_sheet
from truceline.formats.table_mapping import read_mapping, read_table
from truceline.model.feed import Decoded, Sender
from truceline.model.instant import Instant
from truceline.model.problem import Place, Problem, Unusable

EXAMPLE = """example:
  truceline import firms viirs.csv --sensor viirs > anomalies.ndjson
  truceline import table ged.csv --mapping mappings/ucdp-ged.toml --sensor ucdp > reported.ndjson
  truceline import patrol monday.xlsx --sensor patrol-4 --zone +02:00 > monday.ndjson
  truceline import claims claims.csv > claims.ndjson

Rows that cannot be used are named on standard error; the rest goes on. docs/how-to/import-tables.md says which columns.
"""
KINDS = ("firms", "table", *READERS)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command import."""
    taking = commands.add_parser(
        "import", help="turn tables and spreadsheets into lines of contract 1", epilog=EXAMPLE,
        description="Turn tables and spreadsheets into lines of contract 1, printed one a line.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    taking.add_argument("kind", choices=KINDS)
    taking.add_argument("file", metavar="FILE", help="CSV, .xlsx (patrol, notices, claims, contacts), GeoJSON (table)")
    taking.add_argument("--sensor", default="", metavar="ID", help="the source's id in network.geojson")
    taking.add_argument("--mapping", metavar="TOML", help="table: which column says what")
    taking.add_argument("--zone", default="Z", metavar="+HH:MM", help="of times of day without one (default Z: UTC)")
    taking.add_argument(
        "--time-sigma", type=float, default=30.0, metavar="S", help="firms, table: of the source's clock"
    )
    taking.add_argument("--received", metavar="TIME", help="when the file reached the centre (default: now)")
    taking.set_defaults(run=run_import)


def run_import(args: argparse.Namespace) -> int:
    """Print the lines of a file."""
    given = args.received
    received = now_us() if given is None else instant_of("--received", given, "write the time in UTC")
    data = read_given(Path(args.file))
    if args.kind in READERS:
        try:
            zone = zone_of(args.zone)
        except ValueError as error:
            raise Unusable([Problem(Place("--zone"), str(error), "see --help")]) from None
        said = read_rows(args.kind, read_sheet(args.file, data), received, zone, args.sensor)
        lines: Sequence[bytes] = said.lines
        problems = said.problems
    else:
        decoded = _fixes(args, data, received)
        lines = [write_observation(seen) for seen in decoded.observations]
        problems = decoded.problems
    for problem in problems:
        print(problem, file=sys.stderr)
    for line in lines:
        print(line.decode())
    print(f"truceline import: {len(lines)} lines, {len(problems)} notes", file=sys.stderr)
    return 0 if lines or not problems else 1


def _fixes(args: argparse.Namespace, data: bytes, received: Instant) -> Decoded:
    """Thermal anomalies, or the rows of a table by its mapping. Raises Unusable."""
    if not args.sensor:
        raise Unusable([Problem(Place("--sensor"), "no source is named", "give its id in network.geojson")])
    sender = Sender(sensor=args.sensor, time_sigma_s=args.time_sigma)
    if args.kind == "firms":
        return read_firms(args.file, data, received, sender)
    if not args.mapping:
        raise Unusable([Problem(Place("--mapping"), "no mapping is named", "give one, like mappings/ucdp-ged.toml")])
    mapping = read_mapping(args.mapping, read_given(Path(args.mapping)))
    return read_table(args.file, data, mapping, received, sender)
