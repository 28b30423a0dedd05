"""Array processing: sensitive, immune to one bad element, honest about how sure it is, and indifferent to what is
irrelevant.
"""

from collections.abc import Callable

import numpy as np
import pytest

from sensors.waves import RATE_HZ, Floats, apart, noise, ring, setup, window
from truceline.sensors.array.direction import find_directions
from truceline.sensors.array.layout import Elements, Setup

SIX = ring(6)


def _late(data: Floats, chance: np.random.Generator, seconds: float = 0.25) -> Floats:
    return np.roll(data, round(seconds * RATE_HZ))


def _spiky(data: Floats, chance: np.random.Generator) -> Floats:
    struck = data.copy()
    struck[chance.integers(0, len(data), 10)] += 100.0 * chance.normal(size=10)
    return struck


Fault = Callable[[Floats, np.random.Generator], Floats]
FAULTS: dict[str, Fault] = {
    "a clock 250 ms late": _late,
    "a clock 60 ms late": lambda data, chance: _late(data, chance, 0.06),
    "wires crossed": lambda data, chance: -data,
    "noise of its own": lambda data, chance: 3.0 * chance.normal(size=len(data)),
    "nothing at all": lambda data, chance: 0.0 * data,
    "ten times too loud": lambda data, chance: 10.0 * data,
    "a tenth as loud": lambda data, chance: 0.1 * data,
    "spikes": _spiky,
    "clipped": lambda data, chance: np.clip(data, -1.0, 1.0),
}


def trials(
    at_m: Floats, snr: float, count: int, fault: Fault | None = None, element: int = 1, seed: int = 1
) -> tuple[Floats, Floats]:
    """Windows and their true azimuths."""
    chance = np.random.default_rng(seed)
    azimuths = chance.uniform(0.0, 360.0, count)
    made = []
    for azimuth in azimuths:
        data = window(chance, at_m, azimuth, snr)
        if fault is not None:
            data[element] = fault(data[element], chance)
        made.append(data)
    return np.array(made), azimuths


@pytest.mark.parametrize("name", FAULTS)
def test_one_bad_element_of_six_does_no_harm(name: str) -> None:
    for element in (0, 2):
        data, truth = trials(SIX, 8.0, 60, FAULTS[name], element)
        found = find_directions(setup(SIX), data)
        error = apart(found.azimuth_deg, truth)
        assert np.median(error) <= 0.5 and np.percentile(error, 90) <= 1.1
        held = (truth - found.interval_from_deg) % 360.0 <= found.interval_width_deg
        assert held.mean() >= 0.8  # 60 windows: far below only if the interval is false
        assert np.median(found.suspects[:, element]) > 0.9
        assert np.median(found.interval_width_deg) < 4.0


def test_faint_waves_are_found() -> None:
    data, truth = trials(SIX, 3.0, 150)
    found = find_directions(setup(SIX), data)
    error = apart(found.azimuth_deg, truth)
    assert np.percentile(error, 90) <= 3.0
    held = (truth - found.interval_from_deg) % 360.0 <= found.interval_width_deg
    assert 0.89 <= held.mean() <= 0.99


@pytest.mark.soak
@pytest.mark.parametrize(
    ("snr", "fault"), [(3.0, None), (8.0, None), (8.0, "wires crossed"), (8.0, "a clock 250 ms late")]
)
def test_the_interval_holds_as_often_as_it_says(snr: float, fault: str | None) -> None:
    data, truth = trials(SIX, snr, 1500, FAULTS[fault] if fault else None, seed=77)
    found = find_directions(setup(SIX), data)
    held = (truth - found.interval_from_deg) % 360.0 <= found.interval_width_deg
    assert 0.93 <= held.mean() <= 0.97


def test_noise_alone_is_not_taken_for_a_wave() -> None:
    chance = np.random.default_rng(5)
    data = np.array([noise(chance, 6, 500) for _ in range(100)])
    assert np.all(find_directions(setup(SIX), data).log_odds < 0.0)


def test_four_elements_know_that_they_cannot_tell_which_clock_is_wrong() -> None:
    four = ring(4, 100.0)
    data, truth = trials(four, 8.0, 40, _late)
    found = find_directions(setup(four), data)
    held = (truth - found.interval_from_deg) % 360.0 <= found.interval_width_deg
    assert held.mean() >= 0.75
    assert np.median(found.interval_width_deg) > 20.0


def test_scale_and_order_of_elements_change_nothing_and_a_turned_array_turns_the_answer() -> None:
    data, _ = trials(SIX, 8.0, 6)
    plain = find_directions(setup(SIX), data)
    for factor in (1e-9, 1e9):
        assert find_directions(setup(SIX), factor * data).azimuth_deg == pytest.approx(plain.azimuth_deg, abs=1e-6)
    order = [3, 1, 5, 0, 2, 4]
    shuffled = find_directions(setup(SIX[order]), data[:, order])
    assert shuffled.azimuth_deg == pytest.approx(plain.azimuth_deg, abs=0.02)
    turn = np.radians(40.0)  # clockwise
    turned = SIX @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    found = find_directions(setup(turned), data)
    assert apart(found.azimuth_deg, plain.azimuth_deg + 40.0).max() < 0.05


def test_the_same_windows_give_the_same_numbers_whatever_stands_beside_them() -> None:
    data, _ = trials(SIX, 8.0, 5)
    together, alone = find_directions(setup(SIX), data), find_directions(setup(SIX), data[2:3])
    assert alone.azimuth_deg[0] == pytest.approx(together.azimuth_deg[2], abs=1e-9)


def test_windows_of_nothing_say_nothing() -> None:
    found = find_directions(setup(SIX), np.zeros((2, 6, 500)))
    assert np.all(np.isneginf(found.log_odds)) and np.all(found.interval_width_deg == 360.0)


def test_a_survey_that_is_less_sure_makes_the_answer_less_sure() -> None:
    data, _ = trials(SIX, 20.0, 5)
    sure = find_directions(setup(SIX, delay_sigma_s=0.001), data).azimuth_sigma_deg
    unsure = find_directions(setup(SIX, delay_sigma_s=0.010), data).azimuth_sigma_deg
    expected = np.degrees(345.0 * 0.010 / (150.0 * np.sqrt(2.5)))
    assert np.all(unsure > 2.0 * sure)
    assert unsure == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize(
    ("east", "north", "sigma", "said"),
    [
        ((0.0, 1.0), (0.0, 1.0), 0.001, "three elements"),
        ((0.0, 1.0, 2.0), (0.0, 1.0, 2.0), 0.001, "in a line"),
        ((0.0, 1.0, 2.0), (0.0, 1.0, 5.0), 0.0, "above zero"),
        ((0.0, 1.0, float("nan")), (0.0, 1.0, 5.0), 0.001, "not all finite"),
    ],
)
def test_what_is_no_array_is_refused(
    east: tuple[float, ...], north: tuple[float, ...], sigma: float, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        Elements(east, north, sigma)


def test_a_band_or_window_that_cannot_serve_is_refused() -> None:
    elements = Elements(SIX[:, 0].tolist(), SIX[:, 1].tolist())
    with pytest.raises(ValueError, match="does not fit"):
        Setup(elements, 50.0, 500, (0.5, 30.0))
    with pytest.raises(ValueError, match="too short"):
        Setup(elements, 50.0, 50, (1.0, 4.0))
