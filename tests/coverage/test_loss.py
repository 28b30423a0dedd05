"""Why a sensor lost its sight, and who is answerable."""

from dataclasses import replace

import pytest

from truceline.coverage.loss import Loss, losses
from truceline.coverage.spells import Spell
from truceline.geo.frame import frame_for
from truceline.geo.held import prepare_maps
from truceline.model.ground import ControlMap, HeldGround
from truceline.model.instant import US_PER_S
from truceline.model.network import Network
from truceline.model.observation import Observation, Restriction

from .making import sensor

HOUR = 3600 * US_PER_S
NEAR = [sensor(f"N{n}", 0.03 * n, 0.02, provider="abc"[n % 3]) for n in range(8)]
FAR = [sensor(f"F{n}", 2.0 + 0.5 * n, 0.02, provider="abc"[n % 3]) for n in range(6)]
NETWORK = Network(tuple(sorted(NEAR + FAR, key=lambda one: one.id)))
NORTH = ((-1.0, 0.0), (6.0, 0.0), (6.0, 1.0), (-1.0, 1.0), (-1.0, 0.0))
SOUTH = ((-1.0, -1.0), (6.0, -1.0), (6.0, 0.0), (-1.0, 0.0), (-1.0, -1.0))


def lost(*names: str, how: str = "silent", at: int = HOUR) -> tuple[Spell, ...]:
    return tuple(Spell(name, at, at + HOUR, how) for name in names)  # type: ignore[arg-type]


def told(sensor_id: str, what: str, who: str | None = None) -> Restriction:
    return Restriction(
        id=f"R-{sensor_id}-{what}", sensor=sensor_id, time_us=HOUR, time_sigma_s=60, received_us=HOUR, digest="",
        what=what, who=who,
    )  # fmt: skip


def found(
    spells: tuple[Spell, ...], said: tuple[Observation, ...] = (), network: Network = NETWORK,
    parties: tuple[str, ...] = ("north", "south"),
) -> dict[str, Loss]:  # fmt: skip
    frame = frame_for([one.lon for one in network.sensors], [one.lat for one in network.sensors])
    held = tuple(
        HeldGround(party=party, polygons=((ring,),), from_us=0, sigma_m=100.0)
        for party, ring in zip(("north", "south"), (NORTH, SOUTH), strict=True)
    )
    maps = prepare_maps((ControlMap("mapper", held),), frame)
    return {one.sensor: one for one in losses(network, said, spells, frame, maps, parties)}


def likeliest(loss: Loss) -> str:
    return max(loss.causes, key=lambda item: item[1])[0]


def test_one_alone_has_failed() -> None:
    loss = found(lost("N1"))["N1"]
    assert likeliest(loss) == "failure"
    assert loss.hindered < 0.1


def test_all_of_a_region_at_once_whoever_runs_them_were_jammed() -> None:
    some = found(lost(*(one.id for one in NEAR)))
    assert {likeliest(one) for one in some.values()} == {"jamming"}


def test_all_of_one_nation_everywhere_at_once_were_withdrawn() -> None:
    names = [one.id for one in NETWORK.sensors if one.provider == "a"]
    assert {likeliest(one) for one in found(lost(*names)).values()} == {"withdrawal"}


def test_the_end_of_its_service_is_a_withdrawal() -> None:
    assert likeliest(found(lost("N1", how="out_of_service"))["N1"]) == "withdrawal"


def test_a_report_of_being_hindered_makes_it_a_restriction_of_whoever_holds_the_ground() -> None:
    loss = found(lost("N1"), (told("N1", "gate closed"),))["N1"]
    assert likeliest(loss) == "restriction"
    assert dict(loss.responsibility)["north"] > 0.85


def test_the_same_ground_held_by_the_other_turns_the_blame_over() -> None:
    south = Network(tuple(replace(one, lat=-one.lat) for one in NETWORK.sensors))
    loss = found(lost("N1"), (told("N1", "gate closed"),), south)["N1"]
    assert dict(loss.responsibility)["south"] > 0.85


def test_the_order_of_the_parties_decides_nothing() -> None:
    said = (told("N1", "gate closed"), told("N2", "gate closed", "south"))
    one, other = found(lost("N1"), said)["N1"], found(lost("N1"), said, parties=("south", "north"))["N1"]
    assert dict(one.responsibility) == dict(other.responsibility)


def test_jamming_says_nothing_of_who_unless_somebody_is_named() -> None:
    names = [one.id for one in NEAR]
    unnamed = dict(found(lost(*names), (told("N1", "GNSS interference"),))["N2"].responsibility)
    assert unnamed["north"] == pytest.approx(unnamed["south"], abs=1e-3)
    named = dict(found(lost(*names), (told("N1", "jamming from the south", "south"),))["N2"].responsibility)
    assert named["south"] > 2 * named["north"]


def test_two_nations_that_name_a_party_count_more_than_one_nation_twice() -> None:
    once, twice, two = (
        dict(found(lost("N1"), tuple(told(name, "turned back", "south") for name in names))["N1"].responsibility)[
            "south"
        ]
        for names in (("N1",), ("N1", "N4"), ("N1", "N2"))
    )
    assert once == twice < two


def test_causes_sum_to_one_and_short_gaps_are_no_loss() -> None:
    loss = found(lost("N1"))["N1"]
    assert sum(share for _, share in loss.causes) == pytest.approx(1.0)
    assert not found((Spell("N1", HOUR, HOUR + 10 * US_PER_S, "silent"),))
