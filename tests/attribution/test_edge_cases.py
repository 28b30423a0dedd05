"""Edge cases of who did it: on the line, nobody's ground, maps that disagree, impacts alone, three parties, names."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from missions.events import frame, happened
from missions.handmade import NOON, PARTIES, Shot, divided, half
from truceline.attribution.actor import attribute
from truceline.fusion.build import FusedEvent
from truceline.incidents.group import group
from truceline.model.finding import Attribution
from truceline.model.ground import ControlMap

from .making import evidence

STANDARD = 0.95
DEEP = 6_000.0  # metres behind the line, farther than a raid goes
ROUNDS = 16  # more than a raid fires


def salvo(
    east_m: float,
    class_: str = "outgoing",
    rounds: int = ROUNDS,
    sigma_m: float = 30.0,
    prefix: str = "a",
    at_s: float = 0.0,
) -> list[FusedEvent]:
    """Rounds in an uneven rhythm at one place."""
    times = np.cumsum(5.0 + 2.0 * np.sin(3.0 * np.arange(rounds)))
    return [
        happened(f"E-{prefix}{n:02}", Shot(east_m, 0.0, at_s + float(t), class_), sigma_m=sigma_m)
        for n, t in enumerate(times)
    ]


def told(
    events: Sequence[FusedEvent], maps: Sequence[ControlMap], parties: Sequence[str] = PARTIES
) -> list[Attribution]:
    """What is said of each act."""
    incidents = group(events, frame())
    given = replace(evidence(maps), parties=tuple(parties))
    return [one for acts in attribute(incidents, {one.event.id: one for one in events}, given) for one in acts]


def shares(
    events: Sequence[FusedEvent], maps: Sequence[ControlMap], parties: Sequence[str] = PARTIES
) -> dict[str, float]:
    """Responsibility for the only act; whatever is asked, it is a whole, and anyone may have done it."""
    (attribution,) = told(events, maps, parties)
    found = dict(attribution.responsibility)
    assert set(found) == {*parties, "other"}
    assert round(sum(found.values()), 9) == 1.0 and 0 < found["other"] < 1
    assert all(0 < share < 1 for share in found.values())
    assert attribution.reasons
    return found


def test_fire_from_deep_in_held_ground_is_its_holders_nearly_for_sure() -> None:
    west, east = shares(salvo(-DEEP), [divided()]), shares(salvo(DEEP), [divided()])
    assert west["arvia"] > STANDARD and west["bardo"] > 0.001 and west["other"] > 0.001
    assert east == {"arvia": west["bardo"], "bardo": west["arvia"], "other": west["other"]}


@pytest.mark.parametrize("sigma_m", [5.0, 30.0, 300.0])
def test_fire_from_exactly_on_the_line_names_nobody(sigma_m: float) -> None:
    found = shares(salvo(0.0, sigma_m=sigma_m), [divided()])
    assert max(found["arvia"], found["bardo"]) < 0.75 and min(found["arvia"], found["bardo"]) > 0.2


@pytest.mark.parametrize("sigma_m", [50.0, 200.0, 800.0])
def test_the_mappers_sigma_blurs_the_line(sigma_m: float) -> None:
    """At one sigma beyond the edge a normal edge leaves 16 % to the other side, and a rougher map a little more."""
    maps = [divided(sigma_m=sigma_m)]
    found = [shares(salvo(k * sigma_m, sigma_m=1.0), maps)["bardo"] for k in (-3, -1, 0, 1, 3)]
    assert found == sorted(found)
    assert found[2] == pytest.approx(1 - found[2] - 0.01, abs=0.06)
    inside = stats.norm.cdf(1.0)
    assert inside - 0.1 < found[3] < inside + 0.01
    assert found[4] < 1.0


def test_a_place_that_straddles_the_line_is_shared_by_how_much_lies_on_either_side() -> None:
    wide = shares(salvo(-1_000.0, sigma_m=1_000.0), [divided(sigma_m=1.0)])
    held = stats.norm.cdf(1.0)
    assert wide["arvia"] == pytest.approx(held, abs=0.08)


def test_without_a_map_nobody_holds_anything() -> None:
    found = shares(salvo(-DEEP), [])
    assert found["arvia"] == found["bardo"] < 0.5 and found["other"] > 0.05


def test_ground_in_no_polygon_is_unknown() -> None:
    only_east = [ControlMap("atlas", (half("bardo", 1),))]
    assert shares(salvo(-DEEP), only_east) == shares(salvo(-DEEP), [])


def test_ground_of_two_at_once_is_unknown() -> None:
    both = [ControlMap("atlas", (half("arvia", -1), half("bardo", -1)))]
    found = shares(salvo(-DEEP), both)
    assert found["arvia"] == found["bardo"] < 0.5


def test_ground_held_by_one_who_did_not_sign_is_nobodys_of_those_who_did() -> None:
    found = shares(salvo(-DEEP), [ControlMap("atlas", (half("militia", -1), half("bardo", 1)))])
    assert found["arvia"] == found["bardo"] < 0.5


def test_maps_that_disagree_name_nobody() -> None:
    """On one the line runs west of the guns, on the other east of them."""
    found = shares(salvo(-DEEP), [divided(), divided(edge_m=-2 * DEEP, mapper="zeta")])
    assert max(found["arvia"], found["bardo"]) < 0.6


def test_a_map_with_a_gap_is_no_contradiction() -> None:
    gap = ControlMap("zeta", (half("bardo", 1),))
    sure, less = shares(salvo(-DEEP), [divided()]), shares(salvo(-DEEP), [divided(), gap])
    assert less["arvia"] > STANDARD and less["arvia"] <= sure["arvia"] + 0.005


def test_maps_are_read_for_their_time() -> None:
    fire = salvo(-DEEP)
    began = fire[0].event.origin.time_us

    def until(end_us: int) -> list[ControlMap]:
        return [ControlMap("atlas", tuple(replace(one, until_us=end_us) for one in divided().areas))]

    assert shares(fire, until(began)) == shares(fire, [])
    assert shares(fire, until(began + 1)) == shares(fire, [divided()])


@pytest.mark.parametrize("rounds", [1, 5, 40])
@pytest.mark.parametrize("class_", ["impact", "airburst"])
@pytest.mark.parametrize("parties", [("arvia",), PARTIES, ("arvia", "bardo", "corvo")])
def test_impacts_alone_never_name_anyone(rounds: int, class_: str, parties: tuple[str, ...]) -> None:
    for maps in ([], [divided()], [divided(sigma_m=1.0), divided(mapper="zeta")]):
        found = shares(salvo(DEEP, class_, rounds, sigma_m=5.0), maps, parties)
        assert max(found.values()) < STANDARD


def test_who_is_hit_says_a_little_of_who_fired() -> None:
    found = shares(salvo(DEEP, "impact"), [divided()])
    assert found["arvia"] > found["bardo"] > 0.1


def test_impacts_that_follow_launches_are_of_whoever_launched() -> None:
    guns = salvo(-DEEP)
    landed = [
        happened(f"E-b{n:02}", Shot(DEEP, 0.0, (one.event.origin.time_us - NOON) / 1e6 + 33.0, "impact"), sigma_m=40.0)
        for n, one in enumerate(guns)
    ]
    found = shares([*guns, *landed], [divided()])
    assert found["arvia"] > STANDARD


def test_what_may_have_been_an_impact_says_less() -> None:
    unsure = [happened(f"E-a{n:02}", Shot(-DEEP, 0.0, 5.0 * n), outgoing=0.7, impact=0.3) for n in range(ROUNDS)]
    assert shares(unsure, [divided()])["arvia"] < shares(salvo(-DEEP), [divided()])["arvia"] - 0.05


def test_three_parties_share_what_strangers_may_have_done() -> None:
    parties = ("arvia", "bardo", "corvo")
    found = shares(salvo(-DEEP), [divided()], parties)
    assert found["arvia"] > STANDARD and found["bardo"] >= found["corvo"] > 0.001
    nowhere = shares(salvo(-DEEP), [], parties)
    assert nowhere["arvia"] == nowhere["bardo"] == nowhere["corvo"]


@pytest.mark.parametrize("names", [("zz", "aa"), ("other-side", "mine"), ("a b", "ж")])
def test_names_decide_nothing(names: tuple[str, str]) -> None:
    for east_m in (-DEEP, -100.0, 0.0, 40.0):
        before = shares(salvo(east_m), [divided()])
        maps = [ControlMap("atlas", (half(names[0], -1), half(names[1], 1)))]
        after = shares(salvo(east_m), maps, names)
        assert (after[names[0]], after[names[1]]) == (before["arvia"], before["bardo"])


def test_every_act_of_an_incident_has_its_own_attribution() -> None:
    west, east = salvo(-700.0, "burst", 3), salvo(700.0, "burst", 3, prefix="b", at_s=1.0)
    (incident,) = group([*west, *east], frame())
    assert len(incident.acts) == 2
    by_first = {act.origins[0]: one for act, one in zip(incident.acts, told([*west, *east], [divided()]), strict=True)}
    assert by_first["E-a00"].of("arvia") > 0.8 and by_first["E-b00"].of("bardo") > 0.8
    assert by_first["E-a00"].of("nobody") == 0.0
