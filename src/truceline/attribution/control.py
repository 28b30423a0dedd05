"""Who held the ground, by maps that may each be wrong by more than they say.

The true edge of a party's ground lies a signed distance from a place: that is what is inferred, from what each map
says of the same distance. A map may be right within its sigma; it may be wrong here, and then says nothing; or, where
the line moved since it was agreed, it may still show the line as it was. So maps that agree bear one another out, one
that differs from all others is outvoted, and two that differ leave the ground unknown. How often each mapper is wrong
is learnt from all places that were asked about (`doubts`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from truceline.attribution.line import AgreedLine
from truceline.geo.frame import Frame
from truceline.geo.held import PreparedMap, stated
from truceline.model.instant import Instant
from truceline.sensors.contract import Floats

Bools = npt.NDArray[np.bool_]
Known: TypeAlias = dict[bytes, tuple[float, Floats]]  # by a place's whole steps: inside, and (maps,) which is wrong

WRONG = 0.02  # of maps, at a place near an edge, wrong by far more than they state
WRONG_PLACES = 20.0  # weight of this, in places, when it is learnt how often a mapper is wrong
MOST_WRONG = 0.5
MOVED = 0.01  # places near the agreed line where it moved since
STALE = 0.3  # of maps still show the line as it was, where it moved
OFF_LINE_M, OFF_LINE_EDGE_M = 400.0, 150.0  # how far positions stand off the agreed line, and how sharply that ends
SEEN_M = 3_000.0  # a place deeper than this is as good as so deep
HALF_M = 5_000.0  # where the true edge may lie
WRONG_FADES_M = 4_000.0  # beyond SEEN_M, maps are ever less likely to be so wrong
LEAST_SIGMA_M = 25.0  # no edge is better known
STEPS_M, STEP_SIGMAS = (10.0, 20.0, 50.0), 0.3  # of the grid of edges: the widest within so many sigmas of a place
ROUNDED_M, FAR_STEP_M = 10.0, 500.0
MIXER = 6364136223846793005  # of Knuth's generator: its powers spread small whole numbers over all 64 bits
FARTHEST = 900  # ROUNDED_M from the agreed line to an edge, no more: SEEN_M and HALF_M together, and a step
MOST_KNOWN = 100_000  # of places that are alike, those whose answer is remembered
NOTHING = 1e6  # stands for what the agreed line does not say
LOG_ROOT_2PI = 0.5 * float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Ground:
    """Who holds which ground at an instant, by all maps and the agreed line. Without maps all ground is unknown.

    doubts: by mapper, how often it is wrong, where that was learnt; known: what was worked out for places alike.
    """

    maps: Sequence[PreparedMap]
    parties: Sequence[str]
    frame: Frame
    when: Instant
    line: AgreedLine | None = None
    doubts: Mapping[str, float] = field(default_factory=dict)
    known: Known = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Held:
    """share (…, parties + 1): probability that each party holds each place, unknown last; depth_m (…): how deep it lies
    in its holder's ground; wrong (…, maps): probability that each map is wrong about it."""

    share: Floats
    depth_m: Floats
    wrong: Floats


def held_at(ground: Ground, x: Floats, y: Floats) -> Held:
    """Who holds these places, frame metres: (n,), or (clouds, n)."""
    parties = len(ground.parties)
    if not ground.maps:
        unknown = np.concatenate([np.zeros((*x.shape, parties)), np.ones((*x.shape, 1))], axis=-1)
        return Held(unknown, np.zeros(x.shape), np.zeros((*x.shape, 0)))
    said = [stated(one, ground.parties, x, y, ground.when) for one in ground.maps]
    silent = np.stack([one.silent for one in said], axis=-1)
    prior = np.array([ground.doubts.get(one.mapper, WRONG) for one in ground.maps])
    line = np.full((*x.shape, parties), np.nan) if ground.line is None else ground.line.signed(x, y, parties)
    share, wrong = np.zeros((*x.shape, parties)), np.zeros(silent.shape)
    for column in range(parties):
        signed = np.stack([one.signed_m[..., column] for one in said], axis=-1)
        sigma = np.stack([one.sigma_m[..., column] for one in said], axis=-1)
        share[..., column], doubt = _inside(signed, sigma, silent, line[..., column], prior, ground.known)
        wrong = np.maximum(wrong, doubt)
    share[silent.all(axis=-1)] = 0.0
    share /= np.maximum(share.sum(axis=-1, keepdims=True), 1.0)
    deep = np.stack([np.maximum(one.signed_m.max(axis=-1), 0.0) for one in said], axis=-1)
    depth = np.where(silent, 0.0, deep).sum(axis=-1) / np.maximum((~silent).sum(axis=-1), 1)
    unknown = np.maximum(1.0 - share.sum(axis=-1, keepdims=True), 0.0)
    return Held(np.concatenate([share, unknown], axis=-1), depth, wrong)


def learnt_doubts(maps: Sequence[PreparedMap], wrong: Sequence[Floats]) -> dict[str, float]:
    """How often each mapper is wrong, from the places asked about: a (maps,) row of probabilities for each."""
    if len(maps) < 2 or not wrong:
        return {}
    total = np.sum(wrong, axis=0)
    rate = (WRONG * WRONG_PLACES + total) / (WRONG_PLACES + len(wrong))
    return {one.mapper: min(MOST_WRONG, float(value)) for one, value in zip(maps, rate, strict=True)}


def _inside(
    signed: Floats, sigma: Floats, silent: Bools, line: Floats, prior: Floats, known: Known
) -> tuple[Floats, Floats]:
    """(…) probability that places lie inside a party's ground; (…, maps) that each map is wrong there.

    signed, sigma, silent (…, maps): what the maps say; line (…): what the agreed line says, NaN for nothing; prior
    (maps,): how often each map is wrong; known: what was worked out before, which is added to.
    """
    shape, maps = signed.shape, signed.shape[-1]
    signed, sigma = signed.reshape(-1, maps), sigma.reshape(-1, maps)
    silent, line = silent.reshape(-1, maps), line.reshape(-1)
    steps = np.concatenate(
        [
            np.round(np.clip(signed, -SEEN_M, SEEN_M) / ROUNDED_M),
            np.round(np.maximum(sigma, LEAST_SIGMA_M)),
            silent,
            np.round(np.abs(signed) / FAR_STEP_M),
            np.nan_to_num(np.round(np.clip(line, -SEEN_M, SEEN_M) / ROUNDED_M), nan=NOTHING)[:, None],
            np.nan_to_num(np.round(np.abs(line) / FAR_STEP_M))[:, None],
        ],
        axis=1,
    )
    # Most places lie deep in somebody's ground and are alike.
    _, first, back = np.unique(_key(steps), return_index=True, return_inverse=True)
    inside, wrong = _remembered(steps[first], prior, known)
    back = back.reshape(-1)
    return inside[back].reshape(shape[:-1]), wrong[back].reshape(shape)


def _remembered(rows: Floats, prior: Floats, known: Known) -> tuple[Floats, Floats]:
    """As `_worked_out`, of rows that are not known yet; a row's answer hangs on nothing but itself and prior."""
    given = prior.tobytes()
    keys = [given + row.tobytes() for row in rows]
    new = [number for number, key in enumerate(keys) if key not in known]
    if len(known) + len(new) > MOST_KNOWN:
        known.clear()
        new = list(range(len(keys)))
    if new:
        found = zip(*_worked_out(rows[new], prior), strict=True)
        known.update(zip([keys[number] for number in new], found, strict=True))
    answers = [known[key] for key in keys]
    return np.array([inside for inside, _ in answers]), np.array([wrong for _, wrong in answers])


def _worked_out(rows: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """(n,) and (n, maps) as `_inside`, of rows of whole steps as it makes them."""
    maps = len(prior)
    clipped, sigma, silent, far, line, away = np.split(rows, np.cumsum([maps] * 4 + [1]), axis=1)
    drawn = line[:, 0] != NOTHING
    at, quiet = clipped * ROUNDED_M, silent > 0
    agreed, doubt = np.where(drawn, line[:, 0] * ROUNDED_M, np.nan), prior * _faded(far)
    moved = np.where(drawn, MOVED * _faded(away)[:, 0], 0.0)
    # A place's grid must not hang on what other places there are.
    finest = np.where(quiet, np.inf, sigma).min(axis=1)
    chosen = np.maximum(np.searchsorted(STEPS_M, STEP_SIGMAS * finest, side="right") - 1, 0)
    inside, wrong = np.zeros(len(rows)), np.zeros((len(rows), maps))
    for number, step in enumerate(STEPS_M):
        some = chosen == number
        if some.any():
            inside[some], wrong[some] = _weighed(
                at[some], sigma[some], quiet[some], agreed[some], doubt[some], moved[some], step
            )
    return inside, wrong


def _key(steps: Floats) -> npt.NDArray[np.int64]:
    """(n,) one whole number for each row of whole numbers: equal rows have equal keys, others do not (2⁻⁶⁴)."""
    odd = np.cumprod(np.full(steps.shape[1], MIXER, np.int64))
    with np.errstate(over="ignore"):
        return np.asarray((steps.astype(np.int64) * odd).sum(axis=1))


def _faded(far: Floats) -> Floats:
    """How much rarer so great an error is, by how many FAR_STEP_M away it would have to reach."""
    return np.exp(-np.maximum(far * FAR_STEP_M - SEEN_M, 0.0) / WRONG_FADES_M)


def _weighed(
    signed: Floats, sigma: Floats, silent: Bools, line: Floats, prior: Floats, moved: Floats, step: float
) -> tuple[Floats, Floats]:
    """As `_inside`, with prior (n, maps), and moved (n,): how probably the line moved. The true edge's distance is
    weighed on a grid of so many metres a step."""
    edge = np.arange(-HALF_M, HALF_M + step, step)
    anywhere = 0.5 / HALF_M
    right = np.exp(
        -0.5 * ((signed[..., None] - edge) / sigma[..., None]) ** 2 - np.log(sigma)[..., None] - LOG_ROOT_2PI
    )
    as_said = (1.0 - prior[..., None]) * right + prior[..., None] * anywhere  # (n, maps, edge)
    stale = _beside(signed - line[:, None], np.hypot(OFF_LINE_EDGE_M, sigma))[..., None]
    if_moved = (1.0 - prior[..., None] - STALE) * right + STALE * np.nan_to_num(stale) + prior[..., None] * anywhere
    moved, known = moved[:, None], ~np.isnan(line)
    off = np.nan_to_num(line)[:, None] - edge
    stays = np.where(known[:, None], _stayed()[(off / ROUNDED_M).astype(np.int64) + FARTHEST], 1.0)
    told = np.where(silent[..., None], 1.0, as_said), np.where(silent[..., None], 1.0, if_moved)
    stood = (1.0 - moved) * stays * told[0].prod(axis=1)
    shifted = moved * anywhere * told[1].prod(axis=1)
    total = (stood + shifted).sum(axis=1)
    # Not by a product of matrices, whose last bits hang on how many rows there are.
    within = np.where(edge > 0, 1.0, np.where(edge < 0, 0.0, 0.5))
    inside = np.einsum("ij,j->i", stood + shifted, within) / total
    nothing = prior[..., None] * anywhere
    wrong = (stood[:, None] * nothing / told[0] + shifted[:, None] * nothing / told[1]).sum(axis=2) / total[:, None]
    return inside, np.where(silent, 0.0, wrong)


@cache
def _stayed() -> Floats:
    """The density `_beside` a line that stayed, for every distance that occurs: whole steps of ROUNDED_M, from
    −FARTHEST of them."""
    return _beside(ROUNDED_M * np.arange(-FARTHEST, FARTHEST + 1, dtype=np.float64), OFF_LINE_EDGE_M)


def _beside(off: Floats, edge_m: Floats | float) -> Floats:
    """Density (per metre) of positions at a distance from the agreed line that stayed where it was."""
    return np.asarray((ndtr((off + OFF_LINE_M) / edge_m) - ndtr((off - OFF_LINE_M) / edge_m)) / (2 * OFF_LINE_M))
