"""What sensors say agrees with physics: sound goes at the speed of sound and with the wind, flashes at once."""

import numpy as np
import numpy.typing as npt

from truceline.geo.frame import distance_azimuth
from truceline.sim.network import ARRAY, MICROPHONE
from truceline.sim.propagate import Paths, sound, sound_speed_mps
from truceline.sim.sensing import CLUTTER, FLASH, SHAKE, SOUND

from .making import files, made, rows, seconds, table

Floats = npt.NDArray[np.float64]
CALM = "[air]\nwind_mps = 0\nwind_drift_mps = 0\ntemperature_trend_c_per_h = 0\npath_share = 0\n"
WINDY = "[air]\nwind_mps = 8\nwind_drift_mps = 0\n"


def test_sound_in_still_air_goes_at_the_speed_of_sound() -> None:
    world = made(CALM)
    seen, sources, sensors = world.sightings, world.sources, world.scene.sensors
    mine = (seen.what == SOUND) & (seen.source != CLUTTER)
    travel = seen.time_s[mine] - sources.time_s[seen.source[mine]]
    speed = sound_speed_mps(world.scene.air.temperature_c[:1])[0]
    error = travel - seen.distance_m[mine] / speed
    assert np.std(error) < 1.5 * sensors.time_sigma_s[0]
    assert np.max(np.abs(error)) < 6 * sensors.time_sigma_s[0]


def test_sound_speeds_are_the_known_ones() -> None:
    assert np.allclose(sound_speed_mps(np.array([-20.0, 0.0, 20.0])), [318.9, 331.3, 343.2], atol=0.2)


def test_wind_carries_sound_and_turns_where_it_seems_to_come_from() -> None:
    air = made(WINDY).scene.air
    to = np.arctan2(air.east_mps[0], air.north_mps[0])
    blowing = np.degrees(to) % 360
    azimuth = (blowing + np.array([180.0, 0.0, 90.0, -90.0])) % 360  # the source upwind, downwind, to both sides
    n = np.zeros(4)
    paths = Paths(n, n, n, n, np.full(4, 10_000.0), azimuth)
    travel, seems = sound(air, paths, n)
    wind, calm = np.hypot(air.east_mps[0], air.north_mps[0]), sound_speed_mps(air.temperature_c[:1])[0]
    assert np.isclose(travel[0], 10_000 / (calm + wind), rtol=1e-9)
    assert np.isclose(travel[1], 10_000 / (calm - wind), rtol=1e-9)
    assert np.allclose(travel[2:], 10_000 / np.sqrt(calm**2 - wind**2), rtol=1e-9)
    off = (seems - azimuth + 180) % 360 - 180
    turn = np.degrees(np.arcsin(wind / calm))
    assert np.allclose(off, [0, 0, -turn, turn], atol=1e-9)  # towards where the wind blows


def test_times_in_the_file_are_the_travel_times_and_the_clock() -> None:
    folder = files()
    sensors = {
        f["properties"]["id"]: f["geometry"]["coordinates"] for f in table(folder["network.geojson"])["features"]
    }
    wrong = {fault["sensor"] for fault in table(folder["truth_world.json"])["faults"] if fault["fault"] == "clock"}
    lines = {row["id"]: row for row in rows(folder["observations.ndjson"])}
    speeds = {"acoustic": [], "seismic": []}  # type: dict[str, list[float]]
    flashes = []
    for true in rows(folder["truth.ndjson"]):
        for row in (lines[line] for line in true.get("obs", [])):
            lon, lat = sensors[row["sensor"]]
            distance, _ = distance_azimuth(true["lon"], true["lat"], lon, lat)
            took = seconds(row["time"]) - seconds(true["time"])
            if row["kind"] == "bearing":
                flashes.append(took)
            if row["kind"] == "arrival" and row["sensor"] not in wrong and distance > 3000:
                speeds[row["wave"]].append(float(distance) / took)
    assert min(speeds["acoustic"]) > 290 and max(speeds["acoustic"]) < 375
    assert abs(np.median(speeds["seismic"]) / 3000 - 1) < 0.02
    assert np.max(np.abs(flashes)) < 0.3


def test_fewer_sensors_notice_what_is_farther_away() -> None:
    world = made("", base="[fire]\nbatteries = 6\nguns = 4\nrounds = 6\n")
    share = _detected(world.scene.sensors.kind == ARRAY)
    assert share[0] > 0.95
    assert np.all(np.diff(share) <= 0.02)
    assert share[-1] < 0.02


def test_a_microphone_hears_less_far_than_an_array_and_downwind_is_heard_farther() -> None:
    world = made("", base="[fire]\nbatteries = 6\nguns = 4\nrounds = 6\n")
    kinds = world.scene.sensors.kind
    assert np.all(_detected(kinds == MICROPHONE)[1:4] < _detected(kinds == ARRAY)[1:4])
    calm = made("[air]\nwind_mps = 9\n", base="[fire]\nbatteries = 6\nguns = 4\nrounds = 6\n")
    seen = calm.sightings
    mine = (seen.what == SOUND) & (seen.source != CLUTTER) & (seen.distance_m > 9000)
    sensors, sources, air = calm.scene.sensors, calm.sources, calm.scene.air
    lon, lat = calm.pen.ground.to_lonlat(sources.along_m, sources.across_m)
    _, to_sensor = distance_azimuth(
        lon[seen.source[mine]], lat[seen.source[mine]], sensors.lon_deg[seen.sensor[mine]],
        sensors.lat_deg[seen.sensor[mine]],
    )  # fmt: skip
    blowing = np.degrees(np.arctan2(air.east_mps[0], air.north_mps[0]))
    with_wind = np.cos(np.radians(to_sensor - blowing)) > 0
    assert np.mean(with_wind) > 0.6


def _detected(able: npt.NDArray[np.bool_]) -> Floats:
    """Share of (launch, sensor) pairs noticed, by brackets of 4 km."""
    world = made("", base="[fire]\nbatteries = 6\nguns = 4\nrounds = 6\n")
    seen, sensors, sources = world.sightings, world.scene.sensors, world.sources
    launches = np.flatnonzero(sources.kind == 0)
    lon, lat = world.pen.ground.to_lonlat(sources.along_m[launches], sources.across_m[launches])
    rows_ = np.flatnonzero(able & ~np.isfinite(world.scene.faults.dies_at_s))
    distance, _ = distance_azimuth(
        lon[:, None], lat[:, None], sensors.lon_deg[rows_][None, :], sensors.lat_deg[rows_][None, :]
    )
    heard = {(int(s), int(r)) for s, r, w in zip(seen.source, seen.sensor, seen.what, strict=True) if w == SOUND}
    hit = np.array([[(int(i), int(j)) in heard for j in rows_] for i in launches])
    return np.array([hit[(distance >= a) & (distance < a + 4000)].mean() for a in range(0, 24_000, 4000)])


def test_hills_hide_flashes_and_dim_sound() -> None:
    plain, hilly = made(), made("[terrain]\nrelief_m = 150\n")
    for what in (SOUND, FLASH):
        assert np.sum(hilly.sightings.what == what) < 0.9 * np.sum(plain.sightings.what == what)
    assert np.sum(hilly.sightings.what == SHAKE) == np.sum(plain.sightings.what == SHAKE)


def test_impacts_follow_their_launches_at_the_weapons_mean_speed() -> None:
    sources = made("", base="").sources
    fell = np.flatnonzero(sources.pair >= 0)
    launch = sources.pair[fell]
    flight = sources.time_s[fell] - sources.time_s[launch]
    reach = np.hypot(sources.along_m[fell] - sources.along_m[launch], sources.across_m[fell] - sources.across_m[launch])
    speeds = {"mortar_120mm": 240, "howitzer_152mm": 380, "mlrs_122mm": 420}
    assert set(sources.weapon[fell]) <= set(speeds)
    expected = np.array([speeds[str(name)] for name in sources.weapon[fell]])
    assert np.max(np.abs(reach / flight / expected - 1)) < 0.06
    assert np.all(sources.party[fell] == sources.party[launch])


def test_the_weather_file_is_wrong_by_its_own_sigma() -> None:
    wind, temperature = [], []
    for seed in range(40):
        world = made("[weather]\nplaces = 2\n", seed, base="[network]\narrays = 1\n[fire]\nbatteries = 0\n")
        assert world.weather is not None
        table_ = world.weather
        true = world.scene.air.at(table_.along_m, table_.across_m, table_.time_s, np.zeros(table_.time_s.size))
        temperature.append(table_.temperature_c - true[0])
        wind.append(table_.east_mps - true[1])
    assert abs(np.std(temperature) / 1.5 - 1) < 0.15
    assert abs(np.std(wind) / 1.5 - 1) < 0.15


def test_gusts_change_the_wind_within_the_hour_and_over_the_region() -> None:
    text = "[air]\ngust_mps = 1.5\ngust_min = 10\ngust_km = 8\nwind_drift_mps = 0\n"
    within, over = [], []
    for seed in range(25):
        air = made(text, seed, base="[network]\narrays = 1\n[fire]\nbatteries = 0\n").scene.air
        zero, line = np.zeros(200), np.linspace(-15_000, 15_000, 200)
        _, east, _ = air.at(zero, zero, np.linspace(0, 3600, 200), zero)
        _, *there = air.at(line, zero, zero, zero)
        within.append(np.var(east))
        over.append(np.var(there, axis=1))
        assert abs(east[1] - east[0]) < 0.5
    assert 0.8 < np.sqrt(np.mean(within)) < 1.8
    assert 0.8 < np.sqrt(np.mean(over)) < 1.8


def test_a_stepping_wind_is_constant_within_the_hour() -> None:
    air = made("[air]\nwind_steps = true\n[period]\nhours = 4\n", base="[fire]\nbatteries = 0\n").scene.air
    time = np.array([0.0, 3599.0, 3600.0, 7199.0])
    _, east, _ = air.at(np.zeros(4), np.zeros(4), time, np.zeros(4))
    assert east[0] == east[1] != east[2] == east[3]


def test_wind_grows_and_turns_with_height() -> None:
    air = made("[air]\nshear_mps_per_km = 10\nveer_deg_per_km = 20\nlapse_c_per_km = 6.5\n").scene.air
    at = np.zeros(2)
    temperature, east, north = air.at(at, at, at, np.array([0.0, 500.0]))
    assert np.isclose(np.hypot(east[1], north[1]) - np.hypot(east[0], north[0]), 5.0)
    turned = np.degrees(np.arctan2(east[1], north[1]) - np.arctan2(east[0], north[0]))
    assert np.isclose((turned + 180) % 360 - 180, 10.0)
    assert np.isclose(temperature[0] - temperature[1], 3.25)
