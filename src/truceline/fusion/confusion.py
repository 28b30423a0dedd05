"""What sensors of one model call things, learnt from what they agree on.

A model: the sensors of one kind of one provider. A call: the class that a sensor holds likeliest, said surely or not.
How often things of each class get each call is counted over the events of the mission whose class all their sensors
together make sure, and is used to classify them anew (expectation–maximisation: Dawid & Skene 1979, Applied
Statistics 28, 20). Before much was counted, a call is believed as it is stated; before much was counted of one model,
as all models together bear out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.fusion.columns import Ints
from truceline.model.network import Network
from truceline.model.observation import CLASSES, Labels, Observation
from truceline.sensors.contract import Floats

SURELY = 0.6  # probability from which a call is a sure one
AS_STATED, AS_ALL = 20.0, 30.0  # weight of what is believed before, in calls
LEAST_LABEL = 0.005
INDEX = {class_: row for row, class_ in enumerate(CLASSES)}
CALLS = 2 * len(CLASSES)


@dataclass(frozen=True)
class Confusion:
    """Calls counted so far: counts (models, classes, CALLS), what things of each class were called."""

    models: tuple[tuple[str, str], ...]  # (provider, kind of sensor)
    counts: Floats

    def likelihood(self, calls: "Calls") -> Floats:
        """(n, classes) how likely each call is for a thing of each class."""
        everyone = self.counts.sum(axis=0)
        shared = AS_STATED * calls.stated + everyone[:, calls.call].T
        shared /= AS_STATED + everyone.sum(axis=1)
        own = AS_ALL * shared + self.counts[calls.model, :, calls.call]
        return np.asarray(own / (AS_ALL + self.counts.sum(axis=2)[calls.model]))

    def with_calls(self, calls: "Calls", share: Floats) -> "Confusion":
        """With further calls counted; share (n, classes): how probably each was of a thing of each class."""
        counts = self.counts.copy()
        np.add.at(counts.transpose(0, 2, 1), (calls.model, calls.call), share)
        return Confusion(self.models, counts)


@dataclass(frozen=True)
class Calls:
    """Calls one after another: whose event (row), model and call (rows of `Confusion`), and stated (n, classes): the
    probabilities stated, over the classes that are considered for the event."""

    event: Ints
    model: Ints
    call: Ints
    stated: Floats


def nothing_confused(network: Network) -> Confusion:
    """Before anything was called anything."""
    models = tuple(sorted({(sensor.provider, sensor.kind) for sensor in network.sensors}))
    return Confusion(models, np.zeros((len(models), len(CLASSES), CALLS)))


def calls_of(
    seen: Sequence[Sequence[Observation]], network: Network, confusion: Confusion, considered: Floats
) -> Calls:
    """The calls in the observations of each event; considered (events, classes): not zero for classes thought of."""
    number = {model: row for row, model in enumerate(confusion.models)}
    event, model, call, stated = [], [], [], []
    for row, members in enumerate(seen):
        for one in members:
            if one.labels:
                sensor = network.by_id[one.sensor]
                event.append(row)
                model.append(number[sensor.provider, sensor.kind])
                call.append(call_of(one.labels))
                stated.append(stated_of(one.labels))
    if not event:
        none = np.zeros(0, np.int64)
        return Calls(none, none, none, np.zeros((0, len(CLASSES))))
    rows = np.array(event)
    given = np.array(stated) * (considered[rows] > 0)
    return Calls(rows, np.array(model), np.array(call), given / given.sum(axis=1, keepdims=True))


def call_of(labels: Labels) -> int:
    """The call that labels amount to (the first class by name among equals)."""
    class_, probability = min(labels, key=lambda one: (-one[1], one[0]))
    return INDEX[class_] + (0 if probability >= SURELY else len(CLASSES))


def stated_of(labels: Labels) -> Floats:
    """(classes,) the probabilities that labels state, none quite nothing."""
    stated = np.full(len(CLASSES), LEAST_LABEL)
    for class_, probability in labels:
        stated[INDEX[class_]] = max(probability, LEAST_LABEL)
    return stated
