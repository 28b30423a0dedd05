"""Many clouds of points beside a line and an edge at once: each the same as alone."""

from itertools import pairwise

import numpy as np
import pytest

from truceline.geo import batches
from truceline.geo.held import Edges
from truceline.geo.line import Line

BENDS = np.array([[0.0, 0.0], [4_000.0, 300.0], [5_000.0, 2_500.0], [9_000.0, 2_000.0], [9_500.0, -1_000.0]])
X, Y = (
    centre[:, None] + spread[:, None] * np.random.default_rng(seed).normal(size=(24, 30))
    for seed, centre, spread in (
        (1, np.linspace(-2_000.0, 11_000.0, 24), np.geomspace(1.0, 4_000.0, 24)),
        (2, np.linspace(3_000.0, -2_000.0, 24), np.geomspace(1.0, 4_000.0, 24)),
    )
)


def plainly(x: float, y: float) -> float:
    """Metres from the line, segment by segment."""
    found = []
    for (x0, y0), (x1, y1) in pairwise(BENDS):
        share = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
        share = min(1.0, max(0.0, share))
        found.append(float(np.hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0))))
    return min(found)


@pytest.mark.parametrize("most", [1, 400, batches.MOST_PAIRS])
def test_clouds_looked_at_together_are_each_as_alone(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_PAIRS", most)
    line = Line(*BENDS.T)
    edges = Edges(*BENDS[:-1].T, *BENDS[1:].T)
    together, distance = line.beside(X, Y), edges.distance(X, Y)
    for row in range(len(X)):
        for whole, alone in zip(together, line.beside(X[row], Y[row]), strict=True):
            assert np.array_equal(whole[row], alone)
        assert np.array_equal(distance[row], edges.distance(X[row], Y[row]))
        assert np.allclose(np.abs(together[0][row]), [plainly(x, y) for x, y in zip(X[row], Y[row], strict=True)])
    assert np.allclose(distance, np.abs(together[0]))


def test_batches_hold_every_cloud_once_and_few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_PAIRS", 100)
    close = np.random.default_rng(3).random((40, 6)) < 0.5
    close[:, 0] = True
    found = batches.batches(close, 5)
    assert [row for some in found for row in range(len(close))[some]] == list(range(40))
    assert max(int(close[some].sum()) * 5 for some in found) <= 200 and len(found) > 1
