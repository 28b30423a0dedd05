"""Personal data: in envelopes from the first, forgotten for good when its time is over; and the log still proves."""

import json
from pathlib import Path

import pytest

from truceline.custody.personal import lives, personal, pseudonymous, read_envelope
from truceline.edges.store.door import Received
from truceline.edges.store.fsck import faults_of
from truceline.edges.store.keyring import Keyring
from truceline.edges.store.retention import enforce
from truceline.edges.store.sqlite import SqliteStore
from truceline.edges.store.vault import Vault
from truceline.model.instant import US_PER_HOUR
from truceline.model.problem import Unusable

HOUR = 1_700_000_000 // 3600 * US_PER_HOUR
CLOCK = {"now": HOUR}


def opened(folder: Path) -> Vault:
    path = folder / "a.store"
    now = lambda: CLOCK["now"]  # noqa: E731
    store = SqliteStore(path, now_us=now) if path.exists() else SqliteStore.create(path, "o", "test", now_us=now)
    return Vault(store, Keyring(folder / "keys" / "a.keys"))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    CLOCK["now"] = HOUR
    return opened(tmp_path)


def report(number: int, person: str = "", text: str = "I heard four shots", consent: bool = True) -> Received:
    line = {"id": f"R-{number}", "kind": "report", "sensor": "P1", "time": "2026-03-01T10:00:00Z", "text": text}
    if person:
        line |= {"person": person, "consent": consent}  # type: ignore[dict-item]
    return Received("observation", f"R-{number}", json.dumps(line).encode())


def track(number: int, name: str = "T1", hour: int = 10) -> Received:
    line = {"id": f"{name}-{hour}-{number}", "kind": "track", "sensor": "radar", "track": name, "lon": 1.0, "lat": 2.0}
    line["time"] = f"2026-03-01T{hour}:00:0{number}Z"
    return Received("observation", str(line["id"]), json.dumps(line).encode())


ARRIVAL = Received("observation", "A-1", b'{"id":"A-1","kind":"arrival","sensor":"A","time":"2026-03-01T10:00:00Z"}')


def test_what_goes_in_comes_out_and_only_envelopes_are_on_disk(vault: Vault, tmp_path: Path) -> None:
    statement = report(1, text="the baker of Mill Street saw it")
    vault.append([statement, track(1), ARRIVAL, Received("contact", "C-1", b'{"id":"C-1","from":"north"}')])
    assert [one.data for one in vault.inputs()] == [
        statement.data,
        track(1).data,
        ARRIVAL.data,
        b'{"id":"C-1","from":"north"}',
    ]
    found = vault.find("observation", "R-1")
    assert found is not None and found.data == statement.data
    vault.seal()
    vault.close()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"Mill Street" not in path.read_bytes(), path
            assert (b"arrival" in path.read_bytes()) == (path.name in ("a.store", "a.store.journal")) or "keys" in str(
                path
            )


def test_the_same_again_is_known_and_other_content_is_set_aside(vault: Vault) -> None:
    vault.append([report(1)])
    assert [r.outcome for r in vault.append([report(1), report(1, text="otherwise"), report(1)])] == [
        "known", "set_aside", "known"
    ]  # fmt: skip
    assert [json.loads(one.data)["text"] for one in vault.inputs()] == ["I heard four shots", "otherwise"]


def test_a_forgotten_statement_is_gone_for_good_and_the_log_still_proves(vault: Vault, tmp_path: Path) -> None:
    vault.append([report(1, text="forget Mill Street"), report(2)])
    before = vault.seal()
    (tmp_path / "copy").write_bytes(b"")
    (tmp_path / "copy").unlink()
    vault.backup(tmp_path / "copy")
    assert vault.forget(["report R-1", "report never"], "asked for by the witness", "data officer", HOUR) == 1
    found = vault.find("observation", "R-1")
    assert found is not None and found.data == b""
    other = vault.find("observation", "R-2")
    assert other is not None and other.data == report(2).data
    said = [json.loads(one.data) for one in vault.inputs() if one.entry.kind == "erasure"]
    assert said == [
        {"at_us": HOUR, "by": "data officer", "groups": ["report R-1"], "reason": "asked for by the witness"}
    ]
    after = vault.seal()
    assert [one.checkpoint for one in vault.sealed()] == [before, after], "the earlier seal stands"
    vault.close()
    again = opened(tmp_path)
    assert faults_of(again._store) == ()
    assert [one.data == b"" for one in again.inputs()] == [True, False, False]
    keys = (tmp_path / "keys" / "a.keys").read_bytes()
    assert b"report R-2" in keys
    again.close()
    copied = Vault(SqliteStore(tmp_path / "copy"), Keyring(tmp_path / "keys" / "a.keys"))
    assert next(iter(copied.inputs())).data == b"", "no backup brings it back"
    copied.close()


def test_what_was_forgotten_is_not_learnt_again(vault: Vault) -> None:
    vault.append([report(1), track(1), track(2)])
    vault.forget(["report R-1", "track radar T1 2026-03-01T10"], "r", "b", HOUR)
    late = track(3)
    assert [r.outcome for r in vault.append([report(1), track(1), late])] == ["known", "known", "new"]
    assert [one.data for one in vault.inputs() if one.entry.kind == "observation"] == [b"", b"", b"", late.data]


def test_a_destroyed_key_is_overwritten(tmp_path: Path) -> None:
    keys = Keyring(tmp_path / "k")
    secret = keys.secret()
    assert keys.secret() == secret
    assert secret in (tmp_path / "k").read_bytes()
    keys.destroy(["pseudonyms"])
    keys.close()
    assert all(secret not in path.read_bytes() for path in tmp_path.iterdir())
    (tmp_path / "k").chmod(0o644)
    with pytest.raises(Unusable, match="may read the keys"):
        Keyring(tmp_path / "k")


def test_statements_need_consent_and_are_pseudonymous(vault: Vault) -> None:
    with pytest.raises(Unusable, match="only with consent") as caught:
        vault.append([report(1), report(2, person="Mara Lind", consent=False)])
    assert caught.value.problems[0].place.line == 2
    assert vault.size == 0
    vault.append([report(1, person="Mara Lind"), report(2, person=" mara LIND "), report(3, person="Jon Orr")])
    names = [json.loads(one.data)["person"] for one in vault.inputs()]
    assert names[0] == names[1] != names[2] and names[0].startswith("P-")
    assert "Lind" not in "".join(one.data.decode() for one in vault.inputs())
    assert vault.append([report(1, person="Mara Lind")])[0].outcome == "known"
    hidden = report(4, person="Mara Lind", consent=False)
    with pytest.raises(Unusable, match="only with consent"):
        vault.append([Received(hidden.kind, hidden.id, hidden.data.replace(b'"person"', rb'"perso\u006e"'))])
    assert personal("observation", "T-1", track(1).data.replace(b'"track"', rb'"tr\u0061ck"')) is not None
    line, name = pseudonymous(next(vault.inputs()).data, b"x" * 32)
    assert name is None and json.loads(line)["person"] == names[0], "a pseudonym stays what it is"


def test_times_are_kept_and_logged(vault: Vault) -> None:
    table = lives({"statement": "90d", "report": "36h", "track": "12h"})
    vault.append([report(1, person="Mara Lind"), report(2), track(1), track(1, "T2"), ARRIVAL])
    CLOCK["now"] = HOUR + 11 * US_PER_HOUR
    vault.append([track(2)])
    assert enforce(vault, table, set(), HOUR + 11 * US_PER_HOUR) == {}
    assert enforce(vault, table, {"T2-10-1"}, HOUR + 12 * US_PER_HOUR) == {}, "a track is as old as its last point"
    assert enforce(vault, table, {"T2-10-1"}, HOUR + 23 * US_PER_HOUR) == {"track": 1}
    assert enforce(vault, table, set(), HOUR + 36 * US_PER_HOUR) == {"track": 1, "report": 1}
    assert enforce(vault, table, set(), HOUR + 90 * 24 * US_PER_HOUR) == {"statement": 1}
    assert [one.data != b"" for one in vault.inputs() if one.entry.kind == "observation"] == [False] * 4 + [True, False]
    assert sum(one.entry.kind == "erasure" for one in vault.inputs()) == 3


@pytest.mark.parametrize(
    "table",
    [
        {"track": "25h"},
        {"track": "2d"},
        {"report": "0d"},
        {"report": 3},
        {"report": "3"},
        {"gossip": "3d"},
        {"report": "-3d"},
    ],
)
def test_times_that_cannot_be(table: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"retention|24h"):
        lives(table)


def test_what_is_personal() -> None:
    assert personal("observation", "A-1", ARRIVAL.data) is None
    assert personal("claim", "1", b"{}") is None
    assert personal("observation", "1", b"\xff") is None
    found = personal("observation", "R-1", report(1, person="x").data)
    assert found is not None and found.what == "statement"


V2 = b'{"cipher":"aes-siv","data":"AA==","group":"g","v":2}'


@pytest.mark.parametrize("data", [b"", b"{}", b'{"cipher":"aes-siv"}', V2, V2.replace(b",", b", ").replace(b"2", b"1")])
def test_what_is_no_envelope(data: bytes) -> None:
    assert read_envelope(data) is None


def test_an_envelope_in_the_place_of_another_does_not_open(vault: Vault) -> None:
    vault.append([report(1)])
    closed = next(vault._store.inputs()).data
    envelope = read_envelope(closed)
    assert envelope is not None
    assert vault._keys.open("observation", "R-1", envelope) == report(1).data
    with pytest.raises(Unusable, match="does not open"):
        vault._keys.open("observation", "R-2", envelope)
