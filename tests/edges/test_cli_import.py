"""`truceline import`: tables of others as lines of contract 1, faults at their line."""

import json
from pathlib import Path

import pytest

from truceline.edges.cli.main import main
from truceline.formats.observations_ndjson import read_observation
from truceline.model.observation import Fix, Report

ROOT = Path(__file__).parents[2]
RECEIVED = ["--received", "2026-03-02T18:00:00Z"]
FIRMS = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,daynight\n"
    "48.01,37.52,331.2,0.4,0.4,2026-03-02,1106,N,VIIRS,n,2,290.1,3.2,D\n"
)
IMAGERY = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature", "geometry": {"type": "Point", "coordinates": [37.5, 48.0]},
            "properties": {"detection": "d1", "seen_since": "2026-03-01T09:00:00Z", "taken": "2026-03-02T09:00:00Z",
                           "quality": quality, "what": "crater"},
        }
        for quality in ("control points", "guess")
    ],
}  # fmt: skip


def test_anomalies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "viirs.csv").write_text(FIRMS)
    assert main(["import", "firms", str(tmp_path / "viirs.csv"), "--sensor", "viirs", *RECEIVED]) == 0
    shown = capsys.readouterr()
    fix = read_observation(shown.out.strip().encode())
    assert isinstance(fix, Fix) and dict(fix.labels)["fire"] == 0.9 and "1 lines, 0 notes" in shown.err


def test_imagery_by_its_mapping(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "seen.geojson").write_text(json.dumps(IMAGERY))
    command = ["import", "table", str(tmp_path / "seen.geojson"), "--sensor", "imagery", *RECEIVED]
    assert main([*command, "--mapping", str(ROOT / "mappings" / "imagery.toml")]) == 0
    shown = capsys.readouterr()
    fix = read_observation(shown.out.strip().encode())
    assert isinstance(fix, Fix) and (fix.sigma_m, fix.window_us) == (3.0, (0, 86_400_000_000))
    assert dict(fix.labels)["impact"] == 0.9 and "'guess', which the mapping does not know" in shown.err
    assert main(command) == 1
    assert "no mapping is named" in capsys.readouterr().err


def test_a_patrols_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.csv").write_text("time,heard\n2026-03-02 12:51,yes\nlater,yes\n")
    assert main(["import", "patrol", str(tmp_path / "p.csv"), "--sensor", "p-1", "--zone", "+02:00", *RECEIVED]) == 0
    shown = capsys.readouterr()
    report = read_observation(shown.out.strip().encode())
    assert isinstance(report, Report) and report.count is None and "p.csv:3" in shown.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["firms", "p.csv"], "no source is named"), (["firms", "none.csv", "--sensor", "v"], "cannot be read"),
        (["patrol", "p.csv", "--zone", "EET"], "is no zone"), (["claims", "p.csv"], "required field"),
        (["patrol", "p.csv", "--received", "now"], "RFC 3339"),
    ],
)  # fmt: skip
def test_mistakes_are_told(
    args: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.csv").write_text("time\n2026-03-02 12:51\n")
    assert main(["import", *args]) == 1
    assert said in capsys.readouterr().err
