"""The liaison log: a contact is a line of the log like any other, and stands next to what it concerns."""

import json
import time

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.edges.intake import read_line
from truceline.model.filing import Contact

from .conftest import Stage
from .making import bang, body
from .test_api import PATIENCE_S, wait_for
from .test_people import token


def test_a_call_is_a_line_of_the_log_and_stands_beside_the_finding(stage: Stage) -> None:
    stage.sign_in()
    lines = [line for number in range(4) for line in bang(number, 60.0 + 20.0 * number)]
    stage.client.post("/api/v1/observations", content=body(lines), headers=stage.feed).raise_for_status()
    finding = next(iter(wait_for(stage, "findings")["records"]["findings"]))
    form = {"token": token(stage, "/contacts"), "from": "north", "to": "mission", "kind": "coordination_request",
            "about": finding, "words": "The officer asks both sides to hold fire."}  # fmt: skip
    assert "is kept" in stage.client.post("/contacts", data=form).text
    (kept,) = [one for one in stage.service.store.inputs() if one.entry.kind == "contact"]
    contact = read_line("contact", kept.data, stage.service.mission.agreement, stage.service.mission.network)
    assert isinstance(contact, Contact)
    assert (contact.sender, contact.about) == ("north", finding)
    assert json.loads(kept.data)["by"].startswith("seat-")
    until = time.monotonic() + PATIENCE_S
    while "hold fire" not in stage.client.get("/contacts").text:
        assert time.monotonic() < until
        time.sleep(0.2)
    page = stage.client.get(f"/findings/{finding}").text
    assert "hold fire" in page.split('id="contacts"')[1]


@pytest.mark.parametrize("change", [{"kind": "gossip"}, {"from": ""}])
def test_a_contact_that_cannot_be_read_is_refused_and_not_kept(shared: Stage, change: dict[str, str]) -> None:
    shared.sign_in()
    good = {"from": "north", "to": "south", "kind": "answer", "words": "w", "token": token(shared, "/contacts")}
    answer = shared.client.post("/contacts", data=good | change)
    assert answer.status_code == 422
    assert not [one for one in shared.service.store.inputs() if one.entry.kind == "contact"]


def test_contacts_of_feeds_are_shown_too_and_an_envelope_does_no_harm(shared: Stage) -> None:
    shared.sign_in()
    line = b'{"id": "C1", "from": "south", "to": "north", "kind": "refusal", "time": "2026-03-02T10:00:00Z"}'
    shared.client.post("/api/v1/contacts", content=line, headers=shared.feed).raise_for_status()
    until = time.monotonic() + PATIENCE_S
    while "refusal</td>" not in (page := shared.client.get("/contacts").text):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert "<bdi>south</bdi>" in page
