"""`truceline release`, `permit`: what of a sealed result leaves the mission, and leave to show what is exact."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from truceline.custody.edition import PERMIT, CheckedEdition
from truceline.custody.entry import KINDS
from truceline.custody.note import Note, read_note
from truceline.custody.permit import (
    EXPORT_HEAD,
    SUNSET_HEAD,
    ExportPermit,
    Officer,
    Permit,
    SunsetPermit,
    permitted,
    read_export_permit,
    read_officers,
    read_permit,
    read_sunset_permit,
    signed_by_two,
)
from truceline.custody.policy import Policy
from truceline.custody.release import read_audience
from truceline.custody.seal import fingerprint, read_statement
from truceline.custody.succession import REVOCATION, Revocation, revocation_of
from truceline.edges.cli.instants import instant_of
from truceline.edges.cli.jobs import add_jobs
from truceline.edges.cli.key import ask_passphrase
from truceline.edges.cli.seal import open_policy, open_register
from truceline.edges.clock import now_us
from truceline.edges.given_file import read_given
from truceline.edges.keys import check_ed25519, read_key
from truceline.edges.out_folder import read_folder_files
from truceline.edges.parallel import over_processes, processors
from truceline.edges.progress import Progress
from truceline.edges.release.make import Released, Request, release
from truceline.edges.seal.make import STATEMENT, Sealer
from truceline.edges.store.durable import write_durably
from truceline.edges.store.opening import open_named
from truceline.edges.wiring import plugins
from truceline.model.instant import Instant
from truceline.model.problem import Place, Problem, Unusable

RELEASE_EXAMPLE = """example:
  truceline release out/salvos --to public --register register.store --key keys/mission.key --policy policy
  truceline release out/salvos --to party:north --permit permit --officers officers \\
      --register register.store --key keys/mission.key --policy policy

Places go as cells, times as hours, a day late; a party is named publicly only if what that party may see names it too.
"""
PERMIT_EXAMPLE = """example:
  truceline permit new out/salvos --to party:north --exact F-e457cacd3d6bd1f3 permit
  truceline permit sign permit --key keys/officer-aland.key
  truceline permit show permit --officers officers

  truceline permit export mission.store permit --kind observation --from 0 --until 5000 --to "the court"

Two officers of different nations must sign. officers: lines of  officer NAME NATION VKEY
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands release and permit."""
    parser = commands.add_parser(
        "release", help="make an edition of a sealed result for an audience", epilog=RELEASE_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Make an edition of a sealed result: shown in part, proven, and entered in the register.",
    )  # fmt: skip
    parser.add_argument("folder", metavar="OUT", help="a sealed result")
    parser.add_argument("--to", required=True, metavar="AUDIENCE", help="public, party:ID or nation:ID")
    parser.add_argument("--register", metavar="STORE", required=True, help="the mission's register")
    parser.add_argument("--key", metavar="FILE", required=True, help="the register's key")
    parser.add_argument("--policy", metavar="FILE", required=True, help="log, witnesses, quorum")
    parser.add_argument("--as-of", metavar="TIME", help="RFC 3339 UTC, or now (default: the last input received)")
    parser.add_argument("--permit", metavar="FILE", help="the signed permit to show exact places")
    parser.add_argument("--officers", metavar="FILE", help="who may sign permits")
    parser.add_argument("--out", metavar="FILE", help="the file to write (default: OUT-AUDIENCE.zip)")
    add_jobs(parser)
    parser.set_defaults(run=run_release)
    permit = commands.add_parser(
        "permit", help="write and sign a permit to show exact places", epilog=PERMIT_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Write, sign and show a permit to release what is exact. Two officers of different nations sign.",
    )  # fmt: skip
    permit.add_argument("action", choices=("new", "export", "sign", "show"), help="what to do")
    permit.add_argument(
        "paths", nargs="+", metavar="PATH", help="new: OUT PERMIT; export: STORE PERMIT; sign and show: PERMIT"
    )
    permit.add_argument("--to", metavar="AUDIENCE", help="new: public, party:ID or nation:ID; export: who gets them")
    permit.add_argument("--exact", action="append", default=[], metavar="FINDING", help="new: a finding to show exact")
    permit.add_argument("--kind", choices=KINDS, metavar="KIND", help="export: which inputs")
    permit.add_argument("--from", dest="first", type=int, default=0, metavar="N", help="export: from this entry")
    permit.add_argument("--until", dest="end", type=int, metavar="N", help="export: up to this entry (default: all)")
    permit.add_argument("--key", metavar="FILE", help="sign: the officer's key")
    permit.add_argument("--officers", metavar="FILE", help="show: who may sign")
    permit.set_defaults(run=run_permit)


def run_release(args: argparse.Namespace) -> int:
    """Make an edition."""
    out = Path(args.folder)
    try:
        to = read_audience(args.to)
    except ValueError as error:
        raise Unusable([Problem(Place("--to"), str(error), "name the audience")]) from None
    file = Path(args.out or f"{out.name}-{args.to.replace(':', '-')}.zip")
    if file.exists():
        raise Unusable([Problem(Place(str(file)), "the file exists already", "name a new one with --out")])
    request = Request(to, _as_of(args.as_of), _permit(args.permit, args.officers))
    key_file = Path(args.key)
    signer = read_key(key_file, "log", ask_passphrase)
    policy, text = open_policy(Path(args.policy))
    register = open_register(Path(args.register), signer.key.name)
    progress = Progress()
    try:
        sealer = Sealer(register, signer, key_file.with_name(f"{key_file.name}.signed"), policy, text, ())
        with over_processes(args.jobs or processors(), progress) as over:
            engine = (plugins(), over, progress.step)
            released = release(read_folder_files(out), out.with_name(f"{out.name}.seal"), sealer, request, engine)
    finally:
        register.close()
    progress.end()
    write_durably(file, released.data)
    _say(released, file)
    return 0


def run_permit(args: argparse.Namespace) -> int:
    """Write, sign or show a permit."""
    if args.action == "new" and len(args.paths) == 2 and args.to and args.exact:
        out, path = (Path(one) for one in args.paths)
        try:
            statement = read_statement(read_given(out.with_name(f"{out.name}.seal") / STATEMENT))
            permit = read_permit(Permit(statement.id, read_audience(args.to), tuple(args.exact)).to_text())
        except ValueError as error:
            raise Unusable([Problem(Place("permit"), str(error), "give whole ids of findings")]) from None
        write_durably(path, permit.to_text().encode())
        print(f"{permit.to_text()}\nNot yet signed: truceline permit sign {path} --key KEY, by two officers.")
        return 0
    if args.action == "export" and len(args.paths) == 2 and args.to and args.kind:
        return _export_permit(args)
    if args.action == "sign" and len(args.paths) == 1 and args.key:
        path = Path(args.paths[0])
        note = _note(read_given(path), path)
        signed = read_key(Path(args.key), "officer", ask_passphrase).signed(note.text)
        write_durably(path, Note(note.text, (*note.signatures, *signed.signatures)).to_bytes())
        print(f"{note.text}\nSigned by {', '.join(one.name for one in (*note.signatures, *signed.signatures))}.")
        return 0
    if args.action == "show" and len(args.paths) == 1 and args.officers:
        given, officers = read_signed_permit(args.paths[0], args.officers)
        print(f"{given.text}\nGood: signed by {', '.join(f'{one.name} ({one.nation})' for one in officers)}.")
        return 0
    print(
        "truceline permit: new OUT PERMIT --to --exact, sign PERMIT --key, or show PERMIT --officers.", file=sys.stderr
    )
    return 2


def _export_permit(args: argparse.Namespace) -> int:
    store = open_named(args.paths[0], read_only=True)
    origin, size = store.origin, store.size
    store.close()
    try:
        text = ExportPermit(origin, args.kind, args.first, size if args.end is None else args.end, args.to).to_text()
        read_export_permit(text)
    except ValueError as error:
        raise Unusable([Problem(Place("permit"), str(error), "say who gets them, on one line")]) from None
    write_durably(Path(args.paths[1]), text.encode())
    print(f"{text}\nNot yet signed: truceline permit sign {args.paths[1]} --key KEY, by two officers.")
    return 0


def read_signed_permit(file: str, officers: str) -> tuple[Note, tuple[Officer, ...]]:
    """A permit of either kind and who signed it. Raises Unusable unless two officers of different nations did."""
    known = read_officers(officers, read_given(Path(officers)))
    try:
        note = read_note(read_given(Path(file)))
        _read_either(note.text)
        return note, signed_by_two(note, known, check_ed25519)
    except ValueError as error:
        raise Unusable([Problem(Place(file), str(error), "truceline permit sign it")]) from None


def _read_either(text: str) -> Permit | ExportPermit | SunsetPermit | Revocation:
    """What officers sign, of whichever kind. Raises ValueError."""
    if text.startswith(REVOCATION):
        return revocation_of(text)
    if text.startswith(SUNSET_HEAD):
        return read_sunset_permit(text)
    return read_export_permit(text) if text.startswith(EXPORT_HEAD) else read_permit(text)


def _permit(file: str | None, officers: str | None) -> tuple[Permit, bytes] | None:
    """The permit of a file, if two officers have signed it. Raises Unusable."""
    if file is None:
        return None
    if officers is None:
        raise Unusable([Problem(Place("--officers"), "it is not said who may sign permits", "give --officers FILE")])
    data = read_given(Path(file))
    known = read_officers(officers, read_given(Path(officers)))
    try:
        return permitted(read_note(data), known, check_ed25519)[0], data
    except ValueError as error:
        raise Unusable([Problem(Place(file), str(error), "truceline permit sign it")]) from None


def _note(data: bytes, path: Path) -> Note:
    """A permit with the signatures that it bears so far."""
    try:
        if b"\n\n" not in data:
            return Note(_read_either(data.decode("utf-8")).to_text(), ())
        note = read_note(data)
        _read_either(note.text)
    except ValueError as error:
        raise Unusable([Problem(Place(str(path)), str(error), "make the permit anew")]) from None
    return note


def permit_faults(payload: Mapping[str, bytes], officers: str | None) -> tuple[Problem, ...]:
    """What is wrong with an edition's permit, by the officers that the verifier names. Raises Unusable."""
    if PERMIT not in payload or officers is None:
        return ()
    known = read_officers(officers, read_given(Path(officers)))
    try:
        permitted(read_note(payload[PERMIT]), known, check_ed25519)
    except ValueError as error:
        return (Problem(Place(PERMIT), str(error), "ask whoever made the edition who signed it"),)
    return ()


def edition_for_people(checked: CheckedEdition, policy: Policy | None) -> str:
    """The verdict on an edition as people can read it."""
    lines = [f"  {problem}" for problem in checked.problems]
    if checked.edition is not None:
        lines.insert(0, f"Edition for {checked.edition.to}, as of {checked.edition.as_of}")
    if not checked.problems and checked.standing is not None:
        shown = ", ".join(f"{count} {kind}" for kind, count in sorted(checked.shown.items())) or "nothing"
        hidden = sum(len(one.hidden) for one in checked.records)
        lines.append(f"1. Shown: {shown}; each field shown is as it was sealed, and {hidden} are hidden.")
        signed = ", ".join(f"{one.key.name} ({fingerprint(one.key)})" for one in checked.standing.log_keys)
        lines.append(
            f"2. Signed by {signed}; witnessed by {', '.join(n for n, _ in checked.standing.cosigned) or 'none'}."
        )
        by = ", by a permit (--officers checks who signed it)" if checked.exact_by_permit else ""
        lines.append(f"3. The register holds this release{by}.")
    if not checked.holds:
        lines.append(f"DOES NOT HOLD: {len(checked.problems)} faults, named above.")
    elif checked.standing is not None and checked.standing.good:
        whose = "your policy" if policy else "the policy that it encloses itself: compare its keys"
        lines.append(f"HOLDS, and is sealed by {whose}.")
    else:
        lines.append("HOLDS, but is not sealed as the policy asks.")
    return "\n".join(lines)


def edition_for_machines(checked: CheckedEdition) -> Mapping[str, object]:
    """The verdict on an edition as a program can read it."""
    return {
        "holds": checked.holds,
        "sealed": checked.holds and checked.standing is not None and checked.standing.good,
        "to": checked.edition.to if checked.edition else None,
        "as_of": checked.edition.as_of if checked.edition else None,
        "shown": dict(checked.shown),
        "withheld": dict(checked.edition.withheld) if checked.edition else {},
        "exact_by_permit": checked.exact_by_permit,
        "faults": [{"file": one.place.file, "line": one.place.line, "what": one.what} for one in checked.problems],
    }


def _say(released: Released, file: Path) -> None:
    for problem in released.problems:
        print(problem, file=sys.stderr)
    print(f"{file}: {len(released.data):,} bytes, {released.shown} findings shown.")
    for why, count in released.withheld.items():
        print(f"  withheld: {count}, because {why}")


def _as_of(text: str | None) -> Instant | None:
    if text is None or text == "now":
        return now_us() if text else None
    return instant_of("--as-of", text, "or write now")
