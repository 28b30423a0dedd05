"""Every command shows an example, and the documents name every command, option and exit code."""

import argparse
import re
from collections.abc import Iterator

import pytest

from truceline.edges.cli.main import EPILOG, main, parser

from .pages import ROOT, documents

PAGE = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")


def commands(top: argparse.ArgumentParser, name: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """(name, parser) of every command that does something by itself, parts of one by their full name."""
    inner = [action for action in top._actions if isinstance(action, argparse._SubParsersAction)]
    for action in inner:
        for word, below in action.choices.items():
            yield from commands(below, f"{name} {word}".strip())
    if not inner:
        yield name, top


COMMANDS = dict(commands(parser()))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_shows_an_example_of_it(name: str) -> None:
    said = COMMANDS[name].format_help()
    _, _, example = said.partition("example")
    assert f"truceline {name}" in example, said


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_has_a_row_for_every_command(name: str) -> None:
    assert re.search(rf"^\| `truceline {name}[ `]", PAGE, re.MULTILINE)


def test_no_document_names_a_command_that_is_not() -> None:
    known = {name.split()[0] for name in COMMANDS}
    for page in documents():
        code = re.findall(r"`[^`\n]+`|^    .+$|^```.*?^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        named = set(re.findall(r"(?<![\w./-])truceline ([a-z]+)", "\n".join(code)))
        assert named <= known, page


def test_the_reference_names_every_exit_code() -> None:
    codes = re.findall(r"^ +(\d+) ", EPILOG, re.MULTILINE)
    assert codes == ["0", "1", "2", "130"]
    assert [code for code in codes if not re.search(rf"\b{code}\b", PAGE)] == []


def test_a_mistyped_command_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["rnu", "missions/first-light"])
    assert ended.value.code == 2
    assert "rnu" in capsys.readouterr().err


def test_a_mission_that_is_not_there_ends_with_1_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "no-such-mission"]) == 1
    assert "mission.toml" in capsys.readouterr().err
