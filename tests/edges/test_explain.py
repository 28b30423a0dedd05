"""`truceline explain`: why a finding says what it says, by its id or the beginning of it."""

import json
from pathlib import Path

import pytest

from missions.folder import Row, slightly_concluded
from truceline.edges.cli.main import main
from truceline.edges.out_folder import write_folder


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explain") / "out"
    write_folder(folder, slightly_concluded().files)
    return folder


def records(kind: str) -> list[Row]:
    return [json.loads(line)["properties"] for line in slightly_concluded().files[f"{kind}.geojsonl"].splitlines()]


def explained(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main(["explain", *map(str, words)]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def test_without_an_id_every_finding_is_listed(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = explained(capsys, out).splitlines()
    assert lines == [f"{one['id']}  {one['words']}" for one in records("findings")]


def test_a_finding_is_explained_whole(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for finding in records("findings"):
        text = explained(capsys, out, finding["id"])
        flat = " ".join(text.split())
        assert " ".join(finding["words"].split()) in flat
        assert finding["outcome"].replace("_", " ") in text.replace("_", " ") and finding["evidence"] in text
        assert "Robustness:" in text and (finding.get("party") is None or finding["robustness"] in text)
        assert finding["incident"] in text and all(provision in text for provision in finding["provisions"])
        assert all(actor in text for actor in finding["responsibility"])

        def all_reasons(reason: Row, flat: str = flat) -> bool:
            here = " ".join(reason["words"].split()) in flat
            return here and all(all_reasons(one) for one in reason.get("because", []))

        assert all(all_reasons(reason) for reason in finding["reasons"])
        assert "not reviewed" in text.lower()


def test_an_event_and_an_incident_are_explained(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    event, incident = records("events")[0], records("incidents")[0]
    text = explained(capsys, out, event["id"])
    assert all(observation in text for observation in event["observations"])
    assert event["time"] in text
    text = explained(capsys, out, incident["id"])
    assert "Who opened fire" in text and incident["from"] in text
    assert all(finding in text for finding in incident["findings"])


def test_the_beginning_of_an_id_is_enough_if_it_is_only_one(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = [one["id"] for kind in ("events", "incidents", "findings") for one in records(kind)]
    for id_ in ids[::5]:
        start = next(id_[:n] for n in range(2, len(id_) + 1) if sum(one.startswith(id_[:n]) for one in ids) == 1)
        assert explained(capsys, out, start) == explained(capsys, out, id_)


def test_a_beginning_of_several_lists_them(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = explained(capsys, out, "E-").splitlines()
    assert sorted(line.split()[0] for line in lines) == sorted(one["id"] for one in records("events"))


@pytest.mark.parametrize("id_", ["E-zzzz", "F-", "X", "../../etc/passwd", "e-", " "])
def test_an_id_of_nothing_is_said_and_is_a_failure(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], id_: str
) -> None:
    empty = dict.fromkeys(slightly_concluded().files, b"")
    write_folder(tmp_path / "empty", empty)
    folder = tmp_path / "empty" if id_ == "F-" else out
    assert main(["explain", str(folder), id_]) == 1
    said = capsys.readouterr()
    assert said.out == "" and "Ids begin with F-, I- or E-" in said.err
    assert main(["explain", str(tmp_path / "empty")]) == 1
    assert "there is no finding" in capsys.readouterr().err


def test_a_folder_that_is_no_result_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        assert main(["explain", str(folder)]) == 1
        assert "truceline run" in capsys.readouterr().err


@pytest.mark.parametrize("field", ["words", "responsibility", "events", "reasons", "incident", "made_by", "robustness"])
def test_a_result_with_a_field_torn_out_is_said_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    files = dict(slightly_concluded().files)
    first = json.loads(files["findings.geojsonl"].splitlines()[0])
    id_ = first["properties"]["id"]
    for value in (None, 7, [7], {"x": 7}):
        torn = {**first, "properties": {**first["properties"], field: value}}
        if value is None:
            del torn["properties"][field]
        files["findings.geojsonl"] = json.dumps(torn).encode() + b"\n"
        write_folder(tmp_path / "out", files, replace=True)
        code = main(["explain", str(tmp_path / "out"), id_])
        said = capsys.readouterr()
        assert code == (1 if value is None else code) and ("truceline verify" in said.err) == (code == 1)
