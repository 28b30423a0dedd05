"""Where and when: beside closed forms, and that regions hold what they say."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from missions.handmade import MIDDLE, NOON, STILL, Air, Shot, case, heard, ring, sensor, weather
from truceline.model.event import Event
from truceline.model.instant import US_PER_HOUR

from .scenes import at_s, events, holds, of, off_m

RING_M, COUNT, PATH_SHARE = 7_000.0, 8, 0.005


def closed_form_sigma_m(time_sigma_s: float, azimuth_sigma_rad: float) -> float:
    """Sigma on each axis of a source in the middle of a ring of arrays, the time of origin unknown.

    Each arrival time changes by −cos(θ)/c for each metre along x; summed over the ring that is n/2c²σt², and the
    time of origin is uncorrelated by symmetry. Each azimuth changes by 1/R across, which adds n/2R²σα².
    """
    by_time = COUNT / (2 * STILL.sound_mps**2 * time_sigma_s**2)
    by_azimuth = COUNT / (2 * RING_M**2 * azimuth_sigma_rad**2)
    return float(1 / np.sqrt(by_time + by_azimuth))


@pytest.fixture(scope="module")
def middle() -> list[Event]:
    """Fifty rounds in the middle of a ring, in still air that is known well."""
    shots = [Shot(0.0, 0.0, 60.0 + 60.0 * number) for number in range(50)]
    sensors = ring(COUNT, RING_M)
    given = heard(sensors, shots, STILL, np.random.default_rng(1), path_share=PATH_SHARE)
    found = events(case(sensors, given))
    assert [len(some) for some in of(shots, found).values()] == [1] * 50
    return found


def sigma_m() -> float:
    travel_s = RING_M / STILL.sound_mps
    return closed_form_sigma_m(float(np.hypot(0.02, PATH_SHARE * travel_s)), np.radians(1.5))


def test_errors_are_those_of_the_closed_form(middle: list[Event]) -> None:
    square = np.mean([off_m(event, Shot(0.0, 0.0, 0.0)) ** 2 for event in middle])
    low, high = stats.chi2(2 * len(middle)).ppf([0.005, 0.995]) / (2 * len(middle))
    assert low < square / (2 * sigma_m() ** 2) < 1.3 * high  # the air is a little uncertain too


def test_the_ellipse_is_that_of_the_closed_form(middle: list[Event]) -> None:
    circle = np.sqrt(stats.chi2(2).ppf(0.9)) * sigma_m()
    for event in middle:
        ellipse = event.origin.ellipse90
        assert 0.8 * circle < ellipse.semi_minor_m <= ellipse.semi_major_m < 1.6 * circle


def test_the_three_ellipses_are_of_one_shape(middle: list[Event]) -> None:
    for event in middle[:5]:
        some = (event.origin.ellipse50, event.origin.ellipse90, event.origin.ellipse95)
        assert some[0].semi_major_m < some[1].semi_major_m < some[2].semi_major_m
        assert len({one.azimuth_deg for one in some}) == 1


def test_times_are_as_good_as_they_say(middle: list[Event]) -> None:
    off = [(at_s(event) - (60.0 + 60.0 * number)) / event.origin.time_sigma_s for number, event in enumerate(middle)]
    assert 0.4 < float(np.std(off)) < 1.5 and abs(float(np.mean(off))) < 1.0


def test_from_one_side_the_region_points_towards_the_sensors() -> None:
    """Arrays in a row to the south: the distance to a source in the north is known worst."""
    sensors = [sensor(f"a{n}", 1_500.0 * (n - 3), -3_000.0, ("aland", "borea", "cordia")[n % 3]) for n in range(7)]
    shot = Shot(0.0, 5_000.0, 100.0)
    (found,) = events(case(sensors, heard(sensors, [shot], STILL, np.random.default_rng(3))))
    ellipse = found.origin.ellipse90
    assert ellipse.semi_major_m > 2 * ellipse.semi_minor_m
    assert min(ellipse.azimuth_deg, 180 - ellipse.azimuth_deg) < 15
    assert holds(found, found.origin.ellipse95, shot)


def test_without_noise_the_place_is_found() -> None:
    sensors = ring(8, RING_M)
    for shot in (Shot(0.0, 0.0, 100.0), Shot(3_000.0, -2_000.0, 100.0), Shot(-5_000.0, 4_000.0, 100.0)):
        (found,) = events(case(sensors, heard(sensors, [shot])))
        assert off_m(found, shot) < 12 and abs(at_s(found) - 100) < 0.04


def monte_carlo(seed: int, rounds: int) -> tuple[list[tuple[bool, bool, bool]], list[float]]:
    """Whether the 50, 90 and 95 % ellipses of so many rounds hold, and how many sigmas the times are off.

    The true air differs from the weather file by what its sigmas say.
    """
    chance = np.random.default_rng(seed)
    said = Air(10.0, 3.0, -2.0)
    true = Air(*(value + chance.normal() for value in (10.0, 3.0, -2.0)))
    east, north = chance.uniform(-8_000.0, 8_000.0, (2, rounds)).tolist()
    shots = [Shot(east[n], north[n], 40.0 + 55.0 * n, "impact", range_m=14_000.0) for n in range(rounds)]
    sensors = ring(7, 6_000.0) + ring(5, 11_000.0, prefix="b")
    found = events(case(sensors, heard(sensors, shots, true, chance, path_share=PATH_SHARE), air=said))
    pairs = [(some[0], shots[number]) for number, some in of(shots, found).items() if len(some) == 1]
    assert len(pairs) >= 0.97 * rounds
    held = [
        (
            holds(event, event.origin.ellipse50, shot),
            holds(event, event.origin.ellipse90, shot),
            holds(event, event.origin.ellipse95, shot),
        )
        for event, shot in pairs
    ]
    return held, [(at_s(event) - shot.time_s) / event.origin.time_sigma_s for event, shot in pairs]


def judge(seeds: range, rounds: int) -> None:
    """Held shares lie where chance would put them 998 times in a thousand, the air of each seed being one draw."""
    held, off = [], []
    for seed in seeds:
        some, times = monte_carlo(seed, rounds)
        held += some
        off += times
    count = len(held)
    # Rounds of one epoch share their air's error: they are worth fewer than their number.
    worth = count / 2
    for level, column in ((0.5, 0), (0.9, 1), (0.95, 2)):
        low, high = stats.binom(round(worth), level).ppf([0.001, 0.999]) / round(worth)
        assert low <= np.mean([row[column] for row in held]) <= high, level
    low, high = stats.binom(round(worth), 0.9).ppf([0.001, 0.999]) / round(worth)
    assert low <= np.mean(np.abs(off) < 1.645) <= min(1.0, high + 0.06)


def test_regions_hold_the_truth_as_often_as_they_say() -> None:
    judge(range(200, 205), 40)


@pytest.mark.soak
def test_so_they_do_over_thousands() -> None:
    judge(range(300, 360), 50)


def test_weather_is_taken_from_the_nearest_place_and_held_at_the_ends() -> None:
    """A file that ends before noon, and another place far away: the first still holds."""
    air = Air(25.0, 0.0, 8.0)
    sensors = ring(8, RING_M)
    shot = Shot(2_000.0, 1_000.0, 100.0)
    given = heard(sensors, [shot], air, np.random.default_rng(7))
    rows = weather(air)
    early = tuple(row for row in rows if row.time_us < NOON)
    far = tuple(replace(row, lon=MIDDLE[0] + 5, wind_north_mps=-30.0) for row in rows)
    whole = case(sensors, given, air=air)
    assert early and all(row.time_us + US_PER_HOUR <= NOON for row in early)
    for other in (early, rows + far):
        one, two = (events(some)[0] for some in (whole, replace(whole, weather=other)))
        assert two.origin == one.origin
