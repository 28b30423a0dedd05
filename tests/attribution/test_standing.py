"""How namings stand when sources are left out: robustness, groupings, collusion, acceptance, and what is recomputed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest

from missions.events import anew
from missions.handmade import NOON, arrival, case, divided, ring, sensor
from truceline.attribution.leave_out import Anew, Reached, same_events, stands
from truceline.attribution.sources import groups, one_interest
from truceline.attribution.standing import Standing, standings
from truceline.model.case import Case
from truceline.model.finding import Collusion
from truceline.model.instant import US_PER_S
from truceline.model.network import Sensor

from .making import happened

THREE = ("aland", "borea", "cordia")


def heard_by(*sensors: Sensor, name: str = "E") -> Case:
    """A case in which each sensor heard one and the same event."""
    return case(sensors, [arrival(f"{name}-{one.id}", one, 1.0) for one in sensors])


def one_each(*providers: str) -> list[Sensor]:
    return [sensor(f"s-{name}", 1_000.0 * n, 0.0, name) for n, name in enumerate(providers)]


class World:
    """An event that is laid to bardo as long as enough sensors are left to tell; remembers what was asked."""

    def __init__(self, given: Case, least: int) -> None:
        self.given, self.least = given, least
        self.asked: list[frozenset[str]] = []
        self.event = happened("E", 500.0, observations=[seen.id for seen in given.observations]).event

    def again(self, given: Case) -> Anew:
        self.asked.append(frozenset(one.id for one in given.network.sensors))
        return anew(Reached(self.event, "bardo" if len(given.observations) >= self.least else None))

    def standing(self, without_mapper: Callable[[str], Anew] | None = None) -> Standing:
        everything = Reached(self.event, "bardo")
        without_mapper = without_mapper or (lambda _: anew(everything))
        found = standings(self.given, (everything,), self.again, _plainly, without_mapper)
        return found["E"]


def _plainly(
    function: Callable[[frozenset[str]], frozenset[str]], sets: Sequence[frozenset[str]]
) -> Iterable[frozenset[str]]:
    return map(function, sets)


@pytest.mark.parametrize(("least", "grade"), [(4, "R0"), (3, "R1"), (2, "R2")])
def test_robustness_is_how_many_providers_it_can_do_without(least: int, grade: str) -> None:
    found = World(heard_by(*one_each("aland", "borea", "cordia", "delmar")), least).standing()
    assert found.robustness == grade


def test_the_collusion_number_names_who_would_be_enough() -> None:
    four = heard_by(*one_each("aland", "borea", "cordia", "delmar"))
    assert World(four, 4).standing().collusion == Collusion(1, 1, ("aland",))
    assert World(four, 3).standing().collusion == Collusion(2, 2, ("aland", "borea"))
    assert World(four, 2).standing().collusion == Collusion(3, 3, ("aland", "borea", "cordia"))


def test_a_single_provider_makes_nothing_robust() -> None:
    found = World(heard_by(*one_each("aland")), 1).standing()
    assert (found.robustness, found.failed) == ("R0", "a single provider")


def test_two_providers_who_suffice_alone_reach_r1_and_no_more() -> None:
    found = World(heard_by(*one_each("aland", "borea")), 1).standing()
    assert found.robustness == "R1" and found.collusion is not None and found.collusion.least == 2


def test_pairs_are_tried_beside_singles_and_without_both_of_two_nothing_is() -> None:
    world = World(heard_by(*one_each(*THREE)), 3)
    assert world.standing().robustness == "R0"
    assert len(world.asked) == 6
    two = World(heard_by(*one_each("aland", "borea")), 2)
    two.standing()
    assert len(two.asked) == 2


def test_a_set_of_sensors_is_left_out_once_whatever_it_shares() -> None:
    """Vendors that are the providers, a group that is a pair of them: nothing is recomputed twice."""
    sensors = [replace(one, vendor=f"v-{one.provider}", path="mesh") for one in one_each(*THREE)]
    world = World(replace(heard_by(*sensors), interests=(("guarantors", ("aland", "borea")),)), 1)
    found = world.standing()
    assert len(world.asked) == len(set(world.asked))
    assert dict(found.independence) == {"interests": "R1", "mappers": "R1", "paths": "R0", "vendors": "R1"}


def test_groups_hold_those_of_whom_nothing_is_stated_together() -> None:
    sensors = one_each(*THREE)
    sensors[0] = replace(sensors[0], vendor="orrery")
    found = {one.names[0]: one.sensors for one in groups(heard_by(*sensors)) if one.kind == "vendors"}
    assert found == {"orrery": {"s-aland"}, "not stated": {"s-borea", "s-cordia"}}


def test_a_kind_of_grouping_of_which_nothing_is_stated_says_nothing() -> None:
    assert {one.kind for one in groups(heard_by(*one_each(*THREE)))} == {"providers"}


def test_providers_in_no_interest_group_stand_for_themselves() -> None:
    given = replace(heard_by(*one_each(*THREE)), interests=(("guarantors", ("aland", "borea")),))
    found = {one.names[0]: one.sensors for one in groups(given) if one.kind == "interests"}
    assert found == {"guarantors": {"s-aland", "s-borea"}, "cordia": {"s-cordia"}}
    assert one_interest(given, frozenset(("aland", "borea"))) == "guarantors"
    assert one_interest(given, frozenset(("aland", "cordia"))) is None


def test_what_a_party_supplied_is_left_out_and_what_it_did_not_is_no_group() -> None:
    sensors = one_each(*THREE)
    sensors[0] = replace(sensors[0], supplied_by="arvia")
    given = heard_by(*sensors)
    assert [one.names for one in groups(given) if one.kind == "party_supplied"] == [("arvia",)]
    assert dict(World(given, 3).standing().independence)["party_supplied"] == "R0"
    assert dict(World(given, 2).standing().independence)["party_supplied"] == "R1"


def test_a_naming_that_hangs_on_one_mapper_is_said_to() -> None:
    given = replace(heard_by(*one_each(*THREE)), maps=(divided(mapper="a"), divided(mapper="b")))
    world = World(given, 1)
    gone = anew(Reached(world.event, None))
    assert dict(world.standing().independence)["mappers"] == "R1"
    assert dict(world.standing(lambda mapper: gone if mapper == "b" else world.again(given)).independence) == {
        "mappers": "R0"
    }


def test_sensors_that_are_not_accepted_inform_but_carry_nothing() -> None:
    """Four providers, two of them accepted: what stands on the two alone is R1 at most, else it is R0."""
    sensors = [replace(one, accepted_us=NOON - US_PER_S) for one in one_each("aland", "borea")]
    sensors += one_each("cordia", "delmar")
    assert World(heard_by(*sensors), 1).standing().robustness == "R1"
    failed = World(heard_by(*sensors), 3).standing()
    assert failed.robustness == "R0" and "not accepted" in failed.failed


def test_a_sensor_serves_from_the_moment_it_is_accepted() -> None:
    sensors = one_each("aland", "borea")
    sensors = [replace(sensors[0], accepted_us=NOON + 10 * US_PER_S), replace(sensors[1], accepted_us=NOON)]
    early, late = arrival("early", sensors[0], 1.0), arrival("late", sensors[0], 20.0)
    trusted = case(sensors, [early, late]).accepted()
    assert [seen.id for seen in trusted.observations] == ["late"]
    assert trusted.network.by_id["s-aland"].from_us == NOON + 10 * US_PER_S


def test_where_nobody_accepts_sensors_all_count() -> None:
    given = heard_by(*one_each(*THREE))
    assert given.accepted() is given


def test_the_same_event_is_found_again_though_it_moved_a_little() -> None:
    some = [happened("a", 0.0, time_s=0.0).event, happened("b", 0.0, time_s=2.0).event]
    others = [happened("x", 60.0, time_s=2.1).event, happened("y", -40.0, time_s=0.1).event]
    assert same_events(some, others) == {"a": 1, "b": 0}
    assert same_events(some, [happened("x", 9_000.0, time_s=0.0).event]) == {}


def test_an_event_laid_to_another_does_not_stand() -> None:
    main = [Reached(happened("a", 0.0).event, "bardo")]
    assert stands(main, anew(Reached(happened("x", 10.0).event, "bardo"))) == {"a"}
    assert stands(main, anew(Reached(happened("x", 10.0).event, "arvia"))) == frozenset()
    assert stands(main, anew()) == frozenset()


def test_leaving_out_sensors_leaves_out_what_they_said() -> None:
    given = heard_by(*ring(6, 5_000.0, THREE))
    left = given.without_sensors(given.network.run_by(frozenset(("aland",))))
    assert {one.provider for one in left.network.sensors} == {"borea", "cordia"}
    assert len(left.observations) == 4
