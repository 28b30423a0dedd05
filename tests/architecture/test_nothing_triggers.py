"""Nothing in software can trigger anything: no call, no command, no record that acts.

Every public function and command is walked by name; the coalition's room is read line by line: it has frozen records,
functions from values to values, and no way out.
"""

import argparse
import ast
import dataclasses
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

import truceline
from truceline.coalition import command, consultation, what_if
from truceline.coalition.command import TASKS
from truceline.coalition.consultation import MEASURES, WITHOUT_PREJUDICE
from truceline.coalition.what_if import Consequences, Sight
from truceline.edges.cli.main import parser
from truceline.reports.english import ENGLISH

# What a system that acts would be told to do. Verbs: a name begins with them.
VERBS = (
    "activate alarm arm assault attack authorise authorize bomb declare deploy destroy disarm dispatch engage enforce "
    "escalate execute fire fly intercept invoke jam kill launch mobilise mobilize neutralise neutralize punish "
    "retaliate respond sanction shoot sortie strike target task trigger warn"
)
ACTS = frozenset(VERBS.split())
# Calls whose name sounds like an act, each read by a person: what it really does.
HARMLESS = {
    "edges/live/workers.py: kill": "ends a worker's process",
    "edges/store/keyring.py: destroy": "destroys a key, so that what it locked is forgotten",
    "edges/store/retention.py: enforce": "forgets personal data whose time is over",
    "formats/sapient_write.py: task_rejected": "writes the message that refuses a task",
}
WEAPONS = ("weapon", "effector", "munition", "strike", "missile", "gun", "jammer", "interceptor")
REACH_OUT = frozenset(
    {"open", "exec", "eval", "compile", "__import__", "input", "print", "globals", "setattr", "delattr"}
)
PURE = {"truceline", "collections", "dataclasses", "typing", "functools", "itertools", "csv", "io", "re", "math"}
PLAIN = (str, int, float, bool, bytes, type(None))


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if "__main__" not in info.name:
            yield importlib.import_module(info.name)


def public(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Functions, and methods of classes, that a module defines and does not keep to itself."""
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(thing):
            yield name, thing
        if inspect.isclass(thing):
            for inner, method in vars(thing).items():
                if inspect.isfunction(method) and not inner.startswith("_"):
                    yield inner, method


ROOT = Path(truceline.__file__).parent


def names(tree: ast.Module) -> Iterator[str]:
    """Public functions and methods of a file. A release `order` is a paper that two officers sign, and no act."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node.name


@pytest.mark.parametrize("room", sorted(path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()))
def test_no_public_call_is_named_for_an_act(room: str) -> None:
    """In every room but the laboratory, where invented batteries do fire."""
    if room == "sim":
        pytest.skip("the laboratory invents fire")
    named = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in names(ast.parse(path.read_text("utf-8")))
        if name.lower().split("_")[0] in ACTS
    ]
    assert [one for one in named if one not in HARMLESS] == []


def commands(top: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, below in action.choices.items():
                yield (*path, word)
                yield from commands(below, (*path, word))


def test_no_command_is_named_for_an_act_and_those_of_the_coalition_read_and_write_files_alone() -> None:
    found = list(commands(parser()))
    assert found
    assert [path for path in found for word in path if word.split("-")[0] in ACTS] == []
    assert {path[1] for path in found if path[0] == "coalition" and len(path) > 1} == {
        "check", "show", "what-if", "export", "import",
    }  # fmt: skip


COALITION = list(modules(importlib.import_module("truceline.coalition")))


@pytest.mark.parametrize("module", COALITION, ids=lambda module: module.__name__.split(".")[-1])
def test_the_coalition_s_room_has_no_way_out(module: ModuleType) -> None:
    """No built-in that reaches beyond values, no global state that a call could change, nothing asynchronous."""
    tree = ast.parse(inspect.getsource(module))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called & REACH_OUT == set()
    outside = (ast.Global, ast.Nonlocal, ast.AsyncFunctionDef, ast.Await)
    assert not [node for node in ast.walk(tree) if isinstance(node, outside)]
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported <= PURE
    ours = {
        node.module.split(".")[1]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("truceline.") and node.module
    }
    assert ours <= {"coalition", "model", "geo", "formats", "findings"}


@pytest.mark.parametrize("module", COALITION, ids=lambda module: module.__name__.split(".")[-1])
def test_every_record_is_frozen_and_holds_no_call(module: ModuleType) -> None:
    for name, thing in vars(module).items():
        if inspect.isclass(thing) and dataclasses.is_dataclass(thing) and thing.__module__ == module.__name__:
            assert thing.__dataclass_params__.frozen, name  # type: ignore[attr-defined]
            for field, hint in get_type_hints(thing).items():
                assert not holds_a_call(hint), f"{name}.{field}"


def holds_a_call(hint: Any) -> bool:
    origin = get_origin(hint)
    if hint in PLAIN or hint is Any or origin is Literal:
        return False
    if origin in (tuple, list, dict, frozenset, typing.Union, UnionType) or str(origin) in (
        "<class 'collections.abc.Mapping'>", "<class 'collections.abc.Sequence'>",
    ):  # fmt: skip
        return any(holds_a_call(one) for one in get_args(hint) if one is not Ellipsis)
    # A record is tried by itself, where it is defined.
    return not (inspect.isclass(hint) and dataclasses.is_dataclass(hint))


def test_a_task_is_of_looking_and_a_measure_is_only_written_down() -> None:
    assert not set(TASKS) & ACTS
    assert not any(word in kind for kind in TASKS for word in WEAPONS)
    assert set(MEASURES) == {"military", "logistical", "economic", "diplomatic"}
    for record in (consultation.Decision, consultation.Considered, consultation.Clock, command.Task):
        methods = [
            name for name, thing in vars(record).items() if inspect.isfunction(thing) and not name.startswith("_")
        ]
        assert methods == []


def test_the_only_call_that_is_passed_down_gives_back_values() -> None:
    """`recompute` is asked at most once, with names of sensors, and its answer is a frozen record of values."""
    takes = {
        f"{module.__name__}.{name}": [
            key for key, hint in get_type_hints(thing).items() if key != "return" and "Callable" in str(hint)
        ]
        for module in COALITION
        if module.__name__.split(".")[-1] not in ("reading",)
        for name, thing in public(module)
    }
    assert {name: keys for name, keys in takes.items() if keys} == {
        "truceline.coalition.what_if.what_if": ["recompute"]
    }
    assert get_args(what_if.Recompute)[-1] is Sight
    assert {field.name for field in dataclasses.fields(Consequences)} >= {"lost", "sight", "sensors"}


def test_every_page_carries_the_reservation_of_states() -> None:
    assert "ithout prejudice to the final judgment of States" in WITHOUT_PREJUDICE
    assert "ithout prejudice to the final judgment of States" in ENGLISH.messages["page.without_prejudice"]
    assert truceline.__version__
