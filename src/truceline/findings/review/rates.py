"""How often reviewers agree with one another, with the machine, and with themselves: published with the findings."""

from collections.abc import Iterable
from dataclasses import dataclass

from truceline.findings.review.case import Case, agrees, result_of


@dataclass(frozen=True, slots=True)
class Rates:
    """Cases reviewed, and of these: the first two said the same; people overturned the machine. Cases reviewed again by
    others, and of these: found otherwise."""

    reviewed: int
    agreed: int
    overturned: int
    again: int
    again_otherwise: int
    automatic: int


def rates_of(cases: Iterable[Case]) -> Rates:
    """The rates over all cases."""
    all_ = tuple(cases)
    done = [(one, result) for one in all_ if (result := one.result) is not None]
    twice = [(result, second) for one, result in done if (second := result_of(one.second)) is not None]
    return Rates(
        reviewed=len(done),
        agreed=sum(result.agreed for _, result in done),
        overturned=sum(not agrees(one.drawn, result) for one, result in done),
        again=len(twice),
        again_otherwise=sum((first.forbidden, first.who) != (other.forbidden, other.who) for first, other in twice),
        automatic=sum(not one.drawn.reasons for one in all_),
    )
