"""`truceline serve`: the live service. `truceline link`: a new one-time link to sign in with."""

import argparse
import sys
import threading
from pathlib import Path

from truceline.edges.live.data_folder import DataFolder
from truceline.edges.live.people import People
from truceline.model.problem import Place, Problem, Unusable

PORT = 8321
EXAMPLE = """example:
  truceline serve /var/lib/truceline --mission missions/first-light
  truceline serve /var/lib/truceline                      goes on where it was, also after a crash
  truceline serve /tmp/demo --mission missions/first-light --replay 60

One process with an embedded store; no other server is needed. What feeds send is on disk when it is acknowledged.
Terms, network, maps and weather are those of the mission that the service was set up with. The key of the feeds is in
feed.key of the data folder. It listens on this machine only, unless a certificate is given.
"""
LINK_EXAMPLE = """example:
  truceline link /var/lib/truceline

The link signs one person in, once, within a quarter of an hour. There are no passwords.
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
    serve.add_argument("--certificate", metavar="FILE", help="TLS certificate chain, PEM")
    serve.add_argument("--key", metavar="FILE", help="the certificate's key, PEM")
    serve.add_argument(
        "--replay", type=float, metavar="SPEED", help="feed the mission's own lines as if live, so many times as fast"
    )
    serve.add_argument("--seconds", type=float, metavar="N", help="end by itself after so long (default: never)")
    serve.set_defaults(run=run_service)
    link = commands.add_parser(
        "link", help="print a new one-time link to sign in with", epilog=LINK_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Print a new one-time link to sign in with.",
    )  # fmt: skip
    link.add_argument("data", metavar="DATA", help="the folder of the service")
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
    address = Address(args.host, args.port, certificate, Path(args.key) if args.key else None)
    mission = Path(args.mission) if args.mission else None
    running = Running(DataFolder(Path(args.data)), mission, address)
    print(f"Truceline serves {running.service.mission.name} ({running.service.mission.status}) at {running.url}")
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
    """Print a link."""
    data = DataFolder(Path(args.data))
    if not data.people.exists():
        problem = Problem(Place(args.data), "there is no service in this folder", "give the folder that it keeps")
        raise Unusable([problem])
    people = People(data.people)
    print(f"{args.url}/sign-in?key={people.new_link('duty')}")
    people.close()
    return 0
