"""Stated doubts that are too large or too small are noticed over many events, and not over one."""

import numpy as np
import pytest

from truceline.fusion.misstated import Misstated, as_stated

ARRAYS = 5


def learnt(events: int, times: float, directions: float, seed: int = 3) -> Misstated:
    """After events whose misfits are so many times what was stated; the place is taken to be known."""
    chance = np.random.default_rng(seed)
    known = as_stated()
    for _ in range(events):
        late = np.array([(chance.normal(0.0, times, ARRAYS - 1) ** 2).sum()])
        turned = np.array([(chance.normal(0.0, directions, ARRAYS) ** 2).sum()])
        known = known.with_event(late, turned, (ARRAYS - 1, ARRAYS))
    return known


def test_before_anything_was_heard_doubts_are_about_as_stated() -> None:
    assert as_stated().factors == pytest.approx((1.0, 1.0), abs=0.03)


@pytest.mark.parametrize(("times", "directions"), [(1.0, 1.0), (0.7, 0.8), (0.8, 1.4), (1.6, 1.0)])
def test_after_many_events_they_are_as_they_were_found(times: float, directions: float) -> None:
    found = learnt(40, times, directions).factors
    assert found == pytest.approx((times, directions), rel=0.15)


def test_one_event_teaches_little_and_later_ones_count_more_than_the_first() -> None:
    once = as_stated().with_event(np.array([4 * 2.25]), np.array([5.0]), (4, 5)).factors
    assert 1.0 < once[0] < 1.25, "misfits half as large again as stated, seen once"
    changed = learnt(60, 0.7, 1.0)
    for _ in range(60):
        changed = changed.with_event(np.array([4 * 1.44]), np.array([5.0]), (4, 5))
    assert changed.factors[0] == pytest.approx(1.2, rel=0.15)
