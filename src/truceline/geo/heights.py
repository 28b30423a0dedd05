"""Heights of the ground on a grid of degrees."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.geo.frame import Floats


@dataclass(frozen=True)
class Heights:
    """Metres above the sea at the middles of cells; table: (rows from the south, columns from the west), 0 unknown.

    west_deg, south_deg: the middle of the south-western cell; step_deg: of a cell, both ways.
    """

    west_deg: float
    south_deg: float
    step_deg: float
    table: Floats

    @staticmethod
    def of(west_deg: float, south_deg: float, step_deg: float, rows: Sequence[Sequence[float]]) -> "Heights":
        """Heights of rows from the south; NaN where nothing is known, which is taken for the level of the sea."""
        return Heights(west_deg, south_deg, step_deg, np.nan_to_num(np.asarray(rows, float)))

    def at(self, lon: Floats, lat: Floats) -> Floats:
        """Metres at WGS84 degrees, any shape, linear between the middles of cells; 0 where nothing is known."""
        rows, columns = self.table.shape
        u = (np.asarray(lon, float) - self.west_deg) / self.step_deg
        v = (np.asarray(lat, float) - self.south_deg) / self.step_deg
        outside = (u < -0.5) | (u > columns - 0.5) | (v < -0.5) | (v > rows - 0.5)
        u, v = np.clip(u, 0.0, columns - 1.0), np.clip(v, 0.0, rows - 1.0)
        left, low = np.minimum(u.astype(np.int64), columns - 2), np.minimum(v.astype(np.int64), rows - 2)
        left, low = np.maximum(left, 0), np.maximum(low, 0)
        right, high = np.minimum(left + 1, columns - 1), np.minimum(low + 1, rows - 1)
        a, b = u - left, v - low
        south = self.table[low, left] * (1 - a) + self.table[low, right] * a
        north = self.table[high, left] * (1 - a) + self.table[high, right] * a
        found = south * (1 - b) + north * b
        return np.where(outside, 0.0, found)
