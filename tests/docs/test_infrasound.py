"""The figures of docs/science/infrasound.md are those of the code, and are as good as they must be."""

import runpy

import pytest

from .pages import ROOT

BENCHMARK = runpy.run_path(str(ROOT / "benchmarks" / "infrasound.py"))
PAGE = (ROOT / "docs" / "science" / "infrasound.md").read_text("utf-8")


@pytest.mark.parametrize("mission", ["uttr-2004", "uttr-2004-mixed"])
def test_the_explosion_is_where_the_page_says_and_near_the_truth(mission: str) -> None:
    event = BENCHMARK["explosion"](mission)
    row = BENCHMARK["row"](mission, event)
    assert row in PAGE, f"write the rows anew: python benchmarks/infrasound.py\n{row}"
    figures = BENCHMARK["figures"](event)
    assert figures.inside90 and figures.time_held
    assert figures.area90_km2 <= 16_000
    assert figures.off_km < 46
    assert {"D01", "D02", "D03"} <= set(event.observations) <= {"D01", "D02", "D03", "D04"}
