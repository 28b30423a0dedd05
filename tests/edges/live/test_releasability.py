"""What was concluded with the sensors of a nation that does not release it: kind of thing × endpoint × nation. One
nation may see all of it; for every other seat nothing of it is there: no record, no count, no id."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.edges.api.rights import TABLE, Right
from truceline.edges.live.data_folder import DataFolder
from truceline.edges.live.handing_over import open_matters
from truceline.edges.people.roles import ROLES

from .conftest import Stage, staged
from .making import START_US, bang, body, line, mission_folder
from .test_rights import address, seated

PATIENCE_S = 90.0
HIDDEN, SHOWN = ("HUSH", "OPEN"), ("FREE", "GIVE")  # who hears the first fire, and the second
EAST_DEG = 0.3
MARKED = ("events", "incidents", "findings")
RULE = '[releasability]\n"nation-H" = "(nation-H OR borea)"\n'
SEATS = [*((role, "cordia") for role in ROLES), ("party_liaison", "north")]


def renamed(data: bytes, names: tuple[str, str]) -> bytes:
    """Lines of the sensors A and B as those of other sensors, which stand to each other as these do."""
    first, second = (name.encode() for name in names)
    for number in (b"1", b"2"):
        data = data.replace(b"A" + number, first + number).replace(b"B" + number, second + number)
    return data


def folder_of(folder: Path, rules: str = RULE) -> Path:
    """A mission of two places, 21 km from each other: at one, half of the sensors are those of nation-H."""
    mission_folder(folder)
    with (folder / "mission.toml").open("a") as file:
        file.write(rules)
    network = json.loads((folder / "network.geojson").read_text())
    features = []
    for names, east in ((HIDDEN, 0.0), (SHOWN, EAST_DEG)):
        for one in network["features"]:
            lon, lat = one["geometry"]["coordinates"]
            id_ = renamed(one["properties"]["id"].encode(), names).decode()
            properties = one["properties"] | {"id": id_, "provider": f"nation-{id_[0]}"}
            geometry = {"type": "Point", "coordinates": [lon + east, lat]}
            features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    (folder / "network.geojson").write_text(json.dumps(network | {"features": features}))
    return folder


def fire() -> list[bytes]:
    """Impacts near a sensor at the first place, two hours later at the second, and the hours after."""
    lines = []
    for first, after_s, names in ((0, 60.0, HIDDEN), (10, 7_260.0, SHOWN)):
        some = [one for n in range(4) for one in bang(first + n, after_s + 20.0 * n, lon=30.006, lat=50.004)]
        lines += [renamed(one.replace(b'"outgoing"', b'"impact"'), names) for one in some]
    for number in range(16):
        sensor = (*(f"{name}{n}" for name in (*HIDDEN, *SHOWN) for n in (1, 2)),)[number % 8]
        at_us = START_US + round((6 * 3_600.0 + 10.0 * number) * 1e6)
        lines.append(line(f"S{number}-{sensor}", sensor, at_us, kind="status", state="detecting"))
    return lines


def begun(stage: Stage) -> None:
    """Fire at both places, settled and before people; a contact about each; a look at each."""
    stage.client.post("/api/v1/observations", content=body(fire()), headers=stage.feed).raise_for_status()
    until = time.monotonic() + PATIENCE_S
    while len([one for one in stage.service.decisions.cases.values() if one.drawn.reasons]) < 2:
        assert time.monotonic() < until
        time.sleep(0.1)
    about = [*marked(stage, "findings", hidden=True), *marked(stage, "findings", hidden=False)]
    contacts = [
        json.dumps({"id": f"C-{n}", "time": "2026-03-02T16:10:00Z", "from": "north", "to": "mission", "kind": "answer",
                    "about": id_, "words": f"About {'HUSH' if n == 0 else 'FREE'}."}) for n, id_ in enumerate(about)
    ]  # fmt: skip
    sent = stage.client.post("/api/v1/contacts", content="\n".join(contacts), headers=stage.feed)
    assert sent.json()["not_used"] == []
    while (told := stage.service.floor.judged) is None or len(told.contacts) < 2:
        assert time.monotonic() < until
        time.sleep(0.1)


def marked(stage: Stage, kind: str, *, hidden: bool) -> list[str]:
    """The ids of a kind that rest on nation-H, or on others."""
    floor = stage.service.floor
    return [id_ for id_ in floor.shown[kind] if ("nation-H" in floor.rests[id_]) is hidden]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A service at which both fires were found, and at which somebody of nation borea has looked at everything."""
    folder = tmp_path_factory.mktemp("marked")
    for stage in staged(DataFolder(folder / "data"), folder_of(folder / "mission")):
        begun(stage)
        for kind in MARKED:
            assert marked(stage, kind, hidden=True), kind
            assert marked(stage, kind, hidden=False), kind
            asked(stage, f"/api/v1/{kind}", "analyst", "borea")
        asked(stage, "/api/v1/mission", "analyst", "borea")
        yield stage


def asked(stage: Stage, path: str, role: str, nation: str, method: str = "GET", **form: str) -> tuple[int, str]:
    """What a seat on duty is answered. A form is sent as its own page would."""
    key = seated(stage.service.people, role, nation, True)
    seat = stage.service.people.seat(key)
    assert seat is not None
    stage.client.cookies.clear()
    answer = stage.client.request(
        method, path, headers={"Cookie": f"truceline={key}"}, data=form | {"token": seat.token} if form else None,
        follow_redirects=False,
    )  # fmt: skip
    return answer.status_code, answer.text


def hints(stage: Stage, text: str) -> list[str]:
    """What of the hidden fire a text names: sensors and observations by name, all else by id."""
    names = ["HUSH", *(id_ for kind in MARKED for id_ in marked(stage, kind, hidden=True))]
    return [one for one in names if one in text]


def reads(*parts: str) -> list[str]:
    """The paths that are read, with or without an id in them."""
    paths = [path for (method, path), who in TABLE.items() if method == "GET" and isinstance(who, Right)]
    return [path for path in paths if path != "/api/v1/changes" and all(part in path for part in parts)]


@pytest.mark.parametrize(("role", "nation"), SEATS)
def test_no_page_and_no_endpoint_names_what_is_not_released(world: Stage, role: str, nation: str) -> None:
    for path in reads():
        if "{" in path:
            continue
        code, text = asked(world, path, role, nation)
        assert hints(world, text) == [], (path, code)


@pytest.mark.parametrize(("role", "nation"), SEATS)
def test_an_id_that_is_not_released_is_answered_like_one_that_is_not_there(
    world: Stage, role: str, nation: str
) -> None:
    hidden = [id_ for kind in MARKED for id_ in marked(world, kind, hidden=True)]
    paths = [address(path.replace("{kind}", kind)) for path in reads("{id_}") for kind in ("observation", "contact")]
    for path in sorted(set(paths)):
        for id_ in (*hidden, "O0-HUSH1", "HUSH1"):
            answers = [asked(world, path.replace("X-0", one), role, nation) for one in (id_, "X-none")]
            (code, text), (other, said) = answers
            assert (code, text.replace(id_, "X-none")) == (other, said), path


@pytest.mark.parametrize(
    ("path", "role"),
    [
        *((f"/api/v1/{kind}", "analyst") for kind in MARKED),
        *((f"/api/features/collections/{kind}/items", "analyst") for kind in MARKED),
        ("/api/v1/floor", "watchkeeper"), ("/findings", "director"), ("/reviews", "reviewer"),
        ("/hand-over", "watchkeeper"), ("/contacts", "analyst"), ("/looks", "auditor"), ("/api/v1/mission", "analyst"),
    ],
)  # fmt: skip
def test_the_nation_that_it_is_released_to_sees_it_at_the_same_address(world: Stage, path: str, role: str) -> None:
    assert hints(world, asked(world, path, role, "borea")[1]), path
    others = [id_ for kind in MARKED for id_ in marked(world, kind, hidden=False)]
    for nation in ("borea", "cordia"):
        if path not in ("/api/v1/mission", "/hand-over"):
            assert [id_ for id_ in others if id_ in asked(world, path, role, nation)[1]], (path, nation)


def test_what_is_counted_is_what_is_shown(world: Stage) -> None:
    for kind in MARKED:
        _, text = asked(world, f"/api/features/collections/{kind}/items?limit=1", "analyst", "cordia")
        assert json.loads(text)["numberMatched"] == len(marked(world, kind, hidden=False))
    now = json.loads(asked(world, "/api/v1/floor", "analyst", "cordia")[1])["now"]
    sent = [one for one in fire() if b"HUSH" not in one]
    assert (now["observations"], set(now["sensors"])) == (len(sent), {one["sensor"] for one in map(json.loads, sent)})
    every = json.loads(asked(world, "/api/v1/floor", "analyst", "borea")[1])["now"]
    assert every["observations"] == len(fire())
    key = seated(world.service.people, "watchkeeper", "cordia", True)
    seat = world.service.people.seat(key)
    assert seat is not None
    matters = open_matters(world.service, seat)
    assert f"{len(matters)} matters" in asked(world, "/hand-over", "watchkeeper", "cordia")[1]
    assert len(matters) < len(open_matters(world.service, world.service.people.seat(  # type: ignore[arg-type]
        seated(world.service.people, "watchkeeper", "borea", True))))  # fmt: skip


def test_ground_is_blind_by_the_sensors_that_are_shown(world: Stage) -> None:
    """With the picture of what all sensors leave blind one could tell where the hidden ones stand."""
    mine, every = (
        json.loads(asked(world, "/api/v1/floor", "analyst", nation)[1])["now"]["blind"]
        for nation in ("cordia", "borea")
    )
    assert mine != every
    seat = world.service.people.seat(seated(world.service.people, "analyst", "cordia", True))
    assert seat is not None
    withheld = world.service.withheld(seat)
    assert withheld.sensors == {"HUSH1", "HUSH2"}
    anywhere = world.service._blindness.of(withheld.sensors, frozenset(world.service.floor.now.live) | {"HUSH1"})
    assert [[list(map(list, ring)) for ring in part] for part in anywhere] == mine


@pytest.mark.parametrize(("act", "role"), [("take", "reviewer"), ("ask", "director"), ("notify", "director"),
                         ("conclude", "director"), ("publish", "director"), ("clock", "director")])  # fmt: skip
def test_nobody_acts_on_what_is_not_released_to_them(world: Stage, act: str, role: str) -> None:
    (id_,) = marked(world, "findings", hidden=True)
    before = len(world.service.decisions.all)
    for one in (id_, "F-none"):
        code, text = asked(world, f"/reviews/{one}/{act}", role, "cordia", "POST", words="Some words of a reason.")
        assert (code, json.loads(text)["what"]) == (404, "this finding is not before people")
    assert len(world.service.decisions.all) == before


def test_versions_and_the_closer_look_do_not_tell_it_either(world: Stage) -> None:
    (shown,) = marked(world, "findings", hidden=False)
    until = time.monotonic() + PATIENCE_S
    while "data-waiting" in (page := asked(world, f"/findings/{shown}", "analyst", "cordia")[1]):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert "FREE1" in page
    assert "Not every sensor is shown to you" in page
    assert hints(world, page) == []
    assert "nation-H" not in page.split("<main", 1)[1]
    (hidden,) = marked(world, "findings", hidden=True)
    assert world.service.versions.rested(hidden) == frozenset(("nation-H", "nation-O"))
    assert world.service.versions.rested("F-none") is None


def test_conclusions_may_go_further_than_the_sensors(tmp_path: Path) -> None:
    rules = RULE + '[conclusions]\n"nation-H" = "(cordia OR borea)"\n'
    for stage in staged(DataFolder(tmp_path / "data"), folder_of(tmp_path / "mission", rules)):
        begun(stage)
        (finding,) = marked(stage, "findings", hidden=True)
        assert finding in asked(stage, "/findings", "analyst", "cordia")[1]
        (whole,) = (
            one for one in map(json.loads, asked(stage, "/api/v1/events", "analyst", "cordia")[1].splitlines())
            if one["properties"]["id"] == marked(stage, "events", hidden=True)[0]
        )  # fmt: skip
        assert "observations" not in whole["properties"]
        until = time.monotonic() + PATIENCE_S
        while "data-waiting" in (page := asked(stage, f"/findings/{finding}", "analyst", "cordia")[1]):
            assert time.monotonic() < until
            time.sleep(0.2)
        assert not [one for one in ("HUSH1", "HUSH2", "O0-HUSH") if one in page]
        assert "OPEN1" in page
        code, text = asked(stage, f"/reviews/{finding}/take", "reviewer", "cordia", "POST", ties="none", tied="none")
        assert (code, "not released to you" in text) == (422, True)
        assert finding not in asked(stage, "/findings", "analyst", "delta")[1]


def test_where_patrols_are_is_released_by_their_nation(world: Stage) -> None:
    from truceline.edges.people.roles import Account

    account = Account(id="p.h", name="P", nation="nation-H", roles=("monitor",))
    world.service.people.accounts.give(account, "test", ("north", "south"))
    world.service.patrols.called("p.h", 60, (30.1234, 50.4321), wants_help=True)
    for nation, placed in (("borea", True), ("cordia", False)):
        page = asked(world, "/patrols", "watchkeeper", nation)[1]
        assert ("50.4321, 30.1234" in page) is placed
        assert "p.h" in page  # whoever calls for help is everybody's matter
    world.service.patrols.over("p.h")
