"""A line of contact as points of equal stretches, each with the length and the weight it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from truceline.coverage.stations import Bools
from truceline.geo.frame import Frame
from truceline.sensors.contract import Floats

RISK_M = 5_000.0  # how far along the line an event raises the weight of stretches


@dataclass(frozen=True)
class Stretches:
    """x, y: middles in frame metres; along_m: how far along the line they lie; length_m; weight: of each metre."""

    x: Floats
    y: Floats
    along_m: Floats
    length_m: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.x)

    @property
    def worth(self) -> Floats:
        """(stretches,) weighted length over all weighted length."""
        return np.asarray(self.length_m * self.weight / float((self.length_m * self.weight).sum()))


def stretches_of(line: Sequence[tuple[float, float]], frame: Frame, spacing_m: float) -> Stretches:
    """The stretches of a line of WGS84 degrees, all of weight 1."""
    x, y = frame.to_xy([lon for lon, _ in line], [lat for _, lat in line])
    drawn = shapely.linestrings(np.c_[x, y])
    total = float(shapely.length(drawn))
    count = max(1, round(total / spacing_m))
    along = (np.arange(count) + 0.5) * total / count
    points = shapely.line_interpolate_point(drawn, along)
    return Stretches(
        shapely.get_x(points), shapely.get_y(points), along, np.full(count, total / count), np.ones(count)
    )  # fmt: skip


def with_risk(stretches: Stretches, x: Floats, y: Floats, worth: Floats, share: float) -> Stretches:
    """The same stretches, `share` of the weight laid where fire was: at events x, y (frame metres) worth so much each
    (one over the probability to be known), spread over RISK_M along the line."""
    if not len(x):
        return stretches
    near = np.argmin((stretches.x - x[:, None]) ** 2 + (stretches.y - y[:, None]) ** 2, axis=1)
    kernel = np.exp(-0.5 * ((stretches.along_m - stretches.along_m[near][:, None]) / RISK_M) ** 2)
    kernel /= (kernel * stretches.length_m).sum(axis=1, keepdims=True)
    risk = (kernel * (worth / worth.sum())[:, None]).sum(axis=0) * float(stretches.length_m.sum())
    weight = (1 - share) * stretches.weight / stretches.weight.mean() + share * risk
    return Stretches(stretches.x, stretches.y, stretches.along_m, stretches.length_m, weight)


def kilometres(stretches: Stretches, some: Bools) -> float:
    """Length of some of the stretches."""
    return float(stretches.length_m[some].sum()) / 1000.0
