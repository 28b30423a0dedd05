"""How far a place lies from a line, and on which side of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Line:
    """A line of at least two different positions, (m,) frame metres."""

    x: Floats
    y: Floats

    @cached_property
    def middles(self) -> tuple[Floats, Floats, Floats, Floats]:
        """(m − 1,) x, y of the middle of each segment, and the unit vector to its left."""
        dx, dy = np.diff(self.x), np.diff(self.y)
        length = np.maximum(np.hypot(dx, dy), 1e-9)
        return (self.x[1:] + self.x[:-1]) / 2, (self.y[1:] + self.y[:-1]) / 2, -dy / length, dx / length

    def beside(self, x: Floats, y: Floats) -> tuple[Floats, Ints, Bools]:
        """Metres from the line, positive to its left as one walks it; the nearest segment; whether the place lies
        beside the line rather than beyond an end of it. Points (n,), or (clouds, n)."""
        if x.ndim == 2:
            parts = [self._part(*cloud) for cloud in zip(x, y, strict=True)]
            metres, segment, beside = (np.stack(column) for column in zip(*parts, strict=True))
            return metres, segment, beside
        return self._part(x, y)

    def _part(self, x: Floats, y: Floats) -> tuple[Floats, Ints, Bools]:
        """The same for one cloud: only segments that can be nearest to some point of it are looked at."""
        middle_x, middle_y = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
        reach = float(np.hypot(x - middle_x, y - middle_y).max())
        away = self._away(np.array([middle_x]), np.array([middle_y]), np.arange(len(self.x) - 1))[0][0]
        some = np.flatnonzero(away <= away.min() + 2 * reach)
        away, share = self._away(x, y, some)
        row, nearest = np.arange(len(x)), np.argmin(away, axis=1)
        segment, share = some[nearest], share[row, nearest]
        foot = np.clip(share, 0.0, 1.0)
        # Nearest to a bend, the side is that of the mean of both segments' normals.
        other = np.clip(segment + np.where(foot >= 1.0, 1, np.where(foot <= 0.0, -1, 0)), 0, len(self.x) - 2)
        _, _, left_x, left_y = self.middles
        dx, dy = np.diff(self.x)[segment], np.diff(self.y)[segment]
        off_x, off_y = x - self.x[segment] - foot * dx, y - self.y[segment] - foot * dy
        side = np.where(
            off_x * (left_x[segment] + left_x[other]) + off_y * (left_y[segment] + left_y[other]) >= 0, 1, -1
        )
        beyond = ((segment == 0) & (share < 0.0)) | ((segment == len(self.x) - 2) & (share > 1.0))
        return side * away[row, nearest], segment, ~beyond

    def _away(self, x: Floats, y: Floats, some: Ints) -> tuple[Floats, Floats]:
        """(n, some) metres to these segments, and where along each the foot would lie (0 to 1: on it)."""
        dx, dy = np.diff(self.x)[some], np.diff(self.y)[some]
        off_x, off_y = x[:, None] - self.x[some], y[:, None] - self.y[some]
        share = (off_x * dx + off_y * dy) / np.maximum(dx * dx + dy * dy, 1e-12)
        foot = np.clip(share, 0.0, 1.0)
        return np.hypot(off_x - foot * dx, off_y - foot * dy), share
