"""Rounding decides: shares sum to exactly one, and no name is worth more than another."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from truceline.model.numbers import greatest, rounded_probability, rounded_shares, said

SHARES = st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=6).filter(lambda some: sum(some) > 1e-3)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0.94996, 0.95), (0.94994, 0.9499), (1.0000001, 1.0), (-1e-9, 0.0), (0.00004, 0.0), (0.99996, 1.0)],
)
def test_a_probability_in_ten_thousandths(value: float, rounded: float) -> None:
    assert rounded_probability(value) == rounded


def ten_thousandths(shares: tuple[tuple[str, float], ...]) -> list[int]:
    found = [round(share * 10_000) for _, share in shares]
    assert all(
        Fraction(steps, 10_000) == Fraction(f"{share:.4f}") for steps, (_, share) in zip(found, shares, strict=True)
    )
    return found


@settings(max_examples=300, deadline=None)
@given(SHARES)
def test_shares_sum_to_exactly_one_and_none_moves_by_a_step(some: list[float]) -> None:
    names = [f"p{number}" for number in range(len(some))]
    shares = rounded_shares(zip(names, some, strict=True))
    assert sum(ten_thousandths(shares)) == 10_000
    exact = [value / sum(some) * 10_000 for value in some]
    equal = len(some)  # what equal remainders would be parted for goes to one of them
    assert all(abs(steps - value) < equal for steps, value in zip(ten_thousandths(shares), exact, strict=True))


@settings(max_examples=300, deadline=None)
@given(SHARES, st.randoms(use_true_random=False))
@example([1.0, 0.75, 0.9999999999999999], Random(0))
def test_names_and_order_never_decide(some: list[float], chance: object) -> None:
    names = [f"p{number}" for number in range(len(some))]
    pairs = list(zip(names, some, strict=True))
    first = dict(rounded_shares(pairs, sink="other"))
    renamed = {name: f"q{len(names) - number}" for number, name in enumerate(names)}
    chance.shuffle(pairs)  # type: ignore[attr-defined]
    again = dict(rounded_shares([(renamed[name], share) for name, share in pairs], sink="other"))
    assert sorted(first.values()) == sorted(again.values())
    told_apart = {round(share / sum(some), 9) for share in some}  # what differs in its last bits alone is equal
    if sum(first.values()) and len(told_apart) == len(some):
        assert {renamed[name]: share for name, share in first.items()} == again


def test_what_equal_remainders_would_be_parted_for_goes_to_the_sink() -> None:
    third = 1 / 3
    shares = dict(rounded_shares([("arvia", third), ("bardo", third), ("other", third)], sink="other"))
    assert shares == {"arvia": 0.3333, "bardo": 0.3333, "other": 0.3334}
    assert rounded_shares([("a", 1.0), ("b", 1.0)]) == (("a", 0.5), ("b", 0.5))


def test_what_sentences_say_is_never_surer_than_one_in_a_hundred() -> None:
    assert [said(p) for p in (0.0, 0.0099, 0.01, 0.5, 0.994, 0.99, 0.9901, 1.0)] == [
        "under 0.01", "under 0.01", "0.01", "0.50", "over 0.99", "0.99", "over 0.99", "over 0.99",
    ]  # fmt: skip


def test_the_greatest_share() -> None:
    assert greatest((("b", 0.4), ("a", 0.4), ("c", 0.2))) == ("a", 0.4)
    assert greatest((("a", 0.1), ("z", 0.9))) == ("z", 0.9)
