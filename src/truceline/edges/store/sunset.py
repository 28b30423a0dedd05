"""The end of a mission: everything handed over whole to named custodians, and the keys destroyed.

    FOLDER/store, register           whole copies, checked, each with its journal's content in it
    FOLDER/exhibits/                 every exhibit
    FOLDER/results/                  results and their seals; the secret of each seal, sealed for the custodians
    FOLDER/public-register/          the register as plain files, signed a last time
    FOLDER/keyring.sealed            the keys of what is personal, sealed for the custodians: each can open it alone
    FOLDER/sunset                    the permit of two officers, as it was signed
    FOLDER/manifest-sha256.txt.note  the digest of every file, signed by the mission's key before it was destroyed

A custodian's key is an X25519 key (RFC 7748); sealing is ephemeral Diffie-Hellman, HKDF-SHA256, ChaCha20-Poly1305.
"""

import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from truceline.custody.base64_text import decode_base64
from truceline.custody.note import Note
from truceline.custody.personal import read_envelope
from truceline.edges.keys import Signer
from truceline.edges.seal.make import SEED
from truceline.edges.store.door import Received
from truceline.edges.store.durable import sync_folder, write_durably
from truceline.edges.store.fsck import faults_of
from truceline.edges.store.publish import publish
from truceline.edges.store.sqlite import SqliteStore
from truceline.model.problem import Place, Problem, Unusable

_INFO = b"truceline sunset v1"


@dataclass(frozen=True, slots=True)
class Custodian:
    """Who takes over: a name and a public X25519 key."""

    name: str
    public: bytes


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: int
    data: bytes  # under a key of its own
    keys: dict[str, tuple[bytes, bytes]]  # custodian → ephemeral public key, that key sealed


def read_custodians(file: str, data: bytes) -> tuple[Custodian, ...]:
    """The custodians of a file: lines of  custodian NAME KEY  (base64 of 32 bytes). Raises Unusable."""
    found: list[Custodian] = []
    problems: list[Problem] = []
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), start=1):
        items = line.split()
        if not items or items[0].startswith("#"):
            continue
        try:
            if len(items) != 3 or items[0] != "custodian" or items[1] in [one.name for one in found]:
                raise ValueError("a line is: custodian NAME KEY, each name once")
            public = decode_base64(items[2], "the key")
            X25519PublicKey.from_public_bytes(public)
            found.append(Custodian(items[1], public))
        except ValueError as error:
            problems.append(Problem(Place(file, line=number), str(error), "mend the line"))
    if problems or not found:
        raise Unusable(problems or [Problem(Place(file), "no custodian is named", "name one")])
    return tuple(found)


def sealed_for(data: bytes, custodians: Sequence[Custodian]) -> bytes:
    """Bytes that each of the custodians can open, and nobody else."""
    key = secrets.token_bytes(32)
    keys = {}
    for one in custodians:
        ephemeral = X25519PrivateKey.generate()
        shared = _shared(ephemeral.exchange(X25519PublicKey.from_public_bytes(one.public)), one.public)
        keys[one.name] = (
            ephemeral.public_key().public_bytes_raw(),
            ChaCha20Poly1305(shared).encrypt(bytes(12), key, None),
        )
    return msgspec.msgpack.encode(_Sealed(1, ChaCha20Poly1305(key).encrypt(bytes(12), data, None), keys))


def opened_by(sealed: bytes, name: str, secret: X25519PrivateKey) -> bytes:
    """What was sealed, opened by one custodian. Raises ValueError."""
    try:
        read = msgspec.msgpack.decode(sealed, type=_Sealed)
        ephemeral, wrapped = read.keys[name]
        public = secret.public_key().public_bytes_raw()
        shared = _shared(secret.exchange(X25519PublicKey.from_public_bytes(ephemeral)), public)
        key = ChaCha20Poly1305(shared).decrypt(bytes(12), wrapped, None)
        return ChaCha20Poly1305(key).decrypt(bytes(12), read.data, None)
    except (msgspec.MsgspecError, KeyError, InvalidTag, ValueError):
        raise ValueError(f"the file was not sealed for {name}, or is damaged") from None


@dataclass(frozen=True, slots=True)
class Beside:
    """What goes along with store and register: keyring, folder of exhibits, folders of results."""

    keyring: Path | None
    exhibits: Path | None
    results: tuple[Path, ...]

    def secrets(self) -> tuple[Path, ...]:
        """The files that are sealed for the custodians, and destroyed afterwards."""
        seeds = (seal_of(result) / SEED for result in self.results)
        return (*([self.keyring] if self.keyring else []), *(seed for seed in seeds if seed.is_file()))


def seal_of(result: Path) -> Path:
    """Where the seal of a result lies, if it has one."""
    return result.with_name(f"{result.name}.seal")


def hand_over(
    folder: Path, store: SqliteStore, register: SqliteStore, signer: Signer, beside: Beside,
    custodians: Sequence[Custodian], permit: bytes,
) -> Note:  # fmt: skip
    """Write everything, checked and signed; the note over the manifest. Nothing is destroyed yet. Raises Unusable."""
    if folder.exists():
        raise Unusable([Problem(Place(str(folder)), "the folder exists already", "name a new one")])
    if beside.keyring is None and any(read_envelope(kept.data) is not None for kept in store.inputs()):
        what = "the store holds what is personal, and no keyring is given: its keys would lie about"
        raise Unusable([Problem(Place("--keys"), what, "give --keys FILE")])
    store.append([Received("key", "sunset", permit)])
    register.append([Received("key", "sunset", permit)])
    store.seal()
    checkpoint = register.seal()
    try:
        folder.mkdir(parents=True)
        for name, one in (("store", store), ("register", register)):
            one.backup(folder / name)
            copied = SqliteStore(folder / name, read_only=True)
            faults = [fault for fault in faults_of(copied) if fault.fatal]
            copied.close()
            if faults:
                raise Unusable(faults)
        publish(register, folder / "public-register", checkpoint, signer.signed(checkpoint.to_text()).to_bytes())
        if beside.exhibits is not None:
            shutil.copytree(beside.exhibits, folder / "exhibits")
        if beside.keyring is not None:
            write_durably(folder / "keyring.sealed", sealed_for(beside.keyring.read_bytes(), custodians))
        for result in beside.results:
            _copy_result(result, folder / "results", custodians)
        write_durably(folder / "sunset", permit)
        note = signer.signed(_manifest(folder))
        write_durably(folder / "manifest-sha256.txt.note", note.to_bytes())
    except OSError as error:
        raise Unusable([Problem(Place(str(folder)), f"cannot be written ({error.strerror})", "make room")]) from None
    return note


def _copy_result(result: Path, to: Path, custodians: Sequence[Custodian]) -> None:
    """Copy a result and its seal, whose secret only the custodians can open. Raises OSError."""
    shutil.copytree(result, to / result.name)
    seal = seal_of(result)
    if seal.is_dir():
        shutil.copytree(seal, to / seal.name, ignore=shutil.ignore_patterns("secret"))
        if (seal / SEED).is_file():
            write_durably(to / seal.name / "seed.sealed", sealed_for((seal / SEED).read_bytes(), custodians))


def shred(path: Path) -> None:
    """Overwrite a file, then remove it; where a disk moves blocks by itself only the latter is sure. Raises OSError."""
    with path.open("r+b") as file:
        size = path.stat().st_size
        for _ in range(2):
            file.seek(0)
            file.write(secrets.token_bytes(size))
            file.flush()
            os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)


def _manifest(folder: Path) -> str:
    lines = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith((".lock", "-wal", "-shm")):
            digest = sha256()
            with path.open("rb") as file:
                while part := file.read(1024 * 1024):
                    digest.update(part)
            lines.append(f"{digest.hexdigest()}  {path.relative_to(folder).as_posix()}\n")
    return "".join(lines)


def _shared(secret: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=public, info=_INFO).derive(secret)
