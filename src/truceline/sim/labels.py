"""What a sensor takes a sound for: its labels, often wrong.

A sensor first settles on one class (right most of the time, else a likely confusion), then spreads its
probabilities the way that class is usually confused, with a little noise.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.model.observation import BURST, DEMOLITION, EXPLOSION, IMPACT, OTHER, OUTGOING, QUARRY_BLAST, THUNDER
from truceline.sim.sources import KINDS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LABELS = (OUTGOING, IMPACT, BURST, DEMOLITION, QUARRY_BLAST, THUNDER)

# Truth → the class a sensor settles on, in order of LABELS.
SETTLES = {
    OUTGOING: (0.865, 0.135, 0, 0, 0, 0),
    IMPACT: (0.07, 0.855, 0, 0.075, 0, 0),
    BURST: (0, 0, 0.83, 0, 0, 0.17),
    DEMOLITION: (0, 0.06, 0, 0.90, 0.04, 0),
    QUARRY_BLAST: (0, 0.10, 0, 0.06, 0.84, 0),
    THUNDER: (0, 0.14, 0, 0, 0, 0.86),
    EXPLOSION: (0.03, 0.77, 0, 0.20, 0, 0),
    OTHER: (0.25, 0.25, 0.15, 0.10, 0.05, 0.20),
}
# The class settled on → the probabilities it states, before noise.
STATES = {
    OUTGOING: (0.79, 0.13, 0.018, 0.018, 0.018, 0.018),
    IMPACT: (0.11, 0.69, 0.018, 0.11, 0.018, 0.018),
    BURST: (0.018, 0.018, 0.77, 0.018, 0.018, 0.15),
    DEMOLITION: (0.018, 0.11, 0.018, 0.71, 0.12, 0.018),
    QUARRY_BLAST: (0.018, 0.16, 0.018, 0.10, 0.69, 0.018),
    THUNDER: (0.03, 0.12, 0.018, 0.018, 0.018, 0.79),
}
SETTLES_TABLE = np.array([SETTLES[kind] for kind in KINDS], float)
STATES_TABLE = np.array([STATES[kind] for kind in LABELS], float)
NOISE = 0.09  # spread added to the probabilities that are not negligible
NEGLIGIBLE = 0.02


def hear(heard_as: Ints, chance: np.random.Generator) -> Floats:
    """(n, 6) probabilities in order of LABELS for happenings heard as places in KINDS."""
    bounds = np.cumsum(SETTLES_TABLE, axis=1)[heard_as]
    draw = chance.random(heard_as.size)[:, None] * bounds[:, -1:]
    return _state((draw >= bounds).sum(1), chance)


def guess(count: int, chance: np.random.Generator) -> Floats:
    """Labels of nothing at all: anything goes."""
    return np.asarray(chance.dirichlet(np.ones(len(LABELS)), size=count), float)


def _state(settled: Ints, chance: np.random.Generator) -> Floats:
    spread: npt.NDArray[Any] = STATES_TABLE[settled]
    noise = NOISE * chance.random(spread.shape)
    stated = spread + np.where(spread > NEGLIGIBLE, noise, 0.0)
    return np.asarray(stated / stated.sum(1, keepdims=True), float)
