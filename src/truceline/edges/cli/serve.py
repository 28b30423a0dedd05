"""`truceline serve`: the live service. `truceline link`: a new one-time link to sign in with."""

import argparse
import sys
import threading
from pathlib import Path

from truceline.edges import log_lines
from truceline.edges.live.data_folder import DataFolder
from truceline.edges.live.opened import opened
from truceline.edges.log_lines import LEVELS
from truceline.edges.people.roles import ROLES, Account, account_fault
from truceline.edges.people.sessions import People
from truceline.model.problem import Place, Problem, Unusable

PORT = 8321
EXAMPLE = """example:
  truceline serve /var/lib/truceline --mission missions/first-light
  truceline serve /var/lib/truceline                      goes on where it was, also after a crash
  truceline serve /tmp/demo --mission missions/first-light --replay 60

One process with an embedded store; no other server is needed. What feeds send is on disk when it is acknowledged.
Terms, network, maps and weather are those of the mission that the service was set up with. The key of the feeds is in
feed.key of the data folder. It listens on this machine only, unless a certificate is given.

People sign in with passkeys or their nation's provider (`truceline account`). An exercise prints a one-time link too.
"""
LINK_EXAMPLE = """example:
  truceline link /var/lib/truceline                                    keeps the watch
  truceline link /var/lib/truceline --role reviewer --nation borea     a seat of another role
  truceline link /var/lib/truceline --role party_liaison --nation north --party north

The link signs one person in to an exercise, once, within a quarter of an hour. A mission that is actual has none.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands `serve` and `link`."""
    serve = commands.add_parser(
        "serve", help="run the live service", epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Run the live service: take in what feeds send, conclude, and show it on the watch floor.",
    )  # fmt: skip
    serve.add_argument("data", metavar="DATA", help="the folder that the service keeps; made if there is none")
    serve.add_argument("--mission", metavar="MISSION", help="at the first start: the mission folder to set up with")
    serve.add_argument("--host", default="127.0.0.1", help="where to listen (default: this machine only)")
    serve.add_argument("--port", type=int, default=PORT, help=f"(default {PORT}; 0: any that is free)")
    serve.add_argument("--url", metavar="URL", help="what people type to reach it, if a proxy stands before it")
    serve.add_argument("--certificate", metavar="FILE", help="TLS certificate chain, PEM")
    serve.add_argument("--key", metavar="FILE", help="the certificate's key, PEM")
    serve.add_argument(
        "--replay", type=float, metavar="SPEED", help="feed the mission's own lines as if live, so many times as fast"
    )
    serve.add_argument(
        "--log", choices=LEVELS, default="warning", help="the least that is logged on standard error (default: warning)"
    )
    serve.add_argument("--seconds", type=float, metavar="N", help="end by itself after so long (default: never)")
    serve.set_defaults(run=run_service)
    link = commands.add_parser(
        "link", help="print a new one-time link to sign in to an exercise", epilog=LINK_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Print a new one-time link to sign in to an exercise.",
    )  # fmt: skip
    link.add_argument("data", metavar="DATA", help="the folder of the service")
    link.add_argument("--role", action="append", metavar="ROLE", help=f"one of {', '.join(ROLES)}; may stand again")
    link.add_argument("--nation", default="exercise", help="the nation or body of the seat")
    link.add_argument("--party", help="for whom a party's liaison speaks")
    link.add_argument("--url", default=f"http://127.0.0.1:{PORT}", help="where the service is reached")
    link.set_defaults(run=new_link)


def run_service(args: argparse.Namespace) -> int:
    """Serve until interrupted, or for as long as was said."""
    try:
        from truceline.edges.serving import Address, Running  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        what = f"{error.name} is not installed"
        raise Unusable(
            [Problem(Place("truceline serve"), what, "install truceline with the extra 'service'")]
        ) from None
    if args.replay is not None and args.mission is None:
        problem = Problem(Place("--replay"), "there is no mission to replay", "name it: --mission MISSION")
        raise Unusable([problem])
    certificate = Path(args.certificate) if args.certificate else None
    address = Address(args.host, args.port, certificate, Path(args.key) if args.key else None, args.url)
    mission = Path(args.mission) if args.mission else None
    log_lines.begin(args.log)
    running = Running(DataFolder(Path(args.data)), mission, address)
    print(f"Truceline serves {running.service.mission.name} ({running.service.mission.status}) at {running.url}")
    if running.service.mission.status == "actual":
        print("People sign in with passkeys or their provider: truceline account add DATA ID …", flush=True)
    else:
        print(f"Sign in, once, within 15 minutes: {running.sign_in_link()}", flush=True)
    if args.replay is not None and mission is not None:
        threading.Thread(target=_replay, args=(running, mission, args.replay), daemon=True).start()
    if args.seconds is not None:
        end = threading.Timer(args.seconds, running.stop)
        end.daemon = True
        end.start()
    running.run()
    return 0


def _replay(running: "object", mission: Path, speed: float) -> None:
    """Feed the mission's own lines over HTTP, as anybody else would."""
    from truceline.edges.replaying import replay  # noqa: PLC0415
    from truceline.edges.serving import Running  # noqa: PLC0415

    assert isinstance(running, Running)
    running.wait_until_started()
    try:
        replay(mission, running.url, running.service.key, speed)
    except Unusable as unusable:
        print(unusable, file=sys.stderr)


def new_link(args: argparse.Namespace) -> int:
    """Print a link. Raises Unusable where the mission is actual, or the seat cannot be."""
    data, mission = opened(args.data)
    if mission.status == "actual":
        what, remedy = "the mission is actual, and links are for exercises", "give an account: truceline account add"
        raise Unusable([Problem(Place(args.data), what, remedy)])
    seat = Account(
        id="seat", name="seat", nation=args.nation, roles=tuple(args.role or ("watchkeeper",)), party=args.party
    )
    if fault := account_fault(seat, mission.agreement.parties):
        what, _, remedy = fault.partition("; ")
        raise Unusable([Problem(Place("truceline link"), what, remedy)])
    people = People(data.people)
    key = people.new_link(*(args.role or ()), nation=args.nation, party=args.party)
    print(f"{args.url}/sign-in?key={key}")
    people.close()
    return 0
