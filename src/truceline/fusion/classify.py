"""What it was: the labels of all sensors combined, and what else happened at the same place.

Each sensor's label vector is evidence, not a vote: how likely such a vector is, if the event was of a class.
A battery launches and a target is struck: events at one place within the hour share a mixture of classes, which
is learnt from all of them together. Classes that nobody named for an event are not considered for it.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from truceline.fusion.columns import Ints
from truceline.model.observation import EXPLOSION, Labels, Observation
from truceline.sensors.contract import Floats

LEAST_LABEL = 0.005
WEIGHT = 0.8  # labels of one event err a little alike: the same sound over the same ground
PLACE_M, PLACE_SIGMAS, PLACE_MOST_M = 300.0, 1.5, 650.0
PLACE_GAP_S = 900.0
PRIOR_EVENTS = 1.0  # weight of "any class" in the mixture of a place, in events
ROUNDS = 8


def classify(
    members: Sequence[Sequence[Observation]], x: Floats, y: Floats, sigma_m: Floats, time_s: Floats
) -> tuple[Labels, ...]:
    """Class probabilities of n events, each summing to one, in order of class.

    members: the observations of each event; x, y, sigma_m (frame metres), time_s: (n,) where and when.
    """
    classes = sorted({class_ for seen in members for one in seen for class_, _ in one.labels} | {EXPLOSION})
    evidence = np.stack([_evidence(seen, classes) for seen in members]) if members else np.zeros((0, len(classes)))
    place = _places(x, y, sigma_m, time_s)
    considered = np.isfinite(evidence)
    prior = considered / considered.sum(axis=1, keepdims=True)
    probability = _normal(evidence, prior)
    for _ in range(ROUNDS):
        total = np.zeros((len(evidence), len(classes)))
        np.add.at(total, place, probability)
        # What an event itself says must not speak for it twice.
        others = total[place] - probability
        mixture = (others + PRIOR_EVENTS * prior) / (others.sum(axis=1, keepdims=True) + PRIOR_EVENTS)
        probability = _normal(evidence, mixture)
    return tuple(
        tuple((class_, float(p)) for class_, p, known in zip(classes, row, seen, strict=True) if known)
        for row, seen in zip(probability, considered, strict=True)
    )


def lone_labels(seen: Sequence[Observation]) -> Labels:
    """Class probabilities of an event by itself."""
    zero = np.zeros(1)
    return classify([seen], zero, zero, zero, zero)[0]


def _evidence(seen: Sequence[Observation], classes: Sequence[str]) -> Floats:
    """(classes,) log-likelihood of all labels given each class; −inf for classes that nobody named."""
    log = np.full(len(classes), -np.inf)
    named = [dict(one.labels) for one in seen if one.labels]
    known = sorted({class_ for labels in named for class_ in labels}) or [EXPLOSION]
    rows = [classes.index(class_) for class_ in known]
    log[rows] = 0.0
    for labels in named:
        given = np.array([max(labels.get(class_, 0.0), LEAST_LABEL) for class_ in known])
        log[rows] += WEIGHT * np.log(given / given.sum())
    return log


def _normal(evidence: Floats, prior: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        log = evidence + np.log(prior)
    value = np.exp(log - log.max(axis=1, keepdims=True))
    return np.asarray(value / value.sum(axis=1, keepdims=True))


def _places(x: Floats, y: Floats, sigma_m: Floats, time_s: Floats) -> Ints:
    """(n,) number of the place each event belongs to."""
    if not len(x):
        return np.zeros(0, np.int64)
    pairs = cKDTree(np.c_[x, y]).query_pairs(PLACE_MOST_M, output_type="ndarray")
    a, b = pairs[:, 0], pairs[:, 1]
    near = np.hypot(x[a] - x[b], y[a] - y[b]) <= PLACE_M + PLACE_SIGMAS * (sigma_m[a] + sigma_m[b])
    joined = pairs[near & (np.abs(time_s[a] - time_s[b]) <= PLACE_GAP_S)]
    graph = coo_matrix((np.ones(len(joined)), (joined[:, 0], joined[:, 1])), shape=(len(x), len(x)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)
