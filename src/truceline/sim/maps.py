"""Who holds which ground, as mappers draw it: exact, blurred, lying, with a gap, or older than an advance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.sim.ground import LINE_SHARE, Ground
from truceline.sim.world import MapKeys

Floats = npt.NDArray[np.float64]

DEPTH_M = 90_000.0  # how far behind the line a map reaches
POINTS = 160  # of a line
BLUR_WAVES, BLUR_M = 5, (4_000.0, 25_000.0)  # bends of a mapper's error
BEFORE_S = -86_400.0  # maps hold from a day before the world begins


@dataclass(frozen=True)
class Drawn:
    """One polygon of a mapper's view, as places."""

    party: int
    from_s: float
    until_s: float | None
    along_m: Floats
    across_m: Floats


@dataclass(frozen=True)
class View:
    """A mapper's map."""

    source: str
    kind: str
    sigma_m: float
    areas: tuple[Drawn, ...]
    told: Mapping[str, Any]  # what is wrong with it, for the truth


def draw_maps(keys: tuple[MapKeys, ...], ground: Ground, chance: np.random.Generator) -> list[View]:
    """All mappers' maps; one exact map where none is described."""
    return [_draw(key, ground, stream) for key, stream in zip(keys or (MapKeys(),), chance.spawn(max(1, len(keys))))]  # noqa: B905


def line_points(ground: Ground) -> Floats:
    """Places along the line at which it is drawn."""
    return np.linspace(-LINE_SHARE * ground.half_m, LINE_SHARE * ground.half_m, POINTS)


def _draw(key: MapKeys, ground: Ground, chance: np.random.Generator) -> View:
    along = line_points(ground)
    half = key.stretch_share.draw(chance) * ground.half_m
    centre = (ground.half_m - half) * (2 * chance.random() - 1)
    near = np.clip(np.abs(along - centre) / max(half, 1.0), 0.0, 1.0)
    push_m, loser = key.push_km.draw(chance) * 1000.0, int(chance.integers(2))
    loser = key.towards if key.towards >= 0 else loser
    shift = _blur(key.error_m.draw(chance), along, chance)
    told: dict[str, Any] = {}
    if key.kind == "lying":
        push = push_m if loser == 0 else -push_m
        shift = shift + push * np.minimum(1.0, 3.0 * (1.0 - near)) * (near < 1.0)
        told = {"push_m": push, "from_along_m": centre - half, "until_along_m": centre + half}
    if key.kind == "gap":
        told = {"from_along_m": centre - half, "until_along_m": centre + half}
    moves = sorted(move.at_s for move in ground.moves if move.at_s > 0) if key.kind != "old" else []
    before = -1.0 if key.kind == "old" else 0.0
    starts = [BEFORE_S, *moves]
    areas: list[Drawn] = []
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else None
        stands = ground.line_m(along, before if number == 0 else start) + shift
        for side in (0, 1):
            for party, low, high in ground.stretches(side):
                for a, b in _without(low, high, (centre - half, centre + half) if key.kind == "gap" else None):
                    areas.append(_area(party, side, start, end, along, stands, a, b))
    return View(key.source, key.kind, key.sigma_m.draw(chance), tuple(areas), told)


def _without(low: float, high: float, gap: tuple[float, float] | None) -> list[tuple[float, float]]:
    """An interval less a gap."""
    if gap is None:
        return [(low, high)]
    parts = [(low, min(high, gap[0])), (max(low, gap[1]), high)]
    return [(a, b) for a, b in parts if b - a > 1.0]


def _area(
    party: int, side: int, start: float, end: float | None, along: Floats, stands: Floats, low: float, high: float
) -> Drawn:
    inner = (along > low) & (along < high)
    edge_along = np.concatenate([[low], along[inner], [high]])
    edge = np.interp(edge_along, along, stands)
    far = DEPTH_M if side == 0 else -DEPTH_M
    steps = max(2, int((high - low) / 100_000.0) + 2)  # the far edge follows the line's course too
    back = np.linspace(high, low, steps)
    return Drawn(
        party,
        start,
        end,
        np.concatenate([edge_along, back, [low]]),
        np.concatenate([edge, np.full(steps, far), edge[:1]]),
    )


def _blur(error_m: float, along: Floats, chance: np.random.Generator) -> Floats:
    lengths = BLUR_M[0] + (BLUR_M[1] - BLUR_M[0]) * chance.random(BLUR_WAVES)
    phase = 2 * np.pi * chance.random(BLUR_WAVES)
    waves = np.cos(2 * np.pi * along[:, None] / lengths + phase)
    return np.asarray(error_m * np.sqrt(2.0 / BLUR_WAVES) * waves.sum(1), float)
