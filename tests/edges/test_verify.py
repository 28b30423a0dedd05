"""A result folder altered in every way that comes to mind: it does not hold, and what was altered is named."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from missions.folder import slightly_concluded
from missions.tampered import listed, logged, named, named_result, result, sealed, verdict
from truceline.custody.canonical import canonical_line
from truceline.edges.compare import CLOSE, IDENTICAL
from truceline.edges.conclude import MANIFEST, RECORDS
from truceline.edges.out_folder import read_folder_files, write_folder
from truceline.edges.verify import verify
from truceline.edges.wiring import plugins

EMPTY = ("known.geojsonl", "further.geojsonl")  # in the small mission
OBSERVED = "log/lines/observation.ndjson"


def paths() -> list[str]:
    return sorted(result())


def test_an_unaltered_folder_holds_and_is_recomputed_to_the_same_bytes() -> None:
    found = verify(result(), plugins(), map, lambda _: None)
    assert found.holds and found.same_code and found.problems == ()
    assert found.entries == len(slightly_concluded().understood.logged)
    assert {*found.likeness} == {path for path in result() if path != MANIFEST}
    assert set(found.likeness.values()) == {IDENTICAL}
    assert "truceline" in found.made_by and "numpy" in found.made_by
    assert found.root == json.loads(result()[MANIFEST])["made_by"]["inputs"]


def test_each_file_missing_emptied_cut_or_longer_is_named() -> None:
    for path in paths():
        files = result()
        data = files.pop(path)
        assert path in named(files), path
        changes = (b"", data[:-1], data + b"\n", data + data)
        for change in changes:
            if change != data:
                assert path in named({**files, path: change}), (path, len(change))


def test_a_file_that_does_not_belong_is_named() -> None:
    for path in ("events.geojson", "log/lines/decision.ndjson", "log/files/weather/x.csv", "log/tile/0/099", "notes"):
        assert path in named({**result(), path: b"x"}), path
        assert not verdict(listed({**result(), path: b"x"})).holds, path


def test_two_files_exchanged_are_named() -> None:
    files = result()
    files["events.geojsonl"], files["findings.geojsonl"] = files["findings.geojsonl"], files["events.geojsonl"]
    assert {"events.geojsonl", "findings.geojsonl"} <= named(files)
    assert {"events.geojsonl", "findings.geojsonl"} <= named(listed(files))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"x", b"\xff", b'{"files": 3}', b'{"x":' * 100_000])
def test_a_manifest_that_is_none_is_named(data: bytes) -> None:
    assert MANIFEST in named({**result(), MANIFEST: data})


def test_a_manifest_that_lies_is_named() -> None:
    manifest = json.loads(result()[MANIFEST])
    for change in ({"version": "9.9"}, {"contract": 2}, {"made_by": {**manifest["made_by"], "inputs": "00" * 32}}):
        assert MANIFEST in named({**result(), MANIFEST: json.dumps(manifest | change).encode()})
    spaced = json.dumps(manifest, indent=1).encode()
    assert MANIFEST in named({**result(), MANIFEST: spaced})


def edited(path: str, change: Callable[[list[bytes]], list[bytes]]) -> dict[str, bytes]:
    files = result()
    return {**files, path: b"".join(change(files[path].splitlines(keepends=True)))}


EDITS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "a line is gone": lambda some: some[1:],
    "the last line is gone": lambda some: some[:-1],
    "a line stands twice": lambda some: [some[0], *some],
    "two lines change places": lambda some: [some[1], some[0], *some[2:]],
    "a line is another": lambda some: [some[0].replace(b"1", b"2", 1), *some[1:]],
    "a line is new": lambda some: [*some, some[-1].replace(b'"id":"', b'"id":"x')],
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("path", [OBSERVED, "log/lines/claim.ndjson", "events.geojsonl", "findings.geojsonl"])
def test_lines_altered_are_named(path: str, edit: str) -> None:
    files = edited(path, EDITS[edit])
    assert files != result()
    assert path in named(files)


@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit != "two lines change places"])
@pytest.mark.parametrize("path", [path for path in RECORDS if path not in EMPTY])
def test_results_altered_and_listed_anew_do_not_follow_from_the_inputs(path: str, edit: str) -> None:
    assert named(listed(edited(path, EDITS[edit]))) == {path}


@pytest.mark.parametrize("path", EMPTY)
def test_a_line_where_there_is_none_does_not_follow_from_the_inputs(path: str) -> None:
    assert result()[path] == b""
    assert named(listed({**result(), path: b"{}\n"})) == {path}


FORGED: dict[str, tuple[bytes, bytes]] = {
    "another party": (b'"party":"arvia"', b'"party":"bardo"'),
    "another outcome": (b'"outcome":"undetermined"', b'"outcome":"no_breach"'),
    "more robust": (b'"robustness":"R1"', b'"robustness":"R2"'),
    "better evidence": (b'"evidence":"fair"', b'"evidence":"strong"'),
    "reviewed": (b'"status":"automatic"', b'"status":"reviewed"'),
    "another sentence": (b"Not reviewed.", b"Reviewed."),
    "another code": (b'"code":"', b'"code":"0'),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_finding_listed_anew_is_named(forgery: str) -> None:
    before, after = FORGED[forgery]
    data = named_result()["findings.geojsonl"]
    assert before in data, forgery
    found = verdict(listed({**named_result(), "findings.geojsonl": data.replace(before, after, 1)}))
    assert [one.place.file for one in found.problems] == ["findings.geojsonl"]
    assert "not what the inputs lead to" in found.problems[0].what


@pytest.mark.parametrize("path", ["report.html", "public.html", "set_aside.ndjson"])
def test_a_forged_page_listed_anew_is_named(path: str) -> None:
    assert named(listed({**result(), path: result()[path] + b" "})) == {path}


def test_a_last_digit_listed_anew_is_told_from_a_difference() -> None:
    data = result()["events.geojsonl"]
    first = json.loads(data.splitlines()[0])
    first["geometry"]["coordinates"][0] = round(first["geometry"]["coordinates"][0] + 1e-6, 6)
    moved = canonical_line(first) + b"".join(data.splitlines(keepends=True)[1:])
    found = verdict(listed({**result(), "events.geojsonl": moved}))
    assert found.holds and found.likeness["events.geojsonl"] == CLOSE


def test_an_input_altered_and_sealed_anew_leads_elsewhere() -> None:
    some = logged()
    row = next(number for number, (entry, _) in enumerate(some) if entry.kind == "control")
    entry, data = some[row]
    some[row] = (entry, data.replace(b'"arvia"', b'"@"').replace(b'"bardo"', b'"arvia"').replace(b'"@"', b'"bardo"'))
    assert "findings.geojsonl" in named(sealed(some))


@pytest.mark.parametrize("how", ["fewer", "turned", "twice", "renamed"])
def test_a_log_of_other_lines_sealed_anew_leads_elsewhere(how: str) -> None:
    some = logged()
    entry, data = some[-1]
    changed = {
        "fewer": some[:-1],
        "turned": [*some[:-2], some[-1], some[-2]],
        "twice": [*some, some[-1]],
        "renamed": [*some[:-1], (type(entry)(entry.kind, "another", entry.sha256), data)],
    }[how]
    found = verdict(sealed(changed))
    assert not found.holds


@pytest.mark.parametrize("kind", ["code", "mission", "agreement", "network"])
def test_a_log_without_what_every_run_needs(kind: str) -> None:
    found = verdict(sealed([(entry, data) for entry, data in logged() if entry.kind != kind]))
    assert not found.holds and found.problems
    doubled = logged() + [(type(e)(e.kind, e.id + "-2", e.sha256), d) for e, d in logged() if e.kind == kind]
    assert not verdict(sealed(doubled)).holds


def test_a_log_whose_mission_cannot_be_understood_is_told_and_no_crash() -> None:
    some = [(entry, b"{}" if entry.kind == "network" else data) for entry, data in logged()]
    found = verdict(sealed(some))
    assert "network.geojson" in {one.place.file for one in found.problems}


def test_made_by_another_version_is_said_and_the_rest_still_compared() -> None:
    some = [(entry, data + b"# tinkered\n" if entry.kind == "code" else data) for entry, data in logged()]
    found = verdict(sealed(some))
    assert not found.same_code and not found.holds
    assert {one.place.file for one in found.problems} >= {"findings.geojsonl"}  # they name the code that made them
    assert found.likeness["events.geojsonl"] == IDENTICAL


def test_nothing_at_all_does_not_hold() -> None:
    assert MANIFEST in named({}) and "log/checkpoint" in named({})


def test_what_is_written_and_read_back_is_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_folder(folder, result())
    assert read_folder_files(folder) == result()
