"""What whoever runs the service can ask: whether it lives, is ready, and figures; and that guessing is slowed down."""

import re

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.edges.api.attempts import ADDRESSES, TO_SIGN_IN, Attempts

from .conftest import Stage
from .making import bang, body
from .test_api import wait_for


def test_it_lives_and_is_ready_and_says_when_it_is_not(stage: Stage) -> None:
    assert stage.client.get("/healthz").text == "alive\n"
    stage.sign_in()
    stage.client.post("/api/v1/observations", content=body(bang(1, 10.0)), headers=stage.feed).raise_for_status()
    wait_for(stage, "events")
    assert stage.client.get("/readyz").status_code == 200
    stage.service.faults["disk"] = "the disk is full"
    answer = stage.client.get("/readyz")
    assert answer.status_code == 503
    assert "disk" not in answer.text


def test_figures_are_in_the_format_of_prometheus_and_name_nobody(shared: Stage) -> None:
    assert shared.client.get("/metrics").status_code == 401
    text = shared.client.get("/metrics", headers=shared.feed).text
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) truceline_\w+ .+|truceline_\w+ -?[\d.e-]+", line), line
    assert "truceline_log_entries" in text
    assert not [word for word in ("A1", "nation-", "seat-") if word in text]


def test_guessing_is_slowed_down(shared: Stage) -> None:
    codes = [shared.client.post("/sign-in", data={"key": "guess"}).status_code for _ in range(TO_SIGN_IN + 1)]
    assert codes[0] == 403
    assert codes[-1] == 429
    shared.client.app.state.attempts = Attempts(TO_SIGN_IN)  # type: ignore[attr-defined]


def test_attempts_are_of_one_minute_and_one_address_and_the_memory_of_them_is_bounded() -> None:
    attempts = Attempts(TO_SIGN_IN)
    assert all(attempts.allows("a", 0.0) for _ in range(TO_SIGN_IN))
    assert not attempts.allows("a", 59.0)
    assert attempts.allows("b", 59.0)
    assert attempts.allows("a", 60.0)
    for number in range(ADDRESSES + 5):
        attempts.allows(str(number), 60.0)
    assert len(attempts._of) == ADDRESSES
