"""Who did an act: origins, raids, impacts with and without a direction, tracks, filings."""

from dataclasses import replace

import numpy as np
import pytest

from missions.handmade import NOON, PARTIES, case, divided, place, ring, sensor
from truceline.attribution.actor import attribute, firm_shares
from truceline.attribution.direction import Reading, direction, readings
from truceline.attribution.evidence import Evidence
from truceline.attribution.origin import firers, several_tubes
from truceline.attribution.said import ALLEGED, Filings
from truceline.attribution.track import traced
from truceline.fusion.build import FusedEvent
from truceline.model.filing import Claim, Notice
from truceline.model.finding import Attribution
from truceline.model.incident import Act, Follows
from truceline.model.instant import US_PER_S
from truceline.model.network import Network
from truceline.model.observation import Report, Track

from .making import FRAME, ears, evidence, happened, incident

NAMED = 0.95


def who(act: Act, events: list[FusedEvent], given: Evidence, *before: Act) -> Attribution:
    """What is said of the last of some acts of one incident."""
    by_id = {one.event.id: one for one in events}
    ((*_, found),) = attribute([incident(*before, act)], by_id, given)
    return found


def salvo(count: int, gap_s: float, east_m: float, class_: str = "outgoing", prefix: str = "e") -> list[FusedEvent]:
    """Rounds one after the other from one place."""
    return [happened(f"{prefix}{n}", east_m, 10.0 * n, n * gap_s, class_) for n in range(count)]


def ids(events: list[FusedEvent]) -> tuple[str, ...]:
    return tuple(one.event.id for one in events)


def test_shares_sum_to_one_and_other_is_always_there() -> None:
    fire = salvo(10, 1.0, 5_000.0)
    found = dict(who(Act(ids(fire), ()), fire, evidence()).responsibility)
    assert sum(found.values()) == pytest.approx(1.0)
    assert set(found) == {*PARTIES, "other"} and 0.0 < found["other"] < 0.02


def test_a_battery_deep_in_held_ground_is_its_holders() -> None:
    fire = salvo(10, 1.0, 5_000.0)
    assert who(Act(ids(fire), ()), fire, evidence()).surely("bardo") > 0.97


def test_without_maps_nobody_is_named() -> None:
    fire = salvo(10, 1.0, 5_000.0)
    found = who(Act(ids(fire), ()), fire, evidence(maps=()))
    assert max(found.surely(party) for party in PARTIES) < 0.5
    assert "No map" in found.reasons[0].words


@pytest.mark.parametrize(
    ("rounds", "gap_s", "depth_m", "slow", "raid"),
    [
        (5, 6.0, 1_500.0, 1.0, True),  # one mortar, close behind the line
        (5, 6.0, 1_500.0, None, True),  # at that pace, with no impact heard
        (5, 6.0, 6_000.0, 1.0, False),  # too deep for a team on foot
        (20, 6.0, 1_500.0, 1.0, False),  # too many rounds to carry
        (5, 0.8, 1_500.0, 1.0, False),  # several tubes
        (5, 6.0, 1_500.0, 0.0, False),  # a howitzer
        (1, 0.0, 1_500.0, None, False),  # a lone round shows no sign of a team
    ],
)
def test_what_a_raiding_party_could_have_fired_names_nobody(
    rounds: int, gap_s: float, depth_m: float, slow: float | None, raid: bool
) -> None:
    fire = salvo(rounds, gap_s, depth_m)
    landed = salvo(rounds, gap_s, -3_000.0, "impact", "i") if slow is not None else []
    act = Act(ids(fire), ids(landed), 1.0, 240.0 if slow else None, slow)
    found = who(act, fire + landed, evidence())
    assert (found.surely("bardo") < NAMED) == raid
    assert ("raiding party" in found.reasons[0].words) == raid


def test_small_arms_close_behind_the_line_name_nobody() -> None:
    fire = salvo(3, 0.5, 900.0, "burst")
    assert who(Act(ids(fire), ()), fire, evidence()).surely("bardo") < NAMED


def test_several_tubes_show_in_two_quick_successions_not_in_one() -> None:
    assert several_tubes([0.0, 0.5, 6.0, 6.7])
    assert not several_tubes([0.0, 0.5, 6.0, 12.0])


@pytest.mark.parametrize("held", [[1.0, 0.0, 0.0], [0.2, 0.3, 0.5], [0.0, 0.0, 1.0]])
def test_firers_are_a_distribution(held: list[float]) -> None:
    share = firers(np.array(held), 0.01)
    assert share.sum() == pytest.approx(1.0) and (share > 0).all()


def test_impacts_whose_launch_nobody_heard_never_reach_a_name() -> None:
    """However deep in one's ground they fall, and however surely a launch from the one side would have been heard."""
    watched = case(ring(24, 6_000.0), [])
    for given in (evidence(), evidence(listening=ears(watched))):
        for east_m in (-20_000.0, -2_000.0, 2_000.0, 20_000.0):
            landed = salvo(6, 3.0, east_m, "impact")
            found = who(Act((), ids(landed)), landed, given)
            assert max(found.of(party) for party in PARTIES) < NAMED, east_m


def test_impacts_that_may_follow_a_launch_take_over_only_so_much() -> None:
    fire, landed = salvo(10, 1.0, 5_000.0), salvo(6, 3.0, -2_000.0, "impact", "i")
    found = who(Act((), ids(landed), follows=(Follows(0, 0.6),)), fire + landed, evidence(), Act(ids(fire), ()))
    assert 0.75 < found.of("bardo") < NAMED


def crater(provider: str, azimuth_deg: float, sigma_deg: float = 8.0) -> Reading:
    return Reading(provider, azimuth_deg, sigma_deg)


def test_a_crater_that_points_over_the_line_names() -> None:
    landed = salvo(3, 5.0, -2_000.0, "impact")
    given = evidence(readings={"e0": [crater("aland", 92.0), crater("borea", 88.0)]})
    found = who(Act((), ids(landed)), landed, given)
    assert found.surely("bardo") > 0.95
    assert any("Craters or observers" in reason.words for reason in found.reasons)


def test_a_crater_bears_out_or_contradicts_a_launch_that_was_heard() -> None:
    fire, landed = salvo(12, 0.5, 130.0), salvo(12, 0.5, -4_000.0, "impact", "i")
    act = Act(ids(fire), ids(landed), 1.0, 400.0, 0.0)
    plain = who(act, fire + landed, evidence())
    borne_out = who(act, fire + landed, evidence(readings={"i0": [crater("aland", 90.0), crater("borea", 90.0)]}))
    contradicted = who(act, fire + landed, evidence(readings={"i0": [crater("aland", 270.0), crater("borea", 270.0)]}))
    assert contradicted.surely("bardo") < plain.surely("bardo") < NAMED <= borne_out.surely("bardo")


def test_a_crater_that_points_along_the_line_does_not() -> None:
    landed = salvo(3, 5.0, -300.0, "impact")
    given = evidence(readings={"e0": [crater("aland", 0.0)]})
    assert max(who(Act((), ids(landed)), landed, given).surely(party) for party in PARTIES) < NAMED


def test_providers_who_read_a_crater_differently_leave_it_open() -> None:
    together = direction(["e0"], {"e0": [crater("aland", 80.0), crater("borea", 100.0)]})
    apart = direction(["e0"], {"e0": [crater("aland", 90.0), crater("borea", 270.0)]})
    assert together is not None and apart is not None
    assert together.azimuth_deg == pytest.approx(90.0) and together.sigma_deg < 15.0
    assert apart.sigma_deg > 90.0
    landed = salvo(3, 5.0, -2_000.0, "impact")
    given = evidence(readings={"e0": [crater("aland", 90.0), crater("borea", 270.0)]})
    assert max(who(Act((), ids(landed)), landed, given).surely(party) for party in PARTIES) < NAMED


def test_ten_readings_of_one_provider_count_as_one() -> None:
    once = direction(["e0"], {"e0": [crater("aland", 90.0)]})
    often = direction(["e0"], {"e0": [crater("aland", 90.0)] * 10})
    assert once == often


def test_a_crater_belongs_to_the_impact_at_its_place() -> None:
    patrol = sensor("p", 0.0, 0.0, kind="patrol")
    told = Report(
        id="r", sensor="p", time_us=NOON, time_sigma_s=3_600.0, received_us=NOON, digest="", seen=True,
        at=place(-2_030.0, 20.0), at_sigma_m=20.0, fire_azimuth_deg=90.0, fire_azimuth_sigma_deg=8.0,
    )  # fmt: skip
    near, far = happened("near", -2_000.0, class_="impact"), happened("far", 3_000.0, class_="impact")
    found = readings([told], Network((patrol,)), [near.event, far.event])
    assert found == {"near": [Reading("aland", 90.0, 8.0)]}


def test_a_crater_far_off_says_nothing_of_an_impact_of_the_same_minute() -> None:
    """Found in the laboratory: five craters nineteen kilometres away, of the same minute, named the wrong party for a
    lone impact that they had been laid beside."""
    patrol = sensor("p", 0.0, 0.0, kind="patrol")
    told = Report(
        id="r", sensor="p", time_us=NOON, time_sigma_s=120.0, received_us=NOON, digest="", seen=True,
        at=place(-15_000.0, 0.0), at_sigma_m=25.0, fire_azimuth_deg=90.0, fire_azimuth_sigma_deg=8.0,
    )  # fmt: skip
    lone = happened("lone", 4_000.0, class_="impact", observations=("r",))
    assert readings([told], Network((patrol,)), [lone.event]) == {}
    afar = replace(told, range_m=(18_000.0, 20_000.0))
    assert set(readings([afar], Network((patrol,)), [lone.event])) == {"lone"}, "who says how far off it fell saw it"


def followed(flight_s: float, from_m: float, to_m: float, seen: slice) -> list[Track]:
    """A shell on a parabola between two places, as a radar sees part of it once a second."""
    times = np.arange(0.0, flight_s, 1.0)
    height = 0.5 * 9.81 * times * (flight_s - times)
    east = from_m + (to_m - from_m) * times / flight_s
    return [
        Track(
            id=f"t{n}", sensor="radar", time_us=NOON + round(t * US_PER_S), time_sigma_s=0.01, received_us=NOON,
            digest="", labels=(("projectile", 0.9),), track="T", lon=place(e, 0.0)[0], lat=place(e, 0.0)[1],
            alt_m=100.0 + h, sigma_m=15.0,
        )
        for n, (t, e, h) in enumerate(zip(times[seen], east[seen], height[seen], strict=True))
    ]  # fmt: skip


def test_a_shell_that_was_followed_is_traced_back_over_the_line() -> None:
    radar = Network((sensor("radar", -9_000.0, 0.0, kind="radar"),))
    tracks = traced(followed(30.0, 5_000.0, -3_000.0, slice(10, 20)), radar, FRAME)
    (one,) = tracks
    x, _ = FRAME.to_xy(*place(5_000.0, 0.0))
    assert abs(float(one.x.mean()) - float(x)) < 3.0 * float(one.x.std()) < 4_000.0
    landed = [happened("e0", -3_000.0, 0.0, 30.0, "impact", 60.0)]
    assert who(Act((), ("e0",)), landed, evidence(tracks=tracks)).surely("bardo") > NAMED
    elsewhere = [happened("e0", -3_000.0, 9_000.0, 30.0, "impact", 60.0)]
    assert who(Act((), ("e0",)), elsewhere, evidence(tracks=tracks)).surely("bardo") < NAMED


def test_too_short_a_track_or_the_targets_own_word_traces_nothing() -> None:
    radar = Network((sensor("radar", -9_000.0, 0.0, kind="radar"),))
    assert traced(followed(30.0, 5_000.0, -3_000.0, slice(10, 12)), radar, FRAME) == ()


def claim(party: str, accuses: str, number: int = 0) -> Claim:
    lon, lat = place(300.0, 0.0)
    return Claim(
        id=f"c{number}", party=party, accuses=accuses, time_us=NOON, lon=lon, lat=lat, radius_m=1_000.0,
        class_="outgoing",
    )  # fmt: skip


def test_what_a_party_alleges_counts_once_however_often_it_is_said() -> None:
    event = [happened("e0", 300.0).event]
    once = Filings((claim("arvia", "bardo"),)).odds(PARTIES, event)
    often = Filings(tuple(claim("arvia", "bardo", n) for n in range(50))).odds(PARTIES, event)
    assert once.tolist() == often.tolist() == [1.0, ALLEGED]


def test_allegations_never_decide() -> None:
    """At a place where the maps leave it at nine to one, no amount of allegation reaches a name."""
    fire = salvo(12, 0.5, 130.0)
    plain = who(Act(ids(fire), ()), fire, evidence())
    accused = who(Act(ids(fire), ()), fire, evidence(filings=Filings((claim("arvia", "bardo"),))))
    assert 0.8 < plain.of("bardo") < NAMED
    assert accused.of("bardo") > plain.of("bardo")
    assert accused.surely("bardo") == plain.surely("bardo")


def test_a_party_that_announced_fire_speaks_against_itself_and_that_does_not_decide_either() -> None:
    lon, lat = place(130.0, 0.0)
    notice = Notice(
        id="n", party="bardo", activity="outgoing", lodged_us=NOON - 10**12, received_us=NOON - 10**12,
        from_us=NOON - 10**9, until_us=NOON + 10**9, lon=lon, lat=lat, radius_m=500.0,
    )  # fmt: skip
    fire = salvo(12, 0.5, 130.0)
    plain = who(Act(ids(fire), ()), fire, evidence())
    announced = who(Act(ids(fire), ()), fire, evidence(filings=Filings((), (notice,))))
    assert announced.of("bardo") > plain.of("bardo") and announced.surely("bardo") == plain.surely("bardo")


def test_fire_that_falls_on_the_firers_own_ground_is_doubted_not_the_other_way_round() -> None:
    fire = salvo(12, 0.5, 6_000.0)
    own, others = salvo(12, 0.5, 2_000.0, "impact", "i"), salvo(12, 0.5, -2_000.0, "impact", "j")
    at_own = who(Act(ids(fire), ids(own), 1.0, 400.0, 0.0), fire + own, evidence())
    at_others = who(Act(ids(fire), ids(others), 1.0, 400.0, 0.0), fire + others, evidence())
    assert at_own.surely("bardo") < at_others.surely("bardo") == dict(at_others.firm)["bardo"]


def test_firm_evidence_alone_gives_the_same_firm_shares() -> None:
    fire, landed = salvo(10, 1.0, 5_000.0), salvo(6, 3.0, -2_000.0, "impact", "i")
    acts = (Act(ids(fire), ()), Act((), ids(landed)))
    by_id = {one.event.id: one for one in fire + landed}
    whole = attribute([incident(*acts)], by_id, evidence())
    firm = firm_shares([incident(*acts)], by_id, evidence(), by_id.keys())
    assert all(firm[id_] == dict(whole[0][0].firm) for id_ in ids(fire))
    assert all(firm[id_] == dict(whole[0][1].firm) for id_ in ids(landed))
    assert max(p for name, p in firm[ids(landed)[0]].items() if name != "other") < NAMED


def test_firm_shares_of_one_event_are_the_same_whether_others_are_asked_about_or_not() -> None:
    """Impacts hang on the launches that they may follow; how often each of two mappers is wrong hangs on all acts."""
    fire, other, landed = (
        salvo(10, 1.0, 1_000.0),
        salvo(6, 1.0, -400.0, "outgoing", "k"),
        salvo(6, 3.0, 90.0, "impact", "i"),
    )
    acts = (Act(ids(fire), ()), Act(ids(other), ()), Act((), ids(landed), follows=(Follows(0, 0.6),)))
    by_id = {one.event.id: one for one in fire + other + landed}
    known = evidence((divided(), divided(300.0, mapper="b")))
    whole = firm_shares([incident(*acts)], by_id, known, by_id.keys())
    for id_ in (ids(fire)[0], ids(landed)[0]):
        assert firm_shares([incident(*acts)], by_id, known, {id_}) == {id_: whole[id_]}


def test_an_act_is_judged_by_the_maps_of_its_time() -> None:
    late = divided(8_000.0)
    fire = salvo(10, 1.0, 5_000.0)
    assert who(Act(ids(fire), ()), fire, evidence((late,))).surely("arvia") > NAMED
