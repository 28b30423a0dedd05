"""What is learnt of a carry, as one vector with a prior."""

from dataclasses import dataclass, replace

import numpy as np

from truceline.coverage.carry import STATED_REACH_SIGMA, STATED_WIND_SHARE, WIND_SHARE_SIGMA, Carry
from truceline.sensors.contract import Floats

FACTOR_SIGMA, SHARPNESS_SIGMA, SHARE_SIGMA, CLASS_SIGMA = 0.5, 0.5, 0.3, 0.4  # of logarithms, before the mission
SPREAD, SPREAD_SIGMA = 0.1, 0.7


@dataclass(frozen=True)
class Parameters:
    """In order: log reach (classes), log factor (kinds but the commonest), log sharpness (kinds), log share (kinds),
    wind share, log spread, log class factor (free pairs of kind and class)."""

    start: Carry
    commonest: int
    free: tuple[tuple[int, int], ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        kinds = len(self.start.kinds)
        return len(self.start.classes), kinds - 1, kinds, kinds, 1, 1, len(self.free)

    @property
    def spread_at(self) -> int:
        return sum(self.sizes[:5])

    @property
    def mean(self) -> Floats:
        """(parameters,) before the mission."""
        zero = [np.zeros(size) for size in self.sizes]
        known = [np.log(self.start.reach_m), *zero[1:4], np.full(1, STATED_WIND_SHARE), np.full(1, np.log(SPREAD))]
        return np.concatenate([*known, zero[6]])

    @property
    def sigma(self) -> Floats:
        """(parameters,) before the mission."""
        sigmas = (
            STATED_REACH_SIGMA, FACTOR_SIGMA, SHARPNESS_SIGMA, SHARE_SIGMA, WIND_SHARE_SIGMA, SPREAD_SIGMA, CLASS_SIGMA,
        )  # fmt: skip
        return np.concatenate([np.full(size, sigma) for size, sigma in zip(self.sizes, sigmas, strict=True)])

    def log_prior(self, vector: Floats) -> float:
        """Of a vector, up to a constant."""
        return float(-0.5 * (((vector - self.mean) / self.sigma) ** 2).sum())

    def carry(self, vector: Floats) -> Carry:
        """What a vector means."""
        parts = np.split(vector, np.cumsum(self.sizes)[:-1])
        class_factor = np.ones(self.start.class_factor.shape)
        for (kind, column), value in zip(self.free, parts[6].tolist(), strict=True):
            class_factor[kind, column] = np.exp(value)
        return replace(
            self.start,
            reach_m=np.exp(parts[0]),
            factor=np.insert(np.exp(parts[1]), self.commonest, 1.0),
            sharpness=np.exp(parts[2]),
            share=np.exp(parts[3]),
            wind_share=float(parts[4][0]),
            spread=float(np.exp(parts[5][0])),
            class_factor=class_factor,
        )
