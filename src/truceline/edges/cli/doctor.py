"""`truceline doctor`: is this machine, and a service's folder, fit to serve?"""

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from truceline.edges.doctor import folder, machine, reach
from truceline.edges.doctor.look import Look, asked
from truceline.edges.live.data_folder import DataFolder
from truceline.edges.web import is_built

PORT = 8321
EXAMPLE = """example:
  truceline doctor /var/lib/truceline
  truceline doctor /var/lib/truceline --url https://watch.example.org
  truceline doctor /var/lib/truceline --host 192.0.2.7 --certificate tls.pem --key tls.key
  truceline doctor /var/lib/truceline --witness https://witness.example.org

Each line begins with ok, warn or fail, and says what to do. It reads the whole log and changes nothing; it may be run
beside the service. Only witnesses that are named are asked over the network.

exit codes: 0 nothing fails (there may be warnings); 1 something does.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    doctor = commands.add_parser(
        "doctor", help="say whether this machine and a service's folder are fit to serve", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Say whether this machine and a service's folder are fit to serve.",
    )  # fmt: skip
    doctor.add_argument("data", metavar="DATA", help="the folder of the service")
    doctor.add_argument("--host", default="127.0.0.1", help="where it is to listen (default: this machine only)")
    doctor.add_argument("--port", type=int, default=PORT, help=f"(default {PORT})")
    doctor.add_argument("--url", metavar="URL", help="what people type to reach it, if a proxy stands before it")
    doctor.add_argument("--certificate", metavar="FILE", help="TLS certificate chain, PEM")
    doctor.add_argument("--key", metavar="FILE", help="the certificate's key, PEM")
    doctor.add_argument("--witness", action="append", default=[], metavar="URL", help="a witness; may stand again")
    doctor.set_defaults(run=run_doctor)


def run_doctor(args: argparse.Namespace) -> int:
    """Print a line for each thing looked at, as it is found."""
    failed = warned = 0
    for look in _looks(args):
        print(look, flush=True)
        failed += look.level == "fail"
        warned += look.level == "warn"
    if failed:
        print(f"NOT FIT: {failed} of these must be mended first.")
    else:
        print("FIT to serve" + (f", with {warned} warnings." if warned else "."))
    return 1 if failed else 0


def _looks(args: argparse.Namespace) -> Iterator[Look]:
    data = DataFolder(Path(args.data))
    certificate, key = (Path(one) if one else None for one in (args.certificate, args.key))
    yield from asked("packages", machine.program)
    yield from asked("watch floor", partial(machine.front_end, is_built=is_built()))
    yield from asked("clock", machine.time)
    yield from asked("processors", machine.strength)
    yield from asked("disk", partial(machine.disk, data.folder))
    yield from asked("port", partial(reach.port, args.host, args.port))
    yield from asked("TLS", partial(reach.tls, args.host, certificate, key, args.url))
    yield from asked("folder", partial(folder.rights, data))
    if data.store.exists():
        yield from asked("log", partial(folder.log, data))
        yield from asked("mission", partial(folder.mission, data))
        yield from asked("people", partial(folder.people, data))
        yield from asked("keys", partial(folder.feed_key_age, data))
        yield from asked("witness", partial(folder.witnesses, data, args.witness))
