"""The schemas of the coalition's files and the readers say the same: what one refuses the other refuses."""

import copy
import json
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from contract.reading import faults, schemas, validators
from truceline.coalition.read_command import read_command
from truceline.coalition.read_consultations import read_consultations
from truceline.coalition.read_ledger import ledger_from
from truceline.formats.plan_toml import read_plan
from truceline.formats.toml_document import TomlDocument
from truceline.model.problem import Unusable

from .test_reading import COMMAND, CONSULTATION, LEDGER, NATIONS

MISSION = Path(__file__).parents[2] / "missions" / "coalition-35"
VALIDATORS = validators(schemas())
PLAN = (MISSION / "plans" / "spring.toml").read_text("utf-8")
TEXTS = {"ledger": LEDGER, "consultations": CONSULTATION, "command": COMMAND, "plan": PLAN}
WRONG: tuple[object, ...] = ("", " ", "x", -1, 0, True, 2.5, [], {}, "2026-03-02 10:51", [1, 2, 3])


def as_json(value: Any) -> Any:
    """Dates and times as text, as the schemas have them."""
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def toml(table: dict[str, Any]) -> bytes:
    """A table of tables and lists of tables as TOML."""
    blocks = []
    for name, value in table.items():
        for one in value if isinstance(value, list) else [value]:
            head = f"[[{name}]]" if isinstance(value, list) else f"[{name}]"
            blocks.append("\n".join([head, *(f"{key} = {written(inner)}" for key, inner in one.items())]))
    return "\n\n".join(blocks).encode()


def written(value: Any) -> str:
    """A value as TOML has it: JSON's, but for tables."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value)


READERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "ledger": lambda table: ledger_from(TomlDocument("l", table, {})),
    "consultations": lambda table: read_consultations("c", toml(table), NATIONS),
    "command": lambda table: read_command("c", toml(table), NATIONS),
    "plan": lambda table: read_plan("p", toml(table)),
}


def refused(name: str, table: dict[str, Any]) -> bool:
    try:
        READERS[name](table)
    except Unusable:
        return True
    return False


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every path to a field that holds no table."""
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(one, dict) or (isinstance(one, list) and one and isinstance(one[0], dict)):
            yield from leaves(one, (*path, key))
        elif isinstance(key, str):
            yield (*path, key)


def changed(table: dict[str, Any], path: tuple[str | int, ...], wrong: object) -> dict[str, Any]:
    found = copy.deepcopy(table)
    inner: Any = found
    for step in path[:-1]:
        inner = inner[step]
    if wrong is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = wrong
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_what_the_reader_takes_the_schema_takes(name: str) -> None:
    table = as_json(tomllib.loads(TEXTS[name]))
    assert faults(VALIDATORS[name], table) == []
    assert not refused(name, table)


@pytest.mark.parametrize("name", ["ledger", "consultations", "command"])
def test_the_worked_example_keeps_the_schemas(name: str) -> None:
    table = as_json(tomllib.loads((MISSION / "coalition" / f"{name}.toml").read_text("utf-8")))
    assert faults(VALIDATORS[name], table) == []


@pytest.mark.parametrize("name", TEXTS)
def test_what_the_schema_refuses_the_reader_refuses(name: str) -> None:
    """Each field dropped or set to something else. The reader may refuse more: what one table says of another."""
    table = as_json(tomllib.loads(TEXTS[name]))
    wrongly_taken, tried = [], 0
    for path in leaves(table):
        for wrong in (None, *WRONG):
            other = changed(table, path, wrong)
            if faults(VALIDATORS[name], other):
                tried += 1
                if not refused(name, other):
                    wrongly_taken.append((path, wrong))
    assert tried > 50
    assert wrongly_taken == []
