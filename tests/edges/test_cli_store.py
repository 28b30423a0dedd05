"""The store by hand: keep, fsck, backup, restore, each from the command line."""

import argparse
from pathlib import Path

import pytest

from truceline.edges.cli import store as commands
from truceline.edges.cli.main import main
from truceline.model.problem import Unusable

from . import postgres_server


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
        run("keep", str(tmp_path / "m.store"), "claim", str(tmp_path / "none"), "--origin", "o", "--status", "test")


def test_what_is_personal_is_not_kept_lying_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = tmp_path / "o.ndjson"
    report = '{"id":"R-1","kind":"report","sensor":"P","time":"2026-03-01T10:00:00Z","text":"Mill Street"}'
    lines.write_text(f'{{"id":"A-1","kind":"arrival"}}\n{report}\n')
    new = ["keep", str(tmp_path / "m.store"), "observation", str(lines), "--origin", "o", "--status", "test"]
    assert main(new) == 1
    assert "o.ndjson:2" in (said := capsys.readouterr().err) and "--keys" in said
    assert not (tmp_path / "m.store").exists()
    assert main([*new, "--keys", str(tmp_path / "keys")]) == 0


def test_a_database_by_its_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("alembic")
    pytest.importorskip("psycopg")
    if not postgres_server.is_there():
        pytest.skip("PostgreSQL with PostGIS is not installed")
    server = postgres_server.Server()
    try:
        store, lines = f"{server.url}#mission", tmp_path / "c.ndjson"
        lines.write_text('{"id":"C-1"}\n{"id":"C-2"}\n')
        assert main(["keep", store, "claim", str(lines)]) == 1
        assert "truceline keep" in capsys.readouterr().err, "the remedy is a command that there is"
        assert main(["keep", store, "claim", str(lines), "--origin", "example.org/m", "--status", "test"]) == 0
        assert main(["keep", store, "claim", str(lines)]) == 0
        assert "2 known already" in capsys.readouterr().out
        assert main(["fsck", store]) == 0
        assert main(["backup", store, str(tmp_path / "copy")]) == 0
        assert main(["fsck", str(tmp_path / "copy")]) == 0
        assert main(["fsck", f"{server.url}#No-Name"]) == 1
        assert "no name of a schema" in capsys.readouterr().err
    finally:
        server.stop()
