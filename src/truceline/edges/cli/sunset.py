"""`truceline sunset`: the end of a mission; everything handed over whole to custodians, and the keys destroyed."""

import argparse
import sys
from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from truceline.custody.permit import BECAUSE, SunsetPermit, read_sunset_permit
from truceline.edges.cli.key import ask_passphrase
from truceline.edges.cli.release import read_signed_permit
from truceline.edges.cli.seal import open_register
from truceline.edges.given_file import read_given
from truceline.edges.keys import read_key
from truceline.edges.store.durable import write_durably
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.store.sunset import Beside, hand_over, opened_by, read_custodians, shred
from truceline.model.problem import Place, Problem, Unusable

EXAMPLE = """example:
  truceline sunset custodian archive custodian.key        a custodian makes a key and sends the line that is printed
  truceline sunset permit mission.store permit --because termination --custodians custodians
  truceline permit sign permit --key keys/officer-aland.key      (and another, of another nation)
  truceline sunset run mission.store --permit permit --officers officers --custodians custodians \\
      --register register.store --key keys/mission.key --keys mission.keys --exhibits exhibits \\
      --result out/salvos --out handed-over
  truceline sunset open handed-over/keyring.sealed archive custodian.key mission.keys

Nothing is destroyed before the copies are written, checked and signed.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command sunset."""
    parser = commands.add_parser(
        "sunset", help="end a mission: hand everything over and destroy the keys", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="End a mission (suspension, evacuation, termination): hand everything over, destroy the keys.",
    )  # fmt: skip
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    custodian = _action(actions, "custodian", "make a custodian's key")
    custodian.add_argument("name", metavar="NAME")
    custodian.add_argument("file", metavar="FILE", help="where the secret half is written")
    custodian.set_defaults(run=run_custodian)
    permit = _action(actions, "permit", "write the permit that two officers sign")
    permit.add_argument("store", metavar="STORE", help="the mission's store")
    permit.add_argument("file", metavar="PERMIT", help="the permit to write")
    permit.add_argument("--because", required=True, choices=BECAUSE)
    permit.add_argument("--custodians", required=True, metavar="FILE", help="lines of: custodian NAME KEY")
    permit.set_defaults(run=run_permit)
    run = _action(actions, "run", "hand over, then destroy the keys")
    run.add_argument("store", metavar="STORE", help="the mission's store")
    run.add_argument("--permit", required=True, metavar="FILE", help="signed by two officers of different nations")
    run.add_argument("--officers", required=True, metavar="FILE", help="who may sign")
    run.add_argument("--custodians", required=True, metavar="FILE", help="lines of: custodian NAME KEY")
    run.add_argument("--register", required=True, metavar="STORE", help="the mission's register")
    run.add_argument("--key", required=True, metavar="FILE", help="the register's key; destroyed at the end")
    run.add_argument("--keys", metavar="FILE", help="the keyring of what is personal; destroyed at the end")
    run.add_argument("--exhibits", metavar="FOLDER", help="where exhibits are kept")
    run.add_argument(
        "--result",
        action="append",
        default=[],
        metavar="OUT",
        help="a result to hand over with its seal and its secret",
    )
    run.add_argument("--out", required=True, metavar="FOLDER", help="what is handed over; it must not exist")
    run.set_defaults(run=run_sunset)
    again = _action(actions, "open", "a custodian opens the keyring, or the secret of a seal")
    for name in ("sealed", "name", "key", "out"):
        again.add_argument(name, metavar=name.upper())
    again.set_defaults(run=run_open)


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, does: str
) -> argparse.ArgumentParser:
    """The parser of one action; its help shows the examples of all, which go together."""
    return actions.add_parser(
        name, help=does, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"{does[0].upper()}{does[1:]}.",
    )  # fmt: skip


def run_custodian(args: argparse.Namespace) -> int:
    """Make a custodian's key."""
    path = Path(args.file)
    if path.exists():
        raise Unusable([Problem(Place(str(path)), "the file exists already", "name a new one")])
    secret = X25519PrivateKey.generate()
    write_durably(path, secret.private_bytes_raw(), mode=0o600)
    print(f"custodian {args.name} {b64encode(secret.public_key().public_bytes_raw()).decode()}")
    return 0


def run_permit(args: argparse.Namespace) -> int:
    """Write the permit."""
    store = SqliteStore(Path(args.store), read_only=True)
    origin = store.origin
    store.close()
    names = tuple(one.name for one in read_custodians(args.custodians, read_given(Path(args.custodians))))
    text = SunsetPermit(origin, args.because, names).to_text()
    write_durably(Path(args.file), text.encode())
    print(f"{text}\nNot yet signed: truceline permit sign {args.file} --key KEY, by two officers.")
    return 0


def run_sunset(args: argparse.Namespace) -> int:
    """Hand over, then destroy the keys."""
    note, signed = read_signed_permit(args.permit, args.officers)
    try:
        permit = read_sunset_permit(note.text)
    except ValueError as error:
        raise Unusable([Problem(Place(args.permit), str(error), "truceline sunset permit makes one")]) from None
    custodians = read_custodians(args.custodians, read_given(Path(args.custodians)))
    if permit.to != tuple(one.name for one in custodians):
        what = f"the permit names {' '.join(permit.to)}"
        raise Unusable([Problem(Place(args.custodians), what, "give the custodians that it names")])
    signer = read_key(Path(args.key), "log", ask_passphrase)
    beside = Beside(
        Path(args.keys) if args.keys else None,
        Path(args.exhibits) if args.exhibits else None,
        tuple(Path(one).absolute() for one in args.result),
    )
    store = SqliteStore(Path(args.store))
    try:
        if store.origin != permit.log:
            what = f"the permit is for {permit.log}, the store is of {store.origin}"
            raise Unusable([Problem(Place(args.permit), what, "give the permit of this mission")])
        register = open_register(Path(args.register), signer.key.name)
        try:
            hand_over(Path(args.out), store, register, signer, beside, custodians, note.to_bytes())
        finally:
            register.close()
    finally:
        store.close()
    for path in (*beside.secrets(), Path(args.key)):
        try:
            shred(path)
        except OSError as error:
            what = f"the copies are written, but this is not destroyed ({error.strerror})"
            raise Unusable([Problem(Place(str(path)), what, "destroy it, and all that is named after it")]) from None
    by = ", ".join(f"{one.name} ({one.nation})" for one in signed)
    print(f"{args.out} is written, checked and signed, by the permit of {by}. The keys are destroyed.")
    print(
        "Hand it over; then remove store, register, results and every backup of the keys; officers end theirs.",
        file=sys.stderr,
    )
    return 0


def run_open(args: argparse.Namespace) -> int:
    """Open what was sealed for a custodian."""
    out = Path(args.out)
    if out.exists():
        raise Unusable([Problem(Place(str(out)), "the file exists already", "name a new one")])
    try:
        secret = X25519PrivateKey.from_private_bytes(read_given(Path(args.key)))
        data = opened_by(read_given(Path(args.sealed)), args.name, secret)
    except ValueError as error:
        raise Unusable([Problem(Place(args.sealed), str(error), "give your own name and key")]) from None
    write_durably(out, data, mode=0o600)
    print(f"{out} is opened.")
    return 0
