"""The OpenAPI document says all that the service does, and nothing that it does not."""

from typing import Any

import jsonschema
import pytest
from fastapi.routing import APIRoute

from .conftest import Stage
from .making import bang, body


def test_every_route_of_the_interface_is_written_down(shared: Stage) -> None:
    document = shared.client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    written = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    served = {
        (route.path, method)
        for route in _routes(shared.client.app)
        for method in route.methods or ()
        if route.path.startswith("/api/")
    }
    assert served == written
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["operationId"], (path, method)
            assert operation.get("security"), (path, method)
            assert "401" in operation["responses"], (path, method)


def _routes(app: Any) -> list[APIRoute]:
    found: list[APIRoute] = []
    left = list(app.routes)
    while left:
        one = left.pop()
        if isinstance(one, APIRoute):
            found.append(one)
        left += getattr(getattr(one, "original_router", None), "routes", [])
    return found


@pytest.mark.parametrize(
    ("path", "schema"), [("/api/v1/floor", "Whole"), ("/api/v1/stands", "Stands"), ("/api/v1/nothing", "Fault")]
)
def test_answers_are_of_the_shape_that_is_written_down(shared: Stage, path: str, schema: str) -> None:
    shared.sign_in()
    answer = shared.client.get(path)
    jsonschema.validate(answer.json(), _schema(shared, schema))
    sent = shared.client.post("/api/v1/observations", content=body([*bang(9, 1.0), b"?"]), headers=shared.feed)
    jsonschema.validate(sent.json(), _schema(shared, "Acknowledged"))
    refused = shared.client.post("/api/v1/observations", content=b"", headers=shared.feed | {"Authorization": ""})
    jsonschema.validate(refused.json(), _schema(shared, "Fault"))


def _schema(stage: Stage, name: str) -> dict[str, Any]:
    document = stage.client.get("/openapi.json").json()
    return {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
