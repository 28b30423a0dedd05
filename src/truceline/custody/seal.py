"""The seal of a result: a statement entered in the mission's register, and the proof that it is there, signed.

The *register* is a log of its own: it only grows, whatever is run again, and witnesses cosign it. Of each result that a
mission stands by it holds one statement (entry kind `result`):

    log          origin, size and root of the log of inputs in the result folder
    manifest     SHA-256 of manifest.json, and so of every file of the result
    fields       size and root of the log of commitments: an entry of version 2 (fields.py) for each input of the log
                 and for each record of the result, in an order that only the seal's secret tells
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from truceline.custody.canonical import canonical_json
from truceline.custody.entry import entry_of
from truceline.custody.note import CheckEd25519, Verified, VerifierKey, verify_note
from truceline.custody.policy import Policy
from truceline.custody.reading import decode
from truceline.custody.tlog_proof import TlogProof

KIND = "result"
VERSION = 1
_HEX = re.compile(r"[0-9a-f]{64}")

RECORD_KINDS = ("event", "incident", "finding", "sensor")


@dataclass(frozen=True, slots=True)
class Tree:
    """How many leaves, and their root in hex."""

    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a mission says of a result."""

    origin: str
    log: Tree
    manifest: str
    fields: Tree

    def to_bytes(self) -> bytes:
        """The bytes that are entered in the register."""
        return canonical_json(
            {
                "v": VERSION,
                "log": {"origin": self.origin, "size": self.log.size, "root": self.log.root},
                "manifest": self.manifest,
                "fields": {"size": self.fields.size, "root": self.fields.root},
            }
        )

    @property
    def id(self) -> str:
        """The id under which it is entered: the digest of its bytes."""
        return sha256(self.to_bytes()).hexdigest()


class _Log(msgspec.Struct, forbid_unknown_fields=True):
    origin: str
    size: int
    root: str


class _Fields(msgspec.Struct, forbid_unknown_fields=True):
    size: int
    root: str


class _Statement(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    log: _Log
    manifest: str
    fields: _Fields


def read_statement(data: bytes) -> Statement:
    """The statement that these bytes are. Raises ValueError for any other."""
    try:
        read = decode(data, _Statement)
    except ValueError as error:
        raise ValueError(f"the statement cannot be read ({error})") from None
    statement = Statement(
        read.log.origin, Tree(read.log.size, read.log.root), read.manifest, Tree(read.fields.size, read.fields.root)
    )
    digests = (read.log.root, read.fields.root, read.manifest)
    if not all(_HEX.fullmatch(one) for one in digests) or min(read.log.size, read.fields.size) < 0:
        raise ValueError("the statement holds what is no digest or no size")
    if read.v != VERSION or statement.to_bytes() != data:
        raise ValueError(f"the statement is not of version {VERSION}, or not written canonically")
    return statement


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands behind a statement: who signed and cosigned the register, and whether that is enough.

    `faults`: why it cannot be believed at all. `log_keys`, `cosigned`: of keys that the policy names, each verified.
    """

    faults: tuple[str, ...]
    log_keys: tuple[Verified, ...] = ()
    cosigned: tuple[tuple[str, Verified], ...] = ()
    quorum: bool = False

    @property
    def good(self) -> bool:
        """Signed by a log that the policy names, and cosigned by its quorum."""
        return not self.faults and bool(self.log_keys) and self.quorum


def standing(statement: bytes, proof: TlogProof, policy: Policy, check: CheckEd25519, *, kind: str = KIND) -> Standing:
    """Whether a statement is in a register that the policy believes. kind: of its entry."""
    try:
        checkpoint = proof.checkpoint
        entry = entry_of(kind, sha256(statement).hexdigest(), statement)
        if not proof.proves(entry.to_bytes()):
            return Standing(("the statement is not in the register at the place that the proof says",))
        logs = [key for key in policy.logs if key.name == checkpoint.origin]
        signed = verify_note(proof.note, logs, check)
        names, keys = list(policy.witnesses), list(policy.witnesses.values())
        found = {one.key: one for one in verify_note(proof.note, keys, check)}
    except ValueError as error:
        return Standing((str(error),))
    revoked = policy.revoked
    found = {key: one for key, one in found.items() if (one.seconds or 0) < revoked.get(key, 2**63)}
    cosigned = tuple((name, found[key]) for name, key in zip(names, keys, strict=True) if key in found)
    before = earliest([one for _, one in cosigned])
    late = [one for one in signed if one.key in revoked and (before is None or before >= revoked[one.key])]
    signed = tuple(one for one in signed if one not in late)
    if late and not signed:
        fault = f"the key {late[0].key.to_text()} is revoked, and no witness cosigned this before that"
        return Standing((fault,), (), cosigned)
    if not signed:
        known = ", ".join(key.name for key in policy.logs) or "none"
        fault = f"the register {checkpoint.origin} is signed by no log that the policy names (it names {known})"
        return Standing((fault,), (), cosigned)
    return Standing((), signed, cosigned, policy.reached([name for name, _ in cosigned]))


def fingerprint(key: VerifierKey) -> str:
    """A key as people compare it aloud: the digest of its vkey, in groups of four."""
    digest = sha256(key.to_text().encode()).hexdigest()[:32]
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def earliest(verified: Sequence[Verified]) -> int | None:
    """The earliest second that a cosignature names."""
    seconds = [one.seconds for one in verified if one.seconds is not None]
    return min(seconds) if seconds else None
