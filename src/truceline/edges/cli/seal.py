"""`truceline seal`, `witness`, `views`: sign results, cosign logs, find a log that shows two faces."""

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import get_args

from truceline.custody.checkpoint import read_checkpoint
from truceline.custody.log_folder import read_log
from truceline.custody.note import Note, VerifierKey, read_note, verify_note
from truceline.custody.policy import Policy, read_policy
from truceline.custody.split_view import View, compare_views
from truceline.custody.tile_tree import TileTree
from truceline.edges.cli.key import ask_passphrase, open_vkey
from truceline.edges.given_file import read_given
from truceline.edges.intake import understand
from truceline.edges.keys import check_ed25519, read_key
from truceline.edges.out_folder import read_folder_files
from truceline.edges.result_log import inputs_of
from truceline.edges.seal.make import Sealer, Sealing
from truceline.edges.seal.published import Published
from truceline.edges.seal.stamps import Authority, read_authority
from truceline.edges.seal.witnesses import latest_at
from truceline.edges.store.door import Status
from truceline.edges.store.publish import publish
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.wiring import kinds
from truceline.edges.witness.answering import Witness, serve
from truceline.edges.witness.memory import Memory
from truceline.model.problem import Place, Problem, Unusable

SEAL_EXAMPLE = """example:
  truceline seal out/salvos --register register.store --key keys/mission.key --policy policy \\
      --stamp one=https://tsa.example/,one.pem --stamp two=https://tsa.example.org/,two.pem

Sealing again asks again those who did not answer. The seal is written beside the result: out/salvos.seal
"""
WITNESS_EXAMPLE = """example:
  truceline witness --key keys/aland.key --log keys/mission.key.vkey --memory witness-memory --port 7380

The memory is the witness's honesty: back it up, and never run two witnesses with one key.
"""
VIEWS_EXAMPLE = """example:
  truceline views --policy policy --published https://log.example.org/mission
  truceline views --policy policy --published public-log --note checkpoint-that-i-was-given

Exit 1 if the log has shown two pasts; the two signed checkpoints that prove it are written to --evidence.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands seal, witness and views."""
    seal = _command(commands, "seal", "sign a result, have it cosigned and stamped", SEAL_EXAMPLE)
    seal.add_argument("out", metavar="OUT", help="what `truceline run` wrote")
    seal.add_argument("--register", metavar="STORE", required=True, help="the mission's register; made if not there")
    seal.add_argument("--key", metavar="FILE", required=True, help="the register's key, of kind log")
    seal.add_argument("--policy", metavar="FILE", required=True, help="log, witnesses with addresses, quorum")
    seal.add_argument(
        "--stamp", action="append", default=[], metavar="NAME=URL,PEM", help="an authority of trusted time"
    )
    seal.add_argument("--status", choices=get_args(Status), default="actual", help="of a new register (default actual)")
    seal.add_argument("--publish", metavar="FOLDER", help="write the register here too, for anyone to read")
    seal.set_defaults(run=run_seal)
    witness = _command(commands, "witness", "run a witness: cosign logs that only ever grow", WITNESS_EXAMPLE)
    witness.add_argument("--key", metavar="FILE", required=True, help="the witness's key, of kind witness")
    witness.add_argument("--log", action="append", required=True, metavar="VKEY-FILE", help="a log to witness")
    witness.add_argument("--memory", metavar="FOLDER", required=True, help="where it remembers")
    witness.add_argument("--host", default="127.0.0.1", help="the address to listen at (default 127.0.0.1)")
    witness.add_argument("--port", type=int, default=7380, help="the port (default 7380; 0: any)")
    witness.set_defaults(run=run_witness)
    views = _command(commands, "views", "look for a log that shows different people different pasts", VIEWS_EXAMPLE)
    views.add_argument("--policy", metavar="FILE", required=True, help="the log, and witnesses with addresses")
    views.add_argument("--published", metavar="WHERE", required=True, help="folder or address of the published log")
    views.add_argument("--note", action="append", default=[], metavar="FILE", help="a further checkpoint of the log")
    views.add_argument("--evidence", metavar="FOLDER", default="split-view", help="where proof is written, if any")
    views.set_defaults(run=run_views)


def run_seal(args: argparse.Namespace) -> int:
    """Seal a result; 1 if it is not yet good by the policy."""
    out, key_file = Path(args.out), Path(args.key)
    signer = read_key(key_file, "log", ask_passphrase)
    policy, text = open_policy(Path(args.policy))
    if signer.key not in policy.logs:
        what = f"the policy does not name the key {signer.key.to_text()}"
        raise Unusable([Problem(Place(args.policy, field="log"), what, "add a line: log, and this key")])
    files = read_folder_files(out)
    if (veto := _veto(files, policy)) is not None:
        raise Unusable([Problem(Place(args.policy, field="quorum"), veto, "let a quorum be reached without any party")])
    authorities = [_authority(one) for one in args.stamp]
    register = open_register(Path(args.register), signer.key.name, args.status)
    try:
        memory = key_file.with_name(f"{key_file.name}.signed")
        sealer = Sealer(register, signer, memory, policy, text, authorities)
        sealing = sealer.seal(files, out.with_name(f"{out.name}.seal"))
        if args.publish:
            _publish(register, Path(args.publish), sealing)
    finally:
        register.close()
    _say(sealing, policy)
    return 0 if sealing.standing.good and len(sealing.stamps) == len(authorities) else 1


def _veto(files: Mapping[str, bytes], policy: Policy) -> str | None:
    """Which parties of the agreement could keep this result from being sealed by their silence; None if none could: a
    party may witness, never veto. Witnesses of parties bear their ids. Raises Unusable."""
    log = read_log(files)
    if log.problems:
        raise Unusable(log.problems)
    parties = understand(inputs_of(log.logged), kinds()).case.agreement.parties
    silent = [name for name in policy.witnesses if name in parties]
    if not silent or not policy.can_block(silent):
        return None
    return f"{' and '.join(silent)}, of the agreement's parties, could keep a checkpoint from its quorum by silence"


def run_witness(args: argparse.Namespace) -> int:
    """Run a witness until it is interrupted."""
    signer = read_key(Path(args.key), "witness", ask_passphrase)
    trusted: dict[str, list[VerifierKey]] = {}
    for file in args.log:
        key = open_vkey(Path(file))
        trusted.setdefault(key.name, []).append(key)
    with Memory(Path(args.memory)).held() as memory:
        server = serve(Witness(signer, trusted, memory), args.host, args.port)
        where = f"http://{args.host}:{server.server_port}"
        print(f"{signer.key.to_text()}\nlistening at {where}, for {', '.join(sorted(trusted))}", flush=True)
        try:
            server.serve_forever()
        finally:
            server.server_close()
    return 0


def run_views(args: argparse.Namespace) -> int:
    """Compare what witnesses and others have seen; 1 if the log has shown two pasts."""
    policy, _ = open_policy(Path(args.policy))
    published = Published(args.published)
    ours = View(args.published, published.note)
    if not _signed(policy, published.note):
        what = "the checkpoint published there is signed by no log that the policy names: it proves nothing"
        raise Unusable([Problem(Place(args.published), what, "give the policy of this log, or another address")])
    views, silent = _views(policy, ours, args.note)
    compared = compare_views(views, policy.logs, check_ed25519, ours, TileTree(published.tile).root)
    for source, why in (*silent, *compared.unknown):
        print(f"not compared: {source}: {why}")
    for source, size in compared.behind:
        print(f"consistent: {source} has seen {size:,} entries")
    if not compared.splits:
        print(f"NO SPLIT is seen in {len(views)} views beside {args.published}.")
        return 0
    for number, split in enumerate(compared.splits, start=1):
        print(f"SPLIT VIEW: {split.one.source} and {split.other.source}: {split.why}")
        for name, view in (("one", split.one), ("other", split.other)):
            path = Path(args.evidence) / str(number) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(view.note.to_bytes())
    print(f"The signed checkpoints that prove it are in {args.evidence}: keep them, and show them to the witnesses.")
    return 1


def _signed(policy: Policy, note: Note) -> bool:
    """Whether a log that the policy names signed a note."""
    try:
        return bool(verify_note(note, policy.logs, check_ed25519))
    except ValueError:
        return False


def _views(policy: Policy, ours: View, files: list[str]) -> tuple[list[View], list[tuple[str, str]]]:
    """What every witness with an address and every file shows; and those that show nothing, with the reason."""
    origin = ours.note.text.split("\n", 1)[0]
    views: list[View] = []
    silent: list[tuple[str, str]] = []
    for name in policy.witnesses:
        if url := policy.urls.get(name):
            try:
                note = latest_at(url, origin)
            except Unusable as unusable:
                silent += [(name, problem.what) for problem in unusable.problems]
                continue
            if note is None:
                silent.append((name, "has never cosigned this log"))
            else:
                views.append(View(name, note))
    for file in files:
        try:
            views.append(View(file, read_note(Path(file).read_bytes())))
        except (OSError, ValueError) as error:
            silent.append((file, str(error)))
    return views, silent


def _publish(register: SqliteStore, folder: Path, sealing: Sealing) -> None:
    """Bring the published register up to this seal's checkpoint, if it is not beyond it already."""
    checkpoint = sealing.proof.checkpoint
    if not (folder / "checkpoint").exists() or _size_at(folder) <= checkpoint.size:
        publish(register, folder, checkpoint, sealing.proof.note.to_bytes())


def _size_at(folder: Path) -> int:
    return read_checkpoint(Published(str(folder)).note.text).size


def open_register(path: Path, origin: str, status: Status | None = None) -> SqliteStore:
    """The register, made if it is not there and a status is given. Raises Unusable if it is not the key's log."""
    new = status is not None and not path.exists()
    register = SqliteStore.create(path, origin, status) if status is not None and new else SqliteStore(path)
    if register.origin != origin:
        register.close()
        what = f"the register is of {register.origin}, the key of {origin}"
        raise Unusable([Problem(Place(str(path)), what, "give the two of one mission")])
    for note in register.notes:
        print(note, file=sys.stderr)
    return register


def _say(sealing: Sealing, policy: Policy) -> None:
    for problem in sealing.problems:
        print(problem, file=sys.stderr)
    for fault in sealing.standing.faults:
        print(f"fault: {fault}", file=sys.stderr)
    checkpoint = sealing.proof.checkpoint
    print(f"Entered in the register {checkpoint.origin} as entry {sealing.proof.index}, of {checkpoint.size}.")
    for line in policy.explained([name for name, _ in sealing.standing.cosigned]):
        print(f"  {line}")
    for stamp in sealing.stamps:
        print(f"  stamped by {stamp.authority}: {stamp.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    done = "SEALED" if sealing.standing.good else "NOT YET SEALED: seal again to ask again those who did not answer"
    print(f"{done}. The statement is {sealing.statement.id}.")


def open_policy(path: Path) -> tuple[Policy, bytes]:
    """A policy and its text. Raises Unusable."""
    text = read_given(path)
    return read_policy(str(path), text), text


def _authority(text: str) -> Authority:
    name, _, rest = text.partition("=")
    url, _, roots = rest.rpartition(",")
    if not name.isidentifier() or not url or not roots:
        remedy = "write --stamp NAME=URL,ROOTS.pem"
        raise Unusable([Problem(Place("--stamp"), f"{text!r} names no authority", remedy)])
    return read_authority(name, url, Path(roots))


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str, example: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=what, epilog=example, formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"{what[0].upper()}{what[1:]}.",
    )  # fmt: skip
