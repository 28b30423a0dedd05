"""The calibration that is shipped is what the fit gives on the rows that are kept; a share of them is made anew."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from truceline.edges.cli.sim import make_mission
from truceline.findings.calibrated import CALIBRATION
from truceline.findings.calibration import NEVER, Calibration, calibrate

ROOT = Path(__file__).parents[2]
FIT: dict[str, Any] = runpy.run_path(str(ROOT / "benchmarks" / "calibrate.py"))
KEPT = FIT["read_rows"]()
SHARE = ("hamlet", 41_001)  # a world and a seed that are quickly made and run


def test_the_file_is_what_the_fit_gives() -> None:
    assert FIT["FILE"].read_text("utf-8") == FIT["as_python"](FIT["fitted"](KEPT))
    assert FIT["fitted"](KEPT) == CALIBRATION
    assert FIT["as_csv"](KEPT) == FIT["ROWS"].read_text("utf-8")


def test_it_says_of_what_it_was_made() -> None:
    worlds = {(row.world, row.seed) for row in KEPT}
    assert f"{len(worlds)} worlds of {len({kind for kind, _ in worlds})} kinds" in CALIBRATION.source
    assert "engine" in CALIBRATION.source and "seeds" in CALIBRATION.source


def test_the_realised_share_of_wrong_names_stays_under_the_stated_one() -> None:
    assert CALIBRATION.strata, "it is fitted"
    for stratum in CALIBRATION.strata:
        assert stratum.wrong <= stratum.named <= stratum.acts
        assert (stratum.wrong + 1) / (stratum.acts + 1) <= CALIBRATION.wrong_most or stratum.threshold == NEVER


def test_a_kind_too_rare_to_tell_is_measured_by_all() -> None:
    by_name = {one.name for one in CALIBRATION.strata}
    kinds = {row.kind for row in KEPT if row.finding}
    for kind in kinds:
        count = sum(row.kind == kind for row in KEPT)
        assert (kind in by_name) == (1.0 / (count + 1) <= CALIBRATION.wrong_most)
        assert CALIBRATION.stratum(kind).name == (kind if kind in by_name else "all")


def test_a_small_share_made_anew_leads_to_the_same_thresholds(tmp_path: Path) -> None:
    """The engine may have learnt since: what matters is whether names would be given otherwise."""
    name, seed = SHARE
    make_mission(ROOT / "worlds" / f"{name}.toml", seed, tmp_path / f"{name}-{seed}")
    anew = FIT["rows_of"](tmp_path / f"{name}-{seed}", tmp_path / "out" / f"{name}-{seed}", lambda: "today")
    kept = [row for row in KEPT if (row.world, row.seed) == SHARE]
    assert kept and len(anew) >= len(kept) - 1
    refitted: Calibration = FIT["fitted"]([*(row for row in KEPT if (row.world, row.seed) != SHARE), *anew])
    assert {one.name: one.threshold for one in refitted.strata} == {
        one.name: one.threshold for one in CALIBRATION.strata
    }


@pytest.mark.parametrize(
    ("wrong_at", "threshold", "named"),
    [
        ([], 0.0, 1_000),  # no wrong name: all are given
        ([0.96, 0.97], 0.0, 1_000),  # two in a thousand: (2 + 1) / 1,001 is still under three in a thousand
        ([0.96, 0.97, 0.98], 0.9601, 999),  # three: the least sure is not given any more
        ([0.999] * 4, 0.9991, 0),  # wrong though as sure as any: none is
    ],
)
def test_wrong_names_raise_the_threshold_until_few_enough_are_left(
    wrong_at: list[float], threshold: float, named: int
) -> None:
    right = [("launch", 0.99, False)] * (1_000 - len(wrong_at))
    (stratum,) = [
        one
        for one in calibrate([*right, *(("launch", sure, True) for sure in wrong_at)], 0.003, "a test").strata
        if one.name == "launch"
    ]
    assert (stratum.threshold, stratum.named) == (threshold, named)
