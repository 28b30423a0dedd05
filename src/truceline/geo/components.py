"""Which of some things hang together, by pairs of them that do."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def components(count: int, one: Ints, other: Ints) -> Ints:
    """(count,) the least member of the component that each thing is of. one, other (pairs,): places of two of them."""
    label = np.arange(count)
    while True:
        least = np.minimum(label[one], label[other])
        if np.array_equal(label[one], least) and np.array_equal(label[other], least):
            return label
        for some in (one, other):
            np.minimum.at(label, label[some], least)
            np.minimum.at(label, some, least)
        label = label[label]
