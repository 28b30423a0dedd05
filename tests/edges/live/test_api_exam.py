"""The interface held against its own OpenAPI document: requests made from it, right and wrong, and every answer must be
one that it names, of the type that it names. Schemathesis does the same at length: scripts/api_exam.py."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.edges.api.attempts import OF_A_SESSION, SESSIONS, WRONG_KEYS, Attempts

from .conftest import Stage
from .making import bang, body
from .test_api import wait_for

STREAM = "/api/v1/changes"  # it does not end
MORE = 20  # times the examples, in the long tests

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)
names = st.one_of(words, st.sampled_from(["E-0", "observation", "0" * 64, "..", "%00", "O1-A1", "access", " ", "A1"]))
records = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4), max_leaves=8,
)  # fmt: skip
bodies = st.one_of(st.binary(max_size=200), st.lists(records, max_size=4).map(
    lambda some: b"\n".join(json.dumps(one).encode("utf-8", "surrogatepass") for one in some)))  # fmt: skip


@pytest.fixture(scope="module")
def examined(shared: Stage) -> Iterator[Stage]:
    """A service that has found something, and a seat on duty."""
    shared.sign_in()
    lines = [line for number in range(4) for line in bang(number, 60.0 + 20.0 * number)]
    shared.client.post("/api/v1/observations", content=body(lines), headers=shared.feed).raise_for_status()
    wait_for(shared, "findings")
    yield shared


def operations(stage: Stage) -> list[tuple[str, str, dict[str, Any]]]:
    document = stage.client.get("/openapi.json").json()
    return [(method.upper(), path, operation) for path, item in document["paths"].items() if path != STREAM
            for method, operation in item.items()]  # fmt: skip


def query_of(draw: Any, operation: dict[str, Any]) -> dict[str, str]:
    """Some of the parameters, rightly or wrongly filled, and at times one that is none."""
    known = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    values = st.one_of(words, st.integers(-5, 20_000).map(str), st.sampled_from(
        ["1,2,3,4", "10,50,11,51,0,9", "2026-03-02T10:00:00Z", "../2026-03-02T10:00:00Z", "nan,1,2,3"]))  # fmt: skip
    drawn: dict[str, str] = draw(st.dictionaries(st.sampled_from([*known, "colour"]), values, max_size=3))
    return drawn


def examine(stage: Stage, draw: Any) -> None:
    """Ask once, and hold the answer against the document."""
    state = stage.client.app.state  # type: ignore[attr-defined]
    state.wrong_keys, state.pace = Attempts(WRONG_KEYS), Attempts(OF_A_SESSION, SESSIONS)
    method, path, operation = draw(st.sampled_from(operations(stage)))
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", _quoted(draw(names)))
    headers = dict(stage.feed) if method == "POST" else {}
    if method == "POST":
        types = [*operation.get("requestBody", {}).get("content", {}), "text/html"]
        headers["Content-Type"] = draw(st.sampled_from(types))
        headers["Truceline-Status"] = draw(st.sampled_from(["exercise", "exercise", "exercise", "actual", ""]))
    content = draw(bodies) if method == "POST" else None
    answer = stage.client.request(
        method, path, params=query_of(draw, operation), headers=headers, content=content, follow_redirects=False
    )
    asked = f"{method} {path} {content!r}: {answer.status_code} {answer.text[:300]}"
    assert answer.status_code < 500, asked
    if str(answer.status_code) not in operation["responses"]:
        # A path that a strange name made another: nobody serves it, or it is another route.
        assert answer.status_code in (307, 404), asked
        return
    stated = operation["responses"][str(answer.status_code)]["content"]
    type_ = answer.headers["content-type"].partition(";")[0]
    assert type_ in stated or (answer.status_code == 200 and "application/octet-stream" in stated), asked
    if type_ == "application/json":
        jsonschema.validate(answer.json(), _whole(stage, stated[type_]["schema"]))


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="") or "_"


def _whole(stage: Stage, schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "components": stage.client.get("/openapi.json").json()["components"]}


SAME = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@SAME
@given(st.data())
def test_every_answer_is_one_that_the_document_names(examined: Stage, data: st.DataObject) -> None:
    examine(examined, data.draw)


@pytest.mark.soak
@settings(SAME, max_examples=60 * MORE, derandomize=False)
@given(st.data())
def test_every_answer_is_one_that_the_document_names_at_length(examined: Stage, data: st.DataObject) -> None:
    examine(examined, data.draw)


def test_the_document_refers_to_nothing_that_it_does_not_hold(shared: Stage) -> None:
    text = shared.client.get("/openapi.json").text
    schemas = shared.client.get("/openapi.json").json()["components"]["schemas"]
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(schemas)


@pytest.mark.parametrize(
    ("data", "type_"), [(b"", "text/plain"), (b"no picture", "image/png"), (b"\x00\xff", "text/plain")]
)
def test_an_exhibit_that_is_not_what_it_says_is_the_sender_s_to_mend(shared: Stage, data: bytes, type_: str) -> None:
    answer = shared.client.post("/api/v1/exhibits", content=data, headers=shared.feed | {"Content-Type": type_})
    assert answer.status_code == 400
    assert answer.json()["remedy"]


def test_who_does_not_say_whether_it_is_real_is_asked(shared: Stage) -> None:
    headers = {key: value for key, value in shared.feed.items() if key != "Truceline-Status"}
    answer = shared.client.post("/api/v1/observations", content=b"", headers=headers)
    assert (answer.status_code, "Truceline-Status" in answer.json()["remedy"]) == (400, True)
