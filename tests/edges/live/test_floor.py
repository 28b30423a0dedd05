"""The floor's arithmetic: what a look and a judgement show, what supersedes what, what a watcher missed."""

import msgspec

from truceline.edges.live.floor import MOST_REMEMBERED, Floor
from truceline.edges.live.told import Judged, Looked


def line(id_: str, note: str = "") -> bytes:
    return msgspec.json.encode({"type": "Feature", "properties": {"id": id_, "note": note}})


def look(members: dict[str, list[str]], size: int = 1) -> Looked:
    return Looked(
        size=size, now="2026-03-02T10:00:00Z", events={id_: line(id_) for id_ in members}, members=members,
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
        final=final, took_s=0.0, stakes={}, contacts=[],
    )  # fmt: skip


def states(floor: Floor) -> dict[str, str]:
    return {id_: one.state for id_, one in floor.shown["events"].items()}


def test_a_look_is_provisional_until_it_is_judged() -> None:
    floor = Floor()
    floor.looked(look({"E-1": ["a", "b"], "E-2": ["c"]}))
    assert states(floor) == {"E-1": "provisional", "E-2": "provisional"}
    change = floor.judgement(judged({"E-1": ["a", "b"]}, final=["E-1"]))
    assert states(floor) == {"E-1": "final", "E-2": "provisional"}
    assert set(change.put["events"]) == {"E-1"}


def test_what_a_judgement_explains_is_not_shown_twice() -> None:
    floor = Floor()
    floor.looked(look({"E-1": ["a", "b"]}))
    change = floor.judgement(judged({"E-9": ["a", "b", "z"]}, final=[]))
    assert states(floor) == {"E-9": "open"}
    assert change.gone["events"] == {"E-1": "E-9"}
    assert change.put["events"]["E-9"].supersedes == "E-1"


def test_an_event_that_loses_its_anchor_names_the_one_before() -> None:
    floor = Floor()
    floor.looked(look({"E-1": ["a", "b"]}))
    change = floor.looked(look({"E-2": ["b", "c"], "E-3": ["x"]}))
    assert change.gone["events"] == {"E-1": "E-2"}
    assert floor.shown["events"]["E-2"].supersedes == "E-1"
    assert floor.shown["events"]["E-3"].supersedes is None
    floor.looked(look({"E-2": ["b", "c"]}))
    assert floor.shown["events"]["E-2"].supersedes == "E-1"


def test_what_vanishes_has_no_heir() -> None:
    floor = Floor()
    floor.looked(look({"E-1": ["a"]}))
    assert floor.looked(look({})).gone["events"] == {"E-1": None}


def test_only_what_changed_is_told() -> None:
    floor = Floor()
    floor.judgement(judged({"E-1": ["a"]}, ["E-1"], {"F-1": "one", "F-2": "two"}))
    change = floor.judgement(judged({"E-1": ["a"]}, ["E-1"], {"F-1": "one", "F-2": "other"}))
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
    first, second, third = (floor.looked(one).now for one in told)
    assert first is not None and second is not None and third is not None
    assert second.blind is first.blind and second.observations != first.observations
    assert third.blind == told[2].blind != first.blind
