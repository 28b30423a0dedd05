"""The command `truceline`: what can be asked of it, and how a mistake is answered.

Exit codes: 0 done, and nothing is wrong; 1 the input cannot be used, or does not verify; 2 the command was mistyped;
130 interrupted.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

# One thread for linear algebra: on more, sums come out in another order and the last bits of results with them.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from truceline import __version__  # noqa: E402
from truceline.model.problem import Unusable  # noqa: E402

EPILOG = """exit codes:
  0  done, and nothing is wrong
  1  the input cannot be used (check: has problems; verify: does not hold)
  2  the command was mistyped
  130  interrupted

example:
  truceline run missions/first-light --out out/first-light
  truceline verify out/first-light
  truceline explain out/first-light F-
"""


# Where each command is. Only what is asked for is loaded: a check should not wait for a web server.
COMMANDS = {
    "run": "run", "check": "run", "verify": "verify", "explain": "explain", "coverage": "coverage", "plan": "plan",
    "coalition": "coalition", "agreement": "agreement", "dossier": "dossier", "key": "key", "sunset": "sunset",
    "seal": "seal", "witness": "seal", "views": "seal", "release": "release", "permit": "release", "keep": "store",
    "fsck": "store", "backup": "store", "restore": "store", "serve": "serve", "link": "serve",
    "doctor": "doctor", "replay": "replay", "account": "account", "feed": "feed", "emit": "emit", "listen": "listen",
    "import": "importing",
    "retain": "personal", "forget": "personal", "export": "personal", "sim": "sim", "score": "sim",
    "report": "report", "pattern": "pattern",
}  # fmt: skip


def parser(command: str = "") -> argparse.ArgumentParser:
    """The parser of one command, or of all."""
    top = argparse.ArgumentParser(
        prog="truceline",
        description="Watch a ceasefire, verify a breach, say honestly who did it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"truceline {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in [COMMANDS[command]] if command in COMMANDS else dict.fromkeys(COMMANDS.values()):
        import_module(f"truceline.edges.cli.{name}").add_parser(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the process's exit code."""
    words = sys.argv[1:] if argv is None else argv
    args = parser(words[0] if words else "").parse_args(words)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except Unusable as unusable:
        for problem in unusable.problems:
            print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("truceline: interrupted; nothing was left half done.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader went away (head, less): not a fault. Nothing more is to be written, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code
