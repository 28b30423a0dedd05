"""Each feed at five times its load, cut and damaged: nothing acknowledged is lost, memory stays flat, errors are named.

Ten minutes each are in the soak; a share of some seconds is not, in which the feeds run beside one another, each in
a process of its own. The rig is that of benchmarks/feeds.py.
"""

import asyncio
import runpy
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
KINDS = ("sapient", "ndjson", "ais", "adsb", "remote_id", "mqtt", "seedlink", "sensorthings")
SHORT_S, LONG_S = {"seedlink": 12.0}, 600.0
SHORT_RATE = {"seedlink": 40.0}  # some blocks of a minute must come in that time
FLAT_MB = 20.0  # from half way to the end: what the allocator gives back late


@pytest.fixture(scope="module")
def bench() -> Iterator[Mapping[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield runpy.run_path(str(BENCHMARKS / "feeds.py"))


@pytest.fixture(scope="module")
def short(bench: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What became of every feed in its short share."""
    folder = tmp_path_factory.mktemp("load")

    async def all_of_them() -> list[Any]:
        return await asyncio.gather(
            *(trial(bench, kind, SHORT_S.get(kind, 5.0), SHORT_RATE.get(kind), folder) for kind in KINDS)
        )

    return dict(zip(KINDS, asyncio.run(all_of_them()), strict=True))


async def trial(bench: Mapping[str, Any], kind: str, seconds: float, rate: float | None, folder: Path) -> Any:
    expected = sys.modules["feed_rig"].CASES[kind][0]
    return await bench["trial"](kind, seconds, rate or expected, 0.01, folder / kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_short_share(kind: str, short: Mapping[str, Any]) -> None:
    well(short[kind], least_cuts=1)  # who comes back after a second is not cut twenty times in five


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_ten_minutes(kind: str, bench: Mapping[str, Any], tmp_path: Path) -> None:
    well(asyncio.run(trial(bench, kind, LONG_S, None, tmp_path)), least_cuts=20)


def well(result: Any, least_cuts: int) -> None:
    assert result.lost == 0, result
    assert least_cuts <= result.cuts <= 20 and result.received > 0 and result.sent > 0
    assert result.errors, "damage and cuts are named"
    assert result.memory_mb[2] - result.memory_mb[1] < FLAT_MB, result.memory_mb
