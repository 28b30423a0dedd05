"""A world is a mission folder of the contract, the same for the same seed, and differs by its seed alone."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.formats.areas_geojson import read_areas
from truceline.formats.control_geojson import read_control
from truceline.formats.filings_ndjson import read_claim, read_notice
from truceline.formats.mission_toml import read_mission
from truceline.formats.network_geojson import read_network
from truceline.formats.observations_ndjson import read_observation
from truceline.formats.toml_document import read_toml
from truceline.formats.weather_csv import read_weather
from truceline.sim.build import build
from truceline.sim.families import FAMILIES
from truceline.sim.read_world import read_world
from truceline.terms.language import read_agreement
from truceline.terms.provisions import no_fire, notify

from .making import described, files, made, rows, table

WORLDS = sorted((Path(__file__).parents[2] / "worlds").glob("*.toml"))
LARGE = {"line-1200-dense"}
BROKEN = {"rough", "first-light"}  # has lines that cannot be read, on purpose


def assert_in_contract(folder: dict[str, bytes]) -> None:
    """Every file is read whole by the readers that a run uses, without one problem."""
    mission, problems = read_mission("mission.toml", folder["mission.toml"])
    assert not problems
    named = [mission.agreement, mission.network, *mission.control, *mission.observations, mission.weather]
    assert {name for name in [*named, mission.notices, mission.claims] if name} <= set(folder)
    areas = read_areas("areas.geojson", folder["agreement/areas.geojson"])
    kinds = {kind.name: kind for kind in (no_fire.KIND, notify.KIND)}
    agreement, problems = read_agreement(read_toml("terms.toml", folder[mission.agreement]), areas, kinds)
    assert not problems
    network = read_network("network.geojson", folder["network.geojson"])
    maps = [map_ for name in mission.control for map_ in read_control(name, folder[name])]
    assert {area.party for map_ in maps for area in map_.areas} <= set(agreement.parties)
    if mission.weather:
        assert not read_weather("weather.csv", folder["weather.csv"])[1]
    observations = [read_observation(line) for line in folder["observations.ndjson"].splitlines()]
    assert {seen.sensor for seen in observations} <= set(network.by_id)
    received = [seen.received_us for seen in observations]
    assert received == sorted(received)
    assert len({seen.id for seen in observations}) == len(observations)
    for line in folder.get("notices.ndjson", b"").splitlines():
        assert read_notice(line).party in agreement.parties
    for line in folder.get("claims.ndjson", b"").splitlines():
        assert read_claim(line).party in agreement.parties
    known = {seen.id for seen in observations}
    assert all(set(true.get("obs", [])) <= known for true in rows(folder["truth.ndjson"]))


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_is_a_mission_of_the_contract(family: str) -> None:
    shares = "[channel]\nrepeated_share = 0\nconflicting_share = 0\nbroken_share = 0\n" if family == "rough" else ""
    small = "[fire]\nevents = 60\n" if family == "line-1200" else ""
    assert_in_contract(dict(files(shares + small, family=family, base="")))


@pytest.mark.parametrize("path", [path for path in WORLDS if path.stem not in LARGE], ids=lambda path: path.stem)
def test_every_example_world_is_read_and_made(path: Path) -> None:
    world = read_world(path.name, path.read_bytes())
    assert world.name == path.stem
    folder = build(world, np.random.default_rng(3))
    assert rows(folder["truth.ndjson"])
    assert table(folder["truth_world.json"])["family"] == world.family


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("path", [path for path in WORLDS if path.stem not in BROKEN], ids=lambda path: path.stem)
def test_every_example_world_is_a_mission_of_the_contract(path: Path, seed: int) -> None:
    world = read_world(path.name, path.read_bytes())
    assert_in_contract(dict(build(world, np.random.default_rng([9, seed]))))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_world() -> None:
    again = build(described(), np.random.default_rng(1))
    assert again == files()
    assert build(described(), np.random.default_rng(2))["observations.ndjson"] != files()["observations.ndjson"]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**63 - 1), parties=st.integers(2, 5), hours=st.floats(0.1, 3))
def test_any_seed_makes_a_mission_of_the_contract(seed: int, parties: int, hours: float) -> None:
    text = (
        f"[parties]\ncount = {parties}\n[period]\nhours = {hours}\n[network]\narrays = 6\nposts = 2\nmicrophones = 2\n"
    )
    world = described(text, base="[fire]\nbatteries = 1\nrounds = 2\nsmall_arms = 3\n[claims]\nfalse = 2\n")
    assert_in_contract(dict(build(world, np.random.default_rng(seed))))


def test_swapping_the_parties_names_changes_nothing_but_the_names() -> None:
    one = files('[parties]\nnames = ["alpha", "omega"]\n[[deception]]\nkind = "decoy"\n[claims]\nfalse = 2\n')
    two = files('[parties]\nnames = ["omega", "alpha"]\n[[deception]]\nkind = "decoy"\n[claims]\nfalse = 2\n')
    swapped = {
        name: data.replace(b"alpha", b"?").replace(b"omega", b"alpha").replace(b"?", b"omega")
        for name, data in one.items()
    }
    assert swapped == dict(two)
    assert one != two


def test_a_reflected_world_is_the_same_seen_in_a_mirror() -> None:
    plain = files()
    mirror = files("", base="[place]\nreflected = true\nlength_km = 30\n" + _rest())
    for a, b in zip(rows(plain["observations.ndjson"]), rows(mirror["observations.ndjson"]), strict=True):
        assert {k: v for k, v in a.items() if k not in ("azimuth_deg", "lat")} == {
            k: v for k, v in b.items() if k not in ("azimuth_deg", "lat")
        }
        if "azimuth_deg" in a:
            assert abs((a["azimuth_deg"] + b["azimuth_deg"] - 180 + 180) % 360 - 180) < 0.002
    for a, b in zip(rows(plain["truth.ndjson"]), rows(mirror["truth.ndjson"]), strict=True):
        assert (a["lon"], a["lat"], a["party"], a.get("obs", 0)) == (
            b["lon"], -b["lat"], b["party"], b.get("obs", 0),
        )  # fmt: skip
    north = [line.split(b",")[5] for line in plain["weather.csv"].splitlines()[1:]]
    south = [line.split(b",")[5] for line in mirror["weather.csv"].splitlines()[1:]]
    assert [float(n) for n in north] == [-float(s) for s in south]


def _rest() -> str:
    from .making import SMALL

    return SMALL.replace("[place]\nlength_km = 30\n", "")


def test_changing_one_part_of_a_world_moves_no_other() -> None:
    plain, faulty = made(), made("[faults]\ndead = 0\nwrong_clocks = 5\n")
    assert np.array_equal(plain.sources.time_s, faulty.sources.time_s)
    assert np.array_equal(plain.scene.sensors.lon_deg, faulty.scene.sensors.lon_deg)
    assert np.array_equal(plain.scene.air.east_mps, faulty.scene.air.east_mps)


def test_a_scattered_world_holds_as_many_well_heard_events_as_asked_for() -> None:
    truth = rows(files("[fire]\nevents = 300\n", family="line-1200", base="")["truth.ndjson"])
    assert len(truth) == 300
    assert min(true["seen"]["arrival"] for true in truth) >= 5
    salvos = np.mean([true["group"] == "salvo" for true in truth])
    assert 0.4 < salvos < 0.8


def test_lines_come_twice_contradict_themselves_or_are_broken_as_often_as_asked() -> None:
    text = "[channel]\nrepeated_share = 0.1\nconflicting_share = 0.05\nbroken_share = 0.02\n"
    plain, faulty = files()["observations.ndjson"].splitlines(), files(text)["observations.ndjson"].splitlines()
    broken = [line for line in faulty if not line.endswith(b"}")]
    whole = [line for line in faulty if line.endswith(b"}")]
    ids = [read_observation(line).id for line in whole]
    assert len(set(ids)) == len(plain)
    assert 0.01 < len(broken) / len(plain) < 0.04
    assert 0.05 < (len(whole) - len(set(whole))) / len(plain) < 0.15
    assert 0.02 < (len(set(whole)) - len(set(ids))) / len(plain) < 0.09


def test_claims_say_which_fire_they_are_about_or_none() -> None:
    folder = files("[claims]\ntrue_share = 0.6\ntwice_share = 0.3\nfalse = 3\n")
    truth = {true["id"]: true for true in rows(folder["truth.ndjson"])}
    about = table(folder["truth_world.json"])["claims"]
    claims = rows(folder["claims.ndjson"])
    assert [claim["id"] for claim in claims] == list(about)
    assert sum(event is None for event in about.values()) == 6
    for claim in claims:
        event = about[claim["id"]]
        assert claim["party"] != claim["accuses"]
        assert event is None or truth[event]["party"] == claim["accuses"]
