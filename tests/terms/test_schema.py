"""The schema describes what the reader reads, and the reference is in step with both."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest

from truceline.terms.schema import schema

from .agreements import AGREEMENTS, NAMES, worked
from .making import KINDS, TERMS
from .regenerate import REFERENCE, generated

VALIDATOR = jsonschema.Draft202012Validator(schema(KINDS))


def as_json(terms: str) -> object:
    return json.loads(json.dumps(tomllib.loads(terms), default=str))


@pytest.mark.parametrize("name", NAMES)
def test_the_worked_agreements_fit_the_schema(name: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(as_json(worked(name).terms))] == []


@pytest.mark.parametrize(("old", "new"), [
    ('kind = "no_fire"', 'kind = "no_fier"'),
    ('id = "A1"\n', ""),
    ('binds = ["amber", "teal"]\narea', 'binds = "amber"\narea'),
    ("notice_hours = 24", "notice_hours = -1"),
    ("notice_hours = 24\n", ""),
    ('activity = "demolition"', 'activity = "demolitions"'),
    ('parties = ["amber", "teal"]', "parties = []"),
    ("in_force_from", "in_force_form"),
    ("[agreement]", "[agremeent]"),
])  # fmt: skip
def test_what_the_reader_refuses_the_schema_refuses(old: str, new: str) -> None:
    assert VALIDATOR.is_valid(as_json(TERMS))
    assert not VALIDATOR.is_valid(as_json(TERMS.replace(old, new, 1)))


def test_every_key_of_every_kind_is_described() -> None:
    described = json.dumps(schema(KINDS))
    for kind in KINDS.values():
        for key in kind.keys:
            assert key.words in described or json.dumps(key.words)[1:-1] in described


@pytest.mark.parametrize("name", ["terms.md", "terms.schema.json"])
def test_the_reference_is_in_step(name: str) -> None:
    """If it is not: `make golden`."""
    assert (REFERENCE / name).read_text() == generated()[name]


def test_the_list_of_worked_agreements_is_in_step() -> None:
    page = (Path(AGREEMENTS) / "README.md").read_text()
    for name in NAMES:
        one = worked(name)
        provisions = one.document.table["provision"]
        assert isinstance(provisions, list) and isinstance(one.document.table, Mapping)
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert row.endswith(f"| {len(provisions)} | {len(one.cases)} |")
