"""A pattern over a named set of findings: whose, with errors that are shared; how grave, as facts."""

from dataclasses import replace

import pytest

from missions.events import happened
from missions.handmade import NOON, Shot, case, divided, place, sensor
from truceline.findings.pattern import pattern
from truceline.model.event import Event
from truceline.model.finding import Finding
from truceline.model.ground import ControlMap
from truceline.model.instant import US_PER_HOUR, US_PER_S
from truceline.model.observation import Damage, Report

WEST_M, EAST_M = -3_000.0, 4_000.0  # ground of arvia; ground of bardo


def finding(of: Event, share: float, party: str | None = None) -> Finding:
    return Finding(
        id=f"F-{of.id}", incident="I-1", time_us=of.origin.time_us, events=(of.id,), provisions=("A1",), occurrence=1.0,
        responsibility=(("arvia", round(1.0 - share, 4)), ("bardo", share), ("other", 0.0)),
        outcome="attributed" if party else "undetermined", party=party, robustness="R1", evidence="fair", reasons=(),
        words="",
    )  # fmt: skip


def event(id_: str, east_m: float, time_s: float, class_: str, observations: tuple[str, ...] = ()) -> Event:
    return replace(happened(id_, Shot(east_m, 0.0, time_s, class_)).event, observations=observations)


def test_whose_they_are_together() -> None:
    events = [event(f"E-{n}", EAST_M, 60.0 * n, "outgoing") for n in range(4)]
    some = [*(finding(one, 0.97, "bardo") for one in events[:3]), finding(events[3], 0.5)]
    found = pattern(some, events, case([], []))
    whose = {one.party: one for one in found.whose}
    assert (found.findings, found.named) == (4, 3) and found.wrong == pytest.approx(0.09)
    assert whose["bardo"].named == 3 and whose["bardo"].expected == pytest.approx(3.41)
    assert len(whose["bardo"].at_least) == 5 and whose["bardo"].at_least[0] == pytest.approx(1.0)
    assert whose["bardo"].at_least[4] > whose["bardo"].careless[4], "what they share makes all of them likelier"
    assert whose["arvia"].at_least[1] < whose["arvia"].careless[1], "and a single exception rarer"


def test_rounds_weapons_and_time_are_facts() -> None:
    fired = [event(f"E-{n}", EAST_M, 60.0 * n, "outgoing", (f"r{n}",)) for n in range(2)]
    fell = event("E-9", WEST_M, 300.0, "impact")
    patrol = sensor("p", 0.0, 0.0, kind="patrol")
    told = [
        Report(id=f"r{n}", sensor="p", time_us=NOON, time_sigma_s=30.0, received_us=NOON, digest="", heard=True,
               weapon="120 mm mortar")
        for n in range(2)
    ]  # fmt: skip
    some = [finding(one, 0.97, "bardo") for one in (*fired, fell)]
    gravity = pattern(some, [*fired, fell], case([patrol], told)).gravity
    assert gravity.rounds == (("outgoing", 2), ("impact", 1))
    assert gravity.calibres == (("120 mm mortar", 2),)
    assert (gravity.from_us, gravity.until_us) == (NOON, NOON + 300 * US_PER_S)


def test_how_deep_rounds_fell_is_by_the_map_that_says_least() -> None:
    fell = event("E-1", WEST_M, 0.0, "impact")
    maps = (divided(0.0, mapper="atlas"), divided(-500.0, mapper="bureau"))
    given = replace(case([], []), maps=maps)
    ((party, metres),) = pattern([finding(fell, 0.97)], [fell], given).gravity.deepest_m
    assert party == "arvia" and metres == pytest.approx(2_500.0, abs=30.0)


def test_harm_near_and_after_is_told_and_other_harm_is_not() -> None:
    fell = event("E-1", WEST_M, 0.0, "impact")
    patrol = sensor("p", 0.0, 0.0, kind="patrol")
    seen = [
        Damage(id=id_, sensor="p", time_us=NOON + hours * US_PER_HOUR, time_sigma_s=60.0, received_us=NOON, digest="",
               object=what, persons=persons, at=place(east_m, 0.0))
        for id_, hours, what, persons, east_m in (
            ("d1", 2, "school", 3, WEST_M + 100.0), ("d2", 5, "school", None, WEST_M - 50.0),
            ("d3", -1, "bridge", 1, WEST_M), ("d4", 2, "mill", 1, WEST_M + 5_000.0),
        )
    ]  # fmt: skip
    assert pattern([finding(fell, 0.97)], [fell], case([patrol], seen)).gravity.harm == (("school", 2, 3),)


def test_ground_that_maps_show_as_newly_held_is_told() -> None:
    fell = event("E-1", WEST_M, 0.0, "impact")
    arvia, bardo = divided().areas
    moved = ControlMap("atlas", (arvia, replace(bardo, from_us=NOON + US_PER_HOUR)))
    given = replace(case([], []), maps=(moved,))
    assert pattern([finding(fell, 0.97)], [fell], given).gravity.positions == (("atlas", "bardo", NOON + US_PER_HOUR),)
