"""The exam that every kind of sensing sits: few rules, the same for all, whatever it senses."""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest

from truceline.edges.wiring import plugins
from truceline.sensors.contract import Floats, Paths, Sensing, Travel

ALL = {sensing.name: sensing for sensing in plugins().sensings}
every = pytest.mark.parametrize("name", sorted(ALL))
SOUND_MPS = 340.0


def paths(
    distance_m: Floats, azimuth_rad: Floats | float = 0.3, wind: tuple[float, float] = (0.0, 0.0), stretch: float = 0.0
) -> Paths:
    """Paths of these lengths towards an azimuth, through uniform air."""
    distance = np.asarray(distance_m, float)
    azimuth = np.broadcast_to(azimuth_rad, distance.shape)
    full = np.ones(distance.shape)
    return Paths(
        distance, np.sin(azimuth), np.cos(azimuth), SOUND_MPS * full, wind[0] * full, wind[1] * full, stretch * full
    )


def ladder(sensing: Sensing) -> Floats:
    """Distances from nothing to just beyond the reach."""
    return np.linspace(0.0, 1.1 * sensing.reach_m, 200)


def parts(going: Travel) -> dict[str, Floats]:
    return {one.name: getattr(going, one.name) for one in fields(going)}


def test_no_two_kinds_share_a_name_or_a_sensor() -> None:
    assert len(ALL) == len(plugins().sensings)
    listed = [kind for sensing in ALL.values() for kind in sensing.sensor_kinds]
    assert len(listed) == len(set(listed)) and all(listed)


@every
def test_what_it_says_of_itself_makes_sense(name: str) -> None:
    sensing = ALL[name]
    slow, fast = sensing.speed_mps
    assert sensing.sensor_kinds and 0 < slow <= fast < 3.1e8 and 0 < sensing.reach_m < 2.1e7
    assert isinstance(sensing.loud, bool)


@every
@pytest.mark.parametrize("shape", [(), (0,), (1,), (7,), (2, 3), (3, 0)])
def test_what_comes_back_has_the_shape_of_the_paths(name: str, shape: tuple[int, ...]) -> None:
    going = ALL[name].travel(paths(np.full(shape, 4_000.0), wind=(3.0, -2.0)))
    assert {part.shape for part in parts(going).values()} == {shape}
    reach = np.full((5, *([1] * len(shape))), 6_000.0)
    assert ALL[name].detectability(np.full(shape, 4_000.0), reach).shape == np.broadcast_shapes(shape, reach.shape)


@every
def test_at_no_distance_it_takes_no_time_and_everything_is_a_number(name: str) -> None:
    sensing = ALL[name]
    for wind in ((0.0, 0.0), (12.0, -5.0)):
        going = sensing.travel(paths(np.zeros(4), np.array([0.0, 1.0, 3.0, -2.0]), wind))
        assert not going.time_s.any() and not going.path_sigma_s.any()
        assert all(np.isfinite(part).all() for part in parts(going).values())
    reach = np.array([1.0, 100.0, 8_000.0, 1e6])
    caught = sensing.detectability(np.zeros(4), reach)
    assert np.isfinite(caught).all() and (caught > 0).all() and (caught < 1).all()


@every
@pytest.mark.parametrize("wind", [(0.0, 0.0), (15.0, 0.0), (-15.0, 8.0), (120.0, 120.0), (-150.0, -150.0)])
def test_it_is_never_faster_or_slower_than_it_says(name: str, wind: tuple[float, float]) -> None:
    sensing = ALL[name]
    slow, fast = sensing.speed_mps
    distance = ladder(sensing)
    for azimuth in np.linspace(0, 2 * np.pi, 9):
        time = sensing.travel(paths(distance, azimuth, wind)).time_s
        assert (time >= distance / fast * (1 - 1e-12)).all() and (time <= distance / slow * (1 + 1e-12)).all()


@every
def test_farther_takes_longer_and_scatters_no_less(name: str) -> None:
    going = ALL[name].travel(paths(ladder(ALL[name]), wind=(5.0, 3.0)))
    assert (np.diff(going.time_s) > 0).all()
    assert (np.diff(going.path_sigma_s) >= 0).all() and (going.path_sigma_s >= 0).all()


@every
def test_farther_is_caught_no_more_often_and_louder_no_less(name: str) -> None:
    sensing = ALL[name]
    reach = np.array([800.0, 2_000.0, 6_000.0, 15_000.0, 25_000.0])
    caught = sensing.detectability(ladder(sensing), reach[:, None])
    assert (caught >= 0).all() and (caught < 1).all()
    assert (np.diff(caught, axis=1) <= 0).all() and (np.diff(caught, axis=0) >= -1e-12).all()
    assert caught[:, 0].max() > 0.3, "something near is caught"


@every
def test_at_its_reach_a_loud_source_is_caught_as_often_as_not(name: str) -> None:
    if ALL[name].loud:
        reach = np.array([1_500.0, 6_000.0, 15_000.0])
        assert ALL[name].detectability(reach, reach) == pytest.approx(0.5, abs=0.05)


@every
@pytest.mark.parametrize("how", ["sound", "stretch", "wind"])
def test_the_rate_is_the_derivative_of_the_time_by_the_speed(name: str, how: str) -> None:
    """The effective speed may change by warmer air, by its even error, or by wind along the path."""
    sensing, step = ALL[name], 1e-3
    distance, azimuth = np.linspace(10.0, sensing.reach_m, 50), np.linspace(0.0, 6.0, 50)
    given = paths(distance, azimuth, wind=(4.0, -7.0))

    def faster(by: float) -> Paths:
        if how == "sound":
            return replace(given, sound_mps=given.sound_mps + by)
        if how == "stretch":
            return replace(given, stretch_mps=given.stretch_mps + by)
        return replace(
            given, wind_x_mps=given.wind_x_mps + by * given.unit_x, wind_y_mps=given.wind_y_mps + by * given.unit_y
        )

    numeric = (sensing.travel(faster(step)).time_s - sensing.travel(faster(-step)).time_s) / (2 * step)
    assert sensing.travel(given).rate_s == pytest.approx(numeric, rel=1e-5, abs=1e-9)


@every
def test_still_air_turns_nothing_and_a_wind_reversed_turns_the_other_way(name: str) -> None:
    distance, azimuth = np.full(9, 5_000.0), np.linspace(0.0, 6.0, 9)
    assert not ALL[name].travel(paths(distance, azimuth)).turn_rad.any()
    one = ALL[name].travel(paths(distance, azimuth, wind=(6.0, -2.0))).turn_rad
    other = ALL[name].travel(paths(distance, azimuth, wind=(-6.0, 2.0))).turn_rad
    assert other == pytest.approx(-one) and np.abs(one).max() < 0.1


@every
def test_which_way_north_is_does_not_matter(name: str) -> None:
    distance, azimuth = np.linspace(500.0, 9_000.0, 9), np.linspace(0.0, 6.0, 9)
    by = 1.2345
    east, north = 5.0, -3.0
    turned = (east * np.cos(by) + north * np.sin(by), -east * np.sin(by) + north * np.cos(by))
    one = ALL[name].travel(paths(distance, azimuth, (east, north)))
    other = ALL[name].travel(paths(distance, azimuth + by, turned))
    for field, part in parts(one).items():
        assert part == pytest.approx(parts(other)[field], rel=1e-9, abs=1e-12), field


@every
def test_in_a_mirror_only_the_turn_is_turned(name: str) -> None:
    distance, azimuth = np.linspace(500.0, 9_000.0, 9), np.linspace(0.0, 6.0, 9)
    one = ALL[name].travel(paths(distance, azimuth, (5.0, -3.0)))
    other = ALL[name].travel(paths(distance, -azimuth, (-5.0, -3.0)))
    assert other.time_s == pytest.approx(one.time_s) and other.turn_rad == pytest.approx(-one.turn_rad)


@every
def test_what_is_given_is_left_as_it_was(name: str) -> None:
    given = paths(np.linspace(0.0, 9_000.0, 9), wind=(5.0, -3.0))
    before = {one.name: getattr(given, one.name).copy() for one in fields(given)}
    ask: tuple[Callable[[], object], ...] = (
        lambda: ALL[name].travel(given),
        lambda: ALL[name].detectability(given.distance_m, np.array(5_000.0)),
    )
    for call in ask:
        call()
    assert all((getattr(given, field) == held).all() for field, held in before.items())
