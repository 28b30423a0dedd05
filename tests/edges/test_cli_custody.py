"""Personal data, permits and exports from the command line."""

import importlib.util
import json
from pathlib import Path

import pytest
import shapely

from truceline.edges.cli.main import main
from truceline.edges.keys import new_signer, write_key
from truceline.edges.store.sqlite import SqliteStore

REPORT = {"id": "R-1", "kind": "report", "sensor": "P", "time": "2026-03-01T10:00:00Z", "text": "Mill Street",
          "person": "Mara Lind", "consent": True}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Path:
    lines = tmp_path / "o.ndjson"
    track = {"id": "T-1", "kind": "track", "sensor": "radar", "track": "a", "time": "2026-03-01T10:00:00Z"}
    lines.write_text("".join(f"{json.dumps(one)}\n" for one in (REPORT, track, {"id": "A-1", "kind": "arrival"})))
    path = tmp_path / "m.store"
    common = ["--origin", "example.org/m", "--status", "test", "--keys", str(tmp_path / "m.keys")]
    assert main(["keep", str(path), "observation", str(lines), *common]) == 0
    return path


def officers(folder: Path) -> Path:
    lines = []
    for name, nation in (("ada", "aland"), ("cleo", "borea")):
        signer = new_signer("officer", f"{name}.example")
        write_key(folder / f"{name}.key", "officer", signer, None)
        lines.append(f"officer {name} {nation} {signer.key.to_text()}\n")
    (folder / "officers").write_text("".join(lines))
    return folder / "officers"


def test_forget_one(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = ["--keys", str(store.with_name("m.keys"))]
    said = ["--by", "data officer", "--reason", "asked for"]
    assert main(["forget", str(store), *keys, "observation", "R-1", *said]) == 0
    assert "report R-1" in capsys.readouterr().out
    assert main(["forget", str(store), *keys, "observation", "R-1", *said]) == 1
    assert "forgotten already" in capsys.readouterr().err
    assert main(["forget", str(store), *keys, "observation", "A-1", *said]) == 1
    assert main(["fsck", str(store)]) == 0


def test_retain_by_mission_toml(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mission = tmp_path / "mission.toml"
    common = ["retain", str(store), "--keys", str(tmp_path / "m.keys"), "--mission", str(mission)]
    mission.write_text('[retention]\ntrack = "12h"\n')
    assert main(common) == 0
    assert "Nothing is due" in capsys.readouterr().out
    mission.write_text('x = 1\n\n[retention]\ntrack = "3d"\n')
    assert main(common) == 1
    assert "mission.toml:3" in capsys.readouterr().err


def test_bulk_export_needs_two_people_and_is_logged(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    permit, known, out = str(tmp_path / "permit"), str(officers(tmp_path)), tmp_path / "out.ndjson"
    take = ["export", str(store), "--keys", str(tmp_path / "m.keys"), "--permit", permit, "--officers", known]
    assert main(["permit", "export", str(store), permit, "--kind", "observation", "--to", "the court"]) == 0
    assert main([*take, "--out", str(out)]) == 1, "not signed"
    assert main(["permit", "sign", permit, "--key", str(tmp_path / "ada.key")]) == 0
    assert main([*take, "--out", str(out)]) == 1, "by one alone"
    assert "two officers" in capsys.readouterr().err and not out.exists()
    assert main(["permit", "sign", permit, "--key", str(tmp_path / "cleo.key")]) == 0
    assert main(["permit", "show", permit, "--officers", known]) == 0
    assert "ada (aland), cleo (borea)" in capsys.readouterr().out
    assert main([*take, "--out", str(out)]) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["id"] for line in lines] == ["R-1", "T-1", "A-1"]
    assert lines[0]["person"].startswith("P-")
    assert "Releasable To" in (label := (tmp_path / "out.ndjson.label.xml").read_text()) and "the court" in label
    assert main([*take, "--out", str(out)]) == 1, "the file is there already"
    kept = SqliteStore(store, read_only=True)
    (logged,) = (one for one in kept.inputs() if one.entry.kind == "access")
    kept.close()
    said = json.loads(logged.data)
    assert said["by"] == ["ada", "cleo"] and said["count"] == 3 and said["permit"] == Path(permit).read_text()


def test_an_export_as_geoparquet(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = tmp_path / "fixes.ndjson"
    fixes = [
        {"id": "F-1", "kind": "fix", "sensor": "sat", "time": "2026-03-01T10:00:00.000001Z", "lon": 30.5, "lat": 50.25},
        {"id": "F-2", "kind": "fix", "sensor": "sat", "time": "soon", "lon": 999, "lat": 50.25},
    ]
    lines.write_text("".join(f"{json.dumps(one)}\n" for one in fixes))
    keys, permit, known = ["--keys", str(tmp_path / "m.keys")], str(tmp_path / "permit"), str(officers(tmp_path))
    assert main(["keep", str(store), "observation", str(lines), *keys]) == 0
    assert main(["permit", "export", str(store), permit, "--kind", "observation", "--to", "the court"]) == 0
    for name in ("ada", "cleo"):
        assert main(["permit", "sign", permit, "--key", str(tmp_path / f"{name}.key")]) == 0
    take = ["export", str(store), *keys, "--permit", permit, "--officers", known, "--out", str(tmp_path / "o.parquet")]
    if importlib.util.find_spec("pyarrow") is None:
        assert main(take) == 1
        assert "truceline[parquet]" in capsys.readouterr().err and not (tmp_path / "o.parquet").exists()
        return
    assert main(take) == 0
    table = importlib.import_module("pyarrow.parquet").read_table(tmp_path / "o.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0" and geo["columns"]["geometry"]["bbox"] == [30.5, 50.25, 30.5, 50.25]
    rows = {row["id"]: row for row in table.to_pylist()}
    assert list(rows) == ["R-1", "T-1", "A-1", "F-1", "F-2"]
    assert rows["F-1"]["geometry"] == shapely.to_wkb(shapely.Point(30.5, 50.25))
    assert rows["F-1"]["time"].isoformat() == "2026-03-01T10:00:00.000001+00:00"
    assert rows["F-2"]["geometry"] is None and rows["F-2"]["time"] is None
    assert json.loads(rows["R-1"]["data"])["person"].startswith("P-")


@pytest.mark.parametrize("argv", [["permit", "new", "x"], ["permit", "sign", "x"], ["permit", "show", "x"]])
def test_mistyped_permits_exit_2(argv: list[str]) -> None:
    assert main(argv) == 2
