"""Sealing a result folder: checked, entered in the register, signed, cosigned, stamped. The seal stands beside it.

OUT.seal/result.json          the statement entered in the register
OUT.seal/proof.tlog-proof     that it is there: inclusion proof, signed and cosigned checkpoint
OUT.seal/policy               the logs, witnesses and quorum that were asked
OUT.seal/stamps/NAME.tsr      trusted time on that checkpoint (RFC 3161)
OUT.seal/stamps/NAME.pem      the root certificates of that authority
OUT.seal/earlier/SIZE/        proofs and stamps that later ones took the place of
OUT.seal/secret/seed          opens every commitment of fields: never leaves the mission
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from truceline.custody.fields import SECRET_BYTES
from truceline.custody.log_folder import read_log
from truceline.custody.merkle import root_of
from truceline.custody.note import Note, Signature
from truceline.custody.policy import Policy
from truceline.custody.seal import KIND, Standing, Statement, Tree, standing
from truceline.custody.tlog_proof import TlogProof, read_tlog_proof
from truceline.edges.keys import Signer, check_ed25519
from truceline.edges.result_log import manifest_faults
from truceline.edges.seal.records import leaves_of, records_of
from truceline.edges.seal.register import enter, sign
from truceline.edges.seal.stamps import Authority, Stamp, ask_stamp, verify_stamp
from truceline.edges.seal.witnesses import ask_witness
from truceline.edges.store.door import Store
from truceline.edges.store.durable import write_durably
from truceline.model.problem import Place, Problem, Unusable

STATEMENT, PROOF, POLICY, SEED = "result.json", "proof.tlog-proof", "policy", "secret/seed"


@dataclass(frozen=True)
class Sealing:
    """What came of it. `problems`: witnesses and authorities that did not answer; sealing again asks them again."""

    statement: Statement
    proof: TlogProof
    standing: Standing
    stamps: tuple[Stamp, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Sealer:
    """Who seals: the register, its key, what the key signed last, whom to ask."""

    register: Store
    signer: Signer
    memory: Path
    policy: Policy
    policy_text: bytes
    authorities: Sequence[Authority]

    def seal(self, files: Mapping[str, bytes], folder: Path) -> Sealing:
        """Seal a result. files: all of OUT by path; folder: OUT.seal. Raises Unusable if the result does not hold
        together, or the register cannot be signed; witnesses and authorities that do not answer are no reason."""
        statement = state(files, _seed(folder))
        problems: list[Problem] = []
        proof = self._standing_proof(folder, statement)
        if proof is None:
            proof = self.enter(KIND, statement.to_bytes(), problems)
            _put_away(folder)
        _write(folder, {STATEMENT: statement.to_bytes(), PROOF: proof.to_bytes(), POLICY: self.policy_text})
        stamps = self._stamped(folder, proof.note.text.encode(), problems)
        found = standing(statement.to_bytes(), proof, self.policy, check_ed25519)
        return Sealing(statement, proof, found, stamps, tuple(problems))

    def enter(self, kind: str, statement: bytes, problems: list[Problem]) -> TlogProof:
        """Enter a statement in the register; the proof that it is there, signed and cosigned. problems: gains what
        witnesses did not do. Raises Unusable if the register cannot be signed."""
        entered = enter(self.register, kind, statement)
        note = sign(self.signer, entered.checkpoint, entered.tree.root, self.memory)
        return entered.proof(self._cosigned(note, entered.tree.consistency, problems))

    def _standing_proof(self, folder: Path, statement: Statement) -> TlogProof | None:
        """The proof that stands there already, if it has all that this policy asks for."""
        try:
            proof = read_tlog_proof((folder / PROOF).read_bytes())
        except (OSError, ValueError):
            return None
        good = standing(statement.to_bytes(), proof, self.policy, check_ed25519).good
        return proof if good else None

    def _cosigned(
        self, note: Note, consistency: Callable[[int, int], tuple[bytes, ...]], problems: list[Problem]
    ) -> Note:
        lines: list[Signature] = []
        for name, key in self.policy.witnesses.items():
            if (url := self.policy.urls.get(name)) is not None:
                try:
                    lines.append(ask_witness(url, key, note, consistency))
                except Unusable as unusable:
                    problems += unusable.problems
        return Note(note.text, (*note.signatures, *lines))

    def _stamped(self, folder: Path, text: bytes, problems: list[Problem]) -> tuple[Stamp, ...]:
        stamps: list[Stamp] = []
        for authority in self.authorities:
            path = folder / "stamps" / f"{authority.name}.tsr"
            try:
                stamps.append(verify_stamp(authority, path.read_bytes(), text))
                continue
            except (OSError, ValueError):
                pass  # none yet, or one of an earlier checkpoint
            try:
                stamp = ask_stamp(authority, text)
            except Unusable as unusable:
                problems += unusable.problems
                continue
            roots = b"".join(root.public_bytes(Encoding.PEM) for root in authority.roots)
            _write(folder, {f"stamps/{authority.name}.tsr": stamp.response, f"stamps/{authority.name}.pem": roots})
            stamps.append(stamp)
        return tuple(stamps)


def state(files: Mapping[str, bytes], seed: bytes) -> Statement:
    """The statement of a result. Raises Unusable if log or manifest do not hold."""
    faults, _ = manifest_faults(files)
    log = read_log(files)
    if faults or log.problems:
        raise Unusable([*faults, *log.problems])
    leaves = leaves_of(records_of(log.logged, files, seed), seed)
    return Statement(
        origin=log.origin,
        log=Tree(len(log.logged), log.root.hex()),
        manifest=sha256(files["manifest.json"]).hexdigest(),
        fields=Tree(len(leaves), root_of(leaves).hex()),
    )


def read_seed(folder: Path) -> bytes | None:
    """The secret of a seal; None if it is not there. Raises Unusable if it cannot be one."""
    path = folder / SEED
    try:
        seed = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Unusable([Problem(Place(str(path)), f"cannot be read ({error})", "restore it from a backup")]) from None
    if len(seed) != SECRET_BYTES:
        raise Unusable([Problem(Place(str(path)), "is no secret of a seal", "restore it from a backup")])
    return seed


def _seed(folder: Path) -> bytes:
    """The secret of a seal, made when there is none."""
    seed = read_seed(folder)
    if seed is None:
        seed = secrets.token_bytes(SECRET_BYTES)
        try:
            (folder / SEED).parent.mkdir(parents=True, exist_ok=True)
            (folder / SEED).parent.chmod(0o700)
            write_durably(folder / SEED, f"{seed.hex()}\n".encode(), mode=0o600)
        except OSError as error:
            raise _unwritable(folder, error) from None
    return seed


def _put_away(folder: Path) -> None:
    """Keep what stood there: its witnesses and stamps spoke of an earlier checkpoint, and still do."""
    try:
        proof = read_tlog_proof((folder / PROOF).read_bytes())
        size = proof.checkpoint.size
    except (OSError, ValueError):
        return
    earlier = folder / "earlier" / str(size)
    try:
        kept = {PROOF: (folder / PROOF).read_bytes()}
        for path in sorted((folder / "stamps").glob("*")):
            kept[f"stamps/{path.name}"] = path.read_bytes()
            path.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from None
    _write(earlier, kept)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, data in files.items():
            write_durably(folder / name, data)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder: Path, error: OSError) -> Unusable:
    return Unusable(
        [Problem(Place(str(folder)), f"cannot be written ({error.strerror})", "make room, or check the path")]
    )
