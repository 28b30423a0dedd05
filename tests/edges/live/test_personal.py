"""What is personal in a running service: closed on disk, open to those who work with it, forgotten in time."""

import json
import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `service` is not installed")

from truceline.edges import clock
from truceline.edges.live.data_folder import DataFolder, open_store
from truceline.edges.store.fsck import faults_of
from truceline.edges.store.sqlite import SqliteStore
from truceline.model.instant import US_PER_HOUR
from truceline.model.problem import Unusable

from .conftest import Stage, staged
from .making import START_US, body, line, mission_folder
from .test_api import PATIENCE_S

WORDS = "the baker of Mill Street saw it"
REPORT = {"kind": "report", "heard": True, "count": 1, "text": WORDS}
STATEMENT = line("R1", "A1", START_US, person="Mara Lind", consent=True, **REPORT)
UNASKED = line("R2", "A1", START_US, person="Jon Berg", **REPORT)
PLACE = {"lon": 30.0, "lat": 50.0, "sigma_m": 20.0}
TRACK = line("T1", "A1", START_US, kind="track", track="t", labels={"vessel": 1.0}, **PLACE)
ARRIVAL = line("O1", "A1", START_US, kind="arrival", wave="acoustic")


def sent(stage: Stage) -> dict[str, object]:
    """Send all four, and wait until the judge has them."""
    lines = [STATEMENT, UNASKED, TRACK, ARRIVAL]
    answer = stage.client.post("/api/v1/observations", content=body(lines), headers=stage.feed)
    answer.raise_for_status()
    until = time.monotonic() + PATIENCE_S
    while stage.service.floor.judged is None or stage.service.floor.judged.size < stage.service.store.size:
        assert time.monotonic() < until
        time.sleep(0.1)
    said: dict[str, object] = answer.json()
    return said


def test_a_statement_is_closed_on_disk_under_a_pseudonym_and_only_with_consent(stage: Stage) -> None:
    said = sent(stage)
    assert said["new"] == 3
    assert [one["line"] for one in said["not_used"]] == [2] and "consent" in str(said["not_used"])  # type: ignore[attr-defined]
    kept = stage.service.store.find("observation", "R1")
    assert kept is not None and json.loads(kept.data)["person"].startswith("P-")
    assert json.loads(kept.data)["text"] == WORDS, "open to those who work with it"
    assert stage.service.store.find("observation", "R2") is None
    for path in stage.service.data.folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert not any(name in data for name in (b"Mara Lind", b"Jon Berg", b"Mill Street")), path


def test_a_track_that_touches_no_provision_is_gone_in_a_day_and_what_has_no_time_stays(stage: Stage) -> None:
    sent(stage)
    now_us = clock.now_us()
    assert stage.client.portal is not None
    assert stage.client.portal.call(stage.service.retain, now_us + 23 * US_PER_HOUR) == {}
    assert stage.client.portal.call(stage.service.retain, now_us + 24 * US_PER_HOUR) == {"track": 1}
    track, statement = (stage.service.store.find("observation", one) for one in ("T1", "R1"))
    assert track is not None and track.data == b""
    assert statement is not None and statement.data
    (said,) = (one for one in stage.service.store.inputs() if one.entry.kind == "erasure")
    assert json.loads(said.data)["by"] == "retention"
    closed = SqliteStore(stage.service.data.store, read_only=True)
    assert not [fault for fault in faults_of(closed) if fault.fatal], "the log still proves"
    closed.close()


def test_a_mission_sets_the_times_and_a_wrong_table_is_refused(tmp_path: Path) -> None:
    mission = mission_folder(tmp_path / "mission")
    text = (mission / "mission.toml").read_text()
    (mission / "mission.toml").write_text(f'{text}\n[retention]\nstatement = "2h"\n')
    for stage in staged(DataFolder(tmp_path / "data"), mission):
        sent(stage)
        assert stage.client.portal is not None
        assert stage.client.portal.call(stage.service.retain, clock.now_us() + 3 * US_PER_HOUR) == {"statement": 1}
    (mission / "mission.toml").write_text(f'{text}\n[retention]\ntrack = "9d"\n')
    with pytest.raises(Unusable, match="gone in 24h"):
        next(staged(DataFolder(tmp_path / "other"), mission))


def test_a_service_whose_keys_are_lost_does_not_go_on_with_others(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    for stage in staged(data, mission_folder(tmp_path / "mission")):
        sent(stage)
    data.keys.rename(tmp_path / "elsewhere")
    with pytest.raises(Unusable, match="the keys are missing"):
        open_store(data, None)
    assert not data.keys.exists()
    (tmp_path / "elsewhere").rename(data.keys)
    store = open_store(data, None)
    found = store.find("observation", "R1")
    assert found is not None and found.data
    store.close()
