"""Rounding as the contract wants it, so that decisions and the written numbers are the same."""

import math
from collections.abc import Iterable, Sequence

PROBABILITY_STEPS = 10_000  # 1e-4


def rounded_probability(value: float) -> float:
    """A probability rounded to 1e-4, within [0, 1]."""
    return round(min(1.0, max(0.0, value)), 4)


def rounded_shares(shares: Iterable[tuple[str, float]], *, sink: str = "") -> tuple[tuple[str, float], ...]:
    """Named shares scaled and rounded to 1e-4 so that they sum to exactly one, in order of name.

    The largest remainders are rounded up (Hamilton's method). Names never decide: what equal remainders would
    have to be parted for goes to `sink` (to the largest share, where there is no such name).
    """
    given = sorted(shares)
    total = math.fsum(share for _, share in given)
    assert total > 0, given
    exact = [share / total * PROBABILITY_STEPS for _, share in given]
    # A share just below a whole step is that step: the last bits of a sum must not decide.
    whole = [int(value + 1e-6) for value in exact]
    left = [round(value - steps, 6) for value, steps in zip(exact, whole, strict=True)]
    short = PROBABILITY_STEPS - sum(whole)
    for remainder in sorted({r for r in left if r > 0}, reverse=True):
        equal = [index for index, r in enumerate(left) if r == remainder]
        if len(equal) > short:
            break
        for index in equal:
            whole[index] += 1
        short -= len(equal)
    names = [name for name, _ in given]
    rest = names.index(sink) if sink in names else whole.index(max(whole))
    whole[rest] += short
    return tuple((name, steps / PROBABILITY_STEPS) for name, steps in zip(names, whole, strict=True))


def said(probability: float) -> str:
    """A probability as sentences say it: two digits, and never surer than 1–99 %."""
    if probability > 0.99:
        return "over 0.99"
    if probability < 0.01:
        return "under 0.01"
    return f"{probability:.2f}"


def greatest(shares: Sequence[tuple[str, float]]) -> tuple[str, float]:
    """The largest share, the first by name among equals."""
    return min(shares, key=lambda item: (-item[1], item[0]))
