"""A sealed result and its dossier, made once a process: two witnesses and the mission's key, all known to the tests."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from truceline.custody.note import Note
from truceline.custody.policy import Policy, read_policy
from truceline.custody.tlog_proof import TlogProof
from truceline.edges.dossier.make import Maker
from truceline.edges.keys import Signer, new_signer
from truceline.edges.seal.make import PROOF, STATEMENT, Sealer
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.wiring import plugins

from .small_result import attributed, small_result

LOG = new_signer("log", "log.example/mission")
WITNESSES = {name: new_signer("witness", f"{name}.example") for name in ("aland", "borea", "neutral")}
RULE = "group two 2 aland borea neutral\nquorum two\n"
COSIGNED_S = 1_772_440_000


@dataclass(frozen=True)
class Sealed:
    """A dossier's bytes, the policy it is good by, and what it was made of."""

    dossier: bytes
    policy: Policy
    policy_text: bytes
    files: Mapping[str, bytes]
    seal: Mapping[str, bytes]
    finding: str


def policy_text(log: Signer = LOG) -> bytes:
    lines = [f"log {log.key.to_text()}", *(f"witness {name} {one.key.to_text()}" for name, one in WITNESSES.items())]
    return ("\n".join(lines) + f"\n{RULE}").encode()


def cosigned(proof: TlogProof, *names: str) -> TlogProof:
    """The proof with these witnesses' cosignatures."""
    lines = [WITNESSES[name].cosignature(proof.note.text, COSIGNED_S) for name in names]
    return TlogProof(proof.index, proof.path, Note(proof.note.text, (*proof.note.signatures, *lines)))


@cache
def sealed() -> Sealed:
    """The dossier of a finding that names a party, sealed by the mission and two witnesses."""
    files, text = small_result(), policy_text()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        register = SqliteStore.create(folder / "register", LOG.key.name, "test")
        sealer = Sealer(register, LOG, folder / "signed", read_policy("policy", text), text, ())
        made = sealer.seal(files, folder / "seal")
        register.close()
        (folder / "seal" / PROOF).write_bytes(cosigned(made.proof, "aland", "neutral").to_bytes())
        seal = {STATEMENT: (folder / "seal" / STATEMENT).read_bytes(), PROOF: (folder / "seal" / PROOF).read_bytes()}
        maker = Maker(files, folder / "seal", None)
        dossier = maker.make(attributed(), plugins(), map, lambda what: None, whole=True).data
    return Sealed(dossier, read_policy("policy", text), text, files, seal, attributed())
