"""Without this provider, and without these two: does the naming stand? Tables worked out by hand."""

from dataclasses import replace
from itertools import combinations

import pytest

from missions.events import happened
from missions.handmade import Shot
from truceline.attribution.leave_out import MOST_PAIRS, Reached, pairs, robustness, same_events, singles, stands
from truceline.model.event import Event

ABC = ("aland", "borea", "cordia")


def event(id_: str, shot: Shot, sigma_m: float = 30.0) -> Event:
    return happened(id_, shot, sigma_m=sigma_m).event


FIRST, SECOND = Shot(0.0, 0.0, 100.0), Shot(2_000.0, 500.0, 130.0)


def outs(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_who_is_left_out() -> None:
    assert singles(("b", "a")) == [outs("a"), outs("b")]
    assert pairs(("c", "a", "b")) == [outs("a", "b"), outs("a", "c"), outs("b", "c")]
    assert pairs(("a",)) == []
    many = [f"p{n:02}" for n in range(20)]
    assert len(list(combinations(many, 2))) > MOST_PAIRS and pairs(many) == []


YES, NO = frozenset({"E-1"}), frozenset[str]()


@pytest.mark.parametrize(
    ("one", "two", "grade", "words"),
    [
        # who stands without one provider, and without two; the grade, and on whose word it rests
        ({}, {}, "R0", "a single provider"),
        ({outs("aland"): NO, outs("borea"): YES}, {}, "R0", "the word of aland"),
        ({outs("aland"): NO, outs("borea"): NO}, {}, "R0", "the word of aland, borea"),
        ({outs("aland"): YES, outs("borea"): YES}, {}, "R1", "at most two providers"),
        (
            {outs(name): YES for name in ABC},
            {outs("aland", "borea"): YES, outs("aland", "cordia"): NO, outs("borea", "cordia"): YES},
            "R1", "the word of aland and cordia",
        ),
        (
            {outs(name): YES for name in ABC},
            {outs("aland", "borea"): YES, outs("aland", "cordia"): YES, outs("borea", "cordia"): YES},
            "R2", "",
        ),
        (
            {outs("aland"): YES, outs("borea"): NO, outs("cordia"): YES},
            {outs("aland", "borea"): YES, outs("aland", "cordia"): YES, outs("borea", "cordia"): YES},
            "R0", "the word of borea",
        ),
    ],
)  # fmt: skip
def test_the_grade_by_the_table(
    one: dict[frozenset[str], frozenset[str]],
    two: dict[frozenset[str], frozenset[str]],
    grade: str,
    words: str,
) -> None:
    assert robustness("E-1", one, two) == (grade, words)


def test_it_stands_where_the_same_party_is_reached_for_the_same_event() -> None:
    main = [Reached(event("E-1", FIRST), "arvia"), Reached(event("E-2", SECOND), "bardo")]
    moved = replace(FIRST, east_m=40.0, time_s=100.1)
    assert stands(main, [Reached(event("E-9", moved), "arvia"), Reached(event("E-8", SECOND), "bardo")]) == {
        "E-1",
        "E-2",
    }
    assert stands(main, [Reached(event("E-9", moved), "bardo"), Reached(event("E-8", SECOND), "bardo")]) == {"E-2"}
    assert stands(main, [Reached(event("E-9", moved), None)]) == frozenset()
    assert stands(main, []) == frozenset()
    assert stands([Reached(event("E-1", FIRST), None)], main) == frozenset()


@pytest.mark.parametrize(
    ("moved", "same"),
    [
        (FIRST, True),
        (replace(FIRST, east_m=200.0), True),
        (replace(FIRST, time_s=101.0), True),
        (replace(FIRST, east_m=3_000.0), False),
        (replace(FIRST, time_s=110.0), False),
    ],
)
def test_the_same_event_is_near_in_place_and_time(moved: Shot, same: bool) -> None:
    assert same_events([event("E-1", FIRST)], [event("E-9", moved)]) == ({"E-1": 0} if same else {})


def test_what_is_known_worse_may_move_farther() -> None:
    far = replace(FIRST, east_m=900.0)
    assert same_events([event("E-1", FIRST)], [event("E-9", far)]) == {}
    assert same_events([event("E-1", FIRST, sigma_m=300.0)], [event("E-9", far)]) == {"E-1": 0}


def test_rounds_of_a_salvo_are_matched_one_to_one_and_as_a_whole() -> None:
    """Each is nearest to the one before it, yet all have a partner only if each takes its own."""
    some = [event(f"E-{n}", replace(FIRST, time_s=100.0 + 1.2 * n)) for n in range(5)]
    others = [event(f"E-9{n}", replace(FIRST, time_s=100.5 + 1.2 * n)) for n in range(5)]
    assert same_events(some, others) == {f"E-{n}": n for n in range(5)}
    assert same_events(some, others[::-1]) == {f"E-{n}": 4 - n for n in range(5)}
    missing = same_events(some, [others[0], *others[2:]])
    assert len(missing) == 4 and len(set(missing.values())) == 4


def test_nothing_has_no_partner() -> None:
    assert same_events([], [event("E-1", FIRST)]) == {} == same_events([event("E-1", FIRST)], [])
