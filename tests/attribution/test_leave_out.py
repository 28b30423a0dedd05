"""Without this provider, and without these two: does the naming stand? Tables worked out by hand."""

from collections.abc import Collection
from dataclasses import replace
from itertools import combinations

import pytest

from missions.events import anew, happened
from missions.handmade import Shot, arrival, case, sensor
from truceline.attribution.leave_out import MOST_PAIRS, Anew, Reached, pairs, same_events, stands
from truceline.attribution.standing import standings
from truceline.model.case import Case
from truceline.model.event import Event


def event(id_: str, shot: Shot, sigma_m: float = 30.0) -> Event:
    return happened(id_, shot, sigma_m=sigma_m).event


FIRST, SECOND = Shot(0.0, 0.0, 100.0), Shot(2_000.0, 500.0, 130.0)


def outs(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_pairs_are_left_out_as_long_as_they_are_not_too_many() -> None:
    assert pairs(("c", "a", "b")) == [outs("a", "b"), outs("a", "c"), outs("b", "c")]
    assert pairs(("a",)) == []
    many = [f"p{n:02}" for n in range(20)]
    assert len(list(combinations(many, 2))) > MOST_PAIRS and pairs(many) == []


ABC = ("aland", "borea", "cordia")


@pytest.mark.parametrize(
    ("providers", "falls", "grade", "rests_on"),
    [
        # without whom it falls, the grade, and on whose word it then rests
        (("aland",), [], "R0", "a single provider"),
        (("aland", "borea"), [("aland",)], "R0", "the word of aland"),
        (("aland", "borea"), [("aland",), ("borea",)], "R0", "the word of aland, borea"),
        (("aland", "borea"), [], "R1", "at most two providers"),
        (ABC, [("borea",)], "R0", "the word of borea"),
        (ABC, [("aland", "cordia")], "R1", "the word of aland and cordia"),
        (ABC, [("aland", "cordia"), ("borea", "cordia")], "R1", "the word of aland and cordia"),
        (ABC, [("cordia",), ("aland", "borea")], "R0", "the word of cordia"),
        (ABC, [], "R2", ""),
    ],
)
def test_the_grade_by_the_table(
    providers: tuple[str, ...], falls: list[tuple[str, ...]], grade: str, rests_on: str
) -> None:
    sensors = [sensor(f"s-{name}", 1_000.0 * n, 0.0, name) for n, name in enumerate(providers)]
    given = case(sensors, [arrival(f"o-{one.id}", one, 1.0) for one in sensors])
    found = event("E-1", FIRST)
    main = (Reached(replace(found, observations=tuple(seen.id for seen in given.observations)), "arvia"),)

    def again(less: Case) -> Anew:
        """Everybody who is absent: a set that falls makes any larger set fall."""
        absent = frozenset(providers) - {one.provider for one in less.network.sensors}
        fallen = any(absent >= frozenset(some) for some in falls)
        return anew(Reached(found, "bardo" if fallen else "arvia"))

    standing = standings(given, main, again, map, lambda _: anew(*main))["E-1"]
    assert (standing.robustness, standing.failed) == (grade, rests_on)


def test_it_stands_where_the_same_party_is_reached_for_the_same_event() -> None:
    main = [Reached(event("E-1", FIRST), "arvia"), Reached(event("E-2", SECOND), "bardo")]
    moved = replace(FIRST, east_m=40.0, time_s=100.1)
    assert stands(main, anew(Reached(event("E-9", moved), "arvia"), Reached(event("E-8", SECOND), "bardo"))) == {
        "E-1",
        "E-2",
    }
    assert stands(main, anew(Reached(event("E-9", moved), "bardo"), Reached(event("E-8", SECOND), "bardo"))) == {"E-2"}
    assert stands(main, anew(Reached(event("E-9", moved), None))) == frozenset()
    assert stands(main, anew()) == frozenset()
    assert stands([Reached(event("E-1", FIRST), None)], anew(*main)) == frozenset()


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


def told(found: Event, *observations: str) -> Event:
    return replace(found, observations=observations)


@pytest.mark.parametrize(
    ("others", "stood"),
    [
        # what others observed of the lost round is given to its neighbours, who are fired by the same party from there
        ([(FIRST, "arvia", ("b1", "b2")), (FIRST, "arvia", ("c1",))], True),
        # two observations are too few to tell of a round
        ([(FIRST, "arvia", ("b1", "b2"))], False),
        # one of them belongs to somebody else's fire, to nobody's, or to fire from elsewhere
        ([(FIRST, "arvia", ("b1", "b2")), (FIRST, "bardo", ("c1",))], False),
        ([(FIRST, "arvia", ("b1", "b2")), (FIRST, None, ("c1",))], False),
        ([(FIRST, "arvia", ("b1", "b2")), (SECOND, "arvia", ("c1",))], False),
    ],
)
def test_a_round_that_is_told_apart_otherwise_without_a_source_stands_by_what_others_observed(
    others: list[tuple[Shot, str | None, tuple[str, ...]]], stood: bool
) -> None:
    lost = told(event("E-1", FIRST), "a1", "a2", "b1", "b2", "c1")
    main = [Reached(lost, "arvia")]
    without = [
        Reached(told(event(f"E-9{n}", replace(shot, time_s=shot.time_s + 30.0)), *observations), party)
        for n, (shot, party, observations) in enumerate(others)
    ]
    assert stands(main, anew(*without)) == ({"E-1"} if stood else frozenset())


def test_nothing_has_no_partner() -> None:
    assert same_events([], [event("E-1", FIRST)]) == {} == same_events([event("E-1", FIRST)], [])


def test_only_events_that_may_be_those_of_a_name_are_asked_about() -> None:
    asked: list[Collection[str]] = []

    def reached(ids: Collection[str]) -> dict[str, str | None]:
        asked.append(ids)
        return dict.fromkeys(ids, "arvia")

    named, unnamed = Reached(event("E-1", FIRST), "arvia"), Reached(event("E-2", SECOND), None)
    others = [event("E-8", FIRST), event("E-9", SECOND), event("E-7", replace(SECOND, time_s=900.0))]
    assert stands([named, unnamed], Anew(others, reached)) == {"E-1"}
    assert asked == [{"E-8"}]
