"""`truceline key`: keys made, shown, shared among officers, followed by others, revoked."""

import argparse
import getpass
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from truceline.custody.note import Note, VerifierKey, read_note, read_vkey
from truceline.custody.permit import read_officers
from truceline.custody.policy import Policy
from truceline.custody.seal import fingerprint
from truceline.custody.shares import join, read_share, split
from truceline.custody.succession import (
    REVOCATION,
    ROTATION,
    Revocation,
    Rotation,
    followed,
    read_revocation,
    read_rotation,
)
from truceline.edges.clock import now_us
from truceline.edges.given_file import read_given
from truceline.edges.keys import KINDS, check_ed25519, new_signer, open_key, read_key, vkey_path, write_key
from truceline.edges.store.door import Received
from truceline.edges.store.durable import write_durably
from truceline.edges.store.sqlite import SqliteStore
from truceline.model.problem import Place, Problem, Unusable

EXAMPLE = """example:
  truceline key new log example.org/mission keys/mission.key
  truceline key show keys/mission.key.vkey
  truceline key split keys/mission.key --need 3 --count 5 --to shares      five officers; any three open it
  truceline key join keys/mission.key shares/1 shares/4 shares/5
  truceline key rotate keys/mission.key keys/mission-2027.key rotation --register register.store
  truceline key revoke keys/mission.key.vkey revocation --key keys/mission.key
  truceline key revoke keys/mission.key.vkey revocation                    then: truceline permit sign, by two

The passphrase of a key is read from the variable TRUCELINE_PASSPHRASE, or asked for. Who verifies gives rotations and
revocations with --succession.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command key and what can be done with keys."""
    parser = commands.add_parser(
        "key", help="make, show, share, follow and revoke signing keys", epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter, description="Make, show, share, follow and revoke keys.",
    )  # fmt: skip
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    new = _action(actions, "new", "make a key")
    new.add_argument("kind", choices=sorted(KINDS), help="what it signs: log, witness or officer")
    new.add_argument("name", metavar="NAME", help="as of a web address: example.org/mission")
    new.add_argument("file", metavar="FILE", help="where the secret half is written; FILE.vkey is to be handed out")
    new.add_argument("--passphrase", action="store_true", help="seal it by a passphrase")
    new.set_defaults(run=run_new)
    show = _action(actions, "show", "print a key and its fingerprint")
    show.add_argument("file", metavar="VKEY-FILE", help="the public half")
    show.set_defaults(run=run_show)
    parts = _action(actions, "split", "share a key among officers")
    parts.add_argument("file", metavar="FILE", help="the key; remove it when the shares are handed out")
    parts.add_argument("--need", type=int, required=True, metavar="K", help="how many open it")
    parts.add_argument("--count", type=int, required=True, metavar="N", help="how many shares")
    parts.add_argument("--to", required=True, metavar="FOLDER", help="where the shares are written; it must not exist")
    parts.set_defaults(run=run_split)
    again = _action(actions, "join", "make a key again from shares")
    again.add_argument("file", metavar="FILE", help="the key to make; it must not exist")
    again.add_argument("shares", nargs="+", metavar="SHARE", help="as many shares as are needed")
    again.set_defaults(run=run_join)
    rotate = _action(actions, "rotate", "state that one log's key follows another")
    rotate.add_argument("old", metavar="OLD", help="the key that gives way")
    rotate.add_argument("new", metavar="NEW", help="the key that follows, of the same name")
    rotate.add_argument("out", metavar="OUT", help="the statement to write")
    rotate.set_defaults(run=run_rotate)
    revoke = _action(actions, "revoke", "state that a key is not to be believed any more")
    revoke.add_argument("file", metavar="VKEY-FILE", help="the key")
    revoke.add_argument("out", metavar="OUT", help="the statement to write")
    revoke.add_argument("--since", type=int, metavar="SECONDS", help="since 1970 (default: now)")
    revoke.add_argument("--key", metavar="FILE", help="sign it with the key itself; without: two officers sign it")
    revoke.set_defaults(run=run_revoke)
    for one in (rotate, revoke):
        one.add_argument("--register", metavar="STORE", help="enter it in this register")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, does: str
) -> argparse.ArgumentParser:
    """The parser of one action; its help shows the examples of all, which go together."""
    return actions.add_parser(
        name, help=does, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"{does[0].upper()}{does[1:]}.",
    )  # fmt: skip


def run_new(args: argparse.Namespace) -> int:
    """Make a key."""
    signer = new_signer(args.kind, args.name)
    write_key(Path(args.file), args.kind, signer, ask_passphrase() if args.passphrase else None)
    print(f"{signer.key.to_text()}\nfingerprint: {fingerprint(signer.key)}")
    print(f"Secret: {args.file}. Hand out: {vkey_path(Path(args.file))}; compare the fingerprint by another way.")
    return 0


def run_show(args: argparse.Namespace) -> int:
    """Show a key."""
    key = open_vkey(Path(args.file))
    print(f"{key.to_text()}\nfingerprint: {fingerprint(key)}")
    return 0


def run_split(args: argparse.Namespace) -> int:
    """Write shares of a key file."""
    data, key = read_given(Path(args.file)), open_key(Path(args.file), ask_passphrase).key
    folder = Path(args.to)
    if folder.exists():
        raise Unusable([Problem(Place(str(folder)), "the folder exists already", "name a new one")])
    try:
        shares = split(data, fingerprint(key), args.need, args.count, secrets.token_bytes)
    except ValueError as error:
        raise Unusable([Problem(Place("--need"), str(error), "give other numbers")]) from None
    for share in shares:
        write_durably(folder / str(share.number), share.to_text().encode(), mode=0o600)
    print(f"{args.count} shares in {folder}, of which {args.need} make the key again. Hand them out, then remove")
    print(f"them and {args.file}.")
    return 0


def run_join(args: argparse.Namespace) -> int:
    """Make a key file again."""
    path = Path(args.file)
    if path.exists():
        raise Unusable([Problem(Place(str(path)), "the file exists already", "name a new one")])
    shares = []
    for file in args.shares:
        try:
            shares.append(read_share(read_given(Path(file)).decode("utf-8")))
        except ValueError as error:
            raise Unusable([Problem(Place(file), str(error), "ask for the share again")]) from None
    try:
        data = join(shares)
    except ValueError as error:
        raise Unusable([Problem(Place("shares"), str(error), f"give {shares[0].need} different ones")]) from None
    write_durably(path, data, mode=0o600)
    key = open_key(path, ask_passphrase).key
    if fingerprint(key) != shares[0].of:
        path.unlink()
        raise Unusable([Problem(Place(str(path)), "the shares make another key", "give the shares of one key")])
    print(f"{path} is made again: {key.to_text()}\nRemove it when it is not needed.")
    return 0


def run_rotate(args: argparse.Namespace) -> int:
    """State that a key follows another."""
    signers = [read_key(Path(one), "log", ask_passphrase) for one in (args.old, args.new)]
    text = Rotation(signers[0].key, signers[1].key).to_text()
    note = Note(text, tuple(line for one in signers for line in one.signed(text).signatures))
    try:
        read_rotation(note, check_ed25519)
    except ValueError as error:
        raise Unusable([Problem(Place(args.new), str(error), "make the new key under the old one's name")]) from None
    return _written(note, args)


def run_revoke(args: argparse.Namespace) -> int:
    """State that a key is not to be believed any more."""
    key = open_vkey(Path(args.file))
    text = Revocation(key, now_us() // 1_000_000 if args.since is None else args.since).to_text()
    if args.key is None:
        write_durably(Path(args.out), text.encode())
        print(f"{text}\nNot yet signed: truceline permit sign {args.out} --key KEY, by two officers.")
        return 0
    signer = open_key(Path(args.key), ask_passphrase)
    if signer.key != key:
        raise Unusable([Problem(Place(args.key), "this is another key", "sign with the key that is revoked")])
    return _written(signer.signed(text), args)


def _written(note: Note, args: argparse.Namespace) -> int:
    write_durably(Path(args.out), note.to_bytes())
    if args.register:
        register = SqliteStore(Path(args.register))
        try:
            id_ = f"{note.text.split(chr(10), 1)[0]} {note.signatures[0].key_id.hex()} {now_us()}"
            register.append([Received("key", id_, note.to_bytes())])
            register.seal()
        finally:
            register.close()
    print(note.text)
    return 0


def in_time(policy: Policy, files: Sequence[str], officers: str | None) -> Policy:
    """A policy with the rotations and revocations of these files. Raises Unusable."""
    known = read_officers(officers, read_given(Path(officers))) if officers else ()
    rotations: list[Rotation] = []
    revocations: list[Revocation] = []
    for file in files:
        try:
            note = read_note(read_given(Path(file)))
            if note.text.startswith(ROTATION):
                rotations.append(read_rotation(note, check_ed25519))
            elif note.text.startswith(REVOCATION):
                revocations.append(read_revocation(note, known, check_ed25519))
            else:
                raise ValueError("it is neither a rotation nor a revocation")
        except ValueError as error:
            raise Unusable([Problem(Place(file), str(error), "ask the mission for it again")]) from None
    return followed(policy, rotations, revocations)


def open_vkey(path: Path) -> VerifierKey:
    """The public key of a file. Raises Unusable."""
    try:
        return read_vkey(path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError) as error:
        remedy = "give the .vkey file that stands beside a key"
        raise Unusable([Problem(Place(str(path)), f"no key can be read ({error})", remedy)]) from None


def ask_passphrase() -> str:
    """The passphrase of a key, from TRUCELINE_PASSPHRASE or from whoever sits there."""
    return os.environ.get("TRUCELINE_PASSPHRASE") or getpass.getpass("passphrase of the key: ")
