"""Clouds of points and the edges near to each, some at a time, so that memory is bounded however long a line is."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

MOST_PAIRS = 1_000_000  # of points and edges looked at at once


def batches(close: npt.NDArray[np.bool_], points: int) -> list[slice]:
    """Clouds in a row (one at least) of which no more pairs of points and edges are looked at than at once, or about
    that. close (clouds, edges): the edges that each cloud is close to; points: of each cloud."""
    pairs = np.cumsum(close.sum(axis=1)) * points
    cuts = np.flatnonzero(np.diff(pairs // MOST_PAIRS)) + 1
    return [slice(start, end) for start, end in pairwise([0, *cuts.tolist(), len(close)])]
