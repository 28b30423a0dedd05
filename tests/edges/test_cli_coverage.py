"""`truceline coverage`, `plan` and `coalition` on the worked example, from files to pages."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from truceline.edges.cli.main import main

MISSION = Path(__file__).parents[2] / "missions" / "coalition-35"
ON = "2026-05-15T00:00:00Z"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run wrote of the worked example."""
    folder = tmp_path_factory.mktemp("coalition") / "out"
    assert main(["run", str(MISSION), "--out", str(folder), "--quiet", "--jobs", "1"]) == 0
    return folder


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def asked(folder: Path, *command: str) -> Path:
    assert main([*command, "--out", str(folder)]) == 0
    return folder


def test_coverage_writes_what_it_says_and_the_same_twice(out: Path, tmp_path: Path) -> None:
    one = asked(tmp_path / "one", "coverage", str(MISSION), str(out))
    other = asked(tmp_path / "other", "coverage", str(MISSION), str(out))
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {
        path.name: path.read_bytes() for path in other.iterdir()
    }
    silences = {(line["area"], line["class"]): line for line in lines(one / "silence.ndjson")}
    assert all(0 <= line["known"] <= 1 for line in silences.values())
    assert "impact" in {class_ for _, class_ in silences}
    rates = lines(one / "rates.ndjson")
    assert all(line["low"] <= line["per_100km2_day"] <= line["high"] for line in rates)
    assert {line["party"] for line in rates} >= {None, "Ardan", "Belmor"}
    cells = lines(one / "coverage.geojsonl")
    assert all(len(cell["geometry"]["coordinates"][0]) >= 6 for cell in cells)
    assert any("saw" in one["said"] for cell in cells for one in cell["properties"]["classes"].values())
    page = (one / "coverage.html").read_text("utf-8")
    assert "Duty roster only" in page and "without prejudice" in page


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (["--hours", "0"], "no length of time"),
        (["--hours", "0.0001"], "ask for longer spans"),
        (["--classes", "impct"], "did you mean 'impact'"),
        (["--heights", "no-such.asc"], "cannot be read"),
    ],
)
def test_a_wrong_wish_is_answered(
    out: Path, tmp_path: Path, more: list[str], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["coverage", str(MISSION), str(out), "--out", str(tmp_path / "x"), *more]) == 1
    assert what in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["coverage", "MISSION", "OUT"],
        ["plan", "MISSION", str(MISSION / "plans" / "spring.toml"), "--result", "OUT"],
        ["coalition", "what-if", "MISSION", "--on", ON, "--lapse", "borea", "--result", "OUT"],
    ],
)
def test_the_result_of_another_mission_says_nothing_of_this_one(
    command: list[str], out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(out, other)
    checkpoint = (other / "log" / "checkpoint").read_text()
    (other / "log" / "checkpoint").write_text(checkpoint.replace("coalition-35", "first-light"))
    words = [{"MISSION": str(MISSION), "OUT": str(other)}.get(word, word) for word in command]
    assert main([*words, "--out", str(tmp_path / "x")]) == 1
    assert "it is the result of another mission" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_plans_are_answered_compared_and_drawn(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spring = (MISSION / "plans" / "spring.toml").read_text("utf-8")
    poor = tmp_path / "poor.toml"
    poor.write_text(spring.replace('name = "spring"', 'name = "poor"').replace("budget = 24", "budget = 6"), "utf-8")
    made = asked(tmp_path / "plans", "plan", str(MISSION), str(MISSION / "plans" / "spring.toml"), str(poor),
                 "--result", str(out))  # fmt: skip
    plans = {one["name"]: one for one in json.loads((made / "plans.json").read_text("utf-8"))["plans"]}
    assert plans["spring"]["cost"] <= 24 and plans["poor"]["cost"] <= 6
    assert plans["spring"]["after"]["worth"] >= plans["poor"]["after"]["worth"] >= plans["poor"]["before"]["worth"]
    assert 0 < plans["spring"]["of_the_best_at_least"] <= 1
    features = json.loads((made / "spring.geojson").read_text("utf-8"))["features"]
    sensors = [one for one in features if "kind" in one["properties"]]
    assert len(sensors) == plans["spring"]["sensors"] > 0
    stocks = [one["properties"]["provider"] + one["properties"]["kind"] for one in sensors]
    assert stocks.count("cordiaacoustic_array") <= 4 and stocks.count("hestiaacoustic_array") <= 3
    assert "of what any plan could add" in capsys.readouterr().out
    assert "Plan spring" in (made / "plans.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('line = "contact-line"', 'line = "contact-lime"', "no line 'contact-lime'"),
        ('ground = "Ardan"', 'ground = "Ardn"', "did you mean 'Ardan'"),
        ('kind = "microphone"', 'kind = "micrphone"', "did you mean 'microphone'"),
        ("impact = 1", "impct = 1", "did you mean 'impact'"),
        ("providers_wanted = 2", "providers_wanted = 5", "ask for 1 to 3"),
        ("spacing_m = 1500", "spacing_m = 1", "at least 100"),
    ],
)
def test_a_wrong_request_is_answered_at_its_line(
    tmp_path: Path, old: str, new: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    request = tmp_path / "plan.toml"
    before, after = (MISSION / "plans" / "spring.toml").read_text("utf-8").split(old, 1)
    request.write_text(before + new + after, "utf-8")
    assert main(["plan", str(MISSION), str(request), "--out", str(tmp_path / "x")]) == 1
    said, line = capsys.readouterr().err, before.count("\n") + 1
    assert what in said and f"{request}:{line}:" in said


def test_a_lapse_takes_sensors_and_findings_fall(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = asked(tmp_path / "lapse", "coalition", "what-if", str(MISSION), "--lapse", "borea", "--on", ON,
                 "--result", str(out))  # fmt: skip
    said = capsys.readouterr().out
    assert "30 sensors gone" in said and re.search(r"F-\w+: R[12] → R0", said)
    found = [line for line in lines(made / "whatif.ndjson")[1:] if line["what"].startswith("the authorities of borea")]
    assert {one["contribution"] for one in found[0]["lost"]} >= {"borea-arrays", "borea-hub", "elantis-arrays"}
    assert any(one["after"] == "R0" for one in found[0]["falls"])
    assert all(one["after"] <= one["before"] for one in found[0]["line"])
    page = (made / "ledger.html").read_text("utf-8")
    assert "would be R0" in page and "without prejudice" in page
    assert "decided after it had run out" in (made / "consultations.html").read_text("utf-8")


def test_the_ledger_goes_out_as_tables_and_comes_back(tmp_path: Path) -> None:
    tables = asked(tmp_path / "tables", "coalition", "export", str(MISSION))
    assert "ithout prejudice" in (tables / "README.txt").read_text("utf-8")
    back = tmp_path / "ledger.toml"
    assert main(["coalition", "import", str(tables), "--out", str(back)]) == 0
    assert back.read_bytes() == (MISSION / "coalition" / "ledger.toml").read_bytes()
    assert main(["coalition", "import", str(tables), "--out", str(back)]) == 1  # what is there is kept


def test_the_worked_example_is_without_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coalition", "check", str(MISSION)]) == 0
    assert "0 faults" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (["show", str(MISSION), "--on", "yesterday"], "RFC 3339"),
        (["what-if", str(MISSION), "--on", ON, "--lapse", "borrea"], "did you mean 'borea'"),
        (["what-if", str(MISSION), "--on", ON, "--unmet", "x"], "there is no condition 'x'"),
        (
            ["what-if", str(MISSION), "--on", ON, "--withdraw", "borea", "--only", "cordia-arrays"],
            "does not contribute",
        ),
        (["what-if", str(MISSION), "--on", ON, "--lapse", "borea", "--only", "cordia-mandate"], "has no authority"),
        (["show", str(MISSION.parent / "first-light"), "--on", ON], "cannot be read"),
    ],
)
def test_a_wrong_question_is_answered(
    command: list[str], what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["coalition", *command, "--out", str(tmp_path / "x")]) == 1
    assert what in capsys.readouterr().err


def test_what_the_ledger_names_must_be_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], copied: Callable[[], Path]
) -> None:
    mission = copied()
    ledger = mission / "coalition" / "ledger.toml"
    text = ledger.read_text("utf-8")
    ledger.write_text(text.replace('"AA-000"', '"AA-999"').replace('values = ["contact-line"]', 'values = ["no-line"]'))
    assert main(["coalition", "check", str(mission)]) == 1
    said = capsys.readouterr().out
    assert "'AA-999', which is not in the network" in said and "'no-line', which is no line" in said


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[], Path]:
    """A copy of the worked example."""

    def copy() -> Path:
        for path in MISSION.rglob("*"):
            if path.is_file():
                target = tmp_path / "mission" / path.relative_to(MISSION)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        return tmp_path / "mission"

    return copy
