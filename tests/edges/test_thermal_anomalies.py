"""Thermal anomalies beside a line of contact, and nobody heard anything: no incident, no finding."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from truceline.edges.cli.main import main
from truceline.formats.firms_csv import read_firms
from truceline.formats.observations_ndjson import write_observation
from truceline.model.feed import Sender
from truceline.model.instant import US_PER_HOUR

DATA = Path(__file__).parents[1] / "data" / "firms" / "viirs_2023.csv.gz"
LINE = [[36.0, 47.4], [37.0, 47.75], [37.6, 48.0], [38.0, 48.6], [38.1, 49.2]]
TERMS = """
[agreement]
id = "line"
title = "A ceasefire along a line"
parties = ["Aurel", "Brenn"]
in_force_from = 2023-01-01T00:00:00Z
[[provision]]
id = "A1"
article = "Article 1"
kind = "no_fire"
text = "The parties shall not open fire."
binds = ["Aurel", "Brenn"]
"""


def collection(*features: tuple[Mapping[str, object], Mapping[str, object]]) -> str:
    members = [{"type": "Feature", "geometry": shape, "properties": said} for shape, said in features]
    return json.dumps({"type": "FeatureCollection", "features": members})


def write_mission(folder: Path, every: int) -> int:
    """A mission with every n-th anomaly; how many there are."""
    read = read_firms("viirs", gzip.decompress(DATA.read_bytes()), 0, Sender(sensor="viirs", time_sigma_s=30.0))
    seen = [replace(fix, received_us=fix.time_us + 3 * US_PER_HOUR) for fix in read.observations[::every]]
    folder.mkdir()
    (folder / "terms.toml").write_text(TERMS)
    point = {"type": "Point", "coordinates": [37.0, 47.9]}
    satellite = {"id": "viirs", "kind": "satellite", "provider": "aland", "time_sigma_s": 60, "position_sigma_m": 160}
    array = {"id": "a1", "kind": "acoustic_array", "provider": "borea", "time_sigma_s": 0.05, "azimuth_sigma_deg": 1}
    (folder / "network.geojson").write_text(collection((point, satellite), (point, array)))
    edge = [[35.0, 46.9], *LINE, [38.1, 49.8]]
    sides = {"Aurel": [[35.0, 49.8], edge[0]], "Brenn": [[39.5, 49.8], [39.5, 46.9], edge[0]]}
    grounds: list[tuple[Mapping[str, object], Mapping[str, object]]] = [
        (
            {"type": "Polygon", "coordinates": [[*edge, *back]]},
            {"party": party, "sigma_m": 300, "from": "2023-01-01T00:00:00Z"},
        )
        for party, back in sides.items()
    ]
    (folder / "control.geojson").write_text(collection(*grounds))
    (folder / "observations.ndjson").write_bytes(b"".join(write_observation(fix) + b"\n" for fix in seen))
    (folder / "mission.toml").write_text(
        'contract = 1\nname = "anomalies"\nstatus = "test"\nagreement = "terms.toml"\nnetwork = "network.geojson"\n'
        'control = "control.geojson"\nobservations = ["observations.ndjson"]\n'
    )
    return len(seen)


@pytest.mark.parametrize("every", [20, pytest.param(1, marks=pytest.mark.soak)])
def test_anomalies_alone_are_raised_to_nothing(every: int, tmp_path: Path) -> None:
    count = write_mission(tmp_path / "mission", every)
    assert main(["run", str(tmp_path / "mission"), "--out", str(tmp_path / "out")]) == 0
    events = (tmp_path / "out" / "events.geojsonl").read_text().splitlines()
    assert len(events) == count
    assert all(
        max(json.loads(line)["properties"]["labels"].items(), key=lambda i: i[1])[0] == "fire" for line in events
    )
    assert (tmp_path / "out" / "incidents.geojsonl").read_text() == ""
    assert (tmp_path / "out" / "findings.geojsonl").read_text() == ""
