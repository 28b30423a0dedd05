"""What the service says over HTTP, as JSON. The same records are written into the OpenAPI document."""

from typing import Any

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """What was wrong, where, and what to do."""

    what: str
    remedy: str
    place: str = ""


class NotUsed(msgspec.Struct, frozen=True):
    """A line that was kept but cannot be used: its number in the batch (from 1), and why."""

    line: int
    reason: str


class Acknowledged(msgspec.Struct, frozen=True):
    """A batch is on disk. new: kept now; known: kept before; set_aside: kept, but another line has their id."""

    new: int
    known: int
    set_aside: int
    size: int
    not_used: list[NotUsed] = []


class Exhibited(msgspec.Struct, frozen=True):
    """An exhibit is on disk under its digest."""

    sha256: str
    media_type: str
    size: int


class Stands(msgspec.Struct, frozen=True):
    """How the service stands."""

    status: str
    mission: str
    version: str
    size: int
    behind: int
    time: str
    judged: str
    faults: list[str]


def schemas(*types: type) -> dict[str, Any]:
    """JSON schemas of these records, by name, as OpenAPI components."""
    _, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    return dict(components)
