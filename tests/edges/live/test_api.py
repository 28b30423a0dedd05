"""The service over HTTP: what comes in is kept, what is concluded is shown, and only to those who may see it."""

import json
import time
from hashlib import sha256
from typing import Any

import pytest

from truceline.custody.merkle import leaf_hash, root_by_inclusion

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.edges.api import sending

from .conftest import Stage
from .making import bang, body, sign_of_life

PATIENCE_S = 60.0


def wait_for(stage: Stage, what: str, least: int = 1) -> dict[str, Any]:
    """The floor, once it shows so many of something that was judged."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        floor: dict[str, Any] = stage.client.get("/api/v1/floor").json()
        shown = [one for one in floor["records"][what].values() if one["state"] != "provisional"]
        if len(shown) >= least:
            return floor
        time.sleep(0.1)
    raise AssertionError(f"{what} never came")


def test_a_batch_is_kept_once_and_every_line_is_answered_for(stage: Stage) -> None:
    lines = [*bang(1, 10.0), b"not JSON", b'{"id": "x", "kind": "arrival"}']
    first = stage.client.post("/api/v1/observations", content=body(lines), headers=stage.feed).json()
    assert (first["new"], first["known"], first["set_aside"]) == (6, 0, 0)
    assert [one["line"] for one in first["not_used"]] == [5, 6]
    again = stage.client.post("/api/v1/observations", content=body(lines), headers=stage.feed).json()
    assert (again["new"], again["known"]) == (0, 6)
    changed = bang(1, 10.0)[0].replace(b"20.0", b"21.0")
    other = stage.client.post("/api/v1/observations", content=changed, headers=stage.feed).json()
    assert (other["new"], other["set_aside"]) == (0, 1)
    kept = stage.service.store.find("observation", "O1-A1")
    assert kept is not None
    assert kept.data == bang(1, 10.0)[0]


def test_what_is_observed_becomes_an_event_a_finding_and_a_page(stage: Stage) -> None:
    stage.sign_in()
    lines = [line for number in range(4) for line in bang(number, 60.0 + 20.0 * number)]
    stage.client.post("/api/v1/observations", content=body(lines), headers=stage.feed).raise_for_status()
    floor = wait_for(stage, "findings")
    assert floor["records"]["events"]
    assert "observations" not in next(iter(floor["records"]["events"].values()))["feature"]["properties"]
    lines_out = stage.client.get("/api/v1/findings").text.splitlines()
    finding = json.loads(lines_out[0])["properties"]
    assert stage.client.get(f"/api/v1/findings/{finding['id']}").json()["properties"] == finding
    until = time.monotonic() + PATIENCE_S
    page = ""
    while time.monotonic() < until and ("Without <bdi>nation-A</bdi>" not in page):
        page = stage.client.get(f"/findings/{finding['id']}").text
        time.sleep(0.2)
    for words in ("EXERCISE", "Without <bdi>nation-A</bdi>", "No fire.", "Proof", "Versions", "In sigmas"):
        assert words in page, words
    assert finding["id"] in stage.client.get("/findings").text


def test_a_proof_leads_from_the_line_to_the_root(stage: Stage) -> None:
    stage.sign_in()
    lines = bang(1, 10.0)
    stage.client.post("/api/v1/observations", content=body(lines), headers=stage.feed).raise_for_status()
    until = time.monotonic() + PATIENCE_S
    while (answer := stage.client.get("/api/v1/proofs/observation/O1-A1")).status_code == 404:
        assert time.monotonic() < until
        time.sleep(0.1)
    proof = answer.json()
    assert proof["sha256"] == sha256(lines[0]).hexdigest()
    path = [bytes.fromhex(one) for one in proof["path"]]
    root = root_by_inclusion(leaf_hash(proof["entry"].encode()), proof["index"], proof["size"], path)
    assert root is not None
    assert root.hex() == proof["root"]


def test_reality_and_exercise_are_never_mixed(shared: Stage) -> None:
    for status in ("actual", "test", "", "EXERCISE"):
        answer = shared.client.post(
            "/api/v1/observations", content=body(bang(1, 1.0)), headers=shared.feed | {"Truceline-Status": status}
        )
        assert answer.status_code == 409, status
        assert answer.json()["remedy"]
    assert shared.service.store.find("observation", "O1-A1") is None


@pytest.mark.parametrize("key", ["", "Bearer ", "Bearer x", "Basic x", "bearer"])
def test_nobody_sends_without_the_key(shared: Stage, key: str) -> None:
    answer = shared.client.post("/api/v1/observations", content=b"{}", headers=shared.feed | {"Authorization": key})
    assert answer.status_code == 401


READS = (
    "/api/v1/stands", "/api/v1/floor", "/api/v1/changes", "/api/v1/mission", "/api/v1/events", "/api/v1/incidents",
    "/api/v1/findings", "/api/v1/sensors", "/api/v1/findings/F-0", "/api/v1/proofs/observation/O1",
    "/api/v1/exhibits/" + "0" * 64,
)  # fmt: skip


@pytest.mark.parametrize("path", READS)
def test_nobody_reads_without_a_seat(shared: Stage, path: str) -> None:
    assert shared.client.get(path, headers=shared.feed).status_code == 401
    assert shared.client.get(path, headers={"Cookie": "truceline=guess"}).status_code == 401


@pytest.mark.parametrize("path", ["/", "/findings", "/findings/F-0"])
def test_pages_send_the_unknown_to_sign_in(shared: Stage, path: str) -> None:
    answer = shared.client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_a_link_signs_in_once_and_only_when_the_button_is_pressed(shared: Stage) -> None:
    key = shared.service.people.new_link()
    for _ in range(3):
        assert "Sign in" in shared.client.get("/sign-in", params={"key": key}).text
    assert shared.client.post("/sign-in", data={"key": key}, follow_redirects=False).status_code == 303
    cookie = shared.client.cookies.jar
    assert all(one.has_nonstandard_attr("HttpOnly") for one in cookie)
    shared.client.cookies.clear()
    assert shared.client.post("/sign-in", data={"key": key}, follow_redirects=False).status_code == 403
    assert shared.client.post("/sign-in", data={"key": "x" * 3000}, follow_redirects=False).status_code == 403


def test_signing_out_needs_the_own_form_and_ends_the_session(shared: Stage) -> None:
    shared.sign_in()
    assert shared.client.post("/sign-out", data={"token": "guess"}).status_code == 403
    strange = {"Origin": "http://elsewhere.example"}
    assert shared.client.post("/sign-out", data={"token": "x"}, headers=strange).status_code == 403
    assert shared.client.get("/api/v1/stands").status_code == 200
    key = shared.client.cookies["truceline"]
    token = shared.client.get("/findings").text.split('name="token" value="')[1].split('"')[0]
    assert shared.client.post("/sign-out", data={"token": token}).status_code == 200
    assert shared.service.people.seat(key) is None
    assert shared.client.get("/api/v1/stands").status_code == 401


def test_a_link_grows_old(shared: Stage) -> None:
    from truceline.edges.people.sessions import People

    late = People(shared.service.data.people, now_us=lambda: 2**60)
    key = shared.service.people.new_link()
    assert late.sign_in(key) is None
    late.close()


def test_every_answer_forbids_what_pages_do_not_need(shared: Stage) -> None:
    for path in ("/sign-in", "/api/v1/floor", "/assets/page.css", "/nowhere", "/openapi.json"):
        headers = shared.client.get(path).headers
        assert "'unsafe" not in headers["content-security-policy"], path
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["truceline-status"] == "exercise"
    page = shared.client.get("/sign-in").text
    assert "<style" not in page
    assert " style=" not in page
    assert "onclick" not in page


def test_what_is_too_long_or_of_another_kind_is_refused_whole(shared: Stage) -> None:
    def send(content: bytes, **headers: str) -> int:
        return shared.client.post("/api/v1/observations", content=content, headers=shared.feed | headers).status_code

    assert send(b"{}", **{"Content-Type": "text/plain"}) == 415
    assert send(b"\n".join([b"{}"] * (sending.MOST_LINES + 1))) == 413
    assert send(b" " * (sending.MOST_BODY + 1)) == 413
    assert send(b"") == 200
    assert shared.service.store.size == shared.service.floor.size


def test_a_full_queue_turns_senders_away_with_a_time_to_come_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("truceline.edges.live.service.MOST_WAITING", 0)
    stage.service._waiting = 1
    answer = stage.client.post("/api/v1/observations", content=body(bang(1, 1.0)), headers=stage.feed)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert stage.service.store.find("observation", "O1-A1") is None
    stage.service._waiting = 0
    assert stage.client.post(
        "/api/v1/observations", content=body(bang(1, 1.0)), headers=stage.feed
    ).status_code == 200  # fmt: skip


def test_exhibits_are_kept_by_content_and_handed_out_to_be_saved(shared: Stage) -> None:
    shared.sign_in()
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    sent = shared.client.post(
        "/api/v1/exhibits", content=picture, headers=shared.feed | {"Content-Type": "image/png"}
    ).json()
    assert sent["sha256"] == sha256(picture).hexdigest()
    got = shared.client.get(f"/api/v1/exhibits/{sent['sha256']}")
    assert got.content == picture
    assert got.headers["content-disposition"] == "attachment"
    assert "sandbox" in got.headers["content-security-policy"]
    page = b"<html><script>alert(1)</script>"
    bad = shared.client.post("/api/v1/exhibits", content=page, headers=shared.feed | {"Content-Type": "text/html"})
    assert bad.status_code == 415


def test_changes_go_on_where_a_watcher_was(stage: Stage) -> None:
    stage.sign_in()
    stage.client.post("/api/v1/observations", content=body(bang(1, 10.0)), headers=stage.feed).raise_for_status()
    wait_for(stage, "events")
    boot = stage.client.get("/api/v1/floor").headers["truceline-change"].split(".")[0]
    floor = stage.service.floor
    missed = floor.since(1)
    assert missed is not None
    assert [one.change.number for one in missed] == list(range(2, floor.number + 1))
    assert floor.since(floor.number + 5) is None
    assert len(boot) == 8


def test_lines_about_the_status_and_signs_of_life_move_mission_time(stage: Stage) -> None:
    stage.sign_in()
    lines = [sign_of_life(number, 10.0 * number) for number in range(8)]
    stage.client.post("/api/v1/observations", content=body(lines), headers=stage.feed).raise_for_status()
    until = time.monotonic() + PATIENCE_S
    now: dict[str, Any] = {"observations": 0}
    while now["observations"] < len(lines):
        assert time.monotonic() < until
        now = stage.client.get("/api/v1/floor").json()["now"]
        time.sleep(0.1)
    assert now["time"] == "2026-03-02T10:00:50.500Z"  # the second provider's word
    assert set(now["live"]) == {"A1", "A2", "B1", "B2"}
    assert now["sensors"]["A1"]["state"] == "detecting"
