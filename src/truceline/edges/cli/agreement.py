"""`truceline agreement new|check|test|show`: write an agreement, find what is wrong with it, run its cases, draw it."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from truceline.edges.cli.drafts import draft
from truceline.edges.given_file import read_given
from truceline.edges.looks import public_look
from truceline.edges.wiring_terms import kinds
from truceline.formats.areas_geojson import read_areas
from truceline.formats.toml_document import TomlDocument
from truceline.model.agreement import Agreement
from truceline.model.instant import format_utc
from truceline.model.problem import Place, Problem, Unusable
from truceline.reports.agreement_page import agreement_page, grounds_words
from truceline.reports.english import ENGLISH
from truceline.terms.cases.case import Case
from truceline.terms.cases.check import check_cases
from truceline.terms.cases.read import read_cases
from truceline.terms.conflicts import conflicts
from truceline.terms.contract import Kind
from truceline.terms.language import areas_file, read_agreement, terms_document

Kinds = Mapping[str, Kind]
TERMS, CASES = "terms.toml", "cases.md"
EXAMPLE = """examples:
  truceline agreement new my-ceasefire             a folder to begin with
  truceline agreement check agreements/minsk-2     every fault and conflict, with line, column and what to do
  truceline agreement test agreements/minsk-2      run its cases.md
  truceline agreement show agreements/minsk-2 --out minsk-2.html
"""


@dataclass(frozen=True)
class Loaded:
    """An agreement as it was read, with where it stands and what was noted."""

    folder: Path
    agreement: Agreement
    document: TomlDocument
    notes: tuple[Problem, ...]


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `agreement`; each of its parts sets `run` to a function of the parsed arguments."""
    known = kinds()
    parser = commands.add_parser(
        "agreement", help="write, check, test and draw an agreement", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="An agreement is a folder of terms.toml, areas.geojson, text.md and cases.md.",
    )  # fmt: skip
    parts = parser.add_subparsers(required=True, metavar="new|check|test|show")
    new = _part(parts, "new", "make a folder to begin with", "agreements/mine")
    new.add_argument("folder", type=Path, metavar="DIR", help="the folder to make; it must not exist yet")
    new.set_defaults(run=run_new)
    check = _part(parts, "check", "find every fault and conflict; exit 1 if there is a fault", "agreements/minsk-2")
    check.set_defaults(run=partial(run_check, kinds=known))
    test = _part(parts, "test", "run its cases.md; exit 1 if one does not come out as expected", "agreements/minsk-2")
    test.set_defaults(run=partial(run_test, kinds=known))
    show = _part(parts, "show", "print who is bound to what, and draw the zones", "agreements/minsk-2 --out minsk.html")
    show.add_argument("--out", type=Path, metavar="FILE.html", help="write a page with a map, too")
    show.set_defaults(run=partial(run_show, kinds=known))
    for part in (check, test, show):
        part.add_argument("folder", type=Path, metavar="DIR", help="the agreement's folder, or its terms.toml")


def _part(
    parts: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, does: str, example: str
) -> argparse.ArgumentParser:
    """The parser of one part of the command, with an example."""
    return parts.add_parser(
        name, help=does, description=f"{does[0].upper()}{does[1:]}.",
        epilog=f"example:\n  truceline agreement {name} {example}\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip


def run_new(args: argparse.Namespace) -> int:
    """Make a folder that checks and whose cases hold."""
    folder: Path = args.folder
    if folder.exists():
        print(f"{folder}: the folder exists already. Name a new one, or remove it.", file=sys.stderr)
        return 1
    try:
        folder.mkdir(parents=True)
        for name, text in draft(folder.name).items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"{folder}: cannot be written ({error.strerror}). Check the path and the space.", file=sys.stderr)
        return 1
    print(f"{folder}: made. Next: truceline agreement check {folder}")
    return 0


def run_check(args: argparse.Namespace, kinds: Kinds) -> int:
    """Print every fault, oddity and conflict."""
    try:
        loaded = load(args.folder, kinds)
        found = [*loaded.notes, *conflicts(loaded.agreement, loaded.document, kinds)]
        cases = _cases(loaded)
    except Unusable as unusable:
        print(unusable, file=sys.stderr)
        return 1
    for problem in sorted(found):
        print(problem)
    versions = len(loaded.agreement.provisions)
    print(f"{loaded.folder}: understood; {versions} provisions, {len(cases)} cases, {len(found)} notes")
    return 0


def run_test(args: argparse.Namespace, kinds: Kinds) -> int:
    """Run the cases."""
    try:
        loaded = load(args.folder, kinds)
        cases = _cases(loaded)
        if not cases:
            remedy = "write some: truceline agreement new FOLDER shows how"
            raise Unusable([Problem(Place(str(loaded.folder / CASES)), "there are no cases to run", remedy)])
        wrong = check_cases(str(loaded.folder / CASES), loaded.agreement, cases, kinds)
    except Unusable as unusable:
        print(unusable, file=sys.stderr)
        return 1
    for problem in wrong:
        print(problem, file=sys.stderr)
    expected = sum(len(case.expectations) for case in cases)
    print(f"{loaded.folder}: {len(cases)} cases, {expected} expectations, {len(wrong)} not as expected")
    return 1 if wrong else 0


def run_show(args: argparse.Namespace, kinds: Kinds) -> int:
    """Print the provisions, and write the page if asked."""
    try:
        loaded = load(args.folder, kinds)
    except Unusable as unusable:
        print(unusable, file=sys.stderr)
        return 1
    agreement = loaded.agreement
    grounds = [[(party, kinds[one.kind].places(one, party)) for party in one.binds] for one in agreement.provisions]
    print(agreement.title)
    for one, places in zip(agreement.provisions, grounds, strict=True):
        exempt = f" (exempt: {', '.join(one.exempt_roles)})" if one.exempt_roles else ""
        begins = format_utc(max(agreement.in_force_from_us, one.from_us or agreement.in_force_from_us), digits=0)
        print(f"  {one.id}: {one.article}, {one.kind}, from {begins}")
        print(f"    binds {', '.join(one.binds)}{exempt}, {grounds_words(places, agreement, ENGLISH)}")
    if args.out is None:
        return 0
    notes = (*loaded.notes, *conflicts(agreement, loaded.document, kinds))
    try:
        args.out.write_bytes(agreement_page(agreement, grounds, notes, look=public_look()))
    except OSError as error:
        print(f"{args.out}: cannot be written ({error.strerror}). Check the path and the space.", file=sys.stderr)
        return 1
    print(f"{args.out}: written")
    return 0


def load(path: Path, kinds: Kinds) -> Loaded:
    """The agreement of a folder, or of a terms.toml. Raises Unusable with every fault at its file and line."""
    file = path if path.name.endswith(".toml") else path / TERMS
    folder = file.parent
    document = terms_document(str(file), read_given(file))
    name = areas_file(document)
    areas = read_areas(str(folder / name), read_given(folder / name)) if name else ()
    agreement, notes = read_agreement(document, areas, kinds)
    return Loaded(folder, agreement, document, notes)


def _cases(loaded: Loaded) -> tuple[Case, ...]:
    file = loaded.folder / CASES
    if not file.exists():
        return ()
    return read_cases(str(file), read_given(file).decode("utf-8", "replace"), loaded.agreement)
