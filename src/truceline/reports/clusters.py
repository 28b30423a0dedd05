"""Labels that do not lie on one another: marks that would overlap become one label with counts."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Size: TypeAlias = tuple[float, float]

GRID = 48.0  # no label is larger than a few of these


@dataclass(frozen=True)
class Mark:
    """A thing to be shown at a point of the picture. `what` says what it is, `of` what it belongs to (0: nothing)."""

    at: Point
    what: str
    of: int = 0


@dataclass(frozen=True)
class Cluster:
    """Marks shown by one label, `at` their mean."""

    at: Point
    marks: tuple[Mark, ...]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many of what, the most first, then by name."""
        found: defaultdict[str, int] = defaultdict(int)
        for mark in self.marks:
            found[mark.what] += 1
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))

    @property
    def belongs(self) -> list[int]:
        """What the marks belong to, in order."""
        return sorted({mark.of for mark in self.marks if mark.of})


Measure: TypeAlias = Callable[[Cluster], Size]  # the width and height of a cluster's label


def clusters(marks: Sequence[Mark], measure: Measure, grain: float = 10.0) -> list[Cluster]:
    """Clusters whose labels overlap nowhere, from the top of the picture down.

    Marks within one square of the `grain` are together from the start; then labels that overlap are joined until
    none do. The order of the marks does not matter.
    """
    squares: defaultdict[tuple[int, int], list[Mark]] = defaultdict(list)
    for mark in sorted(marks, key=lambda mark: (mark.at[1], mark.at[0], mark.what, mark.of)):
        squares[int(mark.at[0] // grain), int(mark.at[1] // grain)].append(mark)
    found = [_cluster(some) for _, some in sorted(squares.items())]
    while True:
        joined = _joined_once(found, measure)
        if len(joined) == len(found):
            return sorted(joined, key=lambda cluster: (cluster.at[1], cluster.at[0]))
        found = joined


def _cluster(marks: Sequence[Mark]) -> Cluster:
    count = len(marks)
    return Cluster((sum(m.at[0] for m in marks) / count, sum(m.at[1] for m in marks) / count), tuple(marks))


def _joined_once(found: Sequence[Cluster], measure: Measure) -> list[Cluster]:
    """Each cluster that is still free joined with the first it overlaps, the fullest clusters first."""
    sizes = [measure(cluster) for cluster in found]
    order = sorted(range(len(found)), key=lambda i: (-len(found[i].marks), found[i].at[1], found[i].at[0]))
    near: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for i in order:
        near[_square(found[i].at)].append(i)
    taken: set[int] = set()
    joined = []
    for i in order:
        if i in taken:
            continue
        taken.add(i)
        other = next((j for j in _around(near, found[i].at) if j not in taken and _overlap(found, sizes, i, j)), None)
        if other is None:
            joined.append(found[i])
        else:
            taken.add(other)
            joined.append(_cluster([*found[i].marks, *found[other].marks]))
    return joined


def _square(at: Point) -> tuple[int, int]:
    return int(at[0] // GRID), int(at[1] // GRID)


def _around(near: dict[tuple[int, int], list[int]], at: Point) -> list[int]:
    column, row = _square(at)
    reach = range(-3, 4)
    return [i for dx in reach for dy in reach for i in near.get((column + dx, row + dy), ())]


def _overlap(found: Sequence[Cluster], sizes: Sequence[Size], i: int, j: int) -> bool:
    wide = abs(found[i].at[0] - found[j].at[0]) < (sizes[i][0] + sizes[j][0]) / 2
    high = abs(found[i].at[1] - found[j].at[1]) < (sizes[i][1] + sizes[j][1]) / 2
    return wide and high
