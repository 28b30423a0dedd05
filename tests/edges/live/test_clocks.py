"""The two clocks: only a named person with the mandate starts one, on a reviewed finding; where it is shown; and the
record of which decision started which, proven from the log without the service."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.custody.merkle import leaf_hash, root_by_inclusion
from truceline.edges.cli.main import main
from truceline.edges.people.roles import ROLES, Account
from truceline.findings.decision import ClockStarted, read_decision

from .conftest import Stage
from .making import mission_folder
from .test_reviews import Seats, answered, decisions, settled

PARTIES = ("north", "south")
WHY = "It was the first after the truce."
LEDGER = '[[nation]]\nid = "cordia"\nname = "Cordia"\nreleasable_to = ["coalition"]\n'
CONSULTATION = """[[consultation]]
id = "C1"
about = ["{finding}"]
opened = 2026-03-02T12:00:00Z
opened_by = "M. Okafor"
clocks = [{{ hours = 72, started = 2026-03-02T13:00:00Z, started_by = "M. Okafor", basis = "Written by hand." }}]
"""


def given(stage: Stage, seats: Seats, name: str, *roles: str, nation: str = "cordia", active: bool = True) -> None:
    """An account of these roles, signed in."""
    account = Account(id=name, name=f"Person {name.upper()}", nation=nation, roles=roles, active=active)
    stage.service.people.accounts.give(account, "test", PARTIES)
    seats._keys[name] = stage.service.people.begin(name)


@pytest.fixture
def seats(stage: Stage) -> Seats:
    one = Seats(stage)
    given(stage, one, "ana", "reviewer", nation="aland")
    given(stage, one, "bo", "reviewer", nation="borea")
    given(stage, one, "d.ir", "director")
    return one


def start(seats: Seats, name: str, finding: str, hours: str = "24", words: str = WHY) -> int:
    return seats.send(name, f"/reviews/{finding}/clock", hours=hours, words=words)


def clocks(stage: Stage) -> list[ClockStarted]:
    return [one.said for one in decisions(stage) if isinstance(one.said, ClockStarted)]


def reviewed(stage: Stage, seats: Seats) -> str:
    """A finding that two reviewers hold the north to have done."""
    finding = settled(stage).finding
    for name in ("ana", "bo"):
        answered(seats, finding, name, "north")
    return finding


def test_only_a_named_mandated_person_starts_a_clock_and_only_on_a_reviewed_finding(stage: Stage, seats: Seats) -> None:
    finding = settled(stage).finding
    assert start(seats, "d.ir", finding) == 422  # nobody has reviewed it
    answered(seats, finding, "ana", "north")
    assert start(seats, "d.ir", finding) == 422  # one has
    answered(seats, finding, "bo", "north")
    for role in ROLES:
        if role not in ("director", "party_liaison"):
            given(stage, seats, f"x-{role.replace('_', '-')}", role)
            assert start(seats, f"x-{role.replace('_', '-')}", finding) == 403, role
    seats.sit("of-party", "director", nation="north")  # past the rules of accounts: the table alone must hold
    assert start(seats, "of-party", finding) == 403
    given(stage, seats, "was", "director")
    given(stage, seats, "was", "analyst")
    assert start(seats, "was", finding) == 403  # the role was taken away
    given(stage, seats, "gone", "director")
    key = seats._keys["gone"]
    given(stage, seats, "gone", "director", active=False)
    seats._keys["gone"] = key
    assert stage.service.people.seat(key) is None
    assert stage.client.post(f"/reviews/{finding}/clock", headers={"Cookie": f"truceline={key}"}).status_code == 401
    assert start(seats, "d.ir", finding, words="short") == 422
    assert start(seats, "d.ir", finding, hours="48") == 422
    assert clocks(stage) == []
    assert start(seats, "d.ir", finding) == 303
    assert start(seats, "d.ir", finding) == 422  # once
    (one,) = clocks(stage)
    assert (one.finding, one.hours, one.person, one.basis) == (finding, 24, "Person D.IR", WHY)


def test_a_clock_is_shown_on_the_finding_in_the_queue_and_on_the_case(stage: Stage, seats: Seats) -> None:
    finding = reviewed(stage, seats)
    assert "A candidate for the two clocks" in seats.get("d.ir", f"/findings/{finding}")[1]
    assert start(seats, "d.ir", finding) == 303
    (decision,) = [one for one in decisions(stage) if isinstance(one.said, ClockStarted)]
    (mandate,) = [one for one in decisions(stage) if getattr(one.said, "account", "") == "d.ir"]
    for path in (f"/findings/{finding}", f"/reviews/{finding}"):
        page = seats.get("d.ir", path)[1]
        for words in ("Person D.IR (d.ir, cordia)", "director, by decision", f"D-{mandate.number:06d}</a>",
                      f"D-{decision.number:06d}</a>", "24 h 00 min left", "Runs out, UTC", WHY,
                      "Without prejudice"):  # fmt: skip
            assert words in page or words.replace("24 h 00", "23 h 59") in page, (path, words)
    queue = seats.get("d.ir", "/reviews")[1]
    assert "24 h: 23 h 59 min left (" in queue or "24 h: 24 h 00 min left (" in queue
    given(stage, seats, "lo", "watchkeeper")
    assert "min left (" in seats.get("lo", "/reviews")[1]
    proof = seats.get("d.ir", f"/api/v1/proofs/decision/D-{mandate.number:06d}")
    assert proof[0] in (200, 404)  # sealed a second after it was made


def test_the_record_of_consultations_holds_the_clocks_of_the_log_with_their_proof(
    stage: Stage, seats: Seats, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finding = reviewed(stage, seats)
    assert start(seats, "d.ir", finding) == 303
    stage.service.store.seal()
    mission, data = mission_folder(tmp_path / "again"), stage.service.data.folder
    (mission / "coalition").mkdir()
    (mission / "coalition" / "ledger.toml").write_text(LEDGER)
    show = ["coalition", "show", str(mission), "--on", "2100-01-01T00:00:00Z", "--log", str(data), "--out"]
    assert main([*show, str(tmp_path / "alone")]) == 0
    page = (tmp_path / "alone" / "consultations.html").read_text()
    assert finding in page.split("Clocks in the log that no consultation is about")[2]
    (mission / "coalition" / "consultations.toml").write_text(CONSULTATION.format(finding=finding))
    assert main([*show, str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "consultations.html").read_text()
    assert "There is none." in page
    assert "in this record alone, written by hand" in page
    assert f"on {finding}, of which reviewers hold north to have done it" in page
    record = json.loads((tmp_path / "out" / "clocks.json").read_text())
    (clock,) = record["clocks"]
    assert (clock["finding"], clock["party"], clock["hours"], clock["started_by"], clock["nation"]) == (
        finding, "north", 24, "Person D.IR", "cordia",
    )  # fmt: skip
    assert set(record["decisions"]) == {clock["decision"], clock["mandate"], *clock["reviewed"]}
    roots = {one.checkpoint.root.hex() for one in stage.service.store.sealed()}
    for id_, one in record["decisions"].items():
        proof = one["proof"]
        entry = json.loads(proof["entry"])
        assert (entry["id"], entry["sha256"]) == (id_, sha256(one["line"].encode()).hexdigest())
        path = [bytes.fromhex(part) for part in proof["path"]]
        leaf = leaf_hash(proof["entry"].encode())
        root = root_by_inclusion(leaf, proof["index"], proof["size"], path)
        assert root is not None
        assert root.hex() == proof["root"]
        assert proof["root"] in roots
    kinds = [type(read_decision(record["decisions"][id_]["line"].encode()).said).__name__
             for id_ in (clock["decision"], clock["mandate"], *clock["reviewed"])]  # fmt: skip
    assert kinds == ["ClockStarted", "AccountGiven", "Answered", "Answered"]
    capsys.readouterr()
    (mission / "mission.toml").write_text((mission / "mission.toml").read_text().replace('"small"', '"other"'))
    assert main([*show, str(tmp_path / "wrong")]) == 1
    assert "the mission is 'other'" in capsys.readouterr().err
    assert main([*show[:-2], str(tmp_path / "nowhere"), "--out", str(tmp_path / "no")]) == 1
