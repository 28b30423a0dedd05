"""The second verifier and the product say the same of every dossier; they share no code."""

import ast
import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from truceline.edges.dossier.verify import verify_dossier

from .dossier_variants import flip, forge, packed, variant
from .sealed_dossier import sealed

FILE = Path(__file__).parents[2] / "verifier" / "truceline_verifier.py"


def second() -> ModuleType:
    spec = importlib.util.spec_from_file_location("truceline_verifier", FILE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_short_and_stands_alone() -> None:
    text = FILE.read_text()
    assert len(text.splitlines()) <= 500
    imported = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
    assert imported - sys.stdlib_module_names == {"cryptography"}


def agree(count: int, seed: int) -> tuple[int, int]:
    """How many held and how many did not, of so many dossiers, half of them damaged; both verifiers say the same."""
    chance, other = random.Random(seed), second()
    said = {True: 0, False: 0}
    for number in range(count):
        files = variant(chance)
        damaged = number % 2 == 1
        place = forge(files, chance) if damaged and chance.random() < 0.7 else ""
        data = packed(files)
        if damaged and not place:
            data = flip(data, chance.randrange(len(data)), chance.randrange(8))
        own = chance.random() < 0.5
        ours = verify_dossier(data, sealed().policy if own else None, (), None)
        theirs = other.verify(data, sealed().policy_text if own else None)
        assert (ours.holds, ours.sealed) == (theirs["holds"], theirs["sealed"]), (number, place, ours.problems, theirs)
        assert damaged or ours.holds, (number, ours.problems)
        if ours.holds:
            assert ours.checked.index is not None and ours.checked.index.finding == theirs["finding"]
        said[ours.holds] += 1
    return said[True], said[False]


def test_the_same_verdict_on_dossiers_half_of_them_damaged() -> None:
    held, not_held = agree(30, seed=5)
    assert held >= 15 and not_held >= 10


@pytest.mark.soak
def test_the_same_verdict_on_1000_dossiers() -> None:
    held, not_held = agree(1000, seed=6)
    assert held >= 500 and not_held >= 400


def test_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "d.zip").write_bytes(sealed().dossier)
    (tmp_path / "policy").write_bytes(sealed().policy_text)
    command = [sys.executable, str(FILE), str(tmp_path / "d.zip"), "--policy", str(tmp_path / "policy")]
    run = subprocess.run(command, capture_output=True, check=True)
    verdict = json.loads(run.stdout)
    assert verdict["holds"] and verdict["sealed"] and set(verdict["witnessed"]) == {"aland", "neutral"}
    (tmp_path / "d.zip").write_bytes(flip(sealed().dossier, 5000, 3))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
