"""What is committed to when a result is sealed: every input of its log and every record of it, field by field.

Beside a record's own fields stand derived ones, coarse enough to be shown where the exact may not be:

    ~hour    the hour of its `time`, UTC
    ~cells   the cells of the H3 grid, resolution 6 (some 36 km²), that hold its places, in order
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from truceline.custody.canonical import canonical_json
from truceline.custody.fields import committed, entry_v2, fields_of, record_key
from truceline.custody.log_folder import Logged
from truceline.custody.merkle import leaf_hash
from truceline.custody.seal import RECORD_KINDS
from truceline.geo.cells import cell_of

CELL_RESOLUTION = 6
DERIVED_OF = ("event", "incident", "finding")
FILES = {kind: f"{kind}s.geojsonl" for kind in RECORD_KINDS}


@dataclass(frozen=True, slots=True)
class Record:
    """Something committed to: its place in the log of commitments, its kind, its bytes as they stand in a file."""

    index: int
    kind: str
    data: bytes

    def fields(self) -> dict[str, bytes]:
        """Its fields, derived ones included."""
        return fields_of(self.data) | (derived(self.data) if self.kind in DERIVED_OF else {})

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


def derived(data: bytes) -> dict[str, bytes]:
    """The derived fields of a GeoJSON feature of ours."""
    feature = msgspec.json.decode(data, type=dict[str, Any])
    found = {}
    time = feature["properties"].get("time") or feature["properties"].get("from")
    if isinstance(time, str):
        found["~hour"] = canonical_json(f"{time[:13]}:00:00Z")
    cells = sorted({cell_of(lon, lat, CELL_RESOLUTION) for lon, lat in _positions(feature["geometry"])})
    if cells:
        found["~cells"] = canonical_json(cells)
    return found


def _positions(geometry: dict[str, Any] | None) -> list[tuple[float, float]]:
    if geometry is None:
        return []
    coordinates = geometry["coordinates"]
    places = [coordinates] if geometry["type"] == "Point" else coordinates
    return [(place[0], place[1]) for place in places]
