"""The floor's arithmetic: what a look and a judgement show, what supersedes what, what a watcher missed."""

from pathlib import Path

import msgspec

from truceline.edges.live.floor import MOST_REMEMBERED, Floor
from truceline.edges.live.released import released_change, released_whole
from truceline.edges.live.told import Judged, Looked
from truceline.edges.live.versions import Versions
from truceline.edges.live.withheld import Withheld


def line(id_: str, note: str = "") -> bytes:
    return msgspec.json.encode({"type": "Feature", "properties": {"id": id_, "note": note}})


def resting_on(members: list[str]) -> list[str]:
    """The providers of observations, in these tests: each is its provider's only one."""
    return sorted(members)


def look(members: dict[str, list[str]], size: int = 1) -> Looked:
    return Looked(
        size=size, now="2026-03-02T10:00:00Z", events={id_: line(id_) for id_ in members}, members=members,
        rests={id_: resting_on(some) for id_, some in members.items()},
        observations=size, late=0, unusable=0, live=[], blind=[], sensors={},
    )  # fmt: skip


def judged(members: dict[str, list[str]], final: list[str], findings: dict[str, str] | None = None) -> Judged:
    records = {
        "events": {id_: line(id_) for id_ in members},
        "incidents": {},
        "findings": {id_: line(id_, note) for id_, note in (findings or {}).items()},
        "sensors": {},
    }  # type: dict[str, dict[str, bytes]]
    return Judged(
        size=1, root="00", now="2026-03-02T10:00:00Z", cut_us=0, records=records, brief=records, members=members,
        rests={id_: resting_on(some) for id_, some in members.items()} | {id_: ["a"] for id_ in findings or ()},
        final=final, took_s=0.0, stakes={}, contacts=[],
    )  # fmt: skip


def states(floor: Floor) -> dict[str, str]:
    return {id_: one.state for id_, one in floor.shown["events"].items()}


def test_a_look_is_provisional_until_it_is_judged() -> None:
    floor = Floor()
    floor.looked(look({"E-1": ["a", "b"], "E-2": ["c"]}))
    assert states(floor) == {"E-1": "provisional", "E-2": "provisional"}
    change = floor.judgement(judged({"E-1": ["a", "b"]}, final=["E-1"])).change
    assert states(floor) == {"E-1": "final", "E-2": "provisional"}
    assert set(change.put["events"]) == {"E-1"}


def test_what_a_judgement_explains_is_not_shown_twice() -> None:
    floor = Floor()
    floor.looked(look({"E-1": ["a", "b"]}))
    change = floor.judgement(judged({"E-9": ["a", "b", "z"]}, final=[])).change
    assert states(floor) == {"E-9": "open"}
    assert change.gone["events"] == {"E-1": "E-9"}
    assert change.put["events"]["E-9"].supersedes == "E-1"


def test_an_event_that_loses_its_anchor_names_the_one_before() -> None:
    floor = Floor()
    floor.looked(look({"E-1": ["a", "b"]}))
    change = floor.looked(look({"E-2": ["b", "c"], "E-3": ["x"]})).change
    assert change.gone["events"] == {"E-1": "E-2"}
    assert floor.shown["events"]["E-2"].supersedes == "E-1"
    assert floor.shown["events"]["E-3"].supersedes is None
    floor.looked(look({"E-2": ["b", "c"]}))
    assert floor.shown["events"]["E-2"].supersedes == "E-1"


def test_what_vanishes_has_no_heir() -> None:
    floor = Floor()
    floor.looked(look({"E-1": ["a"]}))
    assert floor.looked(look({})).change.gone["events"] == {"E-1": None}


def test_only_what_changed_is_told() -> None:
    floor = Floor()
    floor.judgement(judged({"E-1": ["a"]}, ["E-1"], {"F-1": "one", "F-2": "two"}))
    change = floor.judgement(judged({"E-1": ["a"]}, ["E-1"], {"F-1": "one", "F-2": "other"})).change
    assert change.put == {"findings": {"F-2": floor.shown["findings"]["F-2"]}}
    assert change.gone == {}


def test_a_watcher_gets_exactly_what_it_missed_or_begins_anew() -> None:
    floor = Floor()
    changes = [floor.looked(look({f"E-{number}": ["a"]})) for number in range(5)]
    assert floor.since(3) == tuple(changes[3:])
    assert floor.since(5) == ()
    assert floor.since(6) is None
    for _ in range(MOST_REMEMBERED):
        floor.looked(look({}))
    assert floor.since(3) is None
    assert floor.since(5) is not None


def test_ground_that_stays_blind_is_kept_once_however_many_changes_name_it() -> None:
    floor = Floor()
    told = [
        msgspec.structs.replace(look({}, size), blind=[[[(30.0, 50.0), (lon, 51.0)]]])
        for size, lon in enumerate((31.0, 31.0, 32.0))
    ]
    first, second, third = (floor.looked(one).change.now for one in told)
    assert first is not None and second is not None and third is not None
    assert second.blind is first.blind and second.observations != first.observations
    assert third.blind == told[2].blind != first.blind


WITHOUT_A = Withheld(frozenset(("sensor-a",)), frozenset("a"), frozenset("a"))


def test_what_rests_on_what_is_withheld_does_not_come_and_what_begins_to_is_gone() -> None:
    floor = Floor()
    first = released_change(floor.looked(look({"E-1": ["a", "b"], "E-2": ["c"]})), WITHOUT_A, [])
    assert set(first.put["events"]) == {"E-2"}
    assert first.gone == {}
    grown = released_change(floor.looked(look({"E-1": ["b"], "E-2": ["a", "c"]})), WITHOUT_A, [])
    assert set(grown.put["events"]) == {"E-1"}
    assert grown.gone == {"events": {"E-2": None}}
    assert set(released_whole(floor.whole(), floor.rests, WITHOUT_A, []).records["events"]) == {"E-1"}


def test_neither_heir_nor_ancestor_that_is_withheld_is_named() -> None:
    floor = Floor()
    floor.looked(look({"E-1": ["b", "c"], "E-2": ["a", "d"]}))
    change = released_change(floor.looked(look({"E-3": ["a", "b", "c"], "E-4": ["d"]})), WITHOUT_A, [])
    assert change.gone == {"events": {"E-1": None}}
    assert change.put["events"]["E-4"].supersedes is None
    floor.looked(look({"E-4": ["d"]}))
    assert floor.shown["events"]["E-4"].supersedes == "E-2"
    assert released_whole(floor.whole(), floor.rests, WITHOUT_A, []).records["events"]["E-4"].supersedes is None


def test_what_was_withheld_is_not_told_as_gone() -> None:
    floor = Floor()
    floor.judgement(judged({"E-1": ["a"]}, ["E-1"], {"F-1": "one"}))
    change = released_change(floor.judgement(judged({}, [])), WITHOUT_A, [])
    assert (change.put, change.gone) == ({}, {})
    assert released_change(floor.looked(look({"E-9": ["b"]})), Withheld(), []).put["events"]


def test_a_finding_rests_on_whatever_it_ever_rested_on(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "versions.sqlite")
    told = judged({"E-1": ["a"]}, ["E-1"], {"F-1": "one"})
    versions.note(told, 1)
    versions.note(msgspec.structs.replace(told, rests=told.rests | {"F-1": ["b"]}), 2)
    assert len(versions.of("F-1")) == 1  # the same was said of it
    versions.note(judged({}, []), 3)
    versions.close()
    again = Versions(tmp_path / "versions.sqlite")
    assert again.rested("F-1") == frozenset("ab")
    assert [one.record is None for one in again.of("F-1")] == [False, True]
    again.close()


def test_versions_from_before_this_was_written_down_rest_on_what_nobody_knows(tmp_path: Path) -> None:
    import sqlite3

    old = sqlite3.connect(tmp_path / "versions.sqlite", isolation_level=None)
    old.execute(
        "CREATE TABLE version (finding TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL,"
        " root TEXT NOT NULL, mission_time TEXT NOT NULL, made_us INTEGER NOT NULL, record BLOB,"
        " PRIMARY KEY (finding, number)) STRICT"
    )
    old.execute("INSERT INTO version VALUES ('F-1', 1, 1, '00', '', 0, ?)", (line("F-1", "one"),))
    old.close()
    versions = Versions(tmp_path / "versions.sqlite")
    versions.note(judged({"E-1": ["a"]}, ["E-1"], {"F-1": "one"}), 1)
    assert versions.rested("F-1") is None
    assert not WITHOUT_A.shows(versions.rested("F-1"))
    assert Withheld().shows(None)
    versions.close()
