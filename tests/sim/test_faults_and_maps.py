"""Faulty sensors, spoofed time, advances and false maps do what the hidden truth says of them."""

import numpy as np
import pytest
import shapely

from truceline.formats.control_geojson import read_control
from truceline.model.instant import parse_utc
from truceline.sim.invented import Invented
from truceline.sim.network import NEVER
from truceline.sim.sensing import CLUTTER, SOUND

from .making import Row, files, made, rows, table

CLEAN = "wrong_clocks = 0\ndead = 0\n"


def fault(folder_text: str, kind: str) -> list[Row]:
    found = table(files(folder_text)["truth_world.json"])["faults"]
    return [row for row in found if row["fault"] == kind]


def test_wrong_clocks_shift_every_line_of_their_sensors_status_lines_too() -> None:
    right, wrong = files(f"[faults]\n{CLEAN}"), files("[faults]\nwrong_clocks = 3\ndead = 0\n")
    offsets = {row["sensor"]: row["offset_s"] for row in fault("[faults]\nwrong_clocks = 3\ndead = 0\n", "clock")}
    assert len(offsets) == 3
    assert all(1 <= abs(offset) <= 4 for offset in offsets.values())
    for a, b in zip(rows(right["observations.ndjson"]), rows(wrong["observations.ndjson"]), strict=True):
        moved = (parse_utc(b["time"]) - parse_utc(a["time"])) / 1e6
        assert moved == pytest.approx(offsets.get(a["sensor"], 0.0), abs=2e-6)


def test_clocks_drift_and_step() -> None:
    world = made("[faults]\nwrong_clocks = 0\ndrifting_clocks = 2\nstepping_clocks = 2\ndead = 0\n")
    faults = world.scene.faults
    drifting, stepping = np.flatnonzero(faults.drift_s_per_s), np.flatnonzero(faults.step_s)
    assert drifting.size == stepping.size == 2
    hour = np.full(2, 3600.0)
    assert np.allclose(faults.clock_error_s(drifting, hour), faults.drift_s_per_s[drifting] * 3600)
    assert np.allclose(faults.clock_error_s(stepping, np.zeros(2)), 0)
    assert np.allclose(faults.clock_error_s(stepping, hour), faults.step_s[stepping])


def test_dead_sensors_fall_silent() -> None:
    folder = files("[faults]\nwrong_clocks = 0\ndead = 4\n")
    begins = parse_utc(table(folder["truth_world.json"])["from"])
    dead = {row["sensor"]: row["at_s"] for row in fault("[faults]\nwrong_clocks = 0\ndead = 4\n", "dead")}
    assert len(dead) == 4
    for row in rows(folder["observations.ndjson"]):
        if row["sensor"] in dead:
            assert (parse_utc(row["time"]) - begins) / 1e6 < dead[row["sensor"]] + 1


def test_a_deaf_sensor_hears_less_and_a_turned_one_points_elsewhere() -> None:
    sound, deaf = made(f"[faults]\n{CLEAN}"), made(f"[faults]\n{CLEAN}deaf = 6\ndeaf_factor = 0.3\n")
    which = np.flatnonzero(deaf.scene.faults.range_factor < 1)
    assert _heard(deaf, which) < 0.5 * _heard(sound, which)
    turned = made(f"[faults]\n{CLEAN}turned = 5\n")
    for sensor in np.flatnonzero(turned.scene.faults.turn_deg):
        off = _azimuth_errors(turned, int(sensor))
        assert abs(np.median(off) - turned.scene.faults.turn_deg[sensor]) < 5 or off.size < 5


def test_an_inconsistent_sensor_scatters_far_more_than_it_states() -> None:
    world = made(f"[faults]\n{CLEAN}inconsistent = 6\ninconsistent_deg = 20\n")
    loose = [int(i) for i in np.flatnonzero(world.scene.faults.time_sigma_s)]
    off = np.concatenate([_azimuth_errors(world, sensor) for sensor in loose])
    assert np.std(off) > 5 * 1.5


def _heard(world: Invented, sensors: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> int:
    seen = world.sightings
    return int(np.sum(np.isin(seen.sensor, sensors) & (seen.source != CLUTTER) & (seen.what == SOUND)))


def _azimuth_errors(world: Invented, sensor: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    from truceline.geo.frame import distance_azimuth

    seen = world.sightings
    mine = (seen.sensor == sensor) & (seen.source != CLUTTER) & ~np.isnan(seen.azimuth_deg)
    lon, lat = world.pen.ground.to_lonlat(world.sources.along_m, world.sources.across_m)
    at = seen.source[mine]
    s = world.scene.sensors
    _, azimuth = distance_azimuth(s.lon_deg[sensor], s.lat_deg[sensor], lon[at], lat[at])
    return np.asarray((seen.azimuth_deg[mine] - azimuth + 180) % 360 - 180)


def test_spoofed_time_shifts_all_satellite_clocks_of_a_region_alike() -> None:
    text = "[[spoof]]\noffset_s = 2\nstretch_share = 0.5\n[faults]\n" + CLEAN
    world = made(text)
    spoof = world.scene.faults.spoofs[0]
    sensors = world.scene.sensors
    assert abs(spoof.offset_s) == 2
    assert 0 < spoof.sensors.sum() < len(sensors)
    assert np.all(sensors.time_source[spoof.sensors] == 0)
    held = np.flatnonzero(spoof.sensors)
    assert np.ptp(sensors.along_m[held]) <= world.pen.ground.half_m * 1.01
    assert np.allclose(world.scene.faults.clock_error_s(held, np.full(held.size, 60.0)), spoof.offset_s)
    sources = {f["properties"]["id"]: f["properties"] for f in table(files(text)["network.geojson"])["features"]}
    assert all(sources[name]["time_source"] == "gnss" for name in sensors.id[held].tolist())


def holder(text: str, along_m: float, across_m: float, at_s: float, source: str = "") -> set[str]:
    """Parties that the world's maps (or one mapper's) give a place to at a moment."""
    world, folder = made(text), files(text)
    lon, lat = world.pen.ground.to_lonlat(along_m, across_m)
    found = set()
    for name in [name for name in folder if name.startswith("control")]:
        for map_ in read_control(name, folder[name]):
            for area in map_.areas:
                now = world.pen.base_us + round(at_s * 1e6)
                inside = any(
                    shapely.Polygon(polygon[0]).contains(shapely.Point(float(lon), float(lat)))
                    for polygon in area.polygons
                )
                holds = area.from_us <= now and (area.until_us is None or now < area.until_us)
                if inside and holds and (not source or map_.mapper == source):
                    found.add(area.party)
    return found


@pytest.mark.parametrize(("off", "party"), [(400.0, 0), (-400.0, 1), (8000.0, 0), (-8000.0, 1)])
def test_the_exact_map_gives_each_side_to_its_party(off: float, party: int) -> None:
    world = made()
    for along in (-9000.0, 0.0, 7000.0):
        across = float(world.pen.ground.line_m(along, 0.0)) + off
        assert holder("", along, across, 10.0) == {world.pen.ground.parties[party]}


def test_three_parties_share_the_ground() -> None:
    text = "[parties]\ncount = 3\n"
    world = made(text)
    found = set()
    for along in (-9000.0, 9000.0):
        across = float(world.pen.ground.line_m(along, 0.0)) + 2000.0
        found |= holder(text, along, across, 10.0)
        assert holder(text, along, across - 4000.0, 10.0) == {world.pen.ground.parties[1]}
    assert found == {world.pen.ground.parties[0], world.pen.ground.parties[2]}


def test_a_lying_map_gives_away_ground_and_a_gap_leaves_it_unknown() -> None:
    lying = '[[map]]\nkind = "lying"\npush_km = 3\ntowards = 0\n'
    row = table(files(lying)["truth_world.json"])["maps"][0]
    middle = (row["from_along_m"] + row["until_along_m"]) / 2
    world = made(lying)
    line = float(world.pen.ground.line_m(middle, 0.0))
    assert holder(lying, middle, line + 1500.0, 10.0) == {world.pen.ground.parties[1]}
    gap = '[[map]]\nkind = "gap"\n'
    row = table(files(gap)["truth_world.json"])["maps"][0]
    assert holder(gap, (row["from_along_m"] + row["until_along_m"]) / 2, 5000.0, 10.0) == set()


def test_after_an_advance_the_honest_map_follows_and_the_old_one_does_not() -> None:
    text = (
        "[[advance]]\nat_share = 0.5\ndepth_km = 3\ngainer = 0\n"
        '[[map]]\nsource = "old"\nkind = "old"\n[[map]]\nsource = "new"\n'
    )
    world = made(text)
    move = world.pen.ground.moves[0]
    across = float(world.pen.ground.line_m(move.centre_m, 0.0)) - 1500.0
    gained, lost = world.pen.ground.parties
    assert holder(text, move.centre_m, across, move.at_s - 60, "new") == {lost}
    assert holder(text, move.centre_m, across, move.at_s + 60, "new") == {gained}
    assert holder(text, move.centre_m, across, move.at_s + 60, "old") == {lost}
    assert move.shift_m == -3000.0


def test_a_sensor_has_one_fault_at_most_and_lives_for_ever_otherwise() -> None:
    text = "[faults]\nwrong_clocks = 3\ndead = 3\ndeaf = 3\nturned = 3\ninconsistent = 3\nstepping_clocks = 3\n"
    names = [row["sensor"] for row in table(files(text)["truth_world.json"])["faults"]]
    assert len(names) == len(set(names)) == 18
    assert np.sum(made(text).scene.faults.dies_at_s < NEVER) == 3
