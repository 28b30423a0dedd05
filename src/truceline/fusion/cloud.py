"""Points that stand for a normal distribution, the same for whoever looks from the other side.

A spiral turns one way: of a world and its mirror image it would give two slightly different answers. So the points
are drawn in one quadrant and reflected into the other three.
"""

import numpy as np

from truceline.fusion.columns import Ints
from truceline.sensors.contract import Floats

GOLDEN = (3.0 - np.sqrt(5.0)) / 2
FLIPS = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])


def normal_cloud(points: int) -> Floats:
    """(points, 2) of a standard normal, spread evenly at normal radii; a multiple of four, in fours of one quadrant
    and its reflections."""
    k = np.arange(points // 4) + 0.5
    radius = np.sqrt(-2.0 * np.log1p(-4 * k / points))
    angle = (k * GOLDEN % 1.0) * np.pi / 2
    base = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.asarray((base[:, None] * FLIPS).reshape(-1, 2))


def scrambled(points: int) -> Ints:
    """(points,) rows of a normal cloud in another order, so that it is independent of the first when both are added
    up (to a hundredth, of 192 points), and each point's partner is reflected whenever the point is."""
    base = np.arange(points // 4)
    other = (base * 31 + 3) % len(base)
    return np.asarray((4 * other[:, None] + (np.arange(4) ^ (base % 4)[:, None])).ravel())


def quantiles(square: Floats, weight: Floats, levels: tuple[float, ...]) -> Floats:
    """(n, levels) squared radii that hold shares of weighted points, of their squared radii and weights (n, points),
    linear between points."""
    order = np.argsort(square, axis=1, kind="stable")
    mass = np.take_along_axis(weight, order, axis=1)
    held = np.cumsum(mass, axis=1) - mass / 2
    sorted_square = np.take_along_axis(square, order, axis=1)
    found = np.empty((len(square), len(levels)))
    for column, level in enumerate(levels):
        after = np.minimum((held < level).sum(axis=1), square.shape[1] - 1)[:, None]
        before = np.maximum(after - 1, 0)
        low, high = (np.take_along_axis(held, at, axis=1) for at in (before, after))
        share = np.clip((level - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
        near, far = (np.take_along_axis(sorted_square, at, axis=1) for at in (before, after))
        found[:, column] = (near + share * (far - near))[:, 0]
    return found
