"""Every look at a sensor's position, at where something began, or at who a monitor is stands in the log: proven over
the whole table of routes, so that one which does not log what it shows fails here."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from fastapi import APIRouter
from fastapi.responses import Response

from truceline.coalition.command import Watch
from truceline.edges.api.guard import Seated, Serving
from truceline.edges.api.rights import TABLE, Right
from truceline.edges.live.data_folder import DataFolder
from truceline.edges.live.released import sensor_of
from truceline.edges.people.roles import ROLES, Account
from truceline.findings.decision import HandedOver, TeamAsked, TeamReported

from .conftest import Stage, staged
from .test_people import looks
from .test_releasability import PATIENCE_S, asked, begun, folder_of
from .test_rights import address, seated

MONITOR, NAME = "m.onitor", "Mona Itor"
WHERE = (30.12345, 50.54321)  # of a patrol
WHY = "Somebody can follow this."
NO_STREAM = "/api/v1/changes"  # it does not end; that opening it is logged has a test of its own below


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A service that shows as much as it can: findings, contacts, a patrol that wants help, decisions of a monitor."""
    folder = tmp_path_factory.mktemp("looked")
    for stage in staged(DataFolder(folder / "data"), folder_of(folder / "mission", rules="")):
        begun(stage)
        account = Account(id=MONITOR, name=NAME, nation="aland", roles=("monitor", "watchkeeper", "director"))
        stage.service.people.accounts.give(account, "test", ("north", "south"))
        stage.service.patrols.called(MONITOR, 5, WHERE, wants_help=True)
        for said in said_by_a_monitor(stage):
            decide(stage, said)
        stage.client.cookies.set("truceline", stage.service.people.begin(MONITOR))
        token = stage.service.people.seat(stage.client.cookies["truceline"])
        assert token is not None
        form = {"from": "north", "to": "mission", "kind": "answer", "words": "We spoke.", "token": token.token}
        assert stage.client.post("/contacts", data=form).status_code == 200
        until = time.monotonic() + PATIENCE_S
        while f"We spoke. ({MONITOR})" not in stage.client.get("/contacts").text:  # a look of theirs, once it is judged
            assert time.monotonic() < until
            time.sleep(0.1)
        yield stage


def said_by_a_monitor(stage: Stage) -> list[Any]:
    """What the log holds of this person besides their account."""
    finding = next(id_ for id_, case in stage.service.decisions.cases.items() if case.drawn.reasons)
    return [
        TeamAsked(finding=finding, kind="observe", post="patrol-1", words=WHY),
        TeamReported(finding=finding, words=WHY, exhibits=()),
        HandedOver(post="duty-desk", from_account=None, matters=(), words=""),
    ]


def decide(stage: Stage, said: Any) -> None:
    """As if the monitor had decided it."""
    assert stage.client.portal is not None
    stage.client.portal.call(stage.service.decisions.decide, said, MONITOR, "aland")


def shown(stage: Stage, text: str) -> tuple[set[str], set[str], set[str]]:
    """The sensors, the events with their exact place, and the persons that an answer shows."""
    told = stage.service.floor.judged
    assert told is not None
    known = stage.service.mission.network.sensors  # an observation's id, which ends in its sensor's, says not where
    sensors = {one.id for one in known if re.search(rf"(?<![\w-]){one.id}\b", text)}
    events = set()
    for id_, line in told.records["events"].items():
        lon, lat = json.loads(line)["geometry"]["coordinates"]
        if id_ in text or (str(lon) in text and str(lat) in text):
            events.add(id_)
    persons = {MONITOR} if MONITOR in text or NAME in text or str(WHERE[0])[:7] in text else set()
    return sensors, events, persons


def unlogged(stage: Stage, path: str, role: str) -> list[str]:
    """What somebody is shown at an address without its being in the log as their look."""
    key = seated(stage.service.people, role, "cordia", True)
    before = len(looks(stage))
    stage.client.cookies.clear()
    answer = stage.client.get(path, headers={"Cookie": f"truceline={key}"}, follow_redirects=False)
    mine = [one for one in looks(stage)[before:] if one["who"] == f"try-{role}"]
    seen = {id_ for one in mine for id_ in one["of"]}
    sensors, events, persons = shown(stage, answer.text) if answer.status_code == 200 else (set(), set(), set())
    left = [*(sensors - {sensor_of(one) for one in seen}), *(persons - seen)]
    return left + ([] if mine else sorted(events))


def paths(stage: Stage) -> Iterator[tuple[str, str]]:
    """Every address that is read, with ids of what there is, and every role that may."""
    told = stage.service.floor.judged
    assert told is not None
    reviewed = next(id_ for id_, case in stage.service.decisions.cases.items() if case.drawn.reasons)
    ids = {"events": next(iter(told.records["events"])), "incidents": next(iter(told.records["incidents"])),
           "sensors": next(iter(told.records["sensors"])), "people": MONITOR}  # fmt: skip
    for (method, path), who in sorted(TABLE.items(), key=str):
        if method != "GET" or path == NO_STREAM or who == "feed" or who == "device":
            continue
        kind = next((one for one in ids if f"/{one}/" in path), "")
        for role in who.roles if isinstance(who, Right) else ROLES[:1]:
            whole = path.replace("{kind}", "observation").replace("{id_}", ids.get(kind, reviewed))
            yield address(whole), role


def test_every_route_that_shows_where_or_who_logs_it_first(world: Stage) -> None:
    wrong = {f"{role} {path}": left for path, role in paths(world) if (left := unlogged(world, path, role))}
    assert wrong == {}


def test_the_world_shows_enough_to_tell(world: Stage) -> None:
    """Each of these routes does show some of it: else the test above would say nothing of them."""
    asks = (
        ("/api/v1/mission", "analyst"), ("/api/v1/events", "analyst"), ("/people", "administrator"),
        ("/patrols", "watchkeeper"), ("/roster", "director"), ("/hand-over", "watchkeeper"), ("/contacts", "analyst"),
        ("/looks", "auditor"), ("/api/features/collections/events/items", "analyst"),
    )  # fmt: skip
    said = {path: shown(world, asked(world, path, role, "cordia")[1]) for path, role in asks}
    assert len(said["/api/v1/mission"][0]) == len(world.service.mission.network.sensors)
    assert said["/api/v1/events"][1]
    assert said["/api/features/collections/events/items"][1]
    for path in ("/people", "/patrols", "/roster", "/hand-over", "/contacts", "/looks"):
        assert said[path][2] == {MONITOR}, path
    assert MONITOR not in asked(world, "/api/v1/stands", "watchkeeper", "cordia")[1]
    assert "1 patrol calls for help" in asked(world, "/api/v1/stands", "watchkeeper", "cordia")[1]


def test_a_new_route_that_shows_sensors_and_logs_nothing_is_found(
    world: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = APIRouter()

    @router.get("/new")
    async def new(service: Serving, seat: Seated) -> Response:
        del seat
        return Response(json.dumps([[one.id, one.lon, one.lat] for one in service.mission.network.sensors]))

    @router.get("/newer")
    async def newer() -> Response:
        return Response(f"{NAME} is out")

    world.client.app.include_router(router)  # type: ignore[attr-defined]
    monkeypatch.setattr("truceline.edges.api.guard.TABLE", {**TABLE, ("GET", "/new"): Right(("analyst",)),
                                                            ("GET", "/newer"): Right(("analyst",))})  # fmt: skip
    assert len(unlogged(world, "/new", "analyst")) == len(world.service.mission.network.sensors)
    assert unlogged(world, "/newer", "analyst") == [MONITOR]


def test_opening_the_stream_of_changes_is_a_look(world: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("truceline.edges.live.service.MOST_WATCHERS", 0)  # so that it ends
    before = len(looks(world))
    assert asked(world, NO_STREAM, "analyst", "cordia")[0] == 503
    (look,) = looks(world)[before:]
    assert (look["what"], look["who"]) == ("floor", "try-analyst")
    assert set(look["of"]) == {one.id for one in world.service.mission.network.sensors}


def test_what_a_program_reads_is_a_look_of_its_person(world: Stage) -> None:
    account = Account(id="p.rogram", name="P", nation="aland", roles=("analyst",))
    world.service.people.accounts.give(account, "test", ("north", "south"))
    key = world.service.people.new_device("p.rogram")
    world.service.decisions.watches = (Watch(post="duty-desk", person="p.rogram", from_us=0, until_us=2**60),)
    world.client.cookies.clear()
    before = len(looks(world))
    answer = world.client.get("/api/features/collections/events/items", auth=("p.rogram", key))
    assert answer.status_code == 200
    (look,) = looks(world)[before:]
    assert (look["who"], look["what"]) == ("p.rogram", "events")
    assert set(look["of"]) == {one["id"] for one in answer.json()["features"]}
