"""What it was: the calls of all sensors, how far it carried, when, and what else happened at the same place.

Each sensor's labels are evidence, not a vote: how likely such a call is of such a sensor, if the event was of a class,
is learnt from what sensors agree on (`confusion`). Small arms carry a mile and thunder carries ten, so who was silent
tells them apart. Quarries blast by day. A battery launches and a target is struck: events at one place within the hour
share a mixture of classes, which is learnt from all of them together. That a launch here and an impact there make a
pair is not used: who did it is inferred from such pairs, and what made them pairs would then count twice. Classes that
nobody named for an event are not considered for it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from truceline.fusion.attach import Places
from truceline.fusion.columns import Ints
from truceline.fusion.confusion import INDEX, Calls, Confusion, call_of, calls_of, stated_of
from truceline.fusion.scene import REACHES_M
from truceline.model.network import Network
from truceline.model.observation import CLASSES, EXPLOSION, QUARRY_BLAST, Labels, Observation
from truceline.sensors.carrying import STATED_REACH_M
from truceline.sensors.contract import Floats

WEIGHT = 0.8  # labels of one event err a little alike: the same sound over the same ground
PLACE_M, PLACE_SIGMAS, PLACE_MOST_M = 300.0, 1.5, 650.0
PLACE_GAP_S = 900.0
PRIOR_EVENTS = 1.0  # weight of "any class" in the mixture of a place, in events
ROUNDS = 8
SURELY_REAL, SURE_OF_CLASS = 0.9, 0.9  # existence of the events that calls are learnt from, and their class
LEAST_CALLS = 2  # on an event, to learn from it
REACH_SIGMA = 0.6  # of the logarithm of how far one class carries: loudness, wind, ground
UNLIKE_ANY = 0.1  # share of things that carry as far as they please
DAY_BEGINS_H, DAY_ENDS_H, QUARRY_BY_NIGHT = 5.0, 21.0, 1.0 / 3.0  # local solar hours, and how much rarer
TELLING = 0.7  # log odds, of the likeliest class over the next, that are worth a reason


@dataclass(frozen=True)
class Heard:
    """n events as classification sees them, besides their observations. loudness (n, reaches): log-likelihood of who
    heard it and who did not, by how far it carried; real (n,): existence; hour (n,): local solar hour."""

    places: Places
    loudness: Floats
    real: Floats
    hour: Floats


@dataclass(frozen=True)
class Classified:
    """Labels and reasons of n events, and the calls counted so far, theirs included."""

    labels: tuple[Labels, ...]
    reasons: tuple[tuple[str, ...], ...]
    confusion: Confusion


def classify(seen: Sequence[Sequence[Observation]], heard: Heard, network: Network, before: Confusion) -> Classified:
    """Class probabilities of n events, each summing to one, in order of class; seen: the observations of each."""
    considered = _considered(seen)
    calls = calls_of(seen, network, before, considered)
    counted = np.bincount(calls.event, minlength=len(seen))
    learnt_from = ((counted >= LEAST_CALLS) & (heard.real >= SURELY_REAL))[calls.event, None]
    place = _places(heard.places)
    prior = considered / np.maximum(considered.sum(axis=1, keepdims=True), 1.0)
    carried, timely = _carried(heard.loudness), _timely(heard.hour)
    confusion, mixture = before, prior
    for _ in range(ROUNDS):
        called = _called(calls, confusion, len(seen))
        probability = _normal(called + carried + timely, mixture)
        # Only what is sure teaches: the little that every class may claim of everything adds up, and a class of which
        # nothing happened would learn to look like the commonest.
        sure = np.where(probability >= SURE_OF_CLASS, probability, 0.0)
        confusion = before.with_calls(calls, sure[calls.event] * learnt_from)
        total = np.zeros_like(prior)
        np.add.at(total, place, probability)
        # What an event itself says must not speak for it twice.
        others = total[place] - probability
        mixture = (others + PRIOR_EVENTS * prior) / (others.sum(axis=1, keepdims=True) + PRIOR_EVENTS)
    probability = _normal(_called(calls, confusion, len(seen)) + carried + timely, mixture)
    shared = np.log(np.maximum(mixture, 1e-12))
    return Classified(
        tuple(_labels(row, known) for row, known in zip(probability, considered, strict=True)),
        tuple(_reasons(*row) for row in zip(probability, _said(seen), carried, timely, shared, strict=True)),
        confusion,
    )


def lone_labels(seen: Sequence[Observation]) -> Labels:
    """Class probabilities of an event by itself, each label believed as it is stated."""
    considered = _considered([seen])
    log = np.zeros_like(considered)
    for one in seen:
        if one.labels:
            given = stated_of(one.labels) * considered
            log += WEIGHT * np.log(np.where(considered > 0, given / given.sum(), 1.0))
    return _labels(_normal(log, considered)[0], considered[0])


def _considered(seen: Sequence[Sequence[Observation]]) -> Floats:
    """(n, classes) one for classes that somebody named for an event, zero for the others."""
    found = np.zeros((len(seen), len(CLASSES)))
    for row, members in enumerate(seen):
        named = {class_ for one in members for class_, _ in one.labels} or {EXPLOSION}
        found[row, [INDEX[class_] for class_ in named]] = 1.0
    return found


def _called(calls: Calls, confusion: Confusion, count: int) -> Floats:
    """(n, classes) log-likelihood of all that each event was called."""
    log = np.zeros((count, len(CLASSES)))
    np.add.at(log, calls.event, WEIGHT * np.log(np.maximum(confusion.likelihood(calls), 1e-12)))
    return log


def _carried(loudness: Floats) -> Floats:
    """(n, classes) log-likelihood of how far each event carried: who heard it, and who was silent."""
    carries = np.full((len(CLASSES), len(REACHES_M)), 1.0 / len(REACHES_M))
    for class_, reach_m in STATED_REACH_M.items():
        like = np.exp(-0.5 * (np.log(REACHES_M / reach_m) / REACH_SIGMA) ** 2)
        carries[INDEX[class_]] = (1.0 - UNLIKE_ANY) * like / like.sum() + UNLIKE_ANY / len(REACHES_M)
    heard = np.exp(loudness - loudness.max(axis=1, keepdims=True))
    return np.asarray(np.log(heard @ carries.T))


def _timely(hour: Floats) -> Floats:
    """(n, classes) log of how much rarer a class is at an event's local solar hour."""
    log = np.zeros((len(hour), len(CLASSES)))
    night = (hour < DAY_BEGINS_H) | (hour >= DAY_ENDS_H)
    log[night, INDEX[QUARRY_BLAST]] = np.log(QUARRY_BY_NIGHT)
    return log


def _normal(evidence: Floats, prior: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        log = evidence + np.log(prior)
    value = np.exp(log - log.max(axis=1, keepdims=True))
    return np.asarray(value / value.sum(axis=1, keepdims=True))


def _labels(probability: Floats, considered: Floats) -> Labels:
    """Labels in order of class, of the classes that were considered."""
    return tuple(sorted((CLASSES[row], float(probability[row])) for row in np.flatnonzero(considered)))


def _said(seen: Sequence[Sequence[Observation]]) -> list[Counter[str]]:
    """How many observations call each event what."""
    return [Counter(CLASSES[call_of(one.labels) % len(CLASSES)] for one in members if one.labels) for members in seen]


def _reasons(
    probability: Floats, said: Counter[str], carried: Floats, timely: Floats, mixture: Floats
) -> tuple[str, ...]:
    """Why the likeliest class, in words: what it was called, and what else told it from the next likeliest."""
    first, second = (int(row) for row in np.argsort(-probability, kind="stable")[:2])
    top, other = (CLASSES[row].replace("_", " ") for row in (first, second))
    if not said:
        return ("No observation says what it was.",)
    reasons = [f"{said[CLASSES[first]]} of {said.total()} observations with labels call it {top}."]
    if probability[second] > 0 and carried[first] - carried[second] > TELLING:
        reasons.append(f"It carried as far as {top} does, not as {other}.")
    if timely[second] < 0:
        reasons.append("It was night, when quarries hardly blast.")
    if probability[second] > 0 and mixture[first] - mixture[second] > TELLING:
        reasons.append(f"Others at this place within the hour were {top} rather than {other}.")
    return tuple(reasons)


def _places(at: Places) -> Ints:
    """(n,) number of the place each event belongs to."""
    if not len(at.x):
        return np.zeros(0, np.int64)
    pairs = cKDTree(np.c_[at.x, at.y]).query_pairs(PLACE_MOST_M, output_type="ndarray")
    a, b = pairs[:, 0], pairs[:, 1]
    near = np.hypot(at.x[a] - at.x[b], at.y[a] - at.y[b]) <= PLACE_M + PLACE_SIGMAS * (at.sigma_m[a] + at.sigma_m[b])
    joined = pairs[near & (np.abs(at.time_s[a] - at.time_s[b]) <= PLACE_GAP_S)]
    graph = coo_matrix((np.ones(len(joined)), (joined[:, 0], joined[:, 1])), shape=(len(at.x), len(at.x)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)
