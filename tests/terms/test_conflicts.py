"""Provisions that do not go together are found and named, and the worked agreements have none unnamed."""

import pytest

from truceline.formats.areas_geojson import read_areas
from truceline.formats.toml_document import read_toml
from truceline.model.problem import Problem
from truceline.terms.conflicts import conflicts
from truceline.terms.language import read_agreement

from .agreements import LARGEST, NAMES, worked
from .making import KINDS, SQUARE, TERMS

LARGE = worked(LARGEST)


def found(terms: str) -> list[Problem]:
    document = read_toml("terms.toml", terms.encode())
    areas = LARGE.areas if "coalition" in terms else read_areas("areas.geojson", SQUARE)
    agreement, _ = read_agreement(document, areas, KINDS)
    return list(conflicts(agreement, document, KINDS))


def changed(*changes: tuple[str, str]) -> str:
    terms = LARGE.terms
    for old, new in changes:
        assert old in terms, old
        terms = terms.replace(old, new, 1)
    return terms


def added(provision: str) -> str:
    """The largest agreement with one more provision."""
    return changed(('[[provision]]\nid = "quiet"', f'[[provision]]\n{provision}\n\n[[provision]]\nid = "quiet"'))


def test_the_worked_agreements_have_none_but_what_is_meant() -> None:
    all_ = [problem for name in NAMES for problem in conflicts(worked(name).agreement, worked(name).document, KINDS)]
    assert [problem.what.split(":")[0] for problem in all_] == ["no ruling settles around"]


CASES = (
    (
        changed(("within_m = 25000\nfrom", "within_m = 60000\nfrom")),
        "withdrawal (Article 5(1)) keeps weapons in store-amber, where withdrawal (Article 5(1)) forbids it to amber",
        'id = "withdrawal"',
    ),
    (
        changed(("within_m = 25000\nexempt_roles", "within_m = 80000\nexempt_roles")),
        "hubs (Article 12(2)) lets be in hub-north, where keep-out (Article 12(1)) forbids it to multinational-force",
        'id = "hubs"',
    ),
    (
        changed(('exempt_roles = ["monitor", "humanitarian"]', 'exempt_roles = ["humanitarian"]')),
        "movement (Article 9(1)) lets move freely in amber-side, where keep-out (Article 12(1)) forbids it to monitors",
        'id = "movement"',
    ),
    (
        changed(('exempts = ["fire", "protected"]', 'exempts = ["lists"]')),
        "demolition excepts from nothing: no provision forbids such acts to the same parties then",
        'id = "demolition"',
    ),
    (
        added("""id = "dead"
article = "Article 0"
text = "x"
kind = "no_fire"
binds = ["amber"]
until = 2026-01-01T00:00:00Z"""),
        "dead never binds amber: its dates, the agreement's and suspensions leave no time",
        'id = "dead"',
    ),
    (
        changed(('attribute = ["commission", "guarantors"]', "attribute = false")),
        "the mission may name, but not attribute",
        'name = ["commission", "guarantors"]',
    ),
    (
        added("""id = "twin"
article = "Article 7(3)"
text = "x"
kind = "force_ceiling"
binds = ["amber"]
area = "limited-zone"
weapons = ["armour"]
most = 20"""),
        "ceiling (Article 7(2)) and twin (Article 7(3)) speak of the same: 40 and 20 weapons or troops",
        'id = "twin"',
    ),
    (
        added("""id = "twin"
article = "Article 3(6)"
text = "x"
kind = "no_fire"
binds = ["amber"]
attribution_threshold = 0.7"""),
        "fire (Article 3(1)) and twin (Article 3(6)) speak of the same, with standards of 0.95 and 0.7",
        'id = "twin"',
    ),
)


@pytest.mark.parametrize(("terms", "what", "line"), CASES)
def test_a_conflict_is_named_at_its_line(terms: str, what: str, line: str) -> None:
    named = {problem.what: problem.place.line for problem in found(terms)}
    assert what in named
    at = terms[: terms.index(line)].count("\n") + 1
    assert named[what] in (at, at - 1)  # the id's own line, or the head of its table


def test_conflicts_stop_nothing() -> None:
    problems = found(changed(("within_m = 25000\nfrom", "within_m = 60000\nfrom")))
    assert problems and not any(problem.fatal for problem in problems)


def test_an_ordinary_agreement_has_no_conflict() -> None:
    assert found(TERMS) == []
