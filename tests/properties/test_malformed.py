"""Malformed: whatever is wrong with a mission folder is told with its place, or set aside and counted; never a
traceback, never silence.

Silence would be: a mission that is accepted with nothing told, though what was given has changed and the log of what
was given does not show it. And of what must be there: its absence accepted at all.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest

from missions.folder import LINES, Files, write
from missions.mutated import BLIND, MISSION, TERMS, Mutation, mutations, slim
from truceline.edges import mission_folder
from truceline.edges.cli.main import main
from truceline.edges.code import code_listing
from truceline.edges.conclude import conclude
from truceline.edges.inputs import Inputs
from truceline.edges.intake import Understood, understand
from truceline.edges.mission_folder import read_folder
from truceline.edges.wiring import kinds, plugins
from truceline.model.problem import Problem, Unusable


@dataclass(frozen=True)
class Answer:
    """What became of a folder: refused with problems, or understood."""

    problems: tuple[Problem, ...]
    understood: Understood | None = None
    inputs: Inputs | None = None

    def told(self) -> list[tuple[str, int, str, str, str]]:
        """(file, line, feature, field, words) of all that is told."""
        notes = self.understood.notes if self.understood else ()
        found = [
            (one.place.file, one.place.line, one.place.feature, one.place.field, one.what)
            for one in (*self.problems, *notes)
        ]
        aside = self.understood.set_aside if self.understood else ()
        return found + [(one.file, one.line, "", one.reason.partition(":")[0], one.reason) for one in aside]


class Folder:
    """A mission folder that is written anew only where it differs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.held: Files = {}

    def answer(self, files: Files) -> Answer:
        """Read and understand these files. Anything but a clear refusal or an understanding fails the test."""
        for path in {*self.held} - {*files}:
            (self.path / path).unlink()
        write({path: data for path, data in files.items() if self.held.get(path) != data}, self.path)
        self.held = files
        try:
            inputs = read_folder(self.path)
            return Answer((), understand(inputs, kinds()), inputs)
        except Unusable as unusable:
            return Answer(unusable.problems)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    listing = code_listing()
    with patch.object(mission_folder, "code_listing", lambda: listing):
        yield Folder(tmp_path / "mission")
    shutil.rmtree(tmp_path / "mission")


def logged(answer: Answer) -> list[tuple[str, str]]:
    assert answer.understood is not None
    return [(entry.kind, entry.sha256) for entry, _ in answer.understood.logged]


def meant(files: Files) -> dict[str, object]:
    """What the files say: empty lines, repetitions and the order of lines say nothing."""
    said: dict[str, object] = dict(files)
    for path in LINES:
        said[path] = {line for line in files.get(path, b"").split(b"\n") if line.strip()}
    return said


def judge(mutation: Mutation, answer: Answer, sound: Answer) -> str:
    """Refused, set aside, noted or accepted; fails where something is wrong with the answer."""
    told = answer.told()
    for problem in answer.problems:
        assert problem.what and problem.remedy, (mutation.name, problem)
        misnamed = problem.place.file not in slim()  # then the file that names it must be told
        assert not misnamed or any(path in problem.remedy for path in (MISSION, TERMS)), (mutation.name, problem)
    for _, _, _, _, words in told:
        assert words and "Traceback" not in words, mutation.name
    if mutation.place is not None:
        file, line, feature, field = mutation.place
        assert any(
            one[0] == file
            and (not line or one[1] == line)
            and (not feature or one[2] == feature)
            and (not field or field in one[3] or repr(field) in one[4] or f"`{field}`" in one[4])
            for one in told
        ), (mutation.name, mutation.place, told)
    if answer.problems:
        return "refused"
    assert answer.understood is not None
    if not told and meant(mutation.files) != meant(slim()):
        assert logged(answer) != logged(sound), f"silence: {mutation.name}"
    return "set aside" if answer.understood.set_aside else "noted" if answer.understood.notes else "accepted"


def test_the_folder_that_is_mutated_is_sound(folder: Folder) -> None:
    answer = folder.answer(slim())
    assert answer.told() == []
    assert answer.understood is not None
    kinds_seen = {seen.kind for seen in answer.understood.case.observations}
    assert kinds_seen == {
        "arrival", "bearing", "fix", "track", "report", "inspection", "restriction", "damage", "status",
    }  # fmt: skip


def test_a_thousand_mutations_are_refused_set_aside_or_logged(folder: Folder) -> None:
    sound = folder.answer(slim())
    outcomes = Counter(judge(one, folder.answer(one.files), sound) for one in mutations(seed=11, count=1_000))
    assert sum(outcomes.values()) == 1_000
    assert outcomes["refused"] > 300 and outcomes["set aside"] > 200 and outcomes["noted"] > 10
    assert 0 < outcomes["accepted"] < 150, outcomes


def concludes(one: Mutation, answer: Answer) -> bool:
    """Whether a folder that is understood also runs to its end, and writes what was set aside."""
    if answer.inputs is None or answer.understood is None:
        return False
    concluded = conclude(answer.inputs, plugins(), map, lambda _: None)
    assert concluded.files["set_aside.ndjson"].count(b"\n") == len(answer.understood.set_aside), one.name
    return True


def test_what_is_understood_runs_to_its_end(folder: Folder) -> None:
    ran = [concludes(one, folder.answer(one.files)) for one in mutations(seed=12, count=40)]
    assert sum(ran) >= 12


def test_the_commands_answer_and_never_trace(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    for one in mutations(seed=13, count=40):
        folder.answer(one.files)
        code = main(["check", str(folder.path)])
        said = capsys.readouterr()
        assert code in (0, 1) and (said.out or said.err), one.name
        assert "Traceback" not in said.out + said.err, one.name


@pytest.mark.parametrize("how", sorted(BLIND))
def test_every_blind_mutation_changes_something(how: str) -> None:
    for path, data in slim().items():
        assert any(BLIND[how](Random(seed), data) != data for seed in range(5)), path


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1_000, 1_020))
def test_many_thousands(folder: Folder, seed: int) -> None:
    sound = folder.answer(slim())
    for number, one in enumerate(mutations(seed, 1_000)):
        answer = folder.answer(one.files)
        judge(one, answer, sound)
        if number % 20 == 0:
            concludes(one, answer)
