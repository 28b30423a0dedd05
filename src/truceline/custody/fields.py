"""Commitments of fields: a record can be shown in part; what is shown is proven, what is hidden is seen to be hidden.

Each field of a record is committed to by itself:

    salt         HMAC-SHA256 of the record's key over the field's name
    commitment   SHA-256 of: 0x02, salt, length of the name in two bytes, name, value
    leaf         the canonical JSON of [name, commitment in hex], hashed as a leaf of RFC 6962
    record       the root over the leaves in order of name; it stands in an entry of version 2

A value is the JSON text as received, byte for byte. The field with the empty name is the whole record as received.
Fields of a GeoJSON feature's `properties` are fields by themselves. A field whose name begins with ~ was derived from
others when the record was committed (a coarse place, an hour), so that it can be shown in their place. Without the salt
nobody can find a hidden value by trying all that it might be; the record's key, given whole, opens all of them.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from truceline.custody.canonical import canonical_json
from truceline.custody.merkle import leaf_hash, root_of
from truceline.custody.reading import decode

VERSION = 2
WHOLE = ""  # the name of the field that is the whole record
DERIVED = "~"  # how the name of a derived field begins
MOST_NAME = 1000  # bytes
SECRET_BYTES = 32

_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Shown:
    """A field that is shown: its value and the salt that opens its commitment."""

    value: bytes
    salt: bytes


def record_key(seed: bytes, index: int) -> bytes:
    """The key of record `index`, from the secret of the whole log."""
    assert len(seed) == SECRET_BYTES, len(seed)
    return hmac.digest(seed, b"record %d" % index, "sha256")


def fields_of(record: bytes) -> dict[str, bytes]:
    """The fields of a record: name → JSON text as it stands there. What is no JSON object has the whole field alone."""
    found = {WHOLE: record}
    try:
        fields = decode(record, dict[str, msgspec.Raw])
        if "geometry" in fields and "properties" in fields:
            fields |= decode(bytes(fields.pop("properties")), dict[str, msgspec.Raw])
        for name, value in fields.items():
            if name and not name.startswith(DERIVED) and len(name.encode("utf-8")) <= MOST_NAME:
                found[name] = bytes(value)
    except ValueError:
        return {WHOLE: record}
    return found


def salt_of(key: bytes, name: str) -> bytes:
    """The salt of a field."""
    return hmac.digest(key, name.encode("utf-8"), "sha256")


def commitment(name: str, shown: Shown) -> str:
    """The hex commitment of a field."""
    encoded = name.encode("utf-8")
    return sha256(b"\x02" + shown.salt + len(encoded).to_bytes(2, "big") + encoded + shown.value).hexdigest()


def committed(key: bytes, fields: Mapping[str, bytes]) -> dict[str, str]:
    """Name → commitment of every field of a record."""
    return {name: commitment(name, Shown(value, salt_of(key, name))) for name, value in fields.items()}


def entry_v2(kind: str, commitments: Mapping[str, str]) -> bytes:
    """The entry that stands for a record in a log of commitments."""
    leaves = [leaf_hash(canonical_json([name, commitments[name]])) for name in sorted(commitments)]
    return b'{"fields":"%s","kind":"%s","v":2}' % (root_of(leaves).hex().encode(), kind.encode())


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A record as far as it is shown. `hidden`: name → commitment of every field that is not."""

    index: int
    kind: str
    shown: Mapping[str, Shown]
    hidden: Mapping[str, str]

    def leaf(self) -> bytes:
        """The leaf hash that this record has in the log of commitments, if all that is shown is true."""
        commitments = {name: commitment(name, one) for name, one in self.shown.items()}
        return leaf_hash(entry_v2(self.kind, {**self.hidden, **commitments}))


def disclose(index: int, kind: str, key: bytes, fields: Mapping[str, bytes], names: Sequence[str]) -> Disclosure:
    """The record with these fields shown and all others hidden."""
    shown = {name: Shown(fields[name], salt_of(key, name)) for name in names if name in fields}
    hidden = {name: text for name, text in committed(key, fields).items() if name not in shown}
    return Disclosure(index, kind, shown, hidden)


def is_commitment(text: object) -> bool:
    """Whether this is a commitment in hex."""
    return isinstance(text, str) and _HEX.fullmatch(text) is not None
