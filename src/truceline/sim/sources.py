"""What happens in a world, as columns: one row a physical happening, with what it sends out.

`sound`, `flash` and `shake` say how much of each a happening gives, against an ordinary one of its class:
a loudspeaker has no flash, a decoy no sound.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from truceline.model.observation import (
    BURST,
    DEMOLITION,
    EXPLOSION,
    IMPACT,
    OTHER,
    OUTGOING,
    QUARRY_BLAST,
    THUNDER,
)  # fmt: skip

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]

KINDS: tuple[str, ...] = (OUTGOING, IMPACT, BURST, DEMOLITION, QUARRY_BLAST, THUNDER, EXPLOSION, OTHER)
CODE = {kind: code for code, kind in enumerate(KINDS)}
NOBODY = -1  # party of what no party did
ALONE = -1  # pair of what has none


@dataclass(frozen=True)
class Sources:
    """Happenings, columns of one length."""

    time_s: Floats  # from the world's beginning
    along_m: Floats
    across_m: Floats
    kind: Ints  # place in KINDS
    heard_as: Ints  # what it sounds and looks like, place in KINDS
    party: Ints  # place in order of the parties; NOBODY
    exempt: Bools
    weapon: Texts  # "" if none
    group: Texts
    pair: Ints  # row of the launch an impact belongs to; ALONE
    sound: Floats
    flash: Floats
    shake: Floats
    deception: Texts  # "" if none

    def __len__(self) -> int:
        return int(self.time_s.size)

    def take(self, rows: npt.NDArray[np.int64]) -> "Sources":
        """These rows in this order; pairs are followed, or lost with their launch."""
        place = np.full(len(self) + 1, ALONE)
        place[rows] = np.arange(rows.size)
        picked = {item.name: getattr(self, item.name)[rows] for item in fields(self)}
        picked["pair"] = place[picked["pair"]]
        return Sources(**picked)

    def moved(
        self, *, along_m: Floats | None = None, across_m: Floats | None = None, time_s: Floats | None = None
    ) -> "Sources":
        """The same happenings elsewhere or at other times."""
        return replace(
            self,
            along_m=self.along_m if along_m is None else along_m,
            across_m=self.across_m if across_m is None else across_m,
            time_s=self.time_s if time_s is None else time_s,
        )


def happenings(
    kind: str,
    time_s: npt.ArrayLike,
    along_m: npt.ArrayLike,
    across_m: npt.ArrayLike,
    *,
    party: npt.ArrayLike = NOBODY,
    exempt: bool = False,
    weapon: str = "",
    group: npt.ArrayLike = "",
    pair: npt.ArrayLike = ALONE,
    heard_as: str = "",
    sound: float = 1.0,
    flash: float = 1.0,
    shake: float = 1.0,
    deception: str = "",
) -> Sources:
    """Happenings of one kind; scalars hold for all."""
    time, along, across = np.broadcast_arrays(
        np.atleast_1d(np.asarray(time_s, float)), np.asarray(along_m, float), np.asarray(across_m, float)
    )
    count = time.size

    def column(value: npt.ArrayLike, type_: str) -> npt.NDArray[np.generic]:
        return np.broadcast_to(np.asarray(value, type_), (count,)).copy()

    return Sources(
        time_s=time.copy(),
        along_m=along.copy(),
        across_m=across.copy(),
        kind=np.full(count, CODE[kind]),
        heard_as=np.full(count, CODE[heard_as or kind]),
        party=np.broadcast_to(np.asarray(party, int), (count,)).copy(),
        exempt=np.full(count, exempt),
        weapon=np.full(count, weapon, "<U24"),
        group=np.broadcast_to(np.asarray(group, "<U24"), (count,)).copy(),
        pair=np.broadcast_to(np.asarray(pair, int), (count,)).copy(),
        sound=np.full(count, sound),
        flash=np.full(count, flash),
        shake=np.full(count, shake),
        deception=np.full(count, deception, "<U24"),
    )


def joined(parts: Sequence[Sources]) -> Sources:
    """All parts one after the other; pairs keep pointing within their own part."""
    parts = [part for part in parts if len(part)] or [nothing()]
    starts = np.cumsum([0, *(len(part) for part in parts)])
    columns = {item.name: np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Sources)}
    shift = np.repeat(starts[:-1], [len(part) for part in parts])
    columns["pair"] = np.where(columns["pair"] == ALONE, ALONE, columns["pair"] + shift)
    return Sources(**columns)


def nothing() -> Sources:
    """No happening at all."""
    return happenings(OTHER, np.zeros(0), np.zeros(0), np.zeros(0))


def in_time_order(sources: Sources, until_s: float) -> Sources:
    """Sorted by time, without what lies outside [0, until_s)."""
    order = np.argsort(sources.time_s, kind="stable")
    time = sources.time_s[order]
    return sources.take(order[(time >= 0.0) & (time < until_s)])
