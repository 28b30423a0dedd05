"""Signed notes (C2SP signed-note 1.0.0): a text and the signatures under it.

    <text, ending in a newline>
                                                  one empty line
    — <key name> <base64 of: 4-byte key id ‖ signature>

The key id is the first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key). Two types are known:

* 0x01: Ed25519 over the text.
* 0x04: a cosignature (C2SP tlog-cosignature 1.0.1): eight bytes of seconds since 1970, big-endian, then Ed25519 over
  `cosignature/v1`, `time <seconds>` and the text, a line each. It says: at that time, the largest consistent tree that
  I have seen of this log is this one.

Pure: whoever verifies brings the function that checks an Ed25519 signature.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from truceline.custody.base64_text import decode_base64

ED25519 = 0x01
COSIGNATURE = 0x04
MOST_BYTES = 1_000_000
MOST_SIGNATURES = 100
MOST_SECONDS = 2**63 - 1

_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_ID_BYTES = 4
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")  # newline (0x0a) is allowed
_ID = re.compile(r"[0-9a-f]{8}")

CheckEd25519: TypeAlias = Callable[[bytes, bytes, bytes], bool]
"""Whether (public key, signature, message) fit."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line. `data` is what follows the key id."""

    name: str
    key_id: bytes
    data: bytes

    def to_line(self) -> str:
        """The line under a note."""
        return f"— {self.name} {b64encode(self.key_id + self.data).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures that stand under it, verified or not."""

    text: str
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The note as a file."""
        return (self.text + "\n" + "".join(s.to_line() for s in self.signatures)).encode()


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key that we know: its name, type (0x01 or 0x04) and 32 bytes."""

    name: str
    type: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names this key."""
        return key_id(self.name, self.type, self.public)

    def to_text(self) -> str:
        """The key as a vkey: name, id and key, joined by plus signs."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.type]) + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that a known key made. `seconds` since 1970 of a cosignature, by the cosigner's clock."""

    key: VerifierKey
    seconds: int | None


def key_id(name: str, type_: int, public: bytes) -> bytes:
    """The short name of a key. It is no protection against a forger: the key behind it is."""
    return sha256(name.encode() + b"\n" + bytes([type_]) + public).digest()[:_ID_BYTES]


def read_vkey(text: str) -> VerifierKey:
    """The key that a vkey text is. Raises ValueError: for an unknown type, or an id that is not this key's."""
    name, _, rest = text.partition("+")
    id_text, _, key_text = rest.partition("+")
    _check_name(name)
    if not _ID.fullmatch(id_text):
        raise ValueError(f"the key id of {name} is not eight lower-case hex digits")
    data = decode_base64(key_text, f"the key of {name}")
    if len(data) != 1 + _KEY_BYTES or data[0] not in (ED25519, COSIGNATURE):
        raise ValueError(f"the key of {name} is neither an Ed25519 key (type 1) nor a cosigner's (type 4)")
    key = VerifierKey(name, data[0], data[1:])
    if key.key_id.hex() != id_text:
        raise ValueError(f"the key id of {name} is {id_text}, but its key's is {key.key_id.hex()}")
    return key


def read_note(data: bytes) -> Note:
    """The note that these bytes are, its signatures not yet verified. Raises ValueError for any other bytes."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"the note has more than {MOST_BYTES} bytes")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"the note is not UTF-8 at byte {error.start}") from None
    if control := _CONTROL.search(whole):
        raise ValueError(f"the note holds a control character at character {control.start()}")
    text, found, below = whole.rpartition("\n\n")
    if not found or not below:
        raise ValueError("the note has no signatures after an empty line")
    if not below.endswith("\n"):
        raise ValueError("the last line of the note does not end in a newline")
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise ValueError(f"the note has more than {MOST_SIGNATURES} signatures")
    return Note(text + "\n", tuple(map(read_signature, lines)))


def read_signature(line: str) -> Signature:
    """The signature that a line, without its newline, is. Raises ValueError."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—":
        raise ValueError(f"a signature line does not begin with a dash and a blank: {line[:60]!r}")
    _check_name(name)
    data = decode_base64(encoded, f"the signature of {name}")
    if len(data) <= _ID_BYTES:
        raise ValueError(f"the signature of {name} is too short")
    return Signature(name, data[:_ID_BYTES], data[_ID_BYTES:])


def cosigned_message(text: str, seconds: int) -> bytes:
    """What a cosignature signs."""
    assert 0 <= seconds <= MOST_SECONDS, seconds
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def note_signature(key: VerifierKey, signature: bytes, seconds: int | None = None) -> Signature:
    """The line for an Ed25519 signature over the text, or, with `seconds`, over the cosigned message."""
    assert (key.type == COSIGNATURE) == (seconds is not None), (key, seconds)
    assert len(signature) == _SIGNATURE_BYTES, len(signature)
    stamp = b"" if seconds is None else seconds.to_bytes(8, "big")
    return Signature(key.name, key.key_id, stamp + signature)


def verify_note(note: Note, keys: Sequence[VerifierKey], check: CheckEd25519) -> tuple[Verified, ...]:
    """Which of the known keys signed, in the order of the keys, each once. Signatures of unknown keys are passed over.

    Raises ValueError if a line bears the name and id of a known key and is not its signature: such a note is refused.
    No signature of a known key at all gives none: the caller says how many are needed.
    """
    verified = []
    for key in dict.fromkeys(keys):
        lines = [s for s in note.signatures if (s.name, s.key_id) == (key.name, key.key_id)]
        found = [_verify(note.text, s, key, check) for s in lines]
        if found:
            # Of several cosignatures of one key the earliest counts: the tree stood at that time already.
            verified.append(min(found, key=lambda v: v.seconds or 0))
    return tuple(verified)


def _verify(text: str, line: Signature, key: VerifierKey, check: CheckEd25519) -> Verified:
    seconds, signature, message = None, line.data, text.encode()
    if key.type == COSIGNATURE:
        seconds, signature = int.from_bytes(line.data[:8], "big"), line.data[8:]
        if seconds > MOST_SECONDS:
            raise ValueError(f"the cosignature of {key.name} bears an impossible time")
        message = cosigned_message(text, seconds)
    if len(signature) != _SIGNATURE_BYTES or not check(key.public, signature, message):
        raise ValueError(f"the signature under the name and id of {key.name} is not that key's, or of another text")
    return Verified(key, seconds)


def _check_name(name: str) -> None:
    if not name or "+" in name or any(c.isspace() for c in name) or _CONTROL.search(name):
        raise ValueError(f"{name[:60]!r} is no key name (not empty, no blank, no plus sign)")
