"""The line of contact as the parties signed it: no map of its own, but a check on every map.

Positions stand some hundred metres off a line that was agreed, and a line may move; but a mapper who draws it
kilometres away says that it did, and one mapper's word is not enough for that. Who stood on which side is read from
the maps themselves, well behind the line, at the time of signing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.geo.frame import Frame
from truceline.geo.held import FAR_M, PreparedMap, stated
from truceline.geo.line import Floats, Line
from truceline.model.agreement import Agreement, Area

BEHIND_M = (2_500.0, 6_000.0, 9_000.0, 13_000.0, 18_000.0)
NOBODY = -1


@dataclass(frozen=True)
class AgreedLine:
    """One line; left, right (segments,): the party on each side by its place in order, NOBODY where maps differ."""

    line: Line
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]

    def signed(self, x: Floats, y: Floats, parties: int) -> Floats:
        """(…, parties) metres behind the line on each party's side (negative: before it); NaN where the line says
        nothing of that party. Points (n,), or (clouds, n)."""
        metres, segment, beside = self.line.beside(x, y)
        on_left = metres >= 0
        here = np.where(on_left, self.left[segment], self.right[segment])[..., None]
        there = np.where(on_left, self.right[segment], self.left[segment])[..., None]
        known = beside[..., None] & (here != NOBODY) & (there != NOBODY) & (here != there)
        behind = np.abs(metres)[..., None]
        column = np.arange(parties)
        return np.where(known & (column == here), behind, np.where(known & (column == there), -behind, np.nan))


def agreed_line(
    agreement: Agreement, maps: Sequence[PreparedMap], parties: Sequence[str], frame: Frame
) -> AgreedLine | None:
    """The line of contact among the agreement's areas, made ready; None where it has none or several."""
    lines = [area for area in agreement.areas if _of_contact(area)]
    if len(lines) != 1 or not maps:
        return None
    x, y = frame.to_xy(*np.array(lines[0].line).T)
    moved = np.r_[True, (np.diff(x) != 0) | (np.diff(y) != 0)]
    if moved.sum() < 2:
        return None
    line = Line(x[moved], y[moved])
    signed = agreement.in_force_from_us
    drawn = [area for one in maps for area, _, _ in one.areas if area.until_us is None or area.until_us > signed]
    when = min([max(signed, area.from_us) for area in drawn], default=signed)
    middle_x, middle_y, left_x, left_y = line.middles
    sides = [
        _held_behind(maps, parties, (middle_x, middle_y, side * left_x, side * left_y), when) for side in (1.0, -1.0)
    ]
    return AgreedLine(line, sides[0], sides[1])


def _of_contact(area: Area) -> bool:
    return bool(area.line) and (area.kind == "line" or "contact" in f"{area.kind} {area.id}".lower())


def _held_behind(
    maps: Sequence[PreparedMap], parties: Sequence[str], from_: tuple[Floats, Floats, Floats, Floats], when: int
) -> npt.NDArray[np.int64]:
    """(segments,) who holds most of the ground behind each segment, by all maps; NOBODY where that is not clear."""
    x, y, along_x, along_y = from_
    votes = np.zeros((len(x), len(parties)))
    for behind in BEHIND_M:
        for one in maps:
            said = stated(one, parties, x + behind * along_x, y + behind * along_y, when)
            votes += (said.signed_m > 0) & (said.signed_m < FAR_M) & ~said.silent[:, None]
    ranked = np.sort(votes, axis=1)
    clear = ranked[:, -1] > 2 * (ranked[:, -2] if votes.shape[1] > 1 else 0.0)
    return np.where(clear, votes.argmax(axis=1), NOBODY)
