"""What GIS programs read: asked as QGIS asks, by session or by account and key, and only what the reader may see."""

import json
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.coalition.command import Watch
from truceline.edges.people.roles import Account
from truceline.findings.decision import Concluded, Drawn, Published
from truceline.findings.review.case import Case

from .conftest import Stage
from .making import bang, body
from .test_api import wait_for
from .test_people import looks, token

AT = "/api/features"
PARTIES = ("north", "south")


@pytest.fixture(scope="module")
def seen(shared: Stage) -> Stage:
    """A service that has found something."""
    shared.sign_in()
    lines = [line for number in range(4) for line in bang(number, 60.0 + 20.0 * number)]
    shared.client.post("/api/v1/observations", content=body(lines), headers=shared.feed).raise_for_status()
    wait_for(shared, "findings")
    return shared


def got(stage: Stage, path: str, **headers: str) -> dict[str, Any]:
    answer = stage.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_gis_finds_its_way_from_the_landing_page_to_a_feature(seen: Stage) -> None:
    def follow(document: dict[str, Any], rel: str) -> dict[str, Any]:
        (href,) = [link["href"] for link in document["links"] if link["rel"] == rel]
        assert href.startswith("http://127.0.0.1/")
        return got(seen, href)

    first = got(seen, AT, Accept="application/json")
    assert first["title"].startswith("EXERCISE")
    assert follow(first, "conformance")["conformsTo"]
    definition = follow(first, "service-desc")
    assert f"{AT}/collections/events/items" in definition["paths"]
    listed = follow(first, "data")
    assert [one["id"] for one in listed["collections"]] == ["events", "incidents", "findings", "published"]
    for one in listed["collections"]:
        (href,) = [link["href"] for link in one["links"] if link["rel"] == "items"]
        page = seen.client.get(
            f"{href}?limit=10&offset=0", headers={"Accept": "application/geo+json, application/json"}
        )
        assert page.headers["content-type"] == "application/geo+json"
        assert page.json()["type"] == "FeatureCollection"
        assert follow(one, "self")["id"] == one["id"]
    events = got(seen, f"{AT}/collections/events/items")
    assert events["numberMatched"] == events["numberReturned"] >= 1
    event = events["features"][0]
    assert event["geometry"]["type"] == "Point"
    assert "observations" not in event["properties"]
    single = got(seen, f"{AT}/collections/events/items/{event['id']}")
    assert {key: single[key] for key in ("id", "geometry", "properties")} == {
        key: event[key] for key in ("id", "geometry", "properties")
    }


@pytest.mark.parametrize(
    ("query", "some"),
    [
        ("bbox=29,49,31,51", True),
        ("bbox=-10,49,0,51", False),
        ("datetime=2026-03-02T10:00:00Z/2026-03-02T11:00:00Z", True),
        ("datetime=../2026-03-02T09:00:00Z", False),
        ("offset=1000", False),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_chosen(seen: Stage, query: str, some: bool) -> None:
    for id_ in ("events", "incidents", "findings"):
        assert bool(got(seen, f"{AT}/collections/{id_}/items?{query}")["features"]) is some, id_


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/collections/events/items?bbox=1,2,3", 400), ("/collections/events/items?colour=red", 400),
        ("/collections?f=html", 400), ("/collections/events/items/E-0", 404), ("/collections/sensors/items", 404),
        ("/collections/nothing", 404),
    ],
)  # fmt: skip
def test_what_is_not_there_or_cannot_be_read_is_said_in_words(seen: Stage, path: str, code: int) -> None:
    answer = seen.client.get(AT + path)
    assert answer.status_code == code
    assert answer.json()["what"]


def test_a_look_through_a_gis_is_in_the_log(seen: Stage) -> None:
    finding = got(seen, f"{AT}/collections/findings/items?limit=1")["features"][0]["id"]
    assert [one for one in looks(seen) if one["what"] == "finding" and one["of"] == [finding]]


def test_a_program_shows_an_account_and_key_and_sees_what_its_person_may(stage: Stage) -> None:
    people = stage.service.people
    for id_, role, nation, party in (
        ("w.k", "watchkeeper", "aland", None), ("l.n", "party_liaison", "north", "north"),
    ):  # fmt: skip
        people.accounts.give(Account(id=id_, name=id_, nation=nation, roles=(role,), party=party), "test", PARTIES)
    stage.client.cookies.set("truceline", people.begin("w.k"))
    page = stage.client.post("/programs", data={"token": token(stage, "/programs")}).text
    key = page.split("<code>")[2].split("</code>")[0]
    stage.client.cookies.clear()
    assert "http://127.0.0.1/api/features" in page
    refused = stage.client.get(AT)
    assert (refused.status_code, refused.headers["www-authenticate"][:5]) == (401, "Basic")
    assert stage.client.get(AT, auth=("w.k", "wrong")).status_code == 401
    assert (
        stage.client.get("/api/v1/floor", auth=("w.k", key)).status_code == 401
    )  # for programs that read features alone
    listed = stage.client.get(f"{AT}/collections", auth=("w.k", key)).json()["collections"]
    assert [one["id"] for one in listed] == ["published"]  # not on duty
    assert stage.client.get(f"{AT}/collections/events/items", auth=("w.k", key)).status_code == 403
    stage.service.decisions.watches = (Watch(post="duty-desk", person="w.k", from_us=0, until_us=2**60),)
    assert stage.client.get(f"{AT}/collections/events/items", auth=("w.k", key)).status_code == 200
    liaison = people.new_device("l.n")
    listed = stage.client.get(f"{AT}/collections", auth=("l.n", liaison)).json()["collections"]
    assert [one["id"] for one in listed] == ["published"]
    assert stage.client.get(f"{AT}/collections/findings/items", auth=("l.n", liaison)).status_code == 403


def test_what_was_published_has_an_hour_and_no_place(stage: Stage) -> None:
    drawn = Drawn(outcome="undetermined", party=None, provisions=("p1",), time_us=1_772_447_000_123_456,
                  reasons=("lot",), draw=1)  # fmt: skip
    done = Concluded(finding="F-1", outcome="undetermined", party=None, words="It cannot be told.", draw=999_999)
    cases = stage.service.decisions.cases
    cases["F-1"] = Case("F-1", drawn, 0, concluded=done, published=Published(finding="F-1", words="Fire fell."))
    cases["F-2"] = Case("F-2", drawn, 0, concluded=done)
    stage.sign_in("delegate")
    (one,) = got(stage, f"{AT}/collections/published/items")["features"]
    assert one["geometry"] is None
    assert one["properties"] == {
        "id": "F-1", "from": "2026-03-02T10:00:00.000Z", "until": "2026-03-02T11:00:00.000Z", "outcome": "undetermined",
        "party": None, "words": "Fire fell.",
    }  # fmt: skip
    assert got(stage, f"{AT}/collections/published/items?bbox=-180,-90,180,90")["features"] == []
    assert json.dumps(one).count("30.0") == 0
