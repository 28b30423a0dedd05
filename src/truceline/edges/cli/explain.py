"""`truceline explain`: why a finding says what it says."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from truceline.edges.out_folder import read_records
from truceline.model.problem import Place, Problem, Unusable
from truceline.reports.explanation import Records, explanation

FURTHER = "further.geojsonl"
EXAMPLE = """example:
  truceline explain out/first-light            lists what can be explained
  truceline explain out/first-light F-3f2a     the finding whose id begins so
  truceline explain out/first-light E-09       an event; I-… an incident

What is printed is what the folder says; `truceline verify` tells whether to believe it.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `explain`."""
    parser = commands.add_parser(
        "explain", help="print why a finding says what it says", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Print why a finding, an incident or an event of a result folder says what it says.",
    )  # fmt: skip
    parser.add_argument("out", metavar="OUT", help="what `truceline run` wrote")
    parser.add_argument("id", metavar="ID", nargs="?", default="", help="an id or its beginning: F-…, I-… or E-…")
    parser.set_defaults(run=explain)


def explain(args: argparse.Namespace) -> int:
    """Print the explanation, or the ids that the beginning given may mean."""
    try:
        return _explain(args)
    except (AttributeError, KeyError, TypeError, ValueError):
        what = "a record lacks what contract 1 wants of it, or was altered"
        raise Unusable([Problem(Place(args.out), what, f"see truceline verify {args.out}")]) from None


def _explain(args: argparse.Namespace) -> int:
    records = _records(Path(args.out))
    found = [id_ for id_ in records.ids if id_.startswith(args.id)] if args.id else list(records.findings)
    if args.id in records.ids:
        found = [args.id]
    if args.id and len(found) == 1:
        print(explanation(records, found[0]))
        return 0
    if not found:
        what = f"nothing in {args.out} has an id that begins with {args.id!r}" if args.id else "there is no finding"
        print(f"truceline explain: {what}. Ids begin with F-, I- or E-.", file=sys.stderr)
        return 1
    for id_ in found:
        print(f"{id_}  {records.headline(id_)}")
    return 0


def _records(out: Path) -> Records:
    events, incidents, findings = (
        read_records(out, f"{kind}.geojsonl") for kind in ("events", "incidents", "findings")
    )
    return Records(
        events={id_: one.properties for id_, one in events.items()},
        incidents={id_: one.properties for id_, one in incidents.items()},
        findings={id_: one.properties for id_, one in findings.items()},
        places={id_: one.geometry["coordinates"] for id_, one in events.items()},
        further=_further(out),
    )


def _further(out: Path) -> list[Mapping[str, Any]]:
    """What would change findings; nothing where an earlier version wrote the folder."""
    if not (out / FURTHER).exists():
        return []
    try:
        return [json.loads(line)["properties"] for line in (out / FURTHER).read_text("utf-8").splitlines()]
    except (OSError, ValueError) as error:
        what = f"cannot be read ({error})"
        raise Unusable([Problem(Place(str(out / FURTHER)), what, "run the mission again")]) from None
