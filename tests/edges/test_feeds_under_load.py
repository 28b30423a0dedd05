"""Each feed at five times its load, cut and damaged: nothing acknowledged is lost, memory stays flat, errors are named.

Ten minutes each are in the soak; a share of some seconds is not. The rig is that of benchmarks/feeds.py.
"""

import asyncio
import runpy
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
KINDS = ("sapient", "ndjson", "ais", "adsb", "remote_id", "mqtt", "seedlink", "sensorthings")
SHORT_S, LONG_S = {"seedlink": 12.0}, 600.0
SHORT_RATE = {"seedlink": 40.0}  # some blocks of a minute must come in that time
FLAT_MB = 60.0  # what buffers of the sender and of the measuring itself take


@pytest.mark.parametrize("kind", KINDS)
def test_a_short_share(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    under_load(kind, SHORT_S.get(kind, 5.0), SHORT_RATE.get(kind), tmp_path, monkeypatch)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_ten_minutes(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    under_load(kind, LONG_S, None, tmp_path, monkeypatch)


def under_load(kind: str, seconds: float, rate: float | None, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    bench = runpy.run_path(str(BENCHMARKS / "feeds.py"))
    expected = sys.modules["feed_rig"].CASES[kind][0]
    result = asyncio.run(bench["trial"](kind, seconds, rate or expected, 0.01, folder / "spool"))
    assert result.lost == 0, result
    assert result.cuts == 20 and result.received > 0 and result.sent > 0
    assert result.errors, "damage and cuts are named"
    assert result.memory_mb[2] - result.memory_mb[1] < FLAT_MB, result.memory_mb
