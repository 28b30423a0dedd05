"""An entry of the log: which input, and the digest of its bytes as received.

Version 1: {"id", "kind", "sha256", "v": 1} as canonical JSON. A later version adds salted commitments of fields.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from truceline.custody.canonical import canonical_json
from truceline.custody.reading import decode

VERSION = 1
KINDS = (
    "code", "mission", "agreement", "areas", "network", "control", "weather", "places",
    "notice", "claim", "contact", "known", "decision", "set_aside", "observation",
    "result", "release", "erasure", "access", "key",
)  # fmt: skip
LINE_KINDS = KINDS[KINDS.index("notice") :]  # one line is one input
MOST_BYTES = 65_535  # of one entry (tlog-tiles)

_HEX = re.compile(r"[0-9a-f]{64}")
_PLAIN = re.compile(r"[ !#-\[\]-~]*")  # printable ASCII that JSON writes as it is


@dataclass(frozen=True, slots=True)
class Entry:
    """One input. `sha256` is the hex digest of its bytes as received."""

    kind: str
    id: str
    sha256: str

    def to_bytes(self) -> bytes:
        """The bytes that the tree hashes."""
        return entry_bytes(self.kind, self.id, self.sha256)


def entry_bytes(kind: str, id_: str, sha256_hex: str) -> bytes:
    """The bytes of an entry, for those who have many to hash."""
    if _PLAIN.fullmatch(id_):  # the same bytes, twenty times as fast
        return f'{{"id":"{id_}","kind":"{kind}","sha256":"{sha256_hex}","v":{VERSION}}}'.encode()
    return canonical_json({"v": VERSION, "kind": kind, "id": id_, "sha256": sha256_hex})


def entry_of(kind: str, id_: str, data: bytes) -> Entry:
    """The entry of an input's bytes."""
    assert kind in KINDS, kind
    return Entry(kind, id_, sha256(data).hexdigest())


def read_entry(data: bytes) -> Entry:
    """The entry that these bytes are. Raises ValueError for any other bytes, also for the same in another writing."""
    try:
        table = decode(data, object)
    except ValueError as error:
        raise ValueError(f"the entry is not JSON in UTF-8 ({error})") from None
    if not isinstance(table, dict) or table.get("v") != VERSION:
        raise ValueError(f"the entry is not of version {VERSION}")
    kind, id_, digest = table.get("kind"), table.get("id"), table.get("sha256")
    if kind not in KINDS or not isinstance(id_, str) or not isinstance(digest, str) or not _HEX.fullmatch(digest):
        raise ValueError("the entry names no known kind, id and digest")
    entry = Entry(kind, id_, digest)
    if entry.to_bytes() != data:
        raise ValueError("the entry is not written canonically")
    return entry
