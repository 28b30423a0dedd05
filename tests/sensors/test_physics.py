"""The physics of each kind of sensing beside an independent calculation."""

import numpy as np
import pytest
from scipy import stats

from missions.handmade import WGS84, Air, Shot, offset, place, sensor, travel
from truceline.sensors.acoustic import Acoustic
from truceline.sensors.contract import Paths, Travel
from truceline.sensors.infrasound import PHASES, Infrasound
from truceline.sensors.medium import sound_speed, sound_speed_rate
from truceline.sensors.optical import LIGHT_MPS, Optical
from truceline.sensors.seismic import Seismic


@pytest.mark.parametrize("temperature_c", [-40.0, -10.0, 0.0, 15.0, 30.0, 50.0])
def test_the_speed_of_sound_is_that_of_an_ideal_gas(temperature_c: float) -> None:
    assert float(sound_speed(np.array(temperature_c))) == pytest.approx(Air(temperature_c).sound_mps, abs=0.15)
    step = 1e-3
    numeric = (Air(temperature_c + step).sound_mps - Air(temperature_c - step).sound_mps) / (2 * step)
    assert float(sound_speed_rate(np.array(temperature_c))) == pytest.approx(numeric, rel=1e-3)


def told(air: Air, shot: Shot, east_m: float, north_m: float) -> tuple[Travel, float]:
    """What the acoustic kind says of one path, and the azimuth from the sensor straight to the source in degrees."""
    at = sensor("a", east_m, north_m)
    lon, lat = place(shot.east_m, shot.north_m)
    towards, _, distance = WGS84.inv(lon, lat, at.lon, at.lat)
    one = np.ones(1)
    path = Paths(
        distance * one,
        np.sin(np.radians(towards)) * one,
        np.cos(np.radians(towards)) * one,
        air.sound_mps * one,
        air.wind_east_mps * one,
        air.wind_north_mps * one,
        0.0 * one,
    )
    return Acoustic().travel(path), towards + 180.0


WINDS = [(0.0, 0.0), (10.0, 0.0), (-10.0, 0.0), (0.0, 12.0), (7.0, -7.0), (-15.0, 3.0)]


@pytest.mark.parametrize("wind", WINDS)
@pytest.mark.parametrize("at", [(0.0, 9_000.0), (9_000.0, 0.0), (-6_000.0, -6_000.0), (4_000.0, -12_000.0)])
def test_sound_arrives_when_the_drifting_circle_meets_the_sensor(
    wind: tuple[float, float], at: tuple[float, float]
) -> None:
    """The exact time differs from d / (c + w·u) by the square of the wind across over the square of sound."""
    air, shot = Air(8.0, *wind), Shot(0.0, 0.0, 0.0)
    seconds, azimuth = travel(air, shot, sensor("a", *at))
    going, straight = told(air, shot, *at)
    mach = np.hypot(*wind) / air.sound_mps
    assert float(going.time_s[0]) == pytest.approx(seconds, rel=0.6 * mach**2 + 1e-9)
    seen = straight + np.degrees(float(going.turn_rad[0]))
    off = (seen - azimuth + 180.0) % 360.0 - 180.0
    assert abs(off) <= np.degrees(1.1 * mach**2) + 1e-6


def test_a_wind_from_the_west_carries_sound_eastward_sooner_and_turns_what_comes_from_the_south() -> None:
    """Signs by hand: 10 m/s towards the east, 10 km."""
    air, shot = Air(10.0, 10.0, 0.0), Shot(0.0, 0.0, 0.0)
    east, _ = told(air, shot, 10_000.0, 0.0)
    west, _ = told(air, shot, -10_000.0, 0.0)
    assert float(east.time_s[0]) == pytest.approx(10_000 / (air.sound_mps + 10), rel=1e-5)
    assert float(west.time_s[0]) == pytest.approx(10_000 / (air.sound_mps - 10), rel=1e-5)
    north, straight = told(air, shot, 0.0, 10_000.0)
    # The circle's centre has drifted 10 m/s × 29.6 s = 296 m to the east: south by 1.7° east, 178.3°.
    assert straight % 360 == pytest.approx(180.0, abs=0.1)
    assert np.degrees(float(north.turn_rad[0])) == pytest.approx(-np.degrees(10 / air.sound_mps), abs=0.01)


def test_turbulence_scatters_each_path_by_a_share_of_its_time() -> None:
    going, _ = told(Air(10.0), Shot(0.0, 0.0, 0.0), 10_000.0, 0.0)
    share = float(going.path_sigma_s[0] / going.time_s[0])
    assert 0.002 <= share <= 0.01


def test_seismic_waves_go_straight_at_three_kilometres_a_second_give_or_take_three_in_a_hundred() -> None:
    one = np.ones(1)
    going = Seismic().travel(Paths(9_000.0 * one, one, 0 * one, 340 * one, 15 * one, 15 * one, 5 * one))
    assert (going.time_s[0], going.path_sigma_s[0]) == (3.0, pytest.approx(0.09))
    assert going.turn_rad[0] == 0 and going.rate_s[0] == 0


def test_a_flash_is_seen_at_the_speed_of_light() -> None:
    one = np.ones(1)
    going = Optical().travel(Paths(10_000.0 * one, one, 0 * one, 340 * one, 15 * one, 15 * one, 5 * one))
    assert going.time_s[0] == pytest.approx(10_000 / 299_792_458) and going.turn_rad[0] == 0
    assert LIGHT_MPS == 299_792_458.0


INFRA = Infrasound()


def mixture(travel_s: np.ndarray, distance_km: float) -> np.ndarray:
    """The density by scipy: normal in reciprocal celerity for each phase, widened by the error of picking."""
    total = np.zeros_like(travel_s)
    for share, mean, sigma in PHASES:
        wide = np.sqrt(sigma**2 + (INFRA.time_sigma_s / distance_km) ** 2)
        total += share * stats.norm(mean * distance_km, wide * distance_km).pdf(travel_s)
    return total


@pytest.mark.parametrize("distance_km", [20.0, 200.0, 500.0, 1_500.0])
def test_infrasound_is_spread_over_three_ducts(distance_km: float) -> None:
    possible = np.linspace(distance_km / 0.359, distance_km / 0.211, 4_000)
    said = np.exp(INFRA.log_density(possible, np.full(possible.shape, distance_km)))
    assert said == pytest.approx(mixture(possible, distance_km), rel=1e-9)
    held = float(np.trapezoid(said, possible))
    assert 0.8 < held <= 1.0 or distance_km < 100, "what lies beyond the bounds is little"


def test_infrasound_has_its_modes_at_the_celerities_of_the_ducts() -> None:
    """Tropospheric and stratospheric returns peak; 0.327 and 0.293 km/s over 1,500 km."""
    times = np.linspace(1_500 / 0.36, 1_500 / 0.21, 20_000)
    density = INFRA.log_density(times, np.full(times.shape, 1_500.0))
    peaks = times[1:-1][(density[1:-1] > density[:-2]) & (density[1:-1] > density[2:])]
    celerities = 1_500 / peaks
    assert min(abs(celerities - 0.327)) < 0.004 and min(abs(celerities - 0.293)) < 0.006


def test_nothing_comes_faster_or_slower_than_any_duct() -> None:
    distance = np.array(500.0)
    for celerity, possible in ((0.37, False), (0.35, True), (0.22, True), (0.2, False), (-0.3, False)):
        density = float(INFRA.log_density(np.array(500 / celerity), distance))
        assert np.isfinite(density) == possible, celerity


def test_distances_by_hand_and_by_geodesic_agree() -> None:
    """The scenes of these tests stand where they say."""
    for east, north in ((0.0, 0.0), (3_000.0, -4_000.0), (-20_000.0, 7.0)):
        at = sensor("a", east, north)
        assert offset(at.lon, at.lat) == pytest.approx((east, north), abs=1e-3)
