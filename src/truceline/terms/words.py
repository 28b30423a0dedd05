"""How the reasons say numbers: no probability beyond 1–99 %, no metre finer than a tenth of its sigma."""

from functools import lru_cache
from math import floor, isfinite, log10

from truceline.model.instant import Instant, Span, format_utc, seconds
from truceline.model.numbers import said


def between(low: float, high: float) -> str:
    """One probability, or the bounds of one that the facts leave open."""
    return said(low) if high - low < 0.005 else f"between {said(low)} and {said(high)}"


def metres(distance_m: float) -> str:
    """A distance of two significant digits, and whole metres at the finest."""
    if not isfinite(distance_m):
        return "far"
    size = abs(distance_m)
    step = 10 ** max(0, floor(log10(size)) - 1) if size >= 1 else 1
    rounded = round(size / step) * step
    return f"{rounded:,.0f} m" if rounded < 10_000 else f"{rounded / 1000:,.0f} km"


@lru_cache(maxsize=4096)
def moment(instant: Instant) -> str:
    """An instant in UTC, to the second when it is whole."""
    return format_utc(instant, digits=3 if instant % 1_000_000 else 0)


def lapse(span: Span) -> str:
    """A length of time."""
    length = abs(seconds(span))
    if length < 120:
        return f"{length:.3g} s"
    if length < 2 * 3600:
        return f"{length / 60:.3g} min"
    return f"{length / 3600:.4g} h" if length < 72 * 3600 else f"{length / 86400:.4g} days"
