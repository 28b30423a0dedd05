"""Results are written aside and renamed when whole; what is not ours is never touched."""

from pathlib import Path

import pytest

from missions.folder import concluded
from truceline.edges.out_folder import may_write, read_folder_files, read_records, write_folder
from truceline.model.problem import Problem, Unusable

LISTED = b'{"contract":1,"files":{"a.txt":"","deep/er/b":"","old.txt":""},"made_by":{}}'
RESULT = {"manifest.json": LISTED, "a.txt": b"one", "deep/er/b": b"\x00\xff"}


def refused(folder: Path, files: dict[str, bytes] = RESULT, *, replace: bool = True) -> tuple[Problem, ...]:
    with pytest.raises(Unusable) as caught:
        write_folder(folder, files, replace=replace)
    return caught.value.problems


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_files_are_written_and_nothing_is_left_beside(tmp_path: Path) -> None:
    write_folder(tmp_path / "up" / "out", RESULT)
    assert tree(tmp_path) == {f"up/out/{path}": data for path, data in RESULT.items()}
    assert read_folder_files(tmp_path / "up" / "out") == RESULT
    assert (tmp_path / "up" / "out").stat().st_mode & 0o777 == 0o755


def test_an_empty_folder_is_filled_and_an_earlier_result_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_folder(tmp_path / "out", {**RESULT, "old.txt": b"old"})
    write_folder(tmp_path / "out", RESULT, replace=True)
    assert tree(tmp_path) == {f"out/{path}": data for path, data in RESULT.items()}


def test_an_earlier_result_is_kept_unless_it_may_be_replaced(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", RESULT)
    (problem,) = refused(tmp_path / "out", {"x": b""}, replace=False)
    assert problem.place.file == str(tmp_path / "out") and "remove this one" in problem.remedy
    assert tree(tmp_path / "out") == RESULT


@pytest.mark.parametrize(
    "files",
    [
        {"thesis.odt": b"three years"},
        {"manifest.json": b'{"name": "a web page", "icons": []}', "index.html": b"x"},
        {"manifest.json": b"not json"},
        {"manifest.json": b"[]"},
        {"manifest.json": b'{"contract": 2, "files": {}, "made_by": {}}'},
    ],
)
def test_a_folder_of_something_else_is_never_touched(tmp_path: Path, files: dict[str, bytes]) -> None:
    write_folder(tmp_path / "out", files)
    assert not may_write(tmp_path / "out", replace=True)
    assert "something else" in refused(tmp_path / "out")[0].what
    assert tree(tmp_path) == {f"out/{path}": data for path, data in files.items()}


@pytest.mark.parametrize("path", ["notes.txt", "deep/daily.html", "deep/er/b.bak"])
def test_a_result_that_holds_a_file_of_somebody_besides_is_never_touched(tmp_path: Path, path: str) -> None:
    files = {**RESULT, path: b"what I saw that night"}
    write_folder(tmp_path / "out", files)
    (problem,) = refused(tmp_path / "out")
    assert "something else" in problem.what
    assert tree(tmp_path / "out") == files


def test_a_file_and_a_link_are_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    for name in ("file", "link", "broken"):
        refused(tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine" and not list((tmp_path / "elsewhere").iterdir())
    assert not (tmp_path / "nowhere").exists()


def test_a_path_through_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (problem,) = refused(tmp_path / "file" / "out")
    assert "cannot be written" in problem.what and problem.remedy


@pytest.mark.parametrize("fails_at", range(4))
def test_a_write_that_fails_leaves_the_earlier_result_and_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    write_folder(tmp_path / "out", {**RESULT, "a.txt": b"earlier"})
    before = tree(tmp_path)
    write_bytes, rename, done = Path.write_bytes, Path.rename, [0]

    def failing(self: Path, data: bytes) -> int:
        if done[0] == fails_at:
            raise OSError(28, "No space left on device")
        done[0] += 1
        return write_bytes(self, data)

    def no_rename(self: Path, target: Path) -> Path:
        if fails_at == len(RESULT):
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "write_bytes", failing)
    monkeypatch.setattr(Path, "rename", no_rename)
    (problem,) = refused(tmp_path / "out")
    assert "No space left" in problem.what or "Input/output" in problem.what
    monkeypatch.undo()
    assert tree(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith("old")] == []


def test_an_interrupt_while_writing_leaves_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Path, data: bytes) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_folder(tmp_path / "out", RESULT)
    assert list(tmp_path.iterdir()) == []


def test_a_rename_that_fails_puts_the_earlier_result_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "out", {**RESULT, "a.txt": b"earlier"})
    before, rename = tree(tmp_path / "out"), Path.rename

    def failing(self: Path, target: Path) -> Path:
        if Path(target) == tmp_path / "out" and "-old-" not in str(self):
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    refused(tmp_path / "out")
    monkeypatch.undo()
    assert tree(tmp_path / "out") == before


def test_a_folder_read_back_holds_no_links(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", RESULT)
    (tmp_path / "out" / "deep" / "link").symlink_to("/etc/hostname")
    with pytest.raises(Unusable) as caught:
        read_folder_files(tmp_path / "out")
    assert caught.value.problems[0].place.file == "deep/link"
    with pytest.raises(Unusable) as caught:
        read_folder_files(tmp_path / "nowhere")
    assert "truceline run" in caught.value.problems[0].remedy


def test_records_are_read_by_id_and_a_torn_one_is_told_at_its_line(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", concluded().files)
    found = read_records(tmp_path / "out", "events.geojsonl")
    assert list(found) == [event.id for event in concluded().result.events]
    path = tmp_path / "out" / "events.geojsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    for torn in (b"{}\n", b'{"properties": {}, "geometry": {}}\n', lines[2][:30] + b"\n", b"\xff\n", b"\n"):
        path.write_bytes(b"".join([*lines[:2], torn, *lines[2:]]))
        with pytest.raises(Unusable) as caught:
            read_records(tmp_path / "out", "events.geojsonl")
        (problem,) = caught.value.problems
        assert problem.place.line == 3 and problem.remedy
    path.unlink()
    with pytest.raises(Unusable) as caught:
        read_records(tmp_path / "out", "events.geojsonl")
    assert "cannot be read" in caught.value.problems[0].what
