"""What is committed to when a result is sealed: every input of its log and every record of it, field by field.

Records of conclusions have derived fields beside their own (custody/derived.py). The records stand in an order that
only the secret tells: from the places of those that it is shown nobody learns how many others came between.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from truceline.custody.derived import derived
from truceline.custody.fields import committed, entry_v2, fields_of, record_key
from truceline.custody.log_folder import Logged
from truceline.custody.merkle import leaf_hash
from truceline.custody.seal import RECORD_KINDS

DERIVED_OF = ("event", "incident", "finding")
FILES = {kind: f"{kind}s.geojsonl" for kind in RECORD_KINDS}


@dataclass(frozen=True, slots=True)
class Record:
    """Something committed to: its place in the log of commitments, its kind, its bytes as they stand in a file."""

    index: int
    kind: str
    data: bytes

    @property
    def id(self) -> str:
        """The id of a record of the result; empty for inputs."""
        return str(msgspec.json.decode(self.data)["properties"]["id"]) if self.kind in RECORD_KINDS else ""

    def coarse(self) -> dict[str, bytes]:
        """Its derived fields."""
        return derived(self.data) if self.kind in DERIVED_OF else {}

    def fields(self) -> dict[str, bytes]:
        """Its fields, derived ones included."""
        return fields_of(self.data) | self.coarse()

    def leaf(self, seed: bytes) -> bytes:
        """Its leaf hash in the log of commitments."""
        return leaf_hash(entry_v2(self.kind, committed(record_key(seed, self.index), self.fields())))


def records_of(logged: tuple[Logged, ...], files: Mapping[str, bytes], seed: bytes) -> tuple[Record, ...]:
    """Every input in the order of the log, then every line of the record files; their places are shuffled."""
    found = [(entry.kind, data) for entry, data in logged]
    for kind in RECORD_KINDS:
        found += [(kind, line) for line in files.get(FILES[kind], b"").split(b"\n") if line]
    order = sorted(range(len(found)), key=lambda number: hmac.digest(seed, b"place %d" % number, "sha256"))
    places = {number: place for place, number in enumerate(order)}
    return tuple(Record(places[number], kind, data) for number, (kind, data) in enumerate(found))


def leaves_of(records: Sequence[Record], seed: bytes) -> list[bytes]:
    """The leaf hashes of the log of commitments, in its order."""
    return [record.leaf(seed) for record in sorted(records, key=lambda record: record.index)]
