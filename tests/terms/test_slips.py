"""Slips of the pen: each key and word of the worked agreements misspelt is found, at its line, with the right word."""

import pytest

from truceline.model.problem import Problem, Unusable
from truceline.terms.language import read_agreement, terms_document

from .agreements import NAMES, Worked, worked
from .making import KINDS
from .slips import Slip, slips, tokens

WAYS = (0, 1, 2, 3)
RIGHT_SHARE = 0.95
SHARE = 11  # one slip in so many is tried where the test must be short


def faults(one: Worked, slip: Slip) -> tuple[Problem, ...]:
    """What is found in a misspelt text."""
    try:
        read_agreement(terms_document("terms.toml", slip.text.encode()), one.areas, KINDS)
    except Unusable as unusable:
        return tuple(problem for problem in unusable.problems if problem.fatal)
    return ()


def suggests(problem: Problem, word: str) -> bool:
    return repr(word) in problem.remedy or f": {word}" in problem.remedy


def hunt(name: str, every: int, ways: tuple[int, ...]) -> None:
    """Every key and word is found at its line, and nearly always with the word that was meant."""
    one = worked(name)
    tried, right, lost = 0, 0, []
    for number, slip in enumerate(slips(one.terms, 1, ways)):
        if number % every or slip.token.sort == "declared":
            continue
        there = [problem for problem in faults(one, slip) if problem.place.line == slip.token.line]
        if not there:
            lost.append((slip.token, slip.wrong))
        elif slip.token.sort != "value":
            tried += 1
            right += any(suggests(problem, slip.token.word) for problem in there)
    assert lost == []
    assert right >= RIGHT_SHARE * tried


@pytest.mark.parametrize("name", NAMES)
def test_slips_are_found_at_their_line(name: str) -> None:
    hunt(name, SHARE, (0,) if len(worked(name).terms) > 8000 else (0, 3))


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_every_slip_is_found_at_its_line(name: str) -> None:
    hunt(name, 1, WAYS)


@pytest.mark.parametrize("name", NAMES)
def test_a_misspelt_id_shows_where_it_is_named(name: str) -> None:
    one = worked(name)
    found = tokens(one.terms)
    named = {token.word for token in found if token.sort == "word"}
    declared = [token.word for token in found if token.sort == "declared"]
    for number, slip in enumerate(slips(one.terms, 1, (3,))):
        word = slip.token.word
        if number % SHARE or slip.token.sort != "declared" or word not in named or declared.count(word) > 1:
            continue
        assert any(suggests(problem, slip.wrong) for problem in faults(one, slip)), slip.token
