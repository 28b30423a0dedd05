"""How much may be asked, by whom and from where: pace, size, slowness, others' pages, forms without their token."""

import asyncio
from typing import Any, get_args

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from fastapi import HTTPException, Request

from truceline.edges.api import guard
from truceline.edges.api.attempts import OF_A_SESSION, SESSIONS, TO_SIGN_IN, WRONG_KEYS, Attempts
from truceline.edges.api.feeds import MOST_AT_ONCE, MOST_BYTES_AT_ONCE
from truceline.edges.api.rights import ANYBODY, TABLE, Right
from truceline.edges.api.sending import MOST_BODY

from .conftest import Stage
from .test_rights import NATIONS, address, seated

CHANGING = sorted((path, who) for (method, path), who in TABLE.items() if method == "POST" and isinstance(who, Right))
OPEN = sorted(path for (method, path), who in TABLE.items() if method == "POST" and who == ANYBODY)


def anew(stage: Stage) -> Any:
    """The application's state, with all attempts forgotten."""
    state = stage.client.app.state  # type: ignore[attr-defined]
    state.attempts, state.wrong_keys = Attempts(TO_SIGN_IN), Attempts(WRONG_KEYS)
    state.pace = Attempts(OF_A_SESSION, SESSIONS)
    return state


def seat_for(stage: Stage, who: Right) -> dict[str, str]:
    """The cookie of a seat that may use a route."""
    nation = NATIONS["of a party" if who.roles == ("party_liaison",) else "of no party"]
    return {"Cookie": f"truceline={seated(stage.service.people, who.roles[0], nation, on_duty=True)}"}


@pytest.mark.parametrize(("path", "who"), CHANGING)
def test_nothing_is_changed_by_a_form_without_its_token(shared: Stage, path: str, who: Right) -> None:
    cookie, before = seat_for(shared, who), len(shared.service.decisions.all)
    for body in (b"", b"token=guess", b"token="):
        answer = shared.client.post(
            address(path), content=body, follow_redirects=False,
            headers=cookie | {"Content-Type": "application/x-www-form-urlencoded", "Truceline-Token": "guess"},
        )  # fmt: skip
        assert answer.status_code in (403, 404), (path, answer.text)
        assert answer.status_code == 404 or "form" in answer.json()["what"]
    assert len(shared.service.decisions.all) == before


@pytest.mark.parametrize(("path", "who"), CHANGING)
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                                     {"Origin": "https://elsewhere.example"}])  # fmt: skip
def test_another_site_s_page_acts_for_nobody(shared: Stage, path: str, who: Right, headers: dict[str, str]) -> None:
    answer = shared.client.post(address(path), headers=seat_for(shared, who) | headers)
    assert (answer.status_code, "another site" in answer.text) == (403, True)


@pytest.mark.parametrize("path", OPEN)
def test_another_site_s_page_signs_nobody_in(shared: Stage, path: str) -> None:
    answer = shared.client.post(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, "another site" in answer.text) == (403, True)


def test_invitations_cannot_be_tried_without_end(shared: Stage) -> None:
    anew(shared)
    codes = [shared.client.get(f"/join?key=guess-{number}").status_code for number in range(TO_SIGN_IN + 1)]
    assert codes == [403] * TO_SIGN_IN + [429]
    assert shared.client.get("/assets/page.css").status_code == 200
    anew(shared)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/metrics", {"Authorization": "Bearer guess"}),
        ("/openrosa/formList", {"Authorization": "Basic Z3Vlc3M6Z3Vlc3M="}),
        ("/api/v1/stands", {"Cookie": "truceline=guess"}),
    ],
)
def test_keys_cannot_be_tried_without_end(shared: Stage, path: str, headers: dict[str, str]) -> None:
    anew(shared).wrong_keys = Attempts(3)
    codes = [shared.client.get(path, headers=headers).status_code for _ in range(4)]
    assert codes == [401, 401, 401, 429]
    waiting = shared.client.get("/metrics", headers=shared.feed)
    assert (waiting.status_code, waiting.headers["retry-after"]) == (429, "60")
    anew(shared)
    assert shared.client.get("/metrics", headers=shared.feed).status_code == 200


def test_asking_without_any_key_is_no_attempt(shared: Stage) -> None:
    anew(shared).wrong_keys = Attempts(1)
    assert [shared.client.get("/api/v1/stands", headers={"Cookie": ""}).status_code for _ in range(3)] == [401] * 3
    anew(shared)


def test_a_session_has_a_pace_and_holds_up_no_other(shared: Stage) -> None:
    anew(shared).pace = Attempts(2)
    mine, yours = (seat_for(shared, Right(("watchkeeper",))) for _ in range(2))
    assert [shared.client.get("/published", headers=mine).status_code for _ in range(3)] == [200, 200, 429]
    assert shared.client.get("/published", headers=yours).status_code == 200
    anew(shared)


def coming(parts: list[bytes], wait_s: float, headers: dict[str, str] | None = None) -> Request:
    """A request whose body comes in these parts, with a rest before each."""
    left = list(parts)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(wait_s)
        part = left.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    named = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": named}, receive)


def test_a_body_that_comes_too_slowly_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "FIRST_S", 0.05)
    with pytest.raises(HTTPException) as refused:
        asyncio.run(guard.read_body(coming([b"a"] * 20, 0.02), 1_000))
    assert refused.value.status_code == 408
    monkeypatch.setattr(guard, "LEAST_BYTES_S", 10)
    assert asyncio.run(guard.read_body(coming([b"a"] * 20, 0.005), 1_000)) == b"a" * 20


@pytest.mark.parametrize("headers", [{}, {"content-length": "3"}, {"content-length": "99"}, {"content-length": "x"}])
def test_a_body_is_never_longer_than_allowed_whatever_it_says(headers: dict[str, str]) -> None:
    with pytest.raises(HTTPException) as refused:
        asyncio.run(guard.read_body(coming([b"a" * 8, b"a" * 8], 0.0, headers), 10))
    assert refused.value.status_code == 413


def test_batches_on_their_way_are_bounded_in_number_and_in_bytes(shared: Stage) -> None:
    taken = anew(shared).taken
    for what, most in (("batches", MOST_AT_ONCE), ("bytes", MOST_BYTES_AT_ONCE)):
        taken[what] = most
        refused = shared.client.post("/api/v1/observations", content=b"x", headers=shared.feed)
        assert (refused.status_code, refused.headers["retry-after"], taken[what]) == (429, "1", most)
        taken[what] = 0
    for content, code in ((b"x", 200), (b"x" * (MOST_BODY + 1), 413)):
        answer = shared.client.post("/api/v1/observations", content=content, headers=shared.feed)
        assert (answer.status_code, taken["batches"], taken["bytes"]) == (code, 0, 0)


@pytest.mark.parametrize(("path", "who"), CHANGING)
def test_every_upload_has_a_limit(shared: Stage, path: str, who: Right) -> None:
    answer = shared.client.post(
        address(path), content=b" " * (12 * 1024**2 + 1), headers=seat_for(shared, who) | {"Truceline-Token": "x"}
    )
    assert answer.status_code in (403, 404, 413)


def test_what_routes_ask_for_is_not_asked_in_a_thread_of_its_own() -> None:
    for one in (guard.Serving, guard.Seated):
        asked = get_args(one)[1]
        assert asyncio.iscoroutinefunction(asked.dependency)
