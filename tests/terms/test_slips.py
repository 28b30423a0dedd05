"""Slips of the pen: each key and word of the worked agreements misspelt is found, at its line, with the right word."""

import json
import random
from typing import Any

import pytest

from truceline.formats.areas_geojson import read_areas
from truceline.model.problem import Problem, Unusable
from truceline.terms.language import read_agreement, terms_document

from .agreements import AGREEMENTS, NAMES, Worked, worked
from .making import KINDS
from .slips import Slip, misspelt, slips, tokens

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
def test_slips_in_the_areas_are_found_at_their_feature(name: str) -> None:
    """Every key, kind and owner; names are the author's own, and ids show where they are named."""
    one = worked(name)
    right: list[bool] = []
    table = json.loads((AGREEMENTS / name / "areas.geojson").read_text())
    for feature in table["features"]:
        properties = feature["properties"]
        for key in [key for key in properties if key not in ("id", "note")]:
            wrong = misspelt(key, random.Random(f"{name} {key}"), 3) or f"{key}{key[-1]}"
            changed = {wrong if other == key else other: value for other, value in properties.items()}
            right.append(blamed(one, table, feature, changed, key))
        for key in ("kind", "party"):
            if key in properties:
                word = properties[key]
                wrong = misspelt(word, random.Random(f"{name} {word}"), 0) or word
                right.append(blamed(one, table, feature, properties | {key: wrong}, word))
    assert len(right) >= 3 * len(table["features"]) - 3
    assert sum(right) >= RIGHT_SHARE * len(right)


def blamed(one: Worked, table: Any, feature: Any, changed: dict[str, object], meant: str) -> bool:
    """Whether one slip of a feature, which must be found there, is shown with the word that is meant."""
    features = [{**other, "properties": changed} if other is feature else other for other in table["features"]]
    try:
        areas = read_areas("areas.geojson", json.dumps({**table, "features": features}).encode())
        read_agreement(one.document, areas, KINDS)
    except Unusable as unusable:
        there = [problem for problem in unusable.problems if problem.place.feature == feature["properties"]["id"]]
        assert there, (changed, meant)
        return any(suggests(problem, meant) for problem in there)
    raise AssertionError((changed, meant))


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
