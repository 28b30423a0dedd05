"""Probabilities of time: whether an uncertain instant lies in a span."""

from math import erfc, sqrt

from truceline.model.instant import Instant, seconds

REACH = 8.0  # sigmas beyond which an instant is no longer uncertain


def after(instant: Instant, sigma_s: float, edge: Instant) -> float:
    """Probability that an instant known to a sigma is not before an edge (from is included)."""
    ahead = seconds(instant - edge)
    if abs(ahead) >= REACH * sigma_s:
        return 1.0 if ahead >= 0 else 0.0
    return 0.5 * erfc(-ahead / (sigma_s * sqrt(2)))


def within_span(instant: Instant, sigma_s: float, from_us: Instant | None, until_us: Instant | None) -> float:
    """Probability that an instant lies in [from, until); an absent edge is open."""
    begun = 1.0 if from_us is None else after(instant, sigma_s, from_us)
    ended = 0.0 if until_us is None else after(instant, sigma_s, until_us)
    return max(0.0, begun - ended)
