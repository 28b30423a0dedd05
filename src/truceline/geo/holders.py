"""Who held the ground at places, in one word each: a party, disputed between maps, or not known."""

from collections.abc import Sequence

import numpy as np

from truceline.geo.frame import Frame
from truceline.geo.held import PreparedMap, holding
from truceline.model.instant import Instant

SURE = 0.95  # a map says that a party holds a place from such a probability on
UNKNOWN, DISPUTED = "", "?"


def holders(
    maps: Sequence[PreparedMap],
    parties: Sequence[str],
    frame: Frame,
    positions: Sequence[tuple[float, float]],
    times: Sequence[Instant],
) -> list[str]:
    """The holder of each position (lon, lat) at its time: a party if one map or more says so and none says another."""
    found = [UNKNOWN] * len(positions)
    if not positions or not maps:
        return found
    lon, lat = np.asarray(positions, float).T
    x, y = frame.to_xy(lon, lat)
    # Maps are the same between two of their dates: positions of one stretch are asked about together.
    stretches: dict[tuple[bool, ...], list[int]] = {}
    for row, when in enumerate(times):
        stretches.setdefault(tuple(area.holds_at(when) for one in maps for area, _, _ in one.areas), []).append(row)
    for rows in stretches.values():
        said = [holding(one, parties, x[rows], y[rows], times[rows[0]]) for one in maps]
        for place, row in enumerate(rows):
            named = {parties[int(column)] for shares in said for column in np.flatnonzero(shares[place, :-1] >= SURE)}
            found[row] = named.pop() if len(named) == 1 else DISPUTED if named else UNKNOWN
    return found
