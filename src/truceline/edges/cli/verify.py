"""`truceline verify`: is a result folder, or a dossier, unaltered, and what its inputs lead to?"""

import argparse
import json
from pathlib import Path

from truceline.edges.cli.dossier import verify_file
from truceline.edges.cli.jobs import add_jobs
from truceline.edges.compare import IDENTICAL
from truceline.edges.out_folder import read_folder_files
from truceline.edges.parallel import LEAST_WORK, over_processes, processors
from truceline.edges.progress import Progress
from truceline.edges.verify import Verdict, verify
from truceline.edges.wiring import plugins

EXAMPLE = """example:
  truceline verify out/first-light
  truceline verify out/first-light --json
  truceline verify F-e457cacd3d6bd1f3.zip --policy policy --authority one=one.pem

Needs no network and trusts nobody: every digest is checked, every tile and root made again, and all findings are
recomputed from the inputs as they were received.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `verify`."""
    parser = commands.add_parser(
        "verify", help="check a result folder and recompute it, offline", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Check that a result is sealed and unaltered, and recompute it from its inputs. Exit 1 if not.",
    )  # fmt: skip
    parser.add_argument("out", metavar="OUT", help="what `truceline run` or `truceline dossier` wrote")
    parser.add_argument("--policy", metavar="FILE", help="of a dossier: the keys that you believe")
    parser.add_argument(
        "--authority", action="append", default=[], metavar="NAME=PEM", help="of a dossier: whose time you believe"
    )
    parser.add_argument(
        "--succession", action="append", default=[], metavar="FILE", help="of a dossier: a key's rotation or revocation"
    )
    parser.add_argument("--officers", metavar="FILE", help="who may revoke keys, and sign an edition's permit")
    parser.add_argument("--no-recompute", action="store_true", help="of a dossier: check bytes and signatures only")
    add_jobs(parser)
    parser.add_argument("--json", action="store_true", help="print the verdict for a machine")
    parser.set_defaults(run=verify_out)


def verify_out(args: argparse.Namespace) -> int:
    """Print the verdict; 1 if the folder does not hold."""
    if Path(args.out).is_file():
        return verify_file(args)
    files = read_folder_files(Path(args.out))
    progress = Progress()
    work = files.get("log/lines/observation.ndjson", b"").count(b"\n")
    jobs = args.jobs or (processors() if work >= LEAST_WORK else 1)
    with over_processes(jobs, progress) as over:
        verdict = verify(files, plugins(), over, progress.step)
    progress.end()
    print(json.dumps(_for_machines(verdict), indent=1) if args.json else _for_people(verdict))
    return 0 if verdict.holds else 1


def _for_people(verdict: Verdict) -> str:
    lines = [str(problem) for problem in verdict.problems]
    if not verdict.same_code:
        lines.append(f"Made by another version or with other libraries: {verdict.made_by or 'unknown'}.")
    if verdict.holds:
        close = sorted(path for path, like in verdict.likeness.items() if like != IDENTICAL)
        alike = f"the same within one last digit ({', '.join(close)})" if close else "identical"
        lines.append(f"HOLDS. {verdict.entries:,} inputs are sealed under the root {verdict.root}, none is altered,")
        lines.append(f"and all findings, recomputed from them, are {alike}.")
    else:
        count = len(verdict.problems)
        lines.append(f"DOES NOT HOLD: {count} fault{'s' * (count > 1)}, named above.")
    return "\n".join(lines)


def _for_machines(verdict: Verdict) -> dict[str, object]:
    return {
        "holds": verdict.holds,
        "entries": verdict.entries,
        "root": verdict.root,
        "made_by": verdict.made_by,
        "same_code": verdict.same_code,
        "likeness": dict(sorted(verdict.likeness.items())),
        "faults": [
            {"place": str(one.place), "file": one.place.file, "line": one.place.line, "what": one.what}
            for one in verdict.problems
        ],
    }
