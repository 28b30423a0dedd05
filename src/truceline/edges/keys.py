"""Signing keys: made, kept in files that only their owner can read, and used. The only place that holds a secret key.

A key is of one kind: a log's (it signs checkpoints), a witness's (it cosigns them) or an officer's (it signs orders and
decisions). The key file is text: a line
of name and kind, then the secret key as PEM (PKCS #8), sealed by a passphrase if one is given. Beside it stands the
public half as a vkey, which is to be handed to everyone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from truceline.custody.note import (
    COSIGNATURE,
    ED25519,
    Note,
    Signature,
    VerifierKey,
    cosigned_message,
    note_signature,
    read_vkey,
)
from truceline.edges.given_file import refuse_shared
from truceline.edges.store.durable import write_durably
from truceline.model.problem import Place, Problem, Unusable

KINDS = {"log": ED25519, "witness": COSIGNATURE, "officer": ED25519}
AskPassphrase: TypeAlias = Callable[[], str]

_HEAD = re.compile(r"truceline key (log|witness|officer) (\S+)\n")


@dataclass(frozen=True, slots=True)
class Signer:
    """A secret key with its name and kind."""

    key: VerifierKey
    secret: Ed25519PrivateKey

    def signed(self, text: str) -> Note:
        """A note of this text, signed by a log's key."""
        assert self.key.type == ED25519, self.key.name
        return Note(text, (note_signature(self.key, self.secret.sign(text.encode())),))

    def cosignature(self, text: str, seconds: int) -> Signature:
        """A witness's line under a checkpoint. seconds: since 1970, when it is made."""
        assert self.key.type == COSIGNATURE, self.key.name
        return note_signature(self.key, self.secret.sign(cosigned_message(text, seconds)), seconds)


def check_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature is that of a key over a message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def new_signer(kind: str, name: str) -> Signer:
    """A new secret key, from the system's randomness. Raises Unusable if the name cannot be that of a key."""
    secret = Ed25519PrivateKey.generate()
    key = VerifierKey(name, KINDS[kind], secret.public_key().public_bytes_raw())
    try:
        return Signer(read_vkey(key.to_text()), secret)
    except ValueError as error:
        remedy = "give a name as of a web address, without https://: example.org/mission"
        raise Unusable([Problem(Place("name"), str(error), remedy)]) from None


def write_key(path: Path, kind: str, signer: Signer, passphrase: str | None) -> None:
    """Write a key file for its owner's eyes, and the vkey beside it. Raises Unusable if there is one already."""
    for one in (path, vkey_path(path)):
        if one.exists():
            raise Unusable(
                [Problem(Place(str(one)), "the file exists already", "name a new one: keys are not replaced")]
            )
    seal = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    assert KINDS[kind] == signer.key.type, kind
    pem = signer.secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, seal)
    try:
        write_durably(path, f"truceline key {kind} {signer.key.name}\n".encode() + pem, mode=0o600)
        write_durably(vkey_path(path), f"{signer.key.to_text()}\n".encode())
    except OSError as error:
        raise Unusable([Problem(Place(str(path)), f"cannot be written ({error.strerror})", "check the path")]) from None


def read_key(path: Path, kind: str, ask: AskPassphrase) -> Signer:
    """The key of a file, of this kind. ask: for the passphrase, if the key is sealed by one. Raises Unusable."""
    held, signer = _opened(path, ask)
    if held != kind:
        remedy = f"make one: truceline key new {kind} NAME FILE"
        raise Unusable([Problem(Place(str(path)), f"the key is of the kind {held}, not {kind}", remedy)])
    return signer


def open_key(path: Path, ask: AskPassphrase) -> Signer:
    """The key of a file, of whatever kind. Raises Unusable."""
    return _opened(path, ask)[1]


def _opened(path: Path, ask: AskPassphrase) -> tuple[str, Signer]:
    """(kind, key) of a file."""
    try:
        data = path.read_bytes()
        refuse_shared(path, "others than its owner may read the key file", f"make a new key, or: chmod 600 {path}")
    except OSError as error:
        raise Unusable([Problem(Place(str(path)), f"cannot be read ({error.strerror})", "check the path")]) from None
    head = _HEAD.match(data.decode("utf-8", "replace"))
    if not head:
        remedy = "make one: truceline key new KIND NAME FILE"
        raise Unusable([Problem(Place(str(path)), "the file is no key", remedy)])
    pem = data[data.index(b"\n") + 1 :]
    try:
        secret = load_pem_private_key(pem, ask().encode() if b"ENCRYPTED" in pem else None)
    except (ValueError, TypeError):
        what = "the key cannot be opened"
        raise Unusable([Problem(Place(str(path)), what, "give its passphrase, or restore the file")]) from None
    if not isinstance(secret, Ed25519PrivateKey):
        raise Unusable([Problem(Place(str(path)), "the key is not an Ed25519 key", "make a new one")])
    return head[1], Signer(VerifierKey(head[2], KINDS[head[1]], secret.public_key().public_bytes_raw()), secret)


def vkey_path(path: Path) -> Path:
    """Where the public half of a key file stands."""
    return path.with_name(f"{path.name}.vkey")
