"""The records of a result folder by id, each with the line that it stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from truceline.custody.reading import decode
from truceline.edges.out_folder import Feature
from truceline.model.problem import Place, Problem, Unusable


@dataclass(frozen=True)
class RecordLine:
    """A record: its line without the newline, its properties, its geometry."""

    line: bytes
    properties: dict[str, Any]
    geometry: dict[str, Any]


def record_lines(files: Mapping[str, bytes], name: str) -> dict[str, RecordLine]:
    """The records of a file by id, in its order. Raises Unusable."""
    found: dict[str, RecordLine] = {}
    for number, line in enumerate(files.get(name, b"").split(b"\n"), start=1):
        if line:
            try:
                feature = decode(line, Feature)
                found[str(feature.properties["id"])] = RecordLine(line, feature.properties, feature.geometry)
            except (ValueError, KeyError):
                remedy = "run the mission again"
                raise Unusable([Problem(Place(name, line=number), "not a feature with an id", remedy)]) from None
    return found
