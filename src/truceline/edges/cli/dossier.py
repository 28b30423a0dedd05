"""`truceline dossier`: one finding with all that it rests on, in one file. Verifying it is `truceline verify FILE`."""

import argparse
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from truceline.custody.edition import INDEX as EDITION
from truceline.custody.edition import check_edition
from truceline.custody.policy import Policy, read_policy
from truceline.custody.seal import fingerprint
from truceline.edges.cli.jobs import add_jobs
from truceline.edges.cli.key import in_time
from truceline.edges.cli.release import edition_for_machines, edition_for_people, permit_faults
from truceline.edges.compare import CLOSE, DIFFERENT, IDENTICAL
from truceline.edges.dossier.make import Made, Maker
from truceline.edges.dossier.verify import Verdict, read_dossier, verify_dossier
from truceline.edges.given_file import read_given
from truceline.edges.keys import check_ed25519
from truceline.edges.out_folder import read_folder_files
from truceline.edges.parallel import over_processes, processors
from truceline.edges.progress import Progress
from truceline.edges.release.page import page_faults
from truceline.edges.seal.stamps import Authority, read_authority
from truceline.edges.store.durable import write_durably
from truceline.edges.store.exhibits import Exhibits
from truceline.edges.wiring import plugins
from truceline.model.problem import Place, Problem, Unusable

EXAMPLE = """example:
  truceline dossier out/first-light F-e457cacd3d6bd1f3 --out F-e457cacd3d6bd1f3.zip
  truceline verify F-e457cacd3d6bd1f3.zip --policy policy

If OUT.seal stands beside OUT, its signatures and time stamps go in. The same result and seal give the same bytes.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `dossier`."""
    parser = commands.add_parser(
        "dossier", help="put a finding and all that it rests on into one file", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Put a finding, what it rests on and the proofs into one file that anyone can check alone.",
    )  # fmt: skip
    parser.add_argument("folder", metavar="OUT", help="what `truceline run` wrote")
    parser.add_argument("finding", metavar="FINDING", help="the finding's id, or its beginning")
    parser.add_argument("--out", metavar="FILE", help="the file to write (default: FINDING.zip); it must not exist")
    parser.add_argument("--exhibits", metavar="FOLDER", help="where exhibits are kept")
    parser.add_argument(
        "--whole", action="store_true", help="enclose all inputs, not only those that the finding needs"
    )
    add_jobs(parser)
    parser.set_defaults(run=run_dossier)


def run_dossier(args: argparse.Namespace) -> int:
    """Make a dossier."""
    out = Path(args.folder)
    seal = out.with_name(f"{out.name}.seal")
    maker = Maker(
        read_folder_files(out),
        seal if (seal / "proof.tlog-proof").is_file() else None,
        Exhibits(Path(args.exhibits)) if args.exhibits else None,
    )
    found = [id_ for id_ in maker.findings if id_.startswith(args.finding)]
    finding = args.finding if args.finding in found or len(found) != 1 else found[0]
    file = Path(args.out or f"{finding}.zip")
    if file.exists():
        raise Unusable([Problem(Place(str(file)), "the file exists already", "name a new one with --out")])
    progress = Progress()
    with over_processes(args.jobs or processors(), progress) as over:
        made = maker.make(finding, plugins(), over, progress.step, whole=args.whole)
    progress.end()
    try:
        write_durably(file, made.data)
    except OSError as error:
        raise Unusable([Problem(Place(str(file)), f"cannot be written ({error.strerror})", "check the path")]) from None
    _say_made(made, file)
    return 0


def verify_file(args: argparse.Namespace) -> int:
    """Verify a dossier and print the verdict; 1 if it does not hold."""
    try:
        data = Path(args.out).read_bytes()
    except OSError as error:
        raise Unusable([Problem(Place(args.out), f"cannot be read ({error.strerror})", "check the path")]) from None
    policy = _policy(args.policy)
    if policy is not None:
        policy = in_time(policy, args.succession, args.officers)
    payload, problems = read_dossier(data)
    if EDITION in payload:
        edition = check_edition(payload, policy, check_ed25519)
        if edition.holds:
            problems += page_faults(payload, edition)
            problems += permit_faults(payload, args.officers)
        edition = replace(edition, problems=tuple(dict.fromkeys((*problems, *edition.problems))))
        machines = edition_for_machines(edition)
        print(json.dumps(machines, indent=1) if args.json else edition_for_people(edition, policy))
        return 0 if edition.holds else 1
    authorities = [_authority(one) for one in args.authority]
    progress = Progress()
    with over_processes(args.jobs or processors(), progress) as over:
        engine = None if args.no_recompute else (plugins(), over, progress.step)
        verdict = verify_dossier(data, policy, authorities, engine)
    progress.end()
    print(json.dumps(for_machines(verdict), indent=1) if args.json else for_people(verdict))
    return 0 if verdict.holds else 1


def for_people(verdict: Verdict) -> str:
    """The verdict as a judge can read it."""
    checked, standing = verdict.checked, verdict.checked.standing
    lines = [f"  {problem}" for problem in verdict.problems]
    if checked.index is not None:
        lines.insert(0, f"Finding {checked.index.finding}")
    if not verdict.problems and checked.checkpoint is not None:
        observed = sum(entry.kind == "observation" for entry, _ in checked.logged)
        lines.append(
            f"1. Unaltered: {len(checked.logged):,} inputs, {observed:,} of them observations, are byte for byte those "
            f"of the log {checked.checkpoint.origin} ({checked.checkpoint.size:,} entries, root "
            f"{checked.checkpoint.root.hex()[:16]}…). Of the observations between the first and the last none is left "
            f"out."
        )
        lines.append(f"2. Recomputed: {_recomputed(verdict)}")
        lines += _who(verdict)
    if not verdict.holds:
        lines.append(f"DOES NOT HOLD: {len(verdict.problems)} faults, named above.")
    elif verdict.sealed:
        whose = "by your policy" if verdict.own_policy else "by the policy that it encloses itself: compare its keys"
        lines.append(f"HOLDS, and is sealed {whose}.")
    elif standing is not None:
        lines.append("HOLDS, but is not sealed as the policy asks: see 3.")
    else:
        lines.append("HOLDS, but nobody has signed it: it shows what follows from these inputs, not whose they are.")
    return "\n".join(lines)


def _recomputed(verdict: Verdict) -> str:
    if verdict.likeness is None:
        return "not asked for."
    alike = {IDENTICAL: "identical", CLOSE: "the same within one last digit", DIFFERENT: "different"}[verdict.likeness]
    other = "" if verdict.same_code else " (by another version, or with other libraries, than made it)"
    return f"the finding, its incident and its events follow from these inputs: {alike}{other}."


def _who(verdict: Verdict) -> list[str]:
    standing = verdict.checked.standing
    if standing is None:
        return []
    signed = ", ".join(f"{one.key.name} ({fingerprint(one.key)})" for one in standing.log_keys) or "nobody known"
    lines = [f"3. Signed by {signed}."]
    for name, one in standing.cosigned:
        lines.append(f"   Witnessed by {name}, {_utc(datetime.fromtimestamp(one.seconds or 0, UTC))}.")
    lines.append(f"   The quorum is {'reached' if standing.quorum else 'NOT reached'}.")
    for stamp in verdict.stamps:
        whose = "" if stamp.believed else ", whose certificate you did not name yourself"
        lines.append(f"4. It existed at {_utc(stamp.at)}: stamped by {stamp.authority}{whose}.")
    return lines


def for_machines(verdict: Verdict) -> dict[str, object]:
    """The verdict as a program can read it."""
    checked, standing = verdict.checked, verdict.checked.standing
    return {
        "holds": verdict.holds,
        "sealed": verdict.sealed,
        "finding": checked.index.finding if checked.index else None,
        "entries": len(checked.logged),
        "root": checked.checkpoint.root.hex() if checked.checkpoint else None,
        "recomputed": verdict.likeness,
        "same_code": verdict.same_code,
        "own_policy": verdict.own_policy,
        "signed": [one.key.to_text() for one in standing.log_keys] if standing else [],
        "witnessed": {name: one.seconds for name, one in standing.cosigned} if standing else {},
        "quorum": standing.quorum if standing else None,
        "stamps": [{"authority": s.authority, "at": _utc(s.at), "believed": s.believed} for s in verdict.stamps],
        "faults": [
            {"place": str(one.place), "file": one.place.file, "line": one.place.line, "what": one.what}
            for one in verdict.problems
        ],
    }


def _say_made(made: Made, file: Path) -> None:
    count, total = made.observations
    print(f"{file}: {len(made.data):,} bytes, {count:,} of {total:,} observations.")
    if made.likeness not in (None, IDENTICAL):
        print(f"Recomputed by this version, the finding is {made.likeness}.", file=sys.stderr)
    print("It shows where sensors stand and fire came from: to give it away is for two officers.", file=sys.stderr)
    if not made.sealed:
        print("Nobody has sealed this result: truceline seal OUT first, if it is to convince others.", file=sys.stderr)
    for digest in made.missing:
        print(f"not enclosed: the exhibit {digest} (give --exhibits FOLDER)", file=sys.stderr)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _policy(file: str | None) -> Policy | None:
    return None if file is None else read_policy(file, read_given(Path(file)))


def _authority(text: str) -> Authority:
    name, found, roots = text.partition("=")
    if not found:
        raise Unusable([Problem(Place("--authority"), f"{text!r} names no file", "write --authority NAME=ROOTS.pem")])
    return read_authority(name, "", Path(roots))
