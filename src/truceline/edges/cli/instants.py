"""Instants that are given as options."""

from truceline.model.instant import Instant, parse_utc
from truceline.model.problem import Place, Problem, Unusable


def instant_of(option: str, text: str, remedy: str) -> Instant:
    """The instant that an option gives. Raises Unusable."""
    try:
        return parse_utc(text)
    except ValueError as error:
        raise Unusable([Problem(Place(option), str(error), remedy)]) from None
