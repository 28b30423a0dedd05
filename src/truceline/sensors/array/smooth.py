"""Running means along the last axis, mirrored at the ends."""

import numpy as np

from truceline.sensors.contract import Floats


def smooth(values: Floats, width: int) -> Floats:
    """Mean over `width` neighbours (made odd, and no wider than the axis allows)."""
    half = min(width // 2, values.shape[-1] - 1)
    if half < 1:
        return values
    mirrored = np.concatenate([values[..., half:0:-1], values, values[..., -2 : -half - 2 : -1]], axis=-1)
    sums = np.cumsum(mirrored, axis=-1)
    sums = np.concatenate([np.zeros((*values.shape[:-1], 1)), sums], axis=-1)
    return np.asarray((sums[..., 2 * half + 1 :] - sums[..., : -2 * half - 1]) / (2 * half + 1))
