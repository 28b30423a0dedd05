"""What a service says, as records. Fields that a later service adds are passed over."""

from typing import Any

import msgspec


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


class Stands(msgspec.Struct, frozen=True):
    """How a service stands. behind: inputs that are kept and not looked at yet; time: the mission's."""

    status: str
    mission: str
    version: str
    size: int
    behind: int
    time: str
    judged: str
    faults: list[str] = []


class Shown(msgspec.Struct, frozen=True):
    """A record on the floor. state: provisional, open or final; feature: GeoJSON."""

    state: str
    feature: dict[str, Any]
    supersedes: str | None = None


class Now(msgspec.Struct, frozen=True):
    """How things stand on the floor. live: ids of sensors that can be counted on; blind: polygons not watched."""

    time: str
    judged: str
    observations: int
    late: int
    unusable: int
    size: int
    behind: int
    root: str
    live: list[str]
    blind: list[list[list[tuple[float, float]]]]


class Floor(msgspec.Struct, frozen=True):
    """All that is shown, by kind and id."""

    number: int
    records: dict[str, dict[str, Shown]]
    now: Now


class Change(msgspec.Struct, frozen=True):
    """What is new, by kind and id, and what is gone with the id that took its place.

    anew: too much was missed; read the floor again.
    """

    number: int = 0
    put: dict[str, dict[str, Shown]] = {}
    gone: dict[str, dict[str, str | None]] = {}
    now: Now | None = None
    anew: bool = False
