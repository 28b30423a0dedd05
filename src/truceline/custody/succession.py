"""One key follows another, or is revoked: statements in the register (kind `key`), signed by whom they concern.

    truceline/rotation/v1            signed by both keys: the old gives, the new takes
    from <vkey>
    to <vkey>

    truceline/revocation/v1          signed by the key itself, or by two officers of different nations
    key <vkey>
    since <seconds since 1970>

A rotation lets whoever believed the old key believe the new one. After a revocation a signature of the key counts only
if a witness cosigned the same checkpoint before: whoever stole the key cannot sign the past.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from truceline.custody.checkpoint import read_size
from truceline.custody.note import ED25519, CheckEd25519, Note, VerifierKey, read_vkey, verify_note
from truceline.custody.permit import Officer, signed_by_two
from truceline.custody.policy import Policy

ROTATION, REVOCATION = "truceline/rotation/v1", "truceline/revocation/v1"


@dataclass(frozen=True, slots=True)
class Rotation:
    """`new` follows `old`."""

    old: VerifierKey
    new: VerifierKey

    def to_text(self) -> str:
        """The text that both sign."""
        return f"{ROTATION}\nfrom {self.old.to_text()}\nto {self.new.to_text()}\n"


@dataclass(frozen=True, slots=True)
class Revocation:
    """`key` is not to be believed since then, seconds since 1970."""

    key: VerifierKey
    since: int

    def to_text(self) -> str:
        """The text that is signed."""
        return f"{REVOCATION}\nkey {self.key.to_text()}\nsince {self.since}\n"


def read_rotation(note: Note, check: CheckEd25519) -> Rotation:
    """The rotation that a note states, if both keys have signed it. Raises ValueError."""
    words = _words(note.text, ROTATION, ["from", "to"])
    rotation = Rotation(read_vkey(words[0]), read_vkey(words[1]))
    keys = [rotation.old, rotation.new]
    if any(key.type != ED25519 for key in keys) or rotation.old.name != rotation.new.name:
        raise ValueError("a rotation is of a log's key, and keeps its name")
    if rotation.old == rotation.new or len(verify_note(note, keys, check)) < len(keys):
        raise ValueError("a rotation is signed by the old key and by the new one")
    return rotation


def read_revocation(note: Note, officers: Sequence[Officer], check: CheckEd25519) -> Revocation:
    """The revocation that a note states, if the key itself, or two officers, have signed it. Raises ValueError."""
    revocation = revocation_of(note.text)
    if not (revocation.key.type == ED25519 and verify_note(note, [revocation.key], check)):
        signed_by_two(note, officers, check)
    return revocation


def revocation_of(text: str) -> Revocation:
    """The revocation that a text states, whoever signs it. Raises ValueError."""
    words = _words(text, REVOCATION, ["key", "since"])
    return Revocation(read_vkey(words[0]), read_size(words[1]))


def followed(policy: Policy, rotations: Sequence[Rotation], revocations: Sequence[Revocation] = ()) -> Policy:
    """The policy in which a log's key stands beside that which it has given way to, from one to the next, and keys are
    not believed since they were revoked."""
    logs = list(policy.logs)
    grown = True
    while grown:
        grown = False
        for one in rotations:
            if one.old in logs and one.new not in logs:
                logs.append(one.new)
                grown = True
    revoked: dict[VerifierKey, int] = {}
    for gone in revocations:
        revoked[gone.key] = min(gone.since, revoked.get(gone.key, gone.since))
    return replace(policy, logs=tuple(logs), revoked=revoked)


def _words(text: str, head: str, names: Sequence[str]) -> list[str]:
    """What stands after each of the names. Raises ValueError."""
    first, *lines = text.removesuffix("\n").split("\n")
    words = [line.partition(" ")[::2] for line in lines]
    if first != head or [word for word, _ in words] != list(names):
        raise ValueError(f"the text does not have the lines {head}, {', '.join(names)}")
    return [rest for _, rest in words]
