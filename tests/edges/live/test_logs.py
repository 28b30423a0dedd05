"""What the service logs of its own running: lines of JSON that name no secret, no position and nobody."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.edges import log_lines
from truceline.edges.live.data_folder import DataFolder
from truceline.edges.log_lines import STRUCK, struck
from truceline.edges.people.roles import Account

from .conftest import Stage, staged
from .making import PLACES, bang, body, mission_folder
from .test_people import token


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that is logged, as it is written; the client that asks in these tests logs too, and is no part of it."""
    monkeypatch.setattr(logging.getLogger("httpx2"), "disabled", True)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    log_lines.begin("info", stream)
    yield stream
    root.handlers[:], root.level = before, level


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_answer_and_the_lines_about_it_carry_one_number(shared: Stage, written: io.StringIO) -> None:
    answer = shared.client.get("/api/v1/findings/F-secret?key=guess")
    (line,) = lines(written)
    assert line["request"] == answer.headers["truceline-request"]
    assert (line["level"], line["said"], line["status"]) == ("warning", "refused", 401)
    assert (line["method"], line["route"]) == ("GET", "/api/v1/findings/{id_}")
    assert line["from"] == "truceline.request"
    assert line["time"].endswith("Z")
    assert isinstance(line["ms"], int)
    other = shared.client.get("/healthz")
    assert lines(written)[-1]["level"] == "info"
    assert other.headers["truceline-request"] != answer.headers["truceline-request"]


def test_an_address_that_nobody_serves_is_not_written_down(shared: Stage, written: io.StringIO) -> None:
    assert shared.client.get("/wp-admin/secret-word").status_code == 404
    assert lines(written)[-1]["route"] == "(none)"
    assert "secret-word" not in written.getvalue()


def test_of_a_fault_the_kind_and_place_are_logged_and_not_what_it_says(written: io.StringIO) -> None:
    try:
        raise ValueError("hunter2 stands at 30.12345 50.54321")
    except ValueError:
        logging.getLogger("truceline.service").exception("it failed")
        logging.getLogger("uvicorn.error").error("in %s\nhunter2", "hunter2", exc_info=True)
    ours, theirs = lines(written)
    assert ours["error"] == "ValueError"
    assert ours["where"][-1].startswith("live/test_logs.py:")
    assert theirs["said"] == "in %s"
    assert "hunter2" not in written.getvalue()


SECRETS = ("Zq3" * 15, "kJ8_x-" * 8)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"the cookie was truceline={SECRETS[0]}", "the "),
        (f"GET /join?key={SECRETS[1]}", "GET /join"),
        ("GET /sign-in?key=short", "GET /sign-in?key="),
        ("password: hunter2", ""),
        ("client_secret = 'hunter2'", "client_"),
        ("Authorization: Bearer hunter2", "Authorization: "),
        ("Authorization: Basic aHVudGVyMg==", "Authorization: "),
        ("smtp://post:hunter2@mail.example.org", "smtp://"),
        ("told r.ilves@aland.example", "told "),
        ("A1 stands at 30.0612, -50.00012", "A1 stands at "),
    ],
)
def test_what_looks_like_a_secret_or_a_position_is_struck_out(text: str, kept: str) -> None:
    said = struck(text)
    assert STRUCK in said
    assert said.startswith(kept)
    hidden = (*SECRETS, "short", "hunter2", "aHVudGVyMg", "aland", "30.06", "50.00")
    assert [one for one in hidden if one in said] == []


def test_ordinary_words_stay() -> None:
    for text in ("the looker ended and is begun again", "not sealed: /var/lib/truceline/store.sqlite: disk full (28)"):
        assert struck(text) == text
    assert struck("first\nsecond") == "first"
    assert len(struck("a b " * 1_000)) == log_lines.MOST_SAID


def test_a_day_s_work_names_no_secret_no_position_and_nobody(tmp_path: Path, written: io.StringIO) -> None:
    data = DataFolder(tmp_path / "data")
    for stage in staged(data, mission_folder(tmp_path / "mission")):
        people = stage.service.people
        link = people.new_link("administrator", nation="aland")
        stage.client.post("/sign-in", data={"key": link})
        session = stage.client.cookies["truceline"]
        form = {"token": token(stage, "/people"), "id": "m.okoro", "name": "Mercy Okoro", "nation": "aland",
                "roles": "monitor"}  # fmt: skip
        page = stage.client.post("/people", data=form).text
        invitation = page.partition("/join?key=")[2].partition("<")[0]
        assert len(invitation) > 30
        stage.client.get(f"/join?key={invitation}")
        stage.client.post("/join/begin", content=invitation)
        device = people.new_device("m.okoro")
        stage.client.get("/openrosa/formList", auth=("m.okoro", device))
        stage.client.get("/openrosa/formList", auth=("m.okoro", "wrong-password"))
        stage.client.post("/api/v1/observations", content=body(bang(1, 10.0)), headers=stage.feed)
        stage.client.post("/api/v1/observations", content=b"", headers=stage.feed | {"Authorization": "Bearer wrong"})
        stage.sign_in()
        for path in ("/api/v1/mission", "/api/v1/floor", "/field", "/sign-in?key=another-guess"):
            stage.client.get(path)
        people.accounts.give(Account(id="r.ilves", name="R. Ilves", nation="aland", roles=("auditor",)), "x", ())
        stage.client.get("/")
    said = written.getvalue()
    assert len(lines(written)) > 10
    secrets = (link, session, stage.client.cookies["truceline"], invitation, device, stage.service.key, "wrong")
    assert [one for one in (*secrets, form["token"], "another-guess") if one in said] == []
    assert [one for one in ("okoro", "Okoro", "ilves", "Ilves", "seat-") if one in said] == []
    assert [one for at in PLACES.values() for one in map(str, at) if one in said and "." in one[2:]] == []
