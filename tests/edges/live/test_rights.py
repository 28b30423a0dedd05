"""Who may do what: every cell of role × route × nation × duty is tried against the running service."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from fastapi.routing import APIRoute

from truceline.edges.api.rights import ANYBODY, DEVICE, FEED, TABLE, Right
from truceline.edges.people.roles import ROLES
from truceline.edges.people.sessions import Exercise, People

from .conftest import Stage

DOCS = Path(__file__).parents[3] / "docs" / "reference" / "rights.md"
PLACES = {
    "{id_}": "X-0",
    "{kind}": "observation",
    "{sha256}": "0" * 64,
    "{name}": "page.css",
    "{form}": "truceline-report",
}
NATIONS = {"of no party": "borea", "of a party": "north"}
STREAMS = ("/api/v1/changes",)
NEVER_REFUSED = {200, 204, 303, 400, 404, 409, 413, 415, 422, 502}


def routes(app: Any) -> Iterator[APIRoute]:
    """Every route that the application serves."""
    left = list(app.routes)
    while left:
        one = left.pop()
        if isinstance(one, APIRoute):
            yield one
        left += getattr(getattr(one, "original_router", None), "routes", [])


def address(path: str) -> str:
    for place, value in PLACES.items():
        path = path.replace(place, value)
    return path


def test_every_route_stands_in_the_table_and_nothing_else(shared: Stage) -> None:
    served = {(method, route.path) for route in routes(shared.client.app) for method in route.methods or ()}
    assert served == set(TABLE)


def test_a_route_that_is_not_in_the_table_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.sign_in()
    monkeypatch.setattr("truceline.edges.api.guard.TABLE", {})
    for path in ("/findings", "/api/v1/floor", "/assets/page.css"):
        assert stage.client.get(path).status_code == 500, path


def seated(people: People, role: str, nation: str, on_duty: bool) -> str:
    """A session of such a seat, made past all checks: the table alone must hold."""
    from truceline.edges.people.roles import Account

    party = "north" if role == "party_liaison" and nation == "north" else None
    account = Account(id=f"try-{role}", name="Try", nation=nation, roles=(role,), party=party)
    import msgspec

    return people.begin(account.id, msgspec.json.encode(Exercise(account, on_duty)))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("nation", sorted(NATIONS))
@pytest.mark.parametrize("on_duty", [False, True])
def test_every_cell_answers_as_the_table_says(
    shared: Stage, monkeypatch: pytest.MonkeyPatch, role: str, nation: str, on_duty: bool
) -> None:
    monkeypatch.setattr("truceline.edges.live.service.MOST_WATCHERS", 0)  # a stream that is let through ends with 503
    for (method, path), who in sorted(TABLE.items(), key=str):
        if not isinstance(who, Right):
            continue
        key = seated(shared.service.people, role, NATIONS[nation], on_duty)
        headers = {"Cookie": f"truceline={key}"}
        answer = shared.client.request(method, address(path), headers=headers, follow_redirects=False)
        may = role in who.roles and (who.parties or nation == "of no party") and (on_duty or not who.on_duty)
        refused_form = method == "POST" and answer.status_code == 403 and "form" in answer.json()["what"]
        let_in = refused_form or answer.status_code in NEVER_REFUSED | ({503} if path in STREAMS else set())
        assert let_in is may, (method, path, role, nation, on_duty, answer.status_code, answer.text[:200])


@pytest.mark.parametrize("route", sorted(TABLE), ids=" ".join)
def test_without_a_seat_only_what_is_for_anybody_answers(shared: Stage, route: tuple[str, str]) -> None:
    method, path = route
    shared.client.cookies.clear()
    cookie = {"Cookie": "truceline=guess"}
    answer = shared.client.request(method, address(path), headers=cookie, follow_redirects=False)
    who = TABLE[route]
    if who == ANYBODY:
        assert answer.status_code not in (401, 500)
    elif who in (FEED, DEVICE) or path.startswith("/api/") or method != "GET":
        assert answer.status_code == 401
    else:
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_what_the_table_must_never_allow() -> None:
    """Laws of the house, said apart from the table."""
    rights = {route: who for route, who in TABLE.items() if isinstance(who, Right)}
    live = [route for route in rights if route[1].startswith("/api/v1/") and "proofs" not in route[1]]
    for route in live:
        who = rights[route]
        assert not who.parties, route
        assert who.on_duty or "exhibits" in route[1], route
    for route, who in rights.items():
        if "/collections/" in route[1] and "/published" not in route[1]:
            assert who.on_duty and who.answers and not who.parties, route
        assert not who.programs or route[0] == "GET", route
        if route[1].startswith("/findings"):
            assert set(who.roles) <= {"watchkeeper", "analyst", "reviewer", "director"} and not who.parties
        if route[1].startswith("/people"):
            assert who.roles == ("administrator",)
    assert not [route for route, who in TABLE.items() if who == ANYBODY and route[1].startswith("/api/")]


def test_what_is_grave_is_asked_for_again() -> None:
    """Deciding on a finding, starting a clock, changing rights or ways in."""
    asked = {path for (_, path), who in TABLE.items() if isinstance(who, Right) and who.fresh}
    assert asked == {
        *(f"/reviews/{{id_}}/{act}" for act in ("notify", "conclude", "publish", "clock")),
        "/people", *(f"/people/{{id_}}/{act}" for act in ("invite", "close", "end", "remove")), "/roster",
        "/account/remove", "/account/mail", "/programs", "/field/device",
    }  # fmt: skip
    assert not [path for (method, path), who in TABLE.items() if method == "GET" and getattr(who, "fresh", False)]


def test_the_page_of_rights_is_written_from_the_table() -> None:
    assert DOCS.read_text("utf-8") == rights_page(), "write it anew: python -m tests.edges.live.test_rights"


def rights_page() -> str:
    """docs/reference/rights.md."""
    head = (
        "# Who may do what\n\n"
        "Written from the table in `edges/api/rights.py`, the only place where rights are given; what does not stand\n"
        "in it is refused. *duty*: only while on the duty roster. *party*: also for who comes from a party. *again*:\n"
        "only for who showed within half an hour who they are; others are asked first.\n\n"
        f"| route | {' | '.join(role.replace('_', ' ') for role in ROLES)} | only |\n|---|{'---|' * (len(ROLES) + 1)}\n"
    )
    lines = []
    for (method, path), who in TABLE.items():
        cells = ["✓" if isinstance(who, Right) and role in who.roles else "" for role in ROLES]
        only = f"*{who}*" if not isinstance(who, Right) else ""
        if isinstance(who, Right):
            marks = (("duty", who.on_duty), ("party", who.parties), ("again", who.fresh))
            only = ", ".join(word for word, said in marks if said)
        lines.append(f"| `{method} {path}` | {' | '.join(cells)} | {only} |")
    return head + "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCS.write_text(rights_page(), "utf-8")
