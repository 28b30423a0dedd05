"""What is seen now, for whoever watches: the records of a judgement, and beyond it what quick looks found.

Pure: told things come in, changes go out. Every change has a number, so that a watcher who was away for a moment asks
for what it missed; one who was away too long begins anew.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from truceline.edges.live.judging import KINDS
from truceline.edges.live.told import Judged, Looked, Ring, SensorNow

T = TypeVar("T")

MOST_REMEMBERED = 2_000  # changes
SENSORS = "sensors"
State = str  # provisional (a look), open (judged, may change), final


class Shown(msgspec.Struct, frozen=True):
    """A record as it is shown. feature: a line of contract 1 without what only a closer look needs."""

    state: State
    feature: msgspec.Raw
    supersedes: str | None = None


class Now(msgspec.Struct, frozen=True):
    """How things stand. judged: the mission's time of the last judgement; behind: inputs kept and not looked at yet."""

    time: str
    judged: str
    observations: int
    late: int
    unusable: int
    size: int
    behind: int
    root: str
    live: list[str]
    blind: list[list[Ring]]
    sensors: dict[str, SensorNow]


class Change(msgspec.Struct, frozen=True):
    """What is new, by kind and id, and what is gone with the id that took its place. now: if it changed."""

    number: int
    put: dict[str, dict[str, Shown]]
    gone: dict[str, dict[str, str | None]]
    now: Now | None


@dataclass(frozen=True)
class Noted:
    """A change, and the providers that what it names rests on, by id: now, and (before) what it replaces or removes."""

    change: Change
    rests: Mapping[str, frozenset[str]]
    before: Mapping[str, frozenset[str]]


class Whole(msgspec.Struct, frozen=True):
    """All that is shown after a change of this number."""

    number: int
    records: dict[str, dict[str, Shown]]
    now: Now


NOTHING = Now("", "", 0, 0, 0, 0, 0, "", [], [], {})


@dataclass
class Floor:
    """The state of the watch floor."""

    shown: dict[str, dict[str, Shown]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    now: Now = NOTHING
    number: int = 0
    size: int = 0
    judged: Judged | None = None
    rests: dict[str, frozenset[str]] = field(default_factory=dict)  # of what is shown, and of what that superseded
    _members: dict[str, frozenset[str]] = field(default_factory=dict)
    _looked: dict[str, tuple[bytes, frozenset[str]]] = field(default_factory=dict)
    _looked_rests: dict[str, frozenset[str]] = field(default_factory=dict)
    _judged_rests: dict[str, frozenset[str]] = field(default_factory=dict)
    _changes: deque[Noted] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))

    def kept(self, size: int) -> None:
        """The log has grown."""
        self.size = max(self.size, size)

    def looked(self, told: Looked) -> Noted:
        """A look came in: it replaces the look before."""
        self._looked = {id_: (line, frozenset(told.members[id_])) for id_, line in told.events.items()}
        self._looked_rests = _sets(told.rests)
        self.now = msgspec.structs.replace(
            self.now,
            time=told.now,
            observations=told.observations,
            late=told.late,
            unusable=told.unusable,
            size=told.size,
            behind=max(0, self.size - told.size),
            live=_same(self.now.live, told.live),
            blind=_same(self.now.blind, told.blind),
            sensors={id_: _same(self.now.sensors.get(id_), one) for id_, one in told.sensors.items()},
        )
        return self._change({"events": self._events()})

    def judgement(self, told: Judged) -> Noted:
        """A judgement came in: it replaces all that was judged before."""
        self.judged, self._judged_rests = told, _sets(told.rests)
        self.now = msgspec.structs.replace(self.now, judged=told.now, root=told.root)
        final = set(told.final)
        fresh = {
            kind: {id_: _shown(line, "final" if id_ in final else "open") for id_, line in told.brief[kind].items()}
            for kind in KINDS
            if kind != "events"
        }
        return self._change({**fresh, "events": self._events()})

    def whole(self) -> Whole:
        """Everything, for one who begins to watch."""
        return Whole(self.number, self.shown, self.now)

    def since(self, number: int) -> tuple[Noted, ...] | None:
        """The changes after this one; None if they are not remembered any more, or it never was."""
        if number > self.number or (self._changes and number < self._changes[0].change.number - 1):
            return None
        if not self._changes and number != self.number:
            return None
        return tuple(one for one in self._changes if one.change.number > number)

    def _events(self) -> dict[str, Shown]:
        """Judged events, and beyond the judged time what the last look found and no judged event explains."""
        told = self.judged
        found: dict[str, Shown] = {}
        explained: set[str] = set()
        if told is not None:
            final = set(told.final)
            for id_, line in told.brief["events"].items():
                found[id_] = _shown(line, "final" if id_ in final else "open")
                explained.update(told.members[id_])
        for id_, (line, members) in self._looked.items():
            if id_ not in found and not members & explained:
                found[id_] = _shown(line, "provisional")
        return found

    def _change(self, fresh: Mapping[str, Mapping[str, Shown]]) -> Noted:
        rests = self._rests_now(fresh)
        put: dict[str, dict[str, Shown]] = {}
        gone: dict[str, dict[str, str | None]] = {}
        members = self._members_now(fresh["events"])
        for kind, records in fresh.items():
            before = self.shown[kind]
            missing = [id_ for id_ in before if id_ not in records]
            heirs = {id_: self._heir(id_, members) if kind == "events" else None for id_ in missing}
            named = {heir: id_ for id_, heir in heirs.items() if heir is not None}
            new = {
                id_: msgspec.structs.replace(one, supersedes=named.get(id_) or _kept_name(before.get(id_)))
                for id_, one in records.items()
            }
            put[kind] = {
                id_: one
                for id_, one in new.items()
                if _differs(before.get(id_), one) or rests.get(id_) != self.rests.get(id_)
            }
            gone[kind] = heirs
            self.shown[kind] = new
        self._members = members
        self.number += 1
        change = Change(
            self.number,
            {kind: some for kind, some in put.items() if some},
            {kind: some for kind, some in gone.items() if some},
            self.now,
        )
        noted = self._noted(change, rests)
        self._changes.append(noted)
        return noted

    def _rests_now(self, fresh: Mapping[str, Mapping[str, Shown]]) -> dict[str, frozenset[str]]:
        """What each record that is shown from now on rests on."""
        found = {id_: self.rests[id_] for kind, some in self.shown.items() if kind not in fresh for id_ in some
                 if id_ in self.rests}  # fmt: skip
        for kind, some in fresh.items():
            for id_ in some if kind != SENSORS else ():
                found[id_] = self._judged_rests[id_] if id_ in self._judged_rests else self._looked_rests[id_]
        return found

    def _noted(self, change: Change, rests: dict[str, frozenset[str]]) -> Noted:
        """Put what rests on what in force, with what shown records supersede; and note of it what a change names."""
        before = self.rests
        for one in self.shown["events"].values():
            if one.supersedes in before and one.supersedes not in rests:
                rests[one.supersedes] = before[one.supersedes]
        self.rests = rests
        named = {id_ for some in change.put.values() for id_ in some}
        named |= {one.supersedes for some in change.put.values() for one in some.values() if one.supersedes}
        gone = {id_ for some in change.gone.values() for id_ in some}
        heirs = {heir for some in change.gone.values() for heir in some.values() if heir is not None}
        return Noted(change, _some(rests, named | heirs), _some(before, named | gone))

    def _members_now(self, events: Iterable[str]) -> dict[str, frozenset[str]]:
        judged = self.judged.members if self.judged is not None else {}
        return {id_: frozenset(judged[id_]) if id_ in judged else self._looked[id_][1] for id_ in events}

    def _heir(self, id_: str, members: Mapping[str, frozenset[str]]) -> str | None:
        """The event that took over most of the observations of one that is gone."""
        mine = self._members.get(id_, frozenset())
        shared = max(((len(mine & theirs), other) for other, theirs in members.items()), default=(0, ""))
        return shared[1] if shared[0] else None


def _same(before: T | None, now: T) -> T:
    """What is the same is kept once, however many changes name it."""
    return before if before is not None and before == now else now


def _sets(rests: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {id_: frozenset(some) for id_, some in rests.items()}


def _some(rests: Mapping[str, frozenset[str]], ids: Iterable[str]) -> dict[str, frozenset[str]]:
    return {id_: rests[id_] for id_ in ids if id_ in rests}


def _shown(line: bytes, state: State) -> Shown:
    return Shown(state, msgspec.Raw(line))


def _kept_name(before: Shown | None) -> str | None:
    return before.supersedes if before is not None else None


def _differs(before: Shown | None, now: Shown) -> bool:
    return before is None or (before.state, bytes(before.feature)) != (now.state, bytes(now.feature))
