"""What it was: the labels of all sensors combined, with how often sensors confuse one class with another.

Each sensor's label vector is evidence, not a vote: how likely such a vector is, if the event was of a class.
"""

from collections.abc import Sequence

import numpy as np

from truceline.model.observation import Labels, Observation
from truceline.sensors.contract import Floats

LEAST_LABEL = 0.005
WEIGHT = 0.8  # labels of one event err a little alike: the same sound over the same ground


def combine(observations: Sequence[Observation], prior: dict[str, float]) -> Labels:
    """Class probabilities of one event from the labels of its observations; sums to one, best known first.

    `prior` holds the share of each class in the epoch; a class no label names gets none.
    """
    named = [dict(seen.labels) for seen in observations if seen.labels]
    classes = sorted({class_ for labels in named for class_ in labels})
    if not classes:
        return (("explosion", 1.0),)
    log = np.array([np.log(prior.get(class_, LEAST_LABEL)) for class_ in classes])
    for labels in named:
        given = np.array([max(labels.get(class_, 0.0), LEAST_LABEL) for class_ in classes])
        log += WEIGHT * np.log(given / given.sum())
    probability = _softmax(log)
    return tuple((class_, float(p)) for class_, p in zip(classes, probability, strict=True))


def _softmax(log: Floats) -> Floats:
    value = np.exp(log - log.max())
    return np.asarray(value / value.sum())
