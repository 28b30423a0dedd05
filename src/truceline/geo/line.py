"""How far a place lies from a line, and on which side of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from truceline.geo.batches import batches

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
            close = self._close(x, y)
            parts = [self._of_clouds(x[some], y[some], close[some]) for some in batches(close, x.shape[1])]
            metres, segment, beside = (np.concatenate(column) for column in zip(*parts, strict=True))
            return metres, segment, beside
        metres, segment, beside = self.beside(x[None], y[None])
        return metres[0], segment[0], beside[0]

    def _close(self, x: Floats, y: Floats) -> Bools:
        """(clouds, segments) whether a segment can be nearest to some point of a cloud."""
        middle_x, middle_y = (x.min(axis=1) + x.max(axis=1)) / 2, (y.min(axis=1) + y.max(axis=1)) / 2
        reach = np.hypot(x - middle_x[:, None], y - middle_y[:, None]).max(axis=1)
        away, _ = self._away(middle_x[:, None], middle_y[:, None], np.arange(len(self.x) - 1))
        return np.asarray(away <= (away.min(axis=1) + 2 * reach)[:, None])

    def _of_clouds(self, x: Floats, y: Floats, close: Bools) -> tuple[Floats, Ints, Bools]:
        cloud, some = np.nonzero(close)
        away, share = self._away(x[cloud], y[cloud], some[:, None])
        first = np.flatnonzero(np.diff(cloud, prepend=-1))
        metres = np.minimum.reduceat(away, first, axis=0)
        # Of segments equally near it is the first.
        pair = np.where(away == metres[cloud], np.arange(len(cloud))[:, None], len(cloud))
        nearest = np.minimum.reduceat(pair, first, axis=0)
        segment, share = some[nearest], np.take_along_axis(share, nearest, axis=0)
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
        return side * metres, segment, ~beyond

    def _away(self, x: Floats, y: Floats, some: Ints) -> tuple[Floats, Floats]:
        """Metres from points to segments, of one shape or made so, and where along each the foot would lie (0 to 1: on
        it)."""
        dx, dy = np.diff(self.x)[some], np.diff(self.y)[some]
        off_x, off_y = x - self.x[some], y - self.y[some]
        share = (off_x * dx + off_y * dy) / np.maximum(dx * dx + dy * dy, 1e-12)
        foot = np.clip(share, 0.0, 1.0)
        return np.hypot(off_x - foot * dx, off_y - foot * dy), share
