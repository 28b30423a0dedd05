"""Events to acts and incidents: what belongs together, and which impacts follow which launches."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from missions.events import frame, happened
from missions.folder import slightly_concluded
from missions.handmade import Shot
from truceline.fusion.build import FusedEvent
from truceline.incidents.group import group
from truceline.model.incident import Act, Incident

BURST = Shot(0.0, 0.0, 0.0, "burst")


def grouped(*events: FusedEvent) -> tuple[Incident, ...]:
    return group(events, frame())


def salvo(prefix: str, shot: Shot, times_s: list[float], scatter_m: float = 20.0, seed: int = 1) -> list[FusedEvent]:
    """Rounds at one place."""
    off = np.random.default_rng(seed).normal(0, scatter_m, (len(times_s), 2)).tolist()
    return [
        happened(f"E-{prefix}{n}", replace(shot, east_m=shot.east_m + dx, north_m=shot.north_m + dy, time_s=t))
        for n, (t, (dx, dy)) in enumerate(zip(times_s, off, strict=True))
    ]


RHYTHM = [0.0, 7.0, 16.5, 22.0, 33.0]
GUN, TARGET = Shot(-4_000.0, 0.0, 0.0, "outgoing"), Shot(3_000.0, 0.0, 0.0, "impact")  # 7 km apart
FLIGHT_S = 20.0  # 350 m/s


def launches(shot: Shot = GUN, times_s: list[float] = RHYTHM) -> list[FusedEvent]:
    return salvo("a", shot, times_s)


def impacts(flight_s: float = FLIGHT_S, times_s: list[float] = RHYTHM, shot: Shot = TARGET) -> list[FusedEvent]:
    return salvo("b", shot, [t + flight_s for t in times_s], scatter_m=60.0, seed=2)


def ids(events: list[FusedEvent]) -> set[str]:
    return {one.event.id for one in events}


def acts(*events: FusedEvent) -> list[Act]:
    return [act for incident in grouped(*events) for act in incident.acts]


def test_one_burst_is_one_incident_of_one_act() -> None:
    (incident,) = grouped(happened("E-0123456789abcdef", BURST))
    assert incident.id == "I-0123456789abcdef" and incident.events == ("E-0123456789abcdef",)
    assert incident.counts == (("burst", 1),) and incident.from_us == incident.until_us
    assert incident.acts == (Act(("E-0123456789abcdef",), ()),)


@pytest.mark.parametrize(
    ("east_m", "time_s", "incidents"),
    [(100.0, 10.0, 1), (2_500.0, 60.0, 1), (30_000.0, 10.0, 2), (2_500.0, 7_200.0, 2), (100.0, 7_200.0, 2)],
)
def test_an_exchange_is_close_in_place_and_time(east_m: float, time_s: float, incidents: int) -> None:
    other = replace(BURST, east_m=east_m, time_s=time_s)
    assert len(grouped(happened("E-1", BURST), happened("E-2", other))) == incidents


def test_both_sides_of_an_exchange_are_acts_of_their_own() -> None:
    west, east = replace(BURST, east_m=-600.0), replace(BURST, east_m=600.0)
    (incident,) = grouped(*salvo("a", west, [0.0, 4.0, 30.0]), *salvo("b", east, [2.0, 6.0, 31.0], seed=2))
    assert sorted(act.events for act in incident.acts) == [("E-a0", "E-a1", "E-a2"), ("E-b0", "E-b1", "E-b2")]
    assert incident.events == ("E-a0", "E-b0", "E-a1", "E-b1", "E-a2", "E-b2")
    assert incident.counts == (("burst", 6),)


def test_rounds_from_one_place_are_one_act() -> None:
    assert [act.origins for act in acts(*launches())] == [tuple(sorted(ids(launches())))]


def test_what_people_did_not_cause_is_in_no_incident() -> None:
    assert grouped(happened("E-1", replace(BURST, class_="thunder"))) == ()
    assert grouped(happened("E-1", BURST, thunder=0.97, impact=0.03), happened("E-2", BURST, fire=1.0)) == ()
    assert len(grouped(happened("E-1", BURST, thunder=0.7, impact=0.3))) == 1
    assert grouped() == ()


def test_impacts_that_keep_the_rhythm_of_launches_are_of_their_act() -> None:
    (act,) = acts(*launches(), *impacts())
    assert set(act.origins) == ids(launches()) and set(act.arrivals) == ids(impacts())
    assert act.linked > 0.97 and act.speed_mps == pytest.approx(7_000 / FLIGHT_S, rel=0.05)


@pytest.mark.parametrize("flight_s", [4.0, 130.0, -20.0])
def test_no_shell_is_so_fast_or_so_slow_or_lands_before_it_is_fired(flight_s: float) -> None:
    assert all(not act.arrivals or not act.origins for act in acts(*launches(), *impacts(flight_s)))


def test_impacts_without_the_rhythm_are_not_surely_theirs() -> None:
    """As many, at as plausible times, but each by its own."""
    strange = impacts(FLIGHT_S, [1.7, 4.1, 20.9, 27.2, 30.3])
    found = acts(*launches(), *strange)
    assert [set(act.arrivals) for act in found if not act.origins] == [ids(strange)]


def test_impacts_next_to_the_launches_were_not_fired_from_there() -> None:
    near = impacts(2.0, shot=replace(TARGET, east_m=GUN.east_m + 300.0))
    assert all(not act.arrivals or not act.origins for act in acts(*launches(), *near))


def test_each_battery_takes_the_impacts_of_its_own_rhythm() -> None:
    other = [3.0, 12.0, 14.5, 29.0, 40.0]
    second = salvo("c", replace(GUN, north_m=5_000.0), other, seed=3)
    landed = salvo("d", replace(TARGET, north_m=2_500.0), [t + 21.0 for t in other], 60.0, seed=4)
    found = {
        act.origins[0]: set(act.arrivals) for act in acts(*launches(), *impacts(), *second, *landed) if act.origins
    }
    assert found == {"E-a0": ids(impacts()), "E-c0": ids(landed)}


def test_impacts_that_may_follow_one_of_two_name_both() -> None:
    """Two batteries fire in step at one target: which of them hit it is not known, and nobody is left out."""
    twin = salvo("c", replace(GUN, north_m=1_500.0), RHYTHM, seed=3)
    (incident,) = grouped(*launches(), *twin, *impacts())
    (alone,) = [act for act in incident.acts if not act.origins]
    causes = {incident.acts[one.act].origins[0]: one.probability for one in alone.follows}
    assert set(causes) == {"E-a0", "E-c0"} and all(0.05 < p < 0.95 for p in causes.values())
    assert sum(causes.values()) <= 1.0001


def test_impacts_do_not_follow_what_hardly_happened() -> None:
    """Somebody's mirrored story of the launches keeps the same rhythm."""
    told = [replace(one, event=replace(one.event, existence=0.01)) for one in salvo("c", mirrored(GUN), RHYTHM)]
    both = acts(*launches(), *told, *impacts())
    (launched,) = (act for act in both if act.arrivals)
    assert set(launched.events) == ids(launches() + impacts())


def mirrored(shot: Shot) -> Shot:
    return replace(shot, east_m=2 * TARGET.east_m - shot.east_m)


def test_a_place_that_fires_again_and_again_is_no_likelier_to_have_fired_what_fell() -> None:
    """Found in the laboratory: six impacts were laid to a mortar of three rounds, because it had fired before and would
    fire again, rather than to the six launches that keep their rhythm."""
    guns = salvo("a", replace(GUN, north_m=2_000.0), [0.0, 5.3, 5.4, 6.3, 10.1, 11.2])
    fell = salvo("b", TARGET, [40.1, 44.8, 45.6, 46.7, 49.2, 51.8], 60.0, seed=2)
    often = [t + pause for pause in (-280.0, 0.0, 350.0) for t in (9.5, 14.9, 20.0)]
    mortar = salvo("c", replace(GUN, north_m=-2_000.0), often, seed=3)
    (incident,) = (one for one in grouped(*guns, *fell, *mortar) if "E-b0" in one.events)
    (act,) = (one for one in incident.acts if "E-b0" in one.arrivals)
    theirs = {incident.acts[one.act].origins[0]: one.probability for one in act.follows}
    assert act.origins[:1] == ("E-a0",) or theirs["E-a0"] > 0.7 > theirs.get("E-c0", 0.0)


def test_a_round_that_fell_minutes_before_a_salvo_does_not_belong_to_it() -> None:
    """Found in the laboratory: a lone impact whose launch nobody heard was laid to the battery that hit the same place
    four minutes later."""
    early = happened("E-early", replace(TARGET, time_s=FLIGHT_S - 233.0))
    late = happened("E-late", replace(TARGET, time_s=FLIGHT_S + RHYTHM[-1] + 60.0))
    found = {act.origins: act for act in acts(early, *launches(), *impacts(), late)}
    (salvo_of,) = (act for act in found.values() if act.origins)
    assert set(salvo_of.arrivals) == ids(impacts())
    assert all(cause.probability < 0.5 for act in found.values() for cause in act.follows)


def test_a_round_of_the_salvo_whose_launch_nobody_heard_stays_with_it() -> None:
    (act,) = acts(*launches()[:3], *launches()[4:], *impacts())
    assert set(act.arrivals) == ids(impacts())


def test_launches_whose_impacts_are_known_are_no_cause_of_others() -> None:
    """Found in the laboratory, where clocks were led astray: a lone impact, told twice, fell in step with two of twelve
    launches, though all twelve had hit a place elsewhere."""
    times = [0.0, 1.0, 2.7, 4.6, 5.8, 7.2, 9.1, 11.5, 13.4, 14.3, 15.9, 21.6]
    fired, fell = launches(times_s=times), impacts(times_s=times)
    elsewhere = salvo("c", replace(TARGET, north_m=12_000.0), [7.2 + 33.0, 9.1 + 33.0])
    assert _links(*fired, *elsewhere)["E-c0"] > 0.97
    both = _links(*fired, *elsewhere, *fell)
    assert both["E-b0"] > 0.97 and both["E-c0"] < 0.5


def _links(*events: FusedEvent) -> dict[str, float]:
    """How probably each act's first impact follows the launches of the first event's act."""
    found = {}
    for incident in grouped(*events):
        own = next(number for number, act in enumerate(incident.acts) if events[0].event.id in act.origins)
        for act in incident.acts:
            if act.arrivals:
                follows = sum(cause.probability for cause in act.follows if cause.act == own)
                found[act.arrivals[0]] = act.linked if act.origins else follows
    return found


def test_single_round_and_single_impact_leave_room_for_another_gun() -> None:
    found = acts(*launches(times_s=[0.0]), *impacts(times_s=[0.0]))
    assert all(act.linked <= 1 for act in found)
    assert sum(len(act.events) for act in found) == 2


def test_order_does_not_matter() -> None:
    some = [*launches(), *impacts(), happened("E-x", replace(BURST, east_m=500.0, time_s=12.0))]
    first = grouped(*some)
    for seed in range(3):
        Random(seed).shuffle(some)
        assert grouped(*some) == first


def test_every_event_of_people_is_in_one_act_of_one_incident() -> None:
    """Of the small mission, and as contract 1 wants it."""
    result = slightly_concluded().result
    listed = [id_ for incident in result.incidents for id_ in incident.events]
    assert len(listed) == len(set(listed)) > 5
    times = {event.id: event.origin.time_us for event in result.events}
    for incident in result.incidents:
        assert sorted(id_ for act in incident.acts for id_ in act.events) == sorted(incident.events)
        assert [times[id_] for id_ in incident.events] == sorted(times[id_] for id_ in incident.events)
        assert (incident.from_us, incident.until_us) == (times[incident.events[0]], times[incident.events[-1]])
        assert sum(number for _, number in incident.counts) == len(incident.events)
        assert incident.id == f"I-{incident.events[0].removeprefix('E-')}"
    assert list(result.incidents) == sorted(result.incidents, key=lambda one: (one.from_us, one.id))
