"""Accounts, invitations, the roster, releasability; and that every look stands in the log before it is shown."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.coalition.roster import keeps_watch, watches_of
from truceline.edges.cli.main import main
from truceline.edges.live.data_folder import DataFolder, open_store
from truceline.edges.people.roles import Account, account_fault
from truceline.edges.people.sessions import INVITATION_US, People
from truceline.findings.decision import Decision, WatchSet, read_decision
from truceline.model.instant import US_PER_HOUR

from .conftest import Stage, staged
from .making import bang, body, mission_folder
from .test_api import PATIENCE_S, wait_for

PARTIES = ("north", "south")


def token(stage: Stage, path: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', stage.client.get(path).text)
    assert found is not None
    return found[1]


def decisions(stage: Stage) -> list[Decision]:
    return [read_decision(one.data) for one in stage.service.store.inputs() if one.entry.kind == "decision"]


def looks(stage: Stage) -> list[dict[str, Any]]:
    return [json.loads(one.data) for one in stage.service.store.inputs() if one.entry.kind == "access"]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"id": "R"}, "is no id"),
        ({"name": " "}, "the name is missing"),
        ({"nation": "a b"}, "is no nation"),
        ({"roles": ()}, "the roles are none"),
        ({"roles": ("king",)}, "the roles are king"),
        ({"roles": ("analyst", "analyst")}, "each once"),
        ({"nation": "north"}, "its liaison and nothing else"),
        ({"roles": ("party_liaison", "reviewer"), "party": "north"}, "its liaison and nothing else"),
        ({"roles": ("party_liaison",)}, "a liaison speaks for a party"),
        ({"party": "north"}, "only a party's liaison"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_the_reason(change: dict[str, Any], wrong: str) -> None:
    good: dict[str, Any] = {"id": "r.ilves", "name": "R. Ilves", "nation": "aland", "roles": ("reviewer",)}
    assert account_fault(Account(**good), PARTIES) is None
    assert wrong in str(account_fault(Account(**good | change), PARTIES))


def test_an_administrator_gives_an_account_and_the_log_says_so_without_the_name(stage: Stage) -> None:
    stage.sign_in("administrator")
    form = {"token": token(stage, "/people"), "id": "d.amari", "name": "Dana Amari", "nation": "borea", "party": ""}
    page = stage.client.post("/people", data=form | {"roles": ["reviewer", "analyst"]})
    assert "/join?key=" in page.text
    (said,) = [one.said for one in decisions(stage)]
    assert (said.account, said.roles, said.active) == ("d.amari", ("reviewer", "analyst"), True)  # type: ignore[union-attr]
    assert not [one for one in stage.service.store.inputs() if b"Dana" in one.data]
    assert stage.client.post("/people", data=form | {"roles": "king"}).status_code == 422
    close = stage.client.post("/people/d.amari/close", data={"token": form["token"]}, follow_redirects=False)
    assert close.status_code == 303
    assert [one.said.active for one in decisions(stage)] == [True, False]  # type: ignore[union-attr]


def test_a_change_made_beside_the_service_is_in_the_log_before_anybody_acts(stage: Stage) -> None:
    folder = str(stage.service.data.folder)
    assert main(["account", "add", folder, "x.y", "--name", "X", "--nation", "aland", "--role", "director"]) == 0
    stage.sign_in("analyst")
    stage.client.get("/findings")
    assert [one.by for one in decisions(stage)] == ["operator"]
    assert main(["account", "close", folder, "x.y"]) == 0
    assert main(["account", "invite", folder, "x.y"]) == 1
    assert main(["account", "list", folder]) == 0
    assert main(["account", "add", folder, "Z", "--name", "Z", "--nation", "aland", "--role", "king"]) == 1


def test_a_closed_account_has_no_seat_and_a_changed_one_has_its_new_roles(tmp_path: Path) -> None:
    people = People(tmp_path / "people.sqlite")
    account = Account(id="r.ilves", name="R", nation="aland", roles=("reviewer",))
    people.accounts.give(account, "test", PARTIES)
    key = people.begin("r.ilves")
    people.accounts.give(Account(id="r.ilves", name="R", nation="aland", roles=("auditor",)), "test", PARTIES)
    seat = people.seat(key)
    assert seat is not None
    assert seat.account.roles == ("auditor",)
    people.accounts.give(
        Account(id="r.ilves", name="R", nation="aland", roles=("auditor",), active=False), "t", PARTIES
    )
    assert people.seat(key) is None
    people.close()


def test_an_invitation_works_once_and_not_for_ever(tmp_path: Path) -> None:
    now = [10**15]
    people = People(tmp_path / "people.sqlite", now_us=lambda: now[0])
    people.accounts.give(Account(id="a.b", name="A", nation="aland", roles=("planner",)), "test", PARTIES)
    key = people.invite("a.b")
    assert people.invited(key) == people.accounts.account("a.b")
    assert people.use(key, "link") is None
    assert people.use(key, "invitation") is not None
    assert people.invited(key) is None
    late = people.invite("a.b")
    now[0] += INVITATION_US + 1
    assert people.invited(late) is None
    people.close()


def test_links_are_for_exercises_alone(tmp_path: Path) -> None:
    for stage in staged(DataFolder(tmp_path / "data"), mission_folder(tmp_path / "mission", "actual")):
        key = stage.service.people.new_link()
        assert stage.client.post("/sign-in", data={"key": key}, follow_redirects=False).status_code == 403
        assert "truceline link" not in stage.client.get("/sign-in").text
        assert main(["link", str(stage.service.data.folder)]) == 1


def watch(number: int, account: str, start_h: int, end_h: int) -> Decision:
    said = WatchSet(post="duty-desk", account=account, from_us=start_h * US_PER_HOUR, until_us=end_h * US_PER_HOUR)
    return Decision(number=number, at_us=0, by="d", nation="n", said=said)


def test_a_later_word_on_the_roster_stands_and_the_rest_of_the_watch_remains() -> None:
    watches = watches_of([watch(0, "a", 0, 12), watch(1, "b", 4, 6)])
    kept = [(one.person, one.from_us // US_PER_HOUR, one.until_us // US_PER_HOUR) for one in watches]
    assert kept == [("a", 0, 4), ("b", 4, 6), ("a", 6, 12)]
    assert keeps_watch(watches, "b", 4 * US_PER_HOUR)
    assert not keeps_watch(watches, "b", 6 * US_PER_HOUR)
    assert not keeps_watch(watches, "a", 5 * US_PER_HOUR)


def test_only_who_is_on_the_roster_now_sees_the_floor(stage: Stage) -> None:
    stage.service.people.accounts.give(
        Account(id="w.k", name="W", nation="aland", roles=("watchkeeper",)), "test", PARTIES
    )
    stage.client.cookies.set("truceline", stage.service.people.begin("w.k"))
    assert stage.client.get("/api/v1/floor").status_code == 403
    assert stage.client.get("/", follow_redirects=False).headers["location"] == "/reviews"
    watching = stage.client.cookies["truceline"]
    stage.client.cookies.clear()
    stage.sign_in("director")
    form = {"token": token(stage, "/roster"), "account": "w.k", "from": "2026-01-01T00:00", "until": "2026-01-02T00:00"}
    assert stage.client.post("/roster", data=form, follow_redirects=False).status_code == 303
    assert stage.client.post("/roster", data=form | {"until": "2026-02-01T00:00"}).status_code == 422
    assert stage.client.post("/roster", data=form | {"until": "soon"}).status_code == 422
    stage.service.decisions.watches = tuple(
        type(one)(post=one.post, person=one.person, from_us=0, until_us=2**60)
        for one in stage.service.decisions.watches
    )
    stage.client.cookies.clear()
    stage.client.cookies.set("truceline", watching)
    assert stage.client.get("/api/v1/floor").status_code == 200


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/api/v1/mission", "positions"), ("/api/v1/sensors", "positions"), ("/api/v1/floor", "floor"),
        ("/api/v1/findings", "finding"), ("/findings", "finding"),
    ],
)  # fmt: skip
def test_a_look_is_in_the_log_before_it_is_answered(stage: Stage, path: str, what: str) -> None:
    stage.sign_in()
    assert looks(stage) == []
    stage.client.get(path).raise_for_status()
    (look,) = looks(stage)
    assert look["what"] == what
    assert look["who"].startswith("seat-")
    if path == "/api/v1/mission":
        assert look["of"] == ["A1", "A2", "B1", "B2"]


def test_what_cannot_be_logged_is_not_shown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from truceline.model.problem import Place, Problem, Unusable

    def fails(*_: object) -> None:
        raise Unusable([Problem(Place("store"), "the disk is full", "make room")])

    stage.sign_in()
    monkeypatch.setattr(stage.service._access, "saw", fails)
    for path in ("/api/v1/mission", "/api/v1/floor", "/findings"):
        answer = stage.client.get(path)
        assert answer.status_code == 503
        assert "A1" not in answer.text


def test_an_auditor_reads_who_looked(stage: Stage) -> None:
    stage.sign_in()
    stage.client.get("/api/v1/mission")
    stage.client.cookies.clear()
    stage.sign_in("auditor")
    page = stage.client.get("/looks").text
    assert "positions" in page
    assert "A1, A2, B1, B2" in page


def test_what_a_nation_does_not_release_is_not_shown_to_others(tmp_path: Path) -> None:
    folder = mission_folder(tmp_path / "mission")
    with (folder / "mission.toml").open("a") as file:
        file.write('[releasability]\n"nation-A" = "(nation-A OR borea)"\n[conclusions]\n"nation-A" = "everyone"\n')
    for stage in staged(DataFolder(tmp_path / "data"), folder):
        picture = b"\x89PNG\r\n\x1a\n" + b"0" * 100
        sent = stage.client.post(
            "/api/v1/exhibits", content=picture, headers=stage.feed | {"Content-Type": "image/png"}
        ).json()
        lines = [line for number in range(4) for line in bang(number, 60.0 + 20.0 * number)]
        exhibits = json.dumps([{"sha256": sent["sha256"], "media_type": "image/png"}]).encode()
        lines[0] = lines[0][:-1] + b', "exhibits": ' + exhibits + b"}"
        stage.client.post("/api/v1/observations", content=body(lines), headers=stage.feed).raise_for_status()
        stage.sign_in()
        floor = wait_for(stage, "findings")
        while not floor["now"]["sensors"]:
            floor = wait_for(stage, "findings")
        assert set(floor["now"]["sensors"]) == {"B1", "B2"}
        shown = stage.client.get("/api/v1/mission").json()["sensors"]["features"]
        assert {one["properties"]["id"] for one in shown} == {"B1", "B2"}
        assert "nation-A" not in stage.client.get("/api/v1/sensors").text
        assert stage.client.get("/api/v1/sensors/A1").status_code == 404
        exhibit = f"/api/v1/exhibits/{sent['sha256']}"
        assert stage.client.get(exhibit).status_code == 403
        assert stage.client.get(f"{exhibit}?observation=O0-A1").status_code == 403
        finding = next(iter(floor["records"]["findings"]))
        until = time.monotonic() + PATIENCE_S
        while "data-waiting" in (page := stage.client.get(f"/findings/{finding}").text):
            assert time.monotonic() < until
        assert "Not every sensor is shown" in page
        assert "<bdi>A1</bdi>" not in page
        assert "<bdi>B1</bdi>" in page
        stage.client.cookies.clear()
        stage.sign_in("watchkeeper", nation="borea")
        assert set(stage.client.get("/api/v1/floor").json()["now"]["sensors"]) == {"A1", "A2", "B1", "B2"}
        assert stage.client.get(exhibit).status_code == 200


def test_a_rule_of_release_that_cannot_be_read_stops_the_service(tmp_path: Path) -> None:
    from truceline.edges.live.service import Service
    from truceline.model.problem import Unusable

    folder = mission_folder(tmp_path / "mission")
    with (folder / "mission.toml").open("a") as file:
        file.write('[releasability]\n"nation-Z" = "aland"\n')
    store = open_store(DataFolder(tmp_path / "data"), folder)
    with pytest.raises(Unusable, match="nation-Z"):
        Service(DataFolder(tmp_path / "data"), store)
    store.close()
