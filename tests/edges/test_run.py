"""`truceline run`, `check` and `verify` as a user meets them: what is printed, what is written, which exit code."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import truceline
from missions.folder import Files, slight, slightly_concluded, write
from truceline import __version__
from truceline.edges.cli import run as run_command
from truceline.edges.cli.main import main
from truceline.edges.out_folder import read_folder_files, write_folder


@pytest.fixture
def mission(tmp_path: Path) -> Path:
    return write(slight(), tmp_path / "mission")


def broken(tmp_path: Path, name: str, files: Files) -> Path:
    return write({**slight(), **files}, tmp_path / name)


def said(capsys: pytest.CaptureFixture[str], code: int, *words: object) -> tuple[str, str]:
    """What a command prints on standard output and error, after checking its exit code and that it is no traceback."""
    assert main([str(word) for word in words]) == code
    found = capsys.readouterr()
    assert "Traceback" not in found.out + found.err
    return found.out, found.err


def test_a_run_writes_what_follows_and_says_it_in_a_few_lines(
    mission: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "out"
    printed, _ = said(capsys, 0, "run", mission, "--out", out, "--jobs", 1)
    assert read_folder_files(out) == dict(slightly_concluded().files)
    lines = printed.splitlines()
    assert lines[0].startswith("small (exercise): ") and str(out / "report.html") in lines[-1]
    assert 3 <= len(lines) <= 8
    assert {path.name for path in (tmp_path / "deep").iterdir()} == {"out"}


def test_a_quiet_run_says_nothing_and_timings_are_for_machines(
    mission: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed, _ = said(capsys, 0, "run", mission, "--out", tmp_path / "out", "--quiet", "--timings", "--jobs", 1)
    (line,) = printed.splitlines()
    spent = json.loads(line)["processor_s"]
    assert {"reading", "associating and locating", "writing"} <= set(spent) and min(spent.values()) >= 0
    assert (tmp_path / "out" / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"mission.toml": b"contract = 1\nname = \n"}, "mission.toml:2:"),
        ({"agreement/terms.toml": b"[agreement]\nid = 3\n"}, "agreement/terms.toml:2:1"),
        ({"network.geojson": b"{}"}, "network.geojson: not a GeoJSON FeatureCollection"),
        ({"control.geojson": b"["}, "control.geojson: not JSON"),
        ({"weather.csv": b"time\n"}, "weather.csv:1: the header lacks"),
    ],
)
def test_a_mission_that_cannot_be_understood_is_told_and_leaves_no_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: Files, place: str
) -> None:
    folder = broken(tmp_path, "bad", files)
    for words in (("run", folder, "--out", tmp_path / "out"), ("check", folder)):
        printed, errors = said(capsys, 1, *words)
        assert printed == "" and place in errors
        assert all(re.fullmatch(r"\S.*: .+\. .+\.", line) for line in errors.splitlines()), errors
    assert not (tmp_path / "out").exists() and {path.name for path in tmp_path.iterdir()} == {"bad"}


def test_an_earlier_result_stands_when_a_run_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mission: Path
) -> None:
    mark = tmp_path / "out" / "public.html"
    write_folder(tmp_path / "out", {**slightly_concluded().files, mark.name: b"earlier"})
    said(capsys, 1, "run", broken(tmp_path, "bad", {"network.geojson": b"{}"}), "--out", tmp_path / "out")
    assert mark.read_bytes() == b"earlier"
    said(capsys, 0, "run", mission, "--out", tmp_path / "out", "--jobs", 1)
    assert mark.read_bytes() != b"earlier"


def test_what_is_no_result_is_not_written_over_and_is_told_before_the_work(
    mission: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_command, "read_folder", None)  # would fail if work had begun
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("dear diary")
    for out in (tmp_path / "mine", mission, mission / "mission.toml"):
        _, errors = said(capsys, 1, "run", mission, "--out", out)
        assert str(out) in errors and "name a new folder" in errors
    assert (tmp_path / "mine" / "diary.txt").read_text() == "dear diary"
    assert (mission / "mission.toml").read_bytes() == slight()["mission.toml"]


def test_notes_do_not_stop_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = broken(tmp_path, "noted", {"mission.toml": slight()["mission.toml"].replace(b"weather =", b"wether =")})
    _, errors = said(capsys, 0, "run", folder, "--out", tmp_path / "out", "--jobs", 1)
    assert "note: mission.toml:" in errors and "did you mean 'weather'?" in errors
    printed, _ = said(capsys, 0, "check", folder)
    assert printed.startswith("note: mission.toml:")


def test_lines_set_aside_are_written_with_file_line_and_reason_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = b'torn\n{"id": "x"}\n'
    folder = broken(tmp_path, "torn", {"observations.ndjson": bad + slight()["observations.ndjson"]})
    printed, _ = said(capsys, 0, "run", folder, "--out", tmp_path / "out", "--jobs", 1)
    assert "2 lines" in printed
    rows = [json.loads(line) for line in (tmp_path / "out" / "set_aside.ndjson").read_bytes().splitlines()]
    assert [(row["file"], row["line"]) for row in rows] == [("observations.ndjson", 1), ("observations.ndjson", 2)]
    assert all(row["reason"] and re.fullmatch("[0-9a-f]{64}", row["sha256"]) for row in rows)
    assert (tmp_path / "out" / "log" / "lines" / "set_aside.ndjson").read_bytes() == bad
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Lines that could not be used" in page and "JSON is malformed" in page
    printed, _ = said(capsys, 1, "check", folder)
    assert "observations.ndjson:1: " in printed and "2 lines cannot" in printed
    printed, _ = said(capsys, 0, "verify", tmp_path / "out", "--jobs", 1)
    assert "HOLDS" in printed


def test_check_shows_many_lines_and_counts_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = broken(tmp_path, "torn", {"claims.ndjson": b"torn\n" * 250})
    printed, _ = said(capsys, 1, "check", folder)
    assert printed.count("claims.ndjson:") == 200 and "50 more lines" in printed and "250 lines cannot" in printed


def test_check_names_provisions_that_do_not_go_together(mission: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terms = mission / "agreement" / "terms.toml"
    terms.write_text(f"{terms.read_text('utf-8')}\n[mandate]\nattribute = false\nname = true\n", encoding="utf-8")
    assert main(["check", str(mission)]) == 0
    said = capsys.readouterr().out
    assert "note: agreement/terms.toml:" in said and "attribute" in said


def test_check_of_a_sound_mission(mission: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed, errors = said(capsys, 0, "check", mission)
    assert printed.count("\n") == 1 and "no fault found" in printed and errors == ""


def test_verify_says_whether_it_holds_to_people_and_machines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = slightly_concluded().files
    write_folder(tmp_path / "out", files)
    printed, _ = said(capsys, 0, "verify", tmp_path / "out", "--jobs", 1)
    assert printed.startswith("HOLDS.") and "identical" in printed
    path = tmp_path / "out" / "log" / "lines" / "observation.ndjson"
    path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))
    printed, _ = said(capsys, 1, "verify", tmp_path / "out")
    assert "DOES NOT HOLD" in printed and "log/lines/observation.ndjson" in printed
    printed, _ = said(capsys, 1, "verify", tmp_path / "out", "--json")
    verdict = json.loads(printed)
    assert verdict["holds"] is False and verdict["faults"][0]["file"] == "log/lines/observation.ndjson"
    _, errors = said(capsys, 1, "verify", tmp_path / "nowhere")
    assert "there is no such result folder" in errors


@pytest.mark.parametrize(
    "words",
    [
        (), ("walk",), ("run",), ("run", "m"), ("run", "m", "--out"), ("run", "m", "--out", "o", "--jobs", "many"),
        ("check",), ("check", "a", "b"), ("verify",), ("verify", "o", "--faster"), ("explain",),
    ],
)  # fmt: skip
def test_a_mistyped_command_is_2_and_says_how_it_is_used(
    words: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: truceline" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["", "run", "check", "verify", "explain", "sim", "score"])
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*filter(None, [command]), "--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    assert "example:" in printed and f"truceline {command}".strip() in printed.partition("example:")[2]


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0 and capsys.readouterr().out == f"truceline {__version__}\n"


def test_an_interrupt_is_130_and_leaves_nothing(
    mission: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run_command, "conclude", interrupted)
    _, errors = said(capsys, 130, "run", mission, "--out", tmp_path / "out")
    assert "interrupted" in errors and not (tmp_path / "out").exists()


def test_a_reader_that_goes_away_is_no_fault(mission: Path) -> None:
    code = "import sys; from truceline.edges.cli.main import main; sys.exit(main(['sim', '--keys']))"
    env = {**os.environ, "PYTHONPATH": str(Path(truceline.__file__).parents[1])}
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.wait(60) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_number_of_processes_is_a_whole_number(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "missions/first-light", "--out", "unwritten", "--jobs", "-3"])
    assert "give a whole number from 0 on" in capsys.readouterr().err
