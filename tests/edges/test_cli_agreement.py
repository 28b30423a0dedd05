"""`truceline agreement` as a user meets it."""

from pathlib import Path

import pytest

from truceline.edges.cli.main import main

AGREEMENTS = Path(__file__).parents[2] / "agreements"


def run(*words: str) -> int:
    return main(["agreement", *words])


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "my-ceasefire"
    assert run("new", str(folder)) == 0
    return folder


def test_a_new_agreement_checks_and_its_cases_hold(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sorted(path.name for path in made.iterdir()) == ["areas.geojson", "cases.md", "terms.toml", "text.md"]
    assert (run("check", str(made)), run("test", str(made))) == (0, 0)
    out = capsys.readouterr().out
    assert "understood; 2 provisions, 3 cases, 0 notes" in out and "4 expectations, 0 not as expected" in out


def test_a_folder_that_is_there_is_left_alone(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", str(made)) == 1
    assert "exists already" in capsys.readouterr().err


def test_a_fault_is_shown_with_file_line_column_and_the_word_that_is_meant(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terms = made / "terms.toml"
    terms.write_text(terms.read_text().replace('"no_entry"', '"no_entri"'))
    assert run("check", str(made)) == 1
    err = capsys.readouterr().err
    line = terms.read_text()[: terms.read_text().index("no_entri")].count("\n") + 1
    assert f"{terms}:{line}:1, field provision.kind" in err and "did you mean 'no_entry'?" in err


def test_a_case_that_does_not_come_out_is_shown_at_its_line(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = made / "cases.md"
    cases.write_text(cases.read_text().replace("breach of `fire`", "exempt under `fire`"))
    assert run("test", str(made)) == 1
    err = capsys.readouterr().err
    line = cases.read_text()[: cases.read_text().index("exempt under")].count("\n") + 1
    assert f"{cases}:{line}: expected exempt under fire, found breach of it" in err


@pytest.mark.parametrize(("name", "what"), [
    ("areas.geojson", "cannot be read"),
    ("terms.toml", "cannot be read"),
])  # fmt: skip
def test_a_missing_file_is_no_traceback(made: Path, name: str, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    (made / name).unlink()
    assert run("check", str(made)) == 1
    assert what in capsys.readouterr().err


def test_a_mistake_in_cases_is_found_by_check(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = made / "cases.md"
    cases.write_text(cases.read_text().replace("left of line", "left of lime"))
    assert run("check", str(made)) == 1
    assert "did you mean 'line'?" in capsys.readouterr().err


def test_conflicts_are_named_and_stop_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(AGREEMENTS / "measures-2020")) == 0
    assert "no ruling settles around" in capsys.readouterr().out


def test_show_lists_who_is_bound_and_draws_the_same_page_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, one, two = AGREEMENTS / "minsk-2" / "terms.toml", tmp_path / "one.html", tmp_path / "two.html"
    assert (run("show", str(folder), "--out", str(one)), run("show", str(folder), "--out", str(two))) == (0, 0)
    assert one.read_bytes() == two.read_bytes()
    page = one.read_text()
    assert "<script" not in page and "src=" not in page
    for words in ("Zone 6: within 70 km of line of contact of 19 September 2014", "long-range (ordlo)", "Point 2"):
        assert words in page
    out = capsys.readouterr().out
    assert "binds ukraine, within 25 km of de facto line of contact" in out


def test_show_says_where_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", str(AGREEMENTS / "minsk-2"), "--out", str(tmp_path / "no" / "page.html")) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_an_agreement_without_cases_has_passed_no_test(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (made / "cases.md").rename(made / "case.md")
    assert main(["agreement", "test", str(made)]) == 1
    assert "there are no cases to run" in capsys.readouterr().err
