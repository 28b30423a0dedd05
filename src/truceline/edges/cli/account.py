"""`truceline account`: who may sign in to a service. The first administrator is given here; the rest on the page."""

import argparse

import msgspec

from truceline.edges.live.opened import opened
from truceline.edges.people.roles import ROLES, Account
from truceline.edges.people.sessions import People
from truceline.model.problem import Place, Problem, Unusable

BY = "operator"  # whoever has the machine
EXAMPLE = """example:
  truceline account add /var/lib/truceline r.ilves --name "R. Ilves" --nation aland --role administrator
  truceline account invite /var/lib/truceline r.ilves --url https://watch.example.org
  truceline account list /var/lib/truceline
  truceline account close /var/lib/truceline r.ilves

An invitation is an address that works once, within a day: its person adds a passkey there, or goes on with the provider
that openid.toml names. There are no passwords. The running service writes every change into the log.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    account = commands.add_parser(
        "account", help="who may sign in to the live service", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter, description="Give, list, invite and close accounts.",
    )  # fmt: skip
    acts = account.add_subparsers(dest="act", required=True, metavar="ACT")
    for act, run, words in (
        ("add", _add, "give an account, or change one, and invite its person"),
        ("invite", _invite, "print a new invitation"),
        ("close", _close, "close an account: its sessions end at once"),
        ("list", _list, "list all accounts"),
    ):
        one = acts.add_parser(
            act, help=words, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter,
            description=words[0].upper() + words[1:] + ".",
        )  # fmt: skip
        one.add_argument("data", metavar="DATA", help="the folder of the service")
        if act != "list":
            one.add_argument("id", metavar="ID", help="the account: small letters, digits, dots, hyphens")
        if act == "add":
            one.add_argument("--name", required=True, help="the person's name; it stays out of the log")
            one.add_argument("--nation", required=True, help="the nation or body")
            one.add_argument("--role", action="append", required=True, metavar="ROLE", help=", ".join(ROLES))
            one.add_argument("--party", help="for whom a party's liaison speaks")
        if act in ("add", "invite"):
            one.add_argument("--url", default="http://localhost:8321", help="where the service is reached")
        one.set_defaults(run=run)


def _add(args: argparse.Namespace) -> int:
    data, mission = opened(args.data)
    people = People(data.people)
    account = Account(id=args.id, name=args.name, nation=args.nation, roles=tuple(args.role), party=args.party)
    try:
        people.accounts.give(account, BY, mission.agreement.parties)
    except ValueError as error:
        what, _, remedy = str(error).partition("; ")
        raise Unusable([Problem(Place("truceline account"), what, remedy)]) from None
    _print_invitation(people, args)
    return 0


def _invite(args: argparse.Namespace) -> int:
    people, _, _ = _active(args)
    _print_invitation(people, args)
    return 0


def _close(args: argparse.Namespace) -> int:
    people, account, parties = _active(args)
    people.accounts.give(msgspec.structs.replace(account, active=False), BY, parties)
    people.close()
    return 0


def _list(args: argparse.Namespace) -> int:
    data, _ = opened(args.data)
    people = People(data.people)
    for one in people.accounts.all():
        state = "" if one.active else " (closed)"
        print(f"{one.id}{state}: {one.name}, {one.nation}, {', '.join(one.roles)}; "
              f"{people.accounts.ways_in(one.id)} way(s) to sign in")  # fmt: skip
    people.close()
    return 0


def _active(args: argparse.Namespace) -> tuple[People, Account, tuple[str, ...]]:
    data, mission = opened(args.data)
    people = People(data.people)
    account = people.accounts.account(args.id)
    if account is None or not account.active:
        people.close()
        problem = Problem(
            Place(args.id), "there is no such account, or it is closed", "list them: truceline account list"
        )
        raise Unusable([problem])
    return people, account, mission.agreement.parties


def _print_invitation(people: People, args: argparse.Namespace) -> None:
    print(f"Once, within a day: {args.url}/join?key={people.invite(args.id)}")
    people.close()
