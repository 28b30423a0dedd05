"""Who held the ground: one map, several that agree, differ or lie, gaps, dates, and the line as it was agreed."""

from dataclasses import replace

import numpy as np
import pytest

from missions.handmade import NOON, PARTIES, agreement, divided, half, place
from truceline.attribution import control
from truceline.attribution.control import Ground, held_at, learnt_doubts
from truceline.attribution.line import agreed_line
from truceline.geo.held import prepare_maps
from truceline.model.agreement import Agreement, Area
from truceline.model.ground import ControlMap, HeldGround
from truceline.model.instant import US_PER_HOUR

from .making import FRAME, ground

NAMED = 0.95


def share(given: Ground, east_m: float, party: str = "bardo") -> float:
    """Probability that a party held the ground so far east of the middle."""
    x, y = FRAME.to_xy(*([value] for value in place(east_m, 0.0)))
    column = [*given.parties, ""].index(party)
    return float(held_at(given, x, y).share[0, column])


def lined(edge_m: float = 0.0) -> Agreement:
    """An agreement whose line of contact runs north at so many metres east."""
    course = tuple(place(edge_m, north) for north in (-40_000.0, 0.0, 40_000.0))
    return replace(agreement(), areas=(Area("contact-line", line=course),))


def checked(*maps: ControlMap, line_m: float = 0.0) -> Ground:
    """The ground by maps that are checked against the agreed line."""
    given = ground(*maps)
    return replace(given, line=agreed_line(lined(line_m), given.maps, PARTIES, FRAME))


def test_on_the_edge_nobody_knows() -> None:
    assert share(ground(divided()), 0.0) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("sigmas", [-2.0, -1.0, 1.0, 2.0])
def test_near_the_edge_the_mappers_sigma_decides(sigmas: float) -> None:
    from scipy.special import ndtr

    assert share(ground(divided(sigma_m=200.0)), 200.0 * sigmas) == pytest.approx(float(ndtr(sigmas)), abs=0.015)


def test_deep_in_held_ground_only_a_wrong_map_is_left_to_doubt() -> None:
    assert 0.98 < share(ground(divided()), 2_000.0) < 0.995
    assert share(ground(divided()), 12_000.0) > share(ground(divided()), 2_000.0)


def test_without_a_map_all_ground_is_unknown() -> None:
    assert share(ground(), 2_000.0, "") == 1.0


def test_two_maps_that_agree_are_surer_than_one() -> None:
    both = ground(divided(mapper="a", sigma_m=300.0), divided(mapper="b", sigma_m=300.0))
    assert share(both, 450.0) > share(ground(divided(sigma_m=300.0)), 450.0)


def test_two_maps_that_differ_leave_the_ground_between_them_unknown() -> None:
    both = ground(divided(0.0, mapper="a"), divided(3_000.0, mapper="b"))
    assert share(both, 1_500.0) == pytest.approx(0.5, abs=0.05)
    assert share(both, 6_000.0) > NAMED and share(both, -3_000.0, "arvia") > NAMED


def test_one_lying_map_is_outvoted_by_two_and_is_doubted() -> None:
    given = ground(divided(0.0, mapper="a"), divided(100.0, mapper="b"), divided(4_000.0, mapper="c"))
    assert share(given, 2_000.0) > NAMED
    x, y = FRAME.to_xy(*([value] for value in place(2_000.0, 0.0)))
    wrong = held_at(given, x, y).wrong[0]
    assert wrong[2] > 0.9 and wrong[:2].max() < 0.05


def test_a_mapper_who_is_often_outvoted_is_doubted_elsewhere_too() -> None:
    maps = prepare_maps((divided(mapper="a"), divided(mapper="b"), divided(mapper="c")), FRAME)
    doubts = learnt_doubts(maps, [np.array([0.01, 0.01, 0.95])] * 30)
    assert doubts["c"] > 0.4 > 0.05 > doubts["a"]
    assert learnt_doubts(maps[:1], [np.array([0.5])]) == {}, "a single map has nothing to be compared with"


def test_ground_in_a_gap_is_unknown_whatever_the_line_says() -> None:
    gap = ControlMap("a", (half("arvia", -1, -3_000.0), half("bardo", 1, 3_000.0)))
    assert share(checked(gap), 1_500.0, "") > 0.99
    assert share(checked(gap), 6_000.0) > NAMED


def test_ground_claimed_for_both_is_unknown() -> None:
    both = ControlMap("a", (half("arvia", -1, 3_000.0), half("bardo", 1, -3_000.0)))
    assert share(ground(both), 0.0, "") > 0.99
    assert share(ground(both), 6_000.0) > NAMED


def test_areas_of_one_party_side_by_side_have_no_edge_between_them() -> None:
    tiles = ControlMap("a", (half("bardo", -1), half("bardo", 1)))
    assert share(ground(tiles), 0.0) > 0.98


def test_maps_are_read_as_they_stood_then() -> None:
    def dated(one: HeldGround, from_us: int, until_us: int | None) -> HeldGround:
        return replace(one, from_us=from_us, until_us=until_us)

    later = NOON + US_PER_HOUR
    areas = [dated(half(party, side, 0.0), NOON - US_PER_HOUR, later) for party, side in (("arvia", -1), ("bardo", 1))]
    areas += [dated(half(party, side, 4_000.0), later, None) for party, side in (("arvia", -1), ("bardo", 1))]
    moving = ControlMap("a", tuple(areas))
    assert share(ground(moving), 2_000.0) > 0.98
    assert share(ground(moving, when=later), 2_000.0, "arvia") > 0.98


def test_one_mappers_word_is_not_enough_to_move_the_agreed_line() -> None:
    pushed = divided(-4_000.0)
    assert share(ground(pushed), -2_000.0) > NAMED, "the map by itself would name"
    assert share(checked(pushed), -2_000.0) < NAMED
    assert share(checked(pushed), -9_000.0, "arvia") > NAMED and share(checked(pushed), 3_000.0) > NAMED


def test_two_mappers_who_show_the_same_advance_are_believed() -> None:
    assert share(checked(divided(-4_000.0, mapper="a"), divided(-4_100.0, mapper="b")), -2_000.0) > NAMED


def test_an_old_map_and_the_agreed_line_do_not_outvote_a_new_map() -> None:
    given = checked(divided(0.0, mapper="old"), divided(-4_000.0, mapper="new"))
    assert share(given, -2_000.0) < NAMED and share(given, -2_000.0, "arvia") < NAMED


def test_positions_may_stand_off_the_agreed_line() -> None:
    assert share(checked(divided(-300.0)), 800.0) > NAMED


def test_swapping_the_parties_swaps_the_shares_exactly() -> None:
    def named(west: str, east: str) -> Ground:
        maps = [ControlMap(m, (half(west, -1, e), half(east, 1, e))) for m, e in (("a", 0.0), ("b", 700.0))]
        return ground(*maps)

    for east_m in (-2_000.0, -150.0, 0.0, 320.0, 500.0, 5_000.0):
        assert share(named("arvia", "bardo"), east_m, "bardo") == share(named("bardo", "arvia"), east_m, "arvia")


def test_ground_of_somebody_who_did_not_sign_is_nobodys() -> None:
    other = ControlMap("a", (half("arvia", -1), half("militia", 1)))
    assert share(ground(other), 3_000.0, "") > 0.99


@pytest.mark.parametrize("most", [0, 40, control.MOST_KNOWN])
def test_what_was_asked_before_changes_no_answer(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are remembered by what they hang on, and forgotten when they are too many."""
    monkeypatch.setattr(control, "MOST_KNOWN", most)
    maps = (divided(), divided(260.0, mapper="b"))
    x, y = np.meshgrid(np.linspace(-9_000.0, 9_000.0, 7), np.linspace(-9_000.0, 9_000.0, 40))
    shared, doubted = ground(*maps), replace(ground(*maps), doubts={"a": 0.3})
    doubted = replace(doubted, known=shared.known)
    for given in (shared, doubted, shared):
        for rows in (slice(0, 20), slice(10, 40), slice(None)):
            asked = held_at(given, x[rows], y[rows])
            alone = held_at(replace(given, known={}), x[rows], y[rows])
            assert np.array_equal(asked.share, alone.share) and np.array_equal(asked.wrong, alone.wrong)
    assert 0 < len(shared.known) <= max(most, x.size)
