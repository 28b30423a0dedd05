"""The store by hand: keep, fsck, backup, restore, each from the command line."""

import argparse
from pathlib import Path

import pytest

from truceline.edges.cli import store as commands
from truceline.model.problem import Unusable


def run(*argv: str) -> int:
    top = argparse.ArgumentParser()
    commands.add_parser(top.add_subparsers(required=True))
    args = top.parse_args(argv)
    code: int = args.run(args)
    return code


def test_keep_check_back_up_lose_and_restore(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = tmp_path / "claims.ndjson"
    lines.write_text('{"id":"1","text":"a"}\n\n{"id":"2"}\n{"id":"1","text":"b"}\n')
    store = str(tmp_path / "m.store")
    assert run("keep", store, "claim", str(lines)) == 2
    assert "--origin" in capsys.readouterr().err
    assert run("keep", store, "claim", str(lines), "--origin", "example.org/m", "--status", "exercise") == 0
    assert "2 kept, 0 known already, 1 set aside" in capsys.readouterr().out
    assert run("keep", store, "claim", str(lines)) == 0
    said = capsys.readouterr().out
    assert "0 kept, 2 known already, 1 set aside" in said and "3 inputs are sealed" in said
    assert run("fsck", store) == 0
    assert "WHOLE. 3 inputs" in capsys.readouterr().out
    assert run("backup", store, str(tmp_path / "copy")) == 0
    (tmp_path / "m.store").unlink()
    assert run("restore", store, "--backup", str(tmp_path / "copy"), "--journal", f"{store}.journal") == 0
    assert "3 inputs restored" in capsys.readouterr().out
    assert run("fsck", store) == 0


def test_damage_is_said_and_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = tmp_path / "claims.ndjson"
    lines.write_text("".join(f'{{"id":"{i}","text":"{"word " * 40}"}}\n' for i in range(50)))
    store = tmp_path / "m.store"
    run("keep", str(store), "claim", str(lines), "--origin", "example.org/m", "--status", "test")
    data = bytearray(store.read_bytes())
    data[data.index(b"word word")] ^= 1
    store.write_bytes(bytes(data))
    capsys.readouterr()
    assert run("fsck", str(store)) == 1
    told = capsys.readouterr()
    assert "DAMAGED: 1 faults" in told.out
    assert "have another digest" in told.err


def test_lines_without_an_id_are_all_named(tmp_path: Path) -> None:
    lines = tmp_path / "claims.ndjson"
    lines.write_bytes(b'{"id":"1"}\n{}\nnot json\n{"id":3}\n"\xff"\n')
    with pytest.raises(Unusable) as caught:
        run("keep", str(tmp_path / "m.store"), "claim", str(lines), "--origin", "o", "--status", "test")
    assert [problem.place.line for problem in caught.value.problems] == [2, 3, 4, 5]
    with pytest.raises(Unusable, match="cannot be read"):
        run("keep", str(tmp_path / "m.store"), "claim", str(tmp_path / "none"))
