"""How well impacts fit launches: the same as weighed launch by launch and flight by flight, in plain loops."""

import numpy as np

from truceline.incidents.link import (
    ANY_SPEED,
    GRID_S,
    JITTER_S,
    JITTER_SHARE,
    NO_FIT,
    UNHEARD,
    WINDOW_S,
    Spot,
    _prior,
    fit,
)

FLIGHT_S = 24.0
LAUNCHES = Spot(0.0, 0.0, 60.0, 4.0 * np.arange(9.0, dtype=np.float64), np.linspace(1.0, 0.4, 9))
FELL = np.sort(LAUNCHES.time_s[:7] + FLIGHT_S + 0.4 * np.sin(np.arange(7)))
ARRIVALS = Spot(9_000.0, 0.0, 60.0, FELL, np.ones(7))


def density(gap: float, flight: float) -> float:
    scatter = JITTER_S + JITTER_SHARE * flight
    return float(np.exp(-0.5 * ((gap - flight) / scatter) ** 2) / (scatter * np.sqrt(2 * np.pi)))


def test_the_ratio_and_what_was_taken_are_those_of_plain_loops() -> None:
    flights = np.arange(9_000.0 / ANY_SPEED[2], 9_000.0 / ANY_SPEED[1], GRID_S)
    caught = (1 - UNHEARD) * min(1.0, LAUNCHES.free.sum() / 7)
    of_each = caught * LAUNCHES.free / LAUNCHES.free.sum()
    window = WINDOW_S + float(np.ptp(FELL))
    each = np.array(
        [
            [[p * density(fell - left, f) for f in flights] for left, p in zip(LAUNCHES.time_s, of_each, strict=True)]
            for fell in FELL
        ]
    )  # (arrivals, launches, flights)
    whole = each.sum(axis=1) + (1 - caught) / window
    sigma = float(np.hypot(60.0, 60.0))
    weight = np.prod(whole * window, axis=0) * _prior(flights, 9_000.0, sigma)
    found = fit(ARRIVALS, LAUNCHES)
    assert np.isclose(found.log_ratio, np.log(weight.sum()), atol=1e-9)
    taken = (each * weight / weight.sum() / whole[:, None]).sum(axis=(0, 2))
    assert np.allclose(found.taken(), np.minimum(1.0, taken), atol=1e-9)
    assert not found.apart.any() and found.taken()[:7].min() > 0.5 > found.taken()[7:].max()


def test_what_no_shell_could_do_is_no_fit() -> None:
    for off_s in (-60.0, 400.0):
        assert fit(Spot(9_000.0, 0.0, 60.0, FELL + off_s, np.ones(7)), LAUNCHES) is NO_FIT
    assert fit(Spot(90_000.0, 0.0, 60.0, FELL, np.ones(7)), LAUNCHES) is NO_FIT
