"""`truceline sim` and `truceline score` as a user meets them."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from truceline.edges.cli.sim import add_parser

WORLD = 'world = 1\nname = "w"\nfamily = "quiet"\n[network]\narrays = 8\nposts = 2\nmicrophones = 2\n'


def run(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="truceline")
    add_parser(parser.add_subparsers(required=True))
    args = parser.parse_args(words)
    return int(args.run(args))


@pytest.fixture
def world(tmp_path: Path) -> Path:
    path = tmp_path / "w.toml"
    path.write_text(WORLD)
    return path


def test_a_mission_folder_is_made_whole_and_the_same_again(world: Path, tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one", "deep/two", "three"))
    assert run("sim", str(world), "--seed", "4", "--out", str(one)) == 0
    assert run("sim", str(world), "--seed", "4", "--out", str(two)) == 0
    assert run("sim", str(world), "--seed", "5", "--out", str(three)) == 0
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert Path("mission.toml") in names and Path("truth.ndjson") in names
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)
    assert (one / "observations.ndjson").read_bytes() != (three / "observations.ndjson").read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_the_bytes_do_not_hang_on_the_process(world: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from truceline.edges.cli.sim import make_mission;"
        "make_mission(Path(sys.argv[1]), 4, Path(sys.argv[2]))"
    )
    for hash_seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", code, str(world), str(tmp_path / hash_seed)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed}, check=True,
        )  # fmt: skip
    for name in ("observations.ndjson", "truth.ndjson", "truth_world.json", "network.geojson"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_a_folder_that_is_there_is_left_alone(world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "mine.txt").write_text("mine")
    assert run("sim", str(world), "--out", str(tmp_path / "here")) == 1
    assert "exists already" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["mine.txt"]


def test_mistakes_are_told_with_their_place_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('world = 1\nname = "w"\n[air]\nwind = 3\n')
    assert run("sim", str(bad), "--out", str(tmp_path / "out")) == 1
    assert "bad.toml:4:1" in capsys.readouterr().err
    assert run("sim", str(tmp_path / "none.toml"), "--out", str(tmp_path / "out")) == 1
    assert "none.toml" in capsys.readouterr().err
    assert run("sim", str(bad)) == 2
    assert not (tmp_path / "out").exists()
    with pytest.raises(SystemExit):
        run("sim", str(bad), "--seed", "-1", "--out", "x")


def test_the_keys_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sim", "--keys") == 0
    assert "| `wind_mps` |" in capsys.readouterr().out


def test_results_are_scored_alone_and_together(world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mission, out = tmp_path / "mission", tmp_path / "out"
    run("sim", str(world), "--out", str(mission))
    out.mkdir()
    (out / "events.geojsonl").write_text("")
    (out / "findings.geojsonl").write_text("")
    assert run("score", str(mission), str(out)) == 0
    alone = json.loads(capsys.readouterr().out)
    assert run("score", str(mission), str(out), str(mission), str(out)) == 0
    both = json.loads(capsys.readouterr().out)
    assert alone["recall"] == 0 and alone["estimated"] == 0 and "further" in alone
    assert both["true_events"] == 2 * alone["true_events"]


def test_results_that_cannot_be_scored_are_told_with_their_file(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("sim", str(world), "--out", str(tmp_path / "mission"))
    assert run("score", str(tmp_path / "mission"), str(tmp_path / "nothing")) == 1
    assert str(tmp_path / "nothing" / "findings.geojsonl") in capsys.readouterr().err
    assert run("score", str(tmp_path / "mission")) == 2
