"""A mission folder read from disk: whatever its files name, nothing outside it is opened."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from missions.folder import Files, small, write
from truceline.edges.inputs import Inputs
from truceline.edges.mission_folder import read_folder
from truceline.model.problem import Problem, Unusable

TERMS = "agreement/terms.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(small(), tmp_path / "mission")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the mission, whose files must never be read."""
    return write(small(), tmp_path / "outside")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """Every file read, in truth (links followed)."""
    found: list[Path] = []
    read_bytes = Path.read_bytes

    def watched(self: Path) -> bytes:
        found.append(self.resolve())
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", watched)
    yield found


def refused(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(Unusable) as caught:
        read_folder(folder)
    return caught.value.problems


def renamed(old: str, new: str, file: str = "mission.toml") -> Files:
    data = small()[file]
    assert old.encode() in data
    return {**small(), file: data.replace(old.encode(), new.encode())}


def paths(inputs: Inputs) -> dict[str, list[str]]:
    kinds = sorted({one.kind for one in inputs.files})
    return {kind: [one.path for one in inputs.of_kind(kind)] for kind in kinds}


def test_everything_that_the_mission_names_is_read_and_nothing_else(folder: Path, opened: list[Path]) -> None:
    (folder / "notes.txt").write_text("nobody names this")
    inputs = read_folder(folder)
    assert paths(inputs) == {
        "agreement": [TERMS],
        "areas": ["agreement/areas.geojson"],
        "code": ["code"],
        "control": ["control.geojson"],
        "mission": ["mission.toml"],
        "network": ["network.geojson"],
        "weather": ["weather.csv"],
    }
    assert {one.kind for one in inputs.lines} == {"observation", "notice", "claim", "contact"}
    assert all(one.data == small()[one.path] for one in inputs.files if one.kind != "code")
    assert {
        path.relative_to(folder.resolve()).as_posix() for path in opened if folder.resolve() in path.parents
    } == set(small())


def test_the_code_that_reads_is_an_input(folder: Path) -> None:
    listing = read_folder(folder).one("code").data.decode()
    assert "truceline/pipeline.py" in listing and "# numpy " in listing
    assert str(folder.parent) not in listing and str(Path(__file__).parents[2]) not in listing


def test_where_the_folder_stands_does_not_matter(folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_folder(folder)
    assert read_folder(outside) == first
    monkeypatch.chdir(folder)
    assert read_folder(Path()) == first == read_folder(Path("../mission/."))


def test_a_folder_that_is_none(tmp_path: Path, folder: Path) -> None:
    for path in (tmp_path / "nowhere", folder / "mission.toml"):
        (problem,) = refused(path)
        assert problem.place.file == str(path) and "mission.toml" in problem.remedy


def test_a_folder_without_a_mission_file(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path)
    assert problem.place.file == "mission.toml" and problem.remedy == "add mission.toml"


def test_every_missing_file_is_told_at_once_with_who_names_it(folder: Path) -> None:
    for path in ("network.geojson", "observations.ndjson", "agreement/areas.geojson", "weather.csv"):
        (folder / path).unlink()
    found = {one.place.file: one.remedy for one in refused(folder)}
    assert set(found) == {"network.geojson", "observations.ndjson", "agreement/areas.geojson", "weather.csv"}
    assert "mend its name in mission.toml" in found["network.geojson"]
    assert f"mend its name in {TERMS}" in found["agreement/areas.geojson"]


@pytest.mark.parametrize("what", ["network.geojson", "observations.ndjson", TERMS])
def test_a_folder_where_a_file_should_be(folder: Path, what: str) -> None:
    (folder / what).unlink()
    (folder / what).mkdir()
    (problem,) = refused(folder)
    assert problem.place.file == what and "no file" in problem.what and "no folder" in problem.remedy


def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_bytes = Path.read_bytes

    def forbidden(self: Path) -> bytes:
        if self.name == "weather.csv":
            raise PermissionError(13, "Permission denied")
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    (problem,) = refused(folder)
    assert problem.place.file == "weather.csv" and "Permission denied" in problem.what


@pytest.mark.parametrize("what", ["mission.toml", "network.geojson", "observations.ndjson", TERMS, "weather.csv"])
def test_a_link_that_leads_outside_is_not_followed(folder: Path, outside: Path, opened: list[Path], what: str) -> None:
    (folder / what).unlink()
    (folder / what).symlink_to(outside / what)
    (problem,) = refused(folder)
    assert problem.place.file == what and "a link leads outside" in problem.what
    assert not [path for path in opened if outside.resolve() in path.parents]


def test_a_linked_folder_that_leads_outside_is_not_followed(folder: Path, outside: Path, opened: list[Path]) -> None:
    for path in ("terms.toml", "areas.geojson"):
        (folder / "agreement" / path).unlink()
    (folder / "agreement").rmdir()
    (folder / "agreement").symlink_to(outside / "agreement")
    assert {one.place.file for one in refused(folder)} == {TERMS}
    assert not [path for path in opened if outside.resolve() in path.parents]


def test_links_within_the_folder_and_a_linked_mission_folder_are_all_right(folder: Path, tmp_path: Path) -> None:
    (folder / "network.geojson").rename(folder / "real.geojson")
    (folder / "network.geojson").symlink_to("real.geojson")
    (tmp_path / "link").symlink_to(folder)
    assert paths(read_folder(tmp_path / "link"))["network"] == ["network.geojson"]


def test_a_link_to_itself_ends(folder: Path) -> None:
    (folder / "network.geojson").unlink()
    (folder / "network.geojson").symlink_to("network.geojson")
    (problem,) = refused(folder)
    assert problem.place.file == "network.geojson" and "cannot be read" in problem.what


@pytest.mark.parametrize(
    "files",
    [
        renamed('"network.geojson"', '"../outside/network.geojson"'),
        renamed('"weather.csv"', '"/etc/hostname"'),
        renamed('"control.geojson"', '"a/../../outside/control.geojson"'),
        renamed('"areas.geojson"', '"../../outside/agreement/areas.geojson"', TERMS),
        renamed('"areas.geojson"', '"/etc/hostname"', TERMS),
    ],
)
def test_a_name_that_leads_outside_is_refused_at_its_line(
    tmp_path: Path, outside: Path, opened: list[Path], files: Files
) -> None:
    (problem,) = refused(write(files, tmp_path / "mission"))
    assert problem.place.line and "outside the mission folder" in problem.what
    assert not [path for path in opened if outside.resolve() in path.parents or path == Path("/etc/hostname").resolve()]


def test_areas_stand_beside_the_terms_or_above_them_inside(tmp_path: Path) -> None:
    files = {**renamed('"areas.geojson"', '"../areas.geojson"', TERMS)}
    files["areas.geojson"] = small()["agreement/areas.geojson"]
    assert paths(read_folder(write(files, tmp_path / "mission")))["areas"] == ["areas.geojson"]


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    (folder / "weather.csv").unlink()
    os.mkfifo(folder / "weather.csv")
    (problem,) = refused(folder)
    assert problem.place.file == "weather.csv" and "no file" in problem.what


def test_a_file_too_large_is_not_read(folder: Path, opened: list[Path]) -> None:
    with (folder / "weather.csv").open("r+b") as file:
        file.truncate(2 * 1024**3 + 1)
    (problem,) = refused(folder)
    assert problem.place.file == "weather.csv" and "2 GiB" in problem.what
    assert folder.resolve() / "weather.csv" not in opened
