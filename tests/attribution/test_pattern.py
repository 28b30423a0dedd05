"""At least so many of a set are one party's: each finding's own probability is kept, what they share ties them."""

from itertools import product
from math import prod

import numpy as np
import pytest

from missions.handmade import NOON
from truceline.attribution.pattern import Tied, at_least, independent
from truceline.model.instant import US_PER_HOUR

SAME = Tied(NOON, 31.0, 49.0)


def apart(count: int) -> list[Tied]:
    """Findings of other hours and other stretches."""
    return [Tied(NOON + n * US_PER_HOUR, 31.0 + n, 49.0) for n in range(count)]


def brute(probabilities: list[float]) -> list[float]:
    """By every outcome that there is."""
    found = [0.0] * (len(probabilities) + 1)
    for outcome in product((True, False), repeat=len(probabilities)):
        found[sum(outcome)] += prod(p if so else 1 - p for p, so in zip(probabilities, outcome, strict=True))
    return [sum(found[k:]) for k in range(len(found))]


def test_if_nothing_were_shared_it_is_the_sum_over_all_outcomes() -> None:
    some = [0.97, 0.5, 0.8, 0.02]
    assert independent(some) == pytest.approx(brute(some))


@pytest.mark.parametrize("probability", [0.03, 0.5, 0.9, 0.97, 0.999])
def test_a_findings_own_probability_is_kept(probability: float) -> None:
    assert at_least([probability], [SAME]) == pytest.approx([1.0, probability], abs=2e-3)


def test_the_expected_number_is_the_sum_of_the_probabilities() -> None:
    some = [0.97, 0.9, 0.8, 0.6, 0.3]
    assert at_least(some, [SAME] * 5)[1:].sum() == pytest.approx(sum(some), abs=0.01)


def test_what_is_shared_makes_all_or_nothing_likelier() -> None:
    some = [0.9] * 10
    tied, free = at_least(some, [SAME] * 10), independent(some)
    assert tied[10] > free[10] + 0.1, "all of them"
    assert tied[5] < free[5], "at least half of them"
    loose = at_least(some, apart(10))
    assert free[10] < loose[10] < tied[10], "those of other hours and places share little"


def test_more_is_never_likelier_than_less() -> None:
    found = at_least([0.95, 0.6, 0.97, 0.2], [*apart(3), SAME])
    assert found[0] == pytest.approx(1.0) and (np.diff(found) <= 1e-12).all()


def test_certainty_is_kept_and_nothing_is_nothing() -> None:
    assert at_least([], []) == pytest.approx([1.0])
    assert at_least([1.0, 0.0], [SAME, SAME]) == pytest.approx([1.0, 1.0, 0.0], abs=1e-4)


def test_the_order_of_findings_plays_no_part() -> None:
    some, tied = [0.95, 0.6, 0.97, 0.2], [*apart(3), SAME]
    assert at_least(some[::-1], tied[::-1]) == pytest.approx(at_least(some, tied), abs=1e-9)
