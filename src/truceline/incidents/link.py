"""Which impacts follow which launches: time of flight, range and the rhythm of the salvo.

If impacts were fired from a spot, each falls one time of flight after a launch there, the same for all rounds
but for some scatter. Chance does not keep the rhythm. The time of flight must suit the range: shells and
rockets cover ground at mean speeds of some hundred metres a second. Each launch has one impact: one whose impact is
surely known leaves nothing for others to follow.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Mean speed over ground, share, speed and spread in m/s: heavy mortars, howitzers, rockets; then anything.
SPEEDS = ((0.25, 240.0, 20.0), (0.25, 380.0, 30.0), (0.25, 420.0, 30.0))
ANY_SPEED = (0.25, 110.0, 750.0)
LEAST_RANGE_M, MOST_RANGE_M = 700.0, 45_000.0
JITTER_S, JITTER_SHARE = 0.35, 0.018  # scatter of the time of flight from round to round
UNHEARD = 0.12  # of a heard battery's rounds, launches that were not heard
GRID_S = 0.1
SLOW_MPS = 300.0  # mortars' rounds cover ground more slowly, guns' and rockets' faster
NOT_HEARD_AT_ALL = 0.25  # of salvos, those whose launches were out of everybody's earshot
WINDOW_S = 150.0
NOTHING_SIGMAS = 8.0  # off by more, a time of flight adds nothing to what chance does
NOTHING = 1e-18  # a time of flight less probable adds nothing to what is known of the launches
BLOCK = 128  # times of flight that are looked at at once
SPARE_S = 2.0  # of a time of flight, on either side
SALVO_S = 30.0  # a round of a salvo left within so long of a launch that was heard, if it was not heard itself


@dataclass(frozen=True)
class Spot:
    """Events of one role at one place: x, y (frame metres), sigma_m, times (n,) in seconds, ascending; real: how
    probably they happened at all; free (n,): of launches, how probably the impact of each is not another's."""

    x: float
    y: float
    sigma_m: float
    time_s: Floats
    free: Floats
    real: float = 1.0


@dataclass(frozen=True)
class Fit:
    """How well arrivals fit the launches of one spot.

    log_ratio: log-likelihood ratio that they were fired from there against unrelated (−inf where no shell could do it);
    left: probability that any launch that could have led to them is not another's. If they were fired from there:
    speed_mps: mean speed over ground that fits best; slow: probability that they flew as slowly as a mortar's rounds;
    taken: (launches,) probability that each launch had its impact among them, worked out when it is asked for; apart
    (arrivals,): those that fell too early or too late to be of one salvo with the launches.
    """

    log_ratio: float
    speed_mps: float = 0.0
    slow: float = 0.0
    left: float = 1.0
    taken: Callable[[], Floats] = field(default=lambda: np.zeros(0), compare=False)
    apart: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))


NO_FIT = Fit(-np.inf)


def link(fits: Sequence[Fit], launches: Sequence[Spot]) -> Floats:
    """(launches + 1,) probability that arrivals were fired from each spot, by how they fit it; from none that was
    heard, last."""
    log = np.array([one.log_ratio for one in fits])
    possible = np.isfinite(log)
    # Nothing is fired from a place where nothing happened, or where nothing is left that could have led to it.
    cause = np.array([spot.real * one.left for spot, one in zip(launches, fits, strict=True)])
    prior = (1.0 - NOT_HEARD_AT_ALL) * cause / max(1, int(possible.sum()))
    unheard = 1.0 - float(prior[possible].sum())
    with np.errstate(divide="ignore"):
        weight = np.r_[np.where(possible, log + np.log(prior), -np.inf), np.log(unheard)]
    value = np.exp(weight - weight.max())
    return np.asarray(value / value.sum())


def fit(arrivals: Spot, launches: Spot) -> Fit:
    """How well arrivals fit the launches of a spot, over all times of flight that a shell or rocket may take."""
    distance = float(np.hypot(arrivals.x - launches.x, arrivals.y - launches.y))
    slack = 3.0 * float(np.hypot(arrivals.sigma_m, launches.sigma_m))
    if distance + slack < LEAST_RANGE_M or distance - slack > MOST_RANGE_M:
        return NO_FIT
    distance = min(max(distance, LEAST_RANGE_M), MOST_RANGE_M)
    longest, shortest = arrivals.time_s[-1] - launches.time_s[0], arrivals.time_s[0] - launches.time_s[-1]
    if longest < distance / ANY_SPEED[2] - SPARE_S or shortest > distance / ANY_SPEED[1] + SPARE_S:
        return NO_FIT
    flight = np.arange(distance / ANY_SPEED[2], distance / ANY_SPEED[1], GRID_S)
    gap = arrivals.time_s[:, None] - launches.time_s[None, :]
    # Only launches that could have led to any of these: a place that fires again and again is no better a cause.
    could = ((gap > flight[0] - SPARE_S) & (gap < flight[-1] + SPARE_S)).any(axis=0)
    free = launches.free[could]
    if not (free > 0.0).any():
        return NO_FIT
    gap = gap[:, could]
    # Each launch has one impact; and what is unrelated comes at any time, alike for all spots.
    caught = (1 - UNHEARD) * min(1.0, float(free.sum()) / gap.shape[0])
    window = WINDOW_S + float(np.ptp(arrivals.time_s))
    of_each = caught * free / free.sum()
    per_arrival = _by_chance_and(gap, flight, of_each, (1 - caught) / window)
    evidence = np.log(per_arrival * window).sum(axis=0) + np.log(_prior(flight, distance, slack / 3))
    peak = float(evidence.max())
    weight = np.exp(evidence - peak)
    likeliest = float(flight[np.argmax(evidence)])
    off = np.abs(gap - likeliest).min(axis=1)
    return Fit(
        log_ratio=peak + float(np.log(weight.sum())),
        speed_mps=distance / likeliest,
        slow=float(weight[distance / flight < SLOW_MPS].sum() / weight.sum()),
        left=float(1.0 - np.prod(1.0 - free)),
        taken=partial(_taken, gap, flight, of_each, weight / weight.sum() / per_arrival, could),
        apart=off > SALVO_S,
    )


def _by_chance_and(gap: Floats, flight: Floats, of_each: Floats, chance: float) -> Floats:
    """(arrivals, flights) density (per second) of each arrival: what chance does, and each launch for its part.

    gap (arrivals, launches). Flights are looked at some at a time, each time with those pairs of arrival and launch
    that any of them comes near to: this is most of what linking costs.
    """
    found = np.full((len(gap), len(flight)), chance)
    for start in range(0, len(flight), BLOCK):
        some = flight[start : start + BLOCK]
        wide = NOTHING_SIGMAS * _scatter(some[-1])
        arrival, launch = np.nonzero((gap > some[0] - wide) & (gap < some[-1] + wide))
        if len(arrival):
            part = _density(gap[arrival, launch], some)
            part *= of_each[launch][:, None]
            first = np.flatnonzero(np.diff(arrival, prepend=-1))
            found[arrival[first], start : start + BLOCK] += np.add.reduceat(part, first, axis=0)
    return found


def _taken(gap: Floats, flight: Floats, of_each: Floats, weight: Floats, could: Bools) -> Floats:
    """(launches,) probability that each launch had its impact among the arrivals. weight (arrivals, flights): how
    probable each time of flight is, over the density of each arrival; could: launches that could have led to any."""
    likely = (weight > NOTHING).any(axis=0)
    part = _density(gap.ravel(), flight[likely]).reshape(*gap.shape, -1)
    taken = np.zeros(len(could))
    taken[could] = np.minimum(1.0, of_each * np.einsum("alf,af->l", part, weight[:, likely]))
    return taken


def _scatter(flight: Floats) -> Floats:
    return JITTER_S + JITTER_SHARE * flight


def _density(gap: Floats, flight: Floats) -> Floats:
    """(pairs, flights) density (per second) of each time between launch and impact, for each time of flight."""
    scatter = _scatter(flight)
    found = gap[:, None] - flight
    found /= scatter
    np.square(found, out=found)
    found *= -0.5
    np.exp(found, out=found)
    found /= scatter * np.sqrt(2 * np.pi)
    return found


def _prior(flight: Floats, distance: float, sigma_m: float) -> Floats:
    """Prior probability of each time of flight on the grid, from the speeds of weapons."""
    speed = distance / flight
    density = np.full(len(flight), ANY_SPEED[0] / (ANY_SPEED[2] - ANY_SPEED[1]))
    for share, mean, spread in SPEEDS:
        wide = np.hypot(spread, mean * sigma_m / distance)
        density += share * np.exp(-0.5 * ((speed - mean) / wide) ** 2) / (wide * np.sqrt(2 * np.pi))
    prior = density * speed / flight * GRID_S
    return np.asarray(prior / prior.sum())
