"""`truceline report` from a result folder to pages, documents and data; and what it answers to a mistake."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from truceline.edges.cli.main import main
from truceline.edges.out_folder import write_folder

from .small_result import small_result

DAY = "2026-03-02"


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    write_folder(folder, files)
    return folder


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two minutes of first-light around one exchange, as a result folder."""
    return written(tmp_path_factory.mktemp("report") / "out", small_result())


def report(*command: str | Path) -> int:
    return main(["report", *map(str, command)])


def test_a_day_as_a_page_and_as_data_the_same_twice(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, data = tmp_path / "daily.html", tmp_path / "daily.json"
    assert report("daily", out, "--html", page, "--json", data) == 0
    said = capsys.readouterr().out
    assert f"{page}: written" in said and f"{DAY}: 12 ceasefire violations. Explosions: 12" in said
    first = page.read_bytes(), data.read_bytes()
    assert report("daily", out, "--html", page, "--json", data, "--date", DAY) == 0
    assert (page.read_bytes(), data.read_bytes()) == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["daily.html", "daily.json"], "nothing is left aside"
    made = json.loads(data.read_text("utf-8"))
    assert made["mission"] == "first-light" and made["counts"]["total"]["least"] == 12 and made["before"] is None
    assert "Nettle Reach (Aurel-controlled, 16km west of Saltholm)" in page.read_text("utf-8")


def test_a_day_as_a_document_that_a_reader_opens_the_same_twice(out: Path, tmp_path: Path) -> None:
    pytest.importorskip("typst")
    paths = tmp_path / "one.pdf", tmp_path / "two.pdf"
    for path in paths:
        assert report("daily", out, "--pdf", path) == 0
    data = paths[0].read_bytes()
    assert data == paths[1].read_bytes() and data.startswith(b"%PDF-1.7")
    assert b"pdfaid:part" in data and b"D:20260302193000" in data, "an archival document, dated by the day it tells of"
    pypdf = pytest.importorskip("pypdf")
    opened = pypdf.PdfReader(paths[0])
    text = "".join(page.extract_text() for page in opened.pages)
    assert "Daily report 61/2026" in text and "Annex" in text and "without prejudice" in text
    assert opened.pages[-1].mediabox.width > opened.pages[-1].mediabox.height, "the annexed table lies across"


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (["weekly"], "Weekly report 10/2026"),
        (["thematic", "fire"], "Thematic report, ceasefire violations"),
        (["weekly", "--language", "uk"], "Неофіційний переклад, не перевірений."),
    ],
)
def test_the_other_reports(out: Path, tmp_path: Path, command: list[str], what: str) -> None:
    page = tmp_path / "page.html"
    assert report(command[0], out, *command[1:], "--html", page) == 0
    assert what in page.read_text("utf-8")


def test_a_spot_report_by_the_beginning_of_an_id(out: Path, tmp_path: Path) -> None:
    (incident,) = (json.loads(line)["properties"]["id"] for line in small_result()["incidents.geojsonl"].splitlines())
    for begins in ([], [incident[:8]], [incident]):
        page = tmp_path / "spot.html"
        assert report("spot", out, *begins, "--html", page) == 0
        assert f"incident {incident}" in page.read_text("utf-8")


def test_a_result_of_the_day_before_stands_beside(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cut-off is laid through the exchange, so that both halves are days of one mission."""
    assert report("daily", out, "--cut-off", "07:57", "--previous", out) == 0
    said = capsys.readouterr().out
    now, before = (int(number) for number in re.findall(r"(\d+) ceasefire violation", said))
    assert now + before == 12 and now and before


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (["daily", "--date", "2026-03-05"], "the record holds 2026-03-02 to 2026-03-02"),
        (["daily", "--date", "yesterday"], "write it like 2026-03-02"),
        (["daily", "--cut-off", "25:00"], "write it like 19:30"),
        (["daily", "--coverage", "no-such-folder"], "truceline coverage"),
        (["daily", "--html", "/dev/null/page.html"], "cannot be written"),
        (["spot", "I-zzz"], "no incident is 'I-zzz'"),
        (["thematic", "movment"], "did you mean 'movement'?"),
        (["thematic", "movement", "--from", "2026-03-05", "--until", "2026-03-04"], "ask for 1 to 366 days"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(
    out: Path, command: list[str], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(command[0], out, *command[1:]) == 1
    assert what in capsys.readouterr().err


def test_a_result_that_was_altered_makes_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = dict(small_result())
    files["events.geojsonl"] = files["events.geojsonl"].replace(b'"outgoing"', b'"impact"', 1)
    assert report("daily", written(tmp_path / "out", files)) == 1
    assert "events.geojsonl: not the bytes that manifest.json lists" in capsys.readouterr().err


def test_a_previous_result_of_another_agreement_or_time_is_refused(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report("daily", out, "--previous", out) == 1
    assert "holds nothing of the period before" in capsys.readouterr().err
    assert report("daily", out, "--previous", tmp_path / "nothing") == 1
    assert "there is no such result folder" in capsys.readouterr().err
