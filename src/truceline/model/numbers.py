"""Rounding as the contract wants it, so that decisions and the written numbers are the same."""

from collections.abc import Iterable, Sequence

PROBABILITY_STEPS = 10_000  # 1e-4


def rounded_probability(value: float) -> float:
    """A probability rounded to 1e-4, within [0, 1]."""
    return round(min(1.0, max(0.0, value)), 4)


def rounded_shares(shares: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Named shares scaled and rounded to 1e-4 so that they sum to exactly one, in order of name.

    The largest remainders are rounded up (Hamilton's method), the first by name among equals.
    """
    given = sorted(shares)
    total = sum(share for _, share in given)
    assert total > 0, given
    exact = [share / total * PROBABILITY_STEPS for _, share in given]
    # A share just below a whole step is that step: the last bits of a sum must not decide.
    whole = [int(value + 1e-6) for value in exact]
    short = PROBABILITY_STEPS - sum(whole)
    by_remainder = sorted(
        range(len(given)), key=lambda index: (-round(exact[index] - whole[index], 6), given[index][0])
    )
    for index in by_remainder[: max(0, short)]:
        whole[index] += 1
    return tuple((name, steps / PROBABILITY_STEPS) for (name, _), steps in zip(given, whole, strict=True))


def greatest(shares: Sequence[tuple[str, float]]) -> tuple[str, float]:
    """The largest share, the first by name among equals."""
    return min(shares, key=lambda item: (-item[1], item[0]))
