"""Which impacts follow which launches: time of flight, range and the rhythm of the salvo.

If impacts were fired from a spot, each falls one time of flight after a launch there, the same for all rounds
but for some scatter. Chance does not keep the rhythm. The time of flight must suit the range: shells and
rockets cover ground at mean speeds of some hundred metres a second.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Mean speed over ground, share, speed and spread in m/s: heavy mortars, howitzers, rockets; then anything.
SPEEDS = ((0.25, 240.0, 20.0), (0.25, 380.0, 30.0), (0.25, 420.0, 30.0))
ANY_SPEED = (0.25, 110.0, 750.0)
LEAST_RANGE_M, MOST_RANGE_M = 700.0, 45_000.0
JITTER_S, JITTER_SHARE = 0.35, 0.018  # scatter of the time of flight from round to round
UNHEARD = 0.12  # of a heard battery's rounds, launches that were not heard
GRID_S = 0.1
NOT_HEARD_AT_ALL = 0.25  # of salvos, those whose launches were out of everybody's earshot
WINDOW_S = 150.0


@dataclass(frozen=True)
class Spot:
    """Events of one role at one place: x, y (frame metres), sigma_m, times (n,) in seconds, ascending."""

    x: float
    y: float
    sigma_m: float
    time_s: Floats


def link(arrivals: Spot, launches: list[Spot]) -> tuple[Floats, Floats]:
    """(launches + 1,) probability that the arrivals were fired from each spot; from none that was heard, last.
    (launches,) mean speed over ground that fits best, m/s."""
    found = [log_ratio(arrivals, spot) for spot in launches]
    log, speed = np.array([one[0] for one in found]), np.array([one[1] for one in found])
    possible = np.isfinite(log)
    prior = (1.0 - NOT_HEARD_AT_ALL) / max(1, int(possible.sum()))
    weight = np.r_[np.where(possible, log + np.log(prior), -np.inf), np.log(NOT_HEARD_AT_ALL)]
    value = np.exp(weight - weight.max())
    return np.asarray(value / value.sum()), speed


def log_ratio(arrivals: Spot, launches: Spot) -> tuple[float, float]:
    """Log-likelihood ratio that the arrivals were fired from the launches' spot against unrelated (−inf where no
    shell could do it), and the mean speed over ground that fits best."""
    distance = float(np.hypot(arrivals.x - launches.x, arrivals.y - launches.y))
    slack = 3.0 * float(np.hypot(arrivals.sigma_m, launches.sigma_m))
    if distance + slack < LEAST_RANGE_M or distance - slack > MOST_RANGE_M:
        return -np.inf, 0.0
    distance = float(np.clip(distance, LEAST_RANGE_M, MOST_RANGE_M))
    flight = np.arange(distance / ANY_SPEED[2], distance / ANY_SPEED[1], GRID_S)
    gap = arrivals.time_s[:, None] - launches.time_s[None, :]
    if not ((gap > flight[0] - 2) & (gap < flight[-1] + 2)).any():
        return -np.inf, 0.0
    scatter = JITTER_S + JITTER_SHARE * flight
    z = (gap[:, :, None] - flight) / scatter
    density = np.exp(-0.5 * z * z) / (scatter * np.sqrt(2 * np.pi))
    window = WINDOW_S + float(np.ptp(launches.time_s))
    per_arrival = (1 - UNHEARD) * density.mean(axis=1) + UNHEARD / window
    evidence = np.log(per_arrival * window).sum(axis=0) + np.log(_prior(flight, distance, slack / 3))
    peak = float(evidence.max())
    return peak + float(np.log(np.exp(evidence - peak).sum())), distance / float(flight[np.argmax(evidence)])


def _prior(flight: Floats, distance: float, sigma_m: float) -> Floats:
    """Prior probability of each time of flight on the grid, from the speeds of weapons."""
    speed = distance / flight
    density = np.full(len(flight), ANY_SPEED[0] / (ANY_SPEED[2] - ANY_SPEED[1]))
    for share, mean, spread in SPEEDS:
        wide = np.hypot(spread, mean * sigma_m / distance)
        density += share * np.exp(-0.5 * ((speed - mean) / wide) ** 2) / (wide * np.sqrt(2 * np.pi))
    prior = density * speed / flight * GRID_S
    return np.asarray(prior / prior.sum())
