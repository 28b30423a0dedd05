"""What is shown to a seat, less what is not released to it: sensors, and what was concluded with those of others."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from truceline.edges.live.floor import SENSORS, Change, Noted, Now, Shown, Whole
from truceline.edges.live.told import Judged, Ring
from truceline.edges.live.withheld import Withheld

T = TypeVar("T")
Rests = Mapping[str, frozenset[str]]
Blind = list[list[Ring]]


def released_whole(whole: Whole, rests: Rests, withheld: Withheld, blind: Blind) -> Whole:
    """The floor as a seat may see it. blind: what is not watched by the sensors that it may see."""
    if not withheld:
        return whole
    records = {
        kind: _sensors(some, withheld) if kind == SENSORS else _shown(some, rests, withheld)
        for kind, some in whole.records.items()
    }
    return msgspec.structs.replace(whole, now=released_now(whole.now, withheld, blind), records=records)


def released_change(noted: Noted, withheld: Withheld, blind: Blind) -> Change:
    """A change of the floor as a seat may see it: what it may not see any more is gone for it."""
    change = noted.change
    if not withheld:
        return change
    put: dict[str, dict[str, Shown]] = {}
    gone: dict[str, dict[str, str | None]] = {}
    for kind, some in change.put.items():
        put[kind] = _sensors(some, withheld) if kind == SENSORS else _shown(some, noted.rests, withheld)
        gone[kind] = {
            id_: None for id_ in some if kind != SENSORS and id_ not in put[kind] and _was_shown(noted, id_, withheld)
        }
    for kind, missing in change.gone.items():
        left = _sensors(missing, withheld) if kind == SENSORS else {
            id_: heir if heir is not None and withheld.shows(noted.rests.get(heir)) else None
            for id_, heir in missing.items() if _was_shown(noted, id_, withheld)
        }  # fmt: skip
        gone.setdefault(kind, {}).update(left)
    now = None if change.now is None else released_now(change.now, withheld, blind)
    return Change(change.number, _filled(put), _filled(gone), now)


def released_records(told: Judged, rests: Rests, withheld: Withheld, kind: str) -> dict[str, bytes]:
    """The records of a judgement, of a kind, as a seat may see them: where part of what one rests on is not shown to
    it, without what only a closer look needs, which would name that part."""
    records = told.records[kind]
    if not withheld:
        return records
    if kind == SENSORS:
        return _sensors(records, withheld)
    return {
        id_: line if withheld.tells_all(rests.get(id_)) else told.brief[kind][id_]
        for id_, line in records.items()
        if withheld.shows(rests.get(id_))
    }


def released_brief(told: Judged, rests: Rests, withheld: Withheld, kind: str) -> list[bytes]:
    """The short records of a judgement, of a kind, that a seat may see. Not for sensors."""
    return [line for id_, line in told.brief[kind].items() if withheld.shows(rests.get(id_))]


def released_now(now: Now, withheld: Withheld, blind: Blind) -> Now:
    """How things stand, as far as a seat may know: lines are those of the sensors that it may see."""
    if not withheld:
        return now
    sensors = {id_: one for id_, one in now.sensors.items() if id_ not in withheld.sensors}
    return msgspec.structs.replace(
        now, sensors=sensors, live=[one for one in now.live if one not in withheld.sensors], blind=blind,
        observations=sum(one.lines for one in sensors.values()), late=sum(one.late for one in sensors.values()),
    )  # fmt: skip


def _shown(some: Mapping[str, Shown], rests: Rests, withheld: Withheld) -> dict[str, Shown]:
    return {
        id_: one if one.supersedes is None or withheld.shows(rests.get(one.supersedes))
        else msgspec.structs.replace(one, supersedes=None)
        for id_, one in some.items() if withheld.shows(rests.get(id_))
    }  # fmt: skip


def _was_shown(noted: Noted, id_: str, withheld: Withheld) -> bool:
    return id_ in noted.before and withheld.shows(noted.before[id_])


def _sensors(some: Mapping[str, T], withheld: Withheld) -> dict[str, T]:
    return {id_: one for id_, one in some.items() if sensor_of(id_) not in withheld.sensors}


def _filled(some: dict[str, dict[str, T]]) -> dict[str, dict[str, T]]:
    return {kind: ids for kind, ids in some.items() if ids}


def sensor_of(id_: str) -> str:
    """The sensor that a record is of: its health has a record for each hour, by `sensor@hour`."""
    return id_.rpartition("@")[0] or id_
