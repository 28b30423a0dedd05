"""What hangs together: each component known by its least member."""

import numpy as np
import pytest

from truceline.geo.components import components


@pytest.mark.parametrize(
    ("count", "pairs", "found"),
    [
        (0, [], []),
        (3, [], [0, 1, 2]),
        (5, [(3, 1), (4, 3)], [0, 1, 2, 1, 1]),
        (6, [(5, 4), (4, 3), (3, 2), (2, 1), (1, 0)], [0] * 6),
        (4, [(2, 2), (1, 3), (3, 1), (1, 3)], [0, 1, 2, 1]),
    ],
)
def test_the_least_member_names_the_component(count: int, pairs: list[tuple[int, int]], found: list[int]) -> None:
    one, other = np.array(pairs, int).reshape(-1, 2).T
    assert components(count, one, other).tolist() == found


@pytest.mark.parametrize("seed", range(8))
def test_a_walk_from_neighbour_to_neighbour_reaches_the_whole_component_and_no_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 90))
    one, other = rng.integers(0, count, (2, int(rng.integers(0, count))))
    label = components(count, one, other)
    for start in range(count):
        reached = {start}
        while (
            more := {
                end for a, b in zip(one.tolist(), other.tolist(), strict=True) if {a, b} & reached for end in (a, b)
            }
            - reached
        ):
            reached |= more
        assert label[start] == min(reached)
