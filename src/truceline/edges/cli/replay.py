"""`truceline replay`: a mission fed to a running service as if live."""

import argparse
from pathlib import Path

from truceline.client import Acknowledged
from truceline.edges.progress import Progress
from truceline.edges.replaying import replay
from truceline.model.instant import Instant, format_utc
from truceline.model.problem import Place, Problem, Unusable

EXAMPLE = """example:
  truceline replay missions/first-light --to http://127.0.0.1:8321 --key-file DATA/feed.key --speed 60

Only exercises and tests are replayed, and only into a service of the same status. A replay that was interrupted can be
begun again: the service keeps each line once.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `replay`."""
    parser = commands.add_parser(
        "replay", help="feed a mission to a service as if live", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Feed a mission's lines to a running service, in order of receipt, at the pace at which they came.",
    )  # fmt: skip
    parser.add_argument("mission", metavar="MISSION", help="the folder that holds mission.toml")
    parser.add_argument("--to", default="http://127.0.0.1:8321", metavar="URL", help="the service")
    parser.add_argument("--key-file", required=True, metavar="FILE", help="feed.key of the service's data folder")
    parser.add_argument(
        "--speed", type=float, default=60.0, help="mission seconds a second (default 60); 0: as fast as they are taken"
    )
    parser.set_defaults(run=run_replay)


def run_replay(args: argparse.Namespace) -> int:
    """Feed; say how many lines were kept."""
    try:
        key = Path(args.key_file).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(Place(args.key_file), f"cannot be read ({error})", "give feed.key of the data folder")
        raise Unusable([problem]) from None
    if args.speed < 0:
        raise Unusable([Problem(Place("--speed"), f"{args.speed} is no speed", "give 0 or more")])
    progress, kept = Progress(), {"new": 0, "known": 0, "not_used": 0}

    def tell(at_us: Instant, answer: Acknowledged) -> None:
        kept["new"] += answer.new
        kept["known"] += answer.known
        kept["not_used"] += len(answer.not_used) + answer.set_aside
        progress.step(f"mission time {format_utc(at_us, digits=0)[11:19]}, {kept['new']:,} lines")

    sent = replay(Path(args.mission), args.to, key, args.speed, tell)
    progress.end()
    print(f"{sent:,} lines sent: {kept['new']:,} new, {kept['known']:,} known, {kept['not_used']:,} not usable.")
    return 0
