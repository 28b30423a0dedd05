"""What is shown to a seat, less the sensors whose providers do not release them to it."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from truceline.edges.live.floor import Change, Now, Whole

T = TypeVar("T")

SENSORS = "sensors"


def released_whole(whole: Whole, hidden: frozenset[str]) -> Whole:
    """The floor without hidden sensors."""
    if not hidden:
        return whole
    return msgspec.structs.replace(whole, now=_now(whole.now, hidden), records=_less(whole.records, hidden))


def released_change(change: Change, hidden: frozenset[str]) -> Change:
    """A change of the floor without hidden sensors."""
    if not hidden:
        return change
    gone = {kind: _without(some, hidden) if kind == SENSORS else some for kind, some in change.gone.items()}
    now = None if change.now is None else _now(change.now, hidden)
    return msgspec.structs.replace(change, now=now, put=_less(change.put, hidden), gone=gone)


def released_records(records: Mapping[str, Mapping[str, bytes]], hidden: frozenset[str]) -> dict[str, dict[str, bytes]]:
    """The records of a judgement without hidden sensors."""
    return _less(records, hidden)


def _now(now: Now, hidden: frozenset[str]) -> Now:
    return msgspec.structs.replace(
        now, sensors=_without(now.sensors, hidden), live=[one for one in now.live if one not in hidden]
    )


def _less(records: Mapping[str, Mapping[str, T]], hidden: frozenset[str]) -> dict[str, dict[str, T]]:
    return {kind: _without(some, hidden if kind == SENSORS else frozenset()) for kind, some in records.items()}


def _without(some: Mapping[str, T], hidden: frozenset[str]) -> dict[str, T]:
    return {id_: one for id_, one in some.items() if sensor_of(id_) not in hidden}


def sensor_of(id_: str) -> str:
    """The sensor that a record is of: its health has a record for each hour, by `sensor@hour`."""
    return id_.rpartition("@")[0] or id_
