"""What the workers tell the server. Records are lines of contract 1, as bytes, by id."""

from typing import TypeAlias

import msgspec

Ring: TypeAlias = list[tuple[float, float]]


class SensorNow(msgspec.Struct, frozen=True):
    """When a sensor was last heard (its own clock), its own word for its state, how many lines came, how many of them
    too late for a quick look."""

    last: str
    state: str
    lines: int
    late: int


class Looked(msgspec.Struct, frozen=True, tag="looked"):
    """What a quick look found. now: the mission's time; size: inputs read; blind: polygons not watched now; rests: the
    providers that each event rests on."""

    size: int
    now: str
    events: dict[str, bytes]
    members: dict[str, list[str]]
    rests: dict[str, list[str]]
    observations: int
    late: int
    unusable: int
    live: list[str]
    blind: list[list[Ring]]
    sensors: dict[str, SensorNow]


class Spoken(msgspec.Struct, frozen=True):
    """A contact between parties, or of one with the mission: its words stay in its line of the log."""

    id: str
    time: str
    sender: str
    to: str
    kind: str
    about: str | None


class Judged(msgspec.Struct, frozen=True, tag="judged"):
    """What the whole log leads to. brief: the records without what only a closer look needs; final: ids of records
    that only what comes too late can change; stakes: by finding, what people would want to know at once; rests: the
    providers that each event, incident and finding rests on."""

    size: int
    root: str
    now: str
    cut_us: int
    records: dict[str, dict[str, bytes]]
    brief: dict[str, dict[str, bytes]]
    members: dict[str, list[str]]
    rests: dict[str, list[str]]
    final: list[str]
    took_s: float
    stakes: dict[str, list[str]]
    contacts: list[Spoken]


class Untold(msgspec.Struct, frozen=True, tag="untold"):
    """Why a worker ended."""

    why: str


LEFT_OUT = ("anchor", "observations", "ellipse50", "ellipse95", "robust90", "reasons", "made_by")


def brief(line: bytes) -> bytes:
    """A record without what only a closer look needs."""
    feature = msgspec.json.decode(line)
    for key in LEFT_OUT:
        feature["properties"].pop(key, None)
    return msgspec.json.encode(feature)


Told: TypeAlias = Looked | Judged | Untold
