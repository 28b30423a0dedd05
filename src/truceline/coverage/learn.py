"""Learn how far things carry from who caught what of the mission's own events.

An event is in the catalogue because enough of it was caught, so a plain count of catches would flatter every station.
Only events are used that were caught well enough to be as good as sure to be known, and their likelihood is divided
by the probability of that. Who the event was, and how loud, is left open. Priors hold what little data cannot tell.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from truceline.coverage.carry import MOST_CAUGHT, STATED_REACH_SIGMA, Carry, stated
from truceline.coverage.chances import chance_of
from truceline.coverage.likelihood import ENOUGH, LEAST_CAUGHT, Likelihood, Loudness, Rows
from truceline.coverage.parameters import Parameters
from truceline.coverage.spells import States
from truceline.coverage.stations import Bools, Stations
from truceline.coverage.trials import RIVAL_EXISTENCE, Trials, alone, happened, sure, trials_of, with_catches
from truceline.coverage.wind import Winds
from truceline.geo.frame import Frame
from truceline.model.event import Event
from truceline.model.observation import Observation
from truceline.sensors.contract import Floats

FAR = 3.0  # of the stated reach: beyond, silence says nothing
MOST_ROWS = 60_000  # evenly over the events; more sharpens nothing
LEAST_ROWS = 30  # of a class at a kind of sensor, from which they may differ from the rest
LEAST_LABEL, FLOOR = 0.001, 0.01  # classes that an event may have been, and how unlikely they are taken for at most
ROUNDS = 30
SETTLED = 0.1  # of log posterior, between rounds
LEAST_STRETCH, MOST_STRETCH = 0.02, 32.0  # of a step
STATION_FACTORS = np.array([0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0, 1.1, 1.25])
STATION_SIGMA, ODD_SHARE = 0.06, 0.03  # most stations hear alike; some are worse by anything


def learn(
    events: Sequence[Event],
    observations: Sequence[Observation],
    stations: Stations,
    states: States,
    winds: Winds,
    frame: Frame,
    classes: Sequence[str],
) -> Carry:
    """How far things of these classes carry, by what this mission's stations caught of its events."""
    start = stated(classes, stations.kinds)
    known = [event for event in events if event.existence >= RIVAL_EXISTENCE and event.class_ in classes]
    if not len(stations) or not known:
        return start
    by_id = {seen.id: seen for seen in observations}
    what = happened(known, frame, states.base_us)
    trials = with_catches(trials_of(what, stations, states, winds), known, stations, by_id)
    rows = _rows(start, known, trials, stations)
    return fit(start, stations, rows) if len(rows) else start


def fit(start: Carry, stations: Stations, rows: Rows) -> Carry:
    """The carry that explains best who caught what, and the factor of each station."""
    likelihood = Likelihood.of(_parameters(start, stations, rows), stations, rows)
    vector, at, covariance = climb(likelihood)
    carry = likelihood.parameters.carry(vector)
    share = likelihood.shares(carry, at)
    sigma = np.sqrt(np.diag(covariance))[: len(start.classes)]
    return replace(
        carry,
        reach_sigma=np.minimum(sigma, STATED_REACH_SIGMA),
        events=np.asarray(np.bincount(rows.column, share.sum(axis=1), len(start.classes)), float),
        station_factor=_station_factors(carry, likelihood, at, share),
    )


def climb(likelihood: Likelihood) -> tuple[Floats, Loudness, Floats]:
    """The vector of most posterior, where its events' loudness lies, and its covariance (Berndt, Hall, Hall & Hausman
    1974, Ann. Econ. Soc. Meas. 3, 653)."""
    parameters = likelihood.parameters
    vector, precision = parameters.mean, np.diag(parameters.sigma**-2.0)
    at = likelihood.loudness(parameters.start)
    information, stretch = precision, 2.0
    for _ in range(ROUNDS):
        scores = likelihood.scores(vector, at)
        information = scores @ scores.T + precision
        step = np.linalg.solve(information, scores.sum(axis=1) - precision @ (vector - parameters.mean))
        value, gained = likelihood.value(vector, at), 0.0
        while stretch > LEAST_STRETCH:
            tried = vector + np.clip(stretch * step, -parameters.sigma, parameters.sigma)
            gained = likelihood.value(tried, at) - value
            if gained > 0:
                vector, at = tried, likelihood.loudness(parameters.carry(tried), at)
                break
            stretch /= 3.0
        # Far from the top the scores are large and the steps too short: they are lengthened as long as that helps.
        stretch = min(2.0 * stretch, MOST_STRETCH)
        if gained < SETTLED:
            break
    return vector, at, np.asarray(np.linalg.inv(information), float)


def _parameters(start: Carry, stations: Stations, rows: Rows) -> Parameters:
    kind, column = stations.kind[rows.trials.station], rows.column[rows.guess]
    count = np.zeros(start.class_factor.shape, np.int64)
    np.add.at(count, (kind, column), 1)
    commonest = int(np.argmax(np.bincount(kind[rows.trials.caught], minlength=len(start.kinds))))
    senses = [frozenset(stations.sensing[stations.kind == k].tolist()) for k in range(len(start.kinds))]
    free = tuple(
        (k, c)
        for k in range(len(start.kinds))
        for c in range(len(start.classes))
        if not senses[k] & senses[commonest] and count[k, c] >= LEAST_ROWS
    )
    return Parameters(start, commonest, free)


def _rows(start: Carry, known: Sequence[Event], trials: Trials, stations: Stations) -> Rows:
    """The trials that say something, once for each class that their event may have been."""
    guesses = [
        [(start.column(c), np.log(max(p, FLOOR))) for c, p in event.labels if c in start.classes and p >= LEAST_LABEL]
        for event in known
    ]
    count = np.array([len(some) for some in guesses], np.int64)
    farthest = FAR * np.array([max(start.reach_m[column] for column, _ in some) for some in guesses])
    kept = np.array([sure(event) for event in known])[trials.event] & alone(trials)
    kept &= trials.caught | (trials.distance_m < farthest[trials.event])
    kept &= _well_caught(trials.take(kept), stations, len(known))[trials.event]
    stride = -(-int(count[trials.event[kept]].sum()) // MOST_ROWS) or 1
    kept &= trials.event % stride == 0
    used = np.unique(trials.event[kept])
    count = np.where(np.isin(np.arange(len(known)), used), count, 0)
    trials = trials.take(kept)
    many = count[trials.event]
    pair = np.repeat(np.arange(len(trials)), many)
    place = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many)
    flat = [one for number in used.tolist() for one in guesses[number]]
    return Rows(
        trials=trials.take(pair),
        guess=(np.cumsum(count) - count)[trials.event[pair]] + place,
        column=np.array([column for column, _ in flat], np.int64),
        log_prior=np.array([log for _, log in flat]),
        event=np.repeat(np.arange(len(used)), count[used]),
    )


def _well_caught(trials: Trials, stations: Stations, count: int) -> Bools:
    """(events,) whether enough of each event was caught by these trials alone."""
    worth = trials.caught * (1.0 + stations.directed[trials.station])
    return np.asarray(np.bincount(trials.event, worth, count) >= ENOUGH)


def _station_factors(
    carry: Carry, likelihood: Likelihood, at: Loudness, share: Floats
) -> tuple[tuple[str, float], ...]:
    """Each station's reach over that of its kind: the mean over what its catches and misses allow (empirical Bayes)."""
    pairs, rows = likelihood.pairs, likelihood.pairs.rows
    usual = np.exp(-0.5 * (np.log(STATION_FACTORS) / STATION_SIGMA) ** 2)
    prior = (1 - ODD_SHARE) * usual / usual.sum() + ODD_SHARE / len(STATION_FACTORS)
    log = np.tile(np.log(prior), (len(pairs.stations), 1))
    trials = rows.trials
    for place, value in enumerate(STATION_FACTORS.tolist()):
        for node, louder in enumerate(at.nodes.T):
            factor = np.exp(louder[rows.guess])
            chance = chance_of(carry, pairs.groups, trials.distance_m / value, trials.tailwind_mps, factor)
            chance = np.clip(chance, 10 * LEAST_CAUGHT, MOST_CAUGHT)
            said = share[rows.guess, node] * np.log(np.where(trials.caught, chance, 1.0 - chance))
            log[:, place] += np.bincount(trials.station, said, len(pairs.stations))
    weight = np.exp(log - log.max(axis=1, keepdims=True))
    mean = np.exp(weight @ np.log(STATION_FACTORS) / weight.sum(axis=1))
    found = [(sensor, round(value, 3)) for sensor, value in zip(pairs.stations.sensor, mean.tolist(), strict=True)]
    return tuple((sensor, value) for sensor, value in found if value != 1.0)
