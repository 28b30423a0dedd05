"""What is committed to when a result is sealed: every input of its log and every record of it, field by field.

Records of conclusions have derived fields beside their own (custody/derived.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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

    def coarse(self) -> dict[str, bytes]:
        """Its derived fields."""
        return derived(self.data) if self.kind in DERIVED_OF else {}

    def fields(self) -> dict[str, bytes]:
        """Its fields, derived ones included."""
        return fields_of(self.data) | self.coarse()

    def leaf(self, seed: bytes) -> bytes:
        """Its leaf hash in the log of commitments."""
        return leaf_hash(entry_v2(self.kind, committed(record_key(seed, self.index), self.fields())))


def records_of(logged: tuple[Logged, ...], files: Mapping[str, bytes]) -> Iterator[Record]:
    """Every input in the order of the log, then every line of the record files."""
    index = 0
    for entry, data in logged:
        yield Record(index, entry.kind, data)
        index += 1
    for kind in RECORD_KINDS:
        for line in files.get(FILES[kind], b"").split(b"\n"):
            if line:
                yield Record(index, kind, line)
                index += 1
