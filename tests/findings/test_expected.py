"""How many names of a report must be expected to be wrong."""

from dataclasses import replace

import pytest

from truceline.findings.expected import expected_wrong, named_surely
from truceline.model.finding import Calibrated, Finding

MEASURED = Calibrated(
    kind="launch, few sensors", sure=0.9, stratum="all", wrong_most=0.003, acts=0, named=0, wrong=0, threshold=0.0,
    source="a test",
)  # fmt: skip


def finding(party: str | None, share: float, occurrence: float = 1.0) -> Finding:
    return Finding(
        id="F-1", incident="I-1", time_us=0, events=("E-1",), provisions=("A1",), occurrence=occurrence,
        responsibility=(("arvia", share), ("bardo", 1.0 - share)), outcome="attributed" if party else "undetermined",
        party=party, robustness="R1", evidence="fair", reasons=(), words="",
    )  # fmt: skip


def test_a_name_is_as_sure_as_that_it_happened_and_was_theirs() -> None:
    assert named_surely(finding("arvia", 0.98, 0.99)) == pytest.approx(0.9702)
    assert named_surely(finding(None, 0.98)) == 0.0


def test_what_decides_may_be_less_sure_than_what_is_shown() -> None:
    assert named_surely(replace(finding("arvia", 0.98), calibration=MEASURED)) == 0.9


def test_only_names_can_be_wrong() -> None:
    some = [finding("arvia", 0.97), finding("bardo", 0.02), finding(None, 0.6)]
    assert expected_wrong(some) == pytest.approx(0.03 + 0.02)
    assert expected_wrong([]) == 0.0
