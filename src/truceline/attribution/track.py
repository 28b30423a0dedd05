"""Shells and rockets that were followed in the air, traced back: from where each must have come, with its spread.

What falls freely tells by its height, and by how fast that changes, how long ago it left the ground and when it comes
down, and by its course from where and where to. Drag, a motor that still burns and the height of the ground are in the
spread. Who holds the ground there is who fired. What a target says of itself is not looked at.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from truceline.attribution.control import Ground, held_at
from truceline.geo.frame import Frame
from truceline.model.event import Event
from truceline.model.instant import US_PER_S, Instant
from truceline.model.network import Network
from truceline.model.observation import MISSILE, PROJECTILE, Observation, Track
from truceline.sensors.contract import Floats

BALLISTIC = frozenset({PROJECTILE, MISSILE})
GRAVITY_MPS2 = 9.81
LEAST_FIXES = 3  # three heights tell a fall
SLOWED = 0.08  # by how much of its speed a shell may have slowed down
GROUND_M = 0.0, 200.0  # height of the ground where it left, and its sigma
MISTAKEN = 0.01  # of impacts that a track comes down at, those that were another shell's
POINTS = 96
GATE_M, GATE_S, SIGMAS = 300.0, 4.0, 3.0


@dataclass(frozen=True)
class Traced:
    """Where a shell came from: points x, y (n,) frame metres, of equal weight; where and when it comes down."""

    provider: str
    x: Floats
    y: Floats
    down_x: float
    down_y: float
    down_sigma_m: float
    down_us: Instant


def traced(observations: Sequence[Observation], network: Network, frame: Frame) -> tuple[Traced, ...]:
    """Every shell or rocket that a sensor followed well enough, in order of sensor and track."""
    found: defaultdict[tuple[str, str], list[Track]] = defaultdict(list)
    for seen in observations:
        if isinstance(seen, Track) and not seen.self_reported and _ballistic(seen) and seen.alt_m is not None:
            found[seen.sensor, seen.track].append(seen)
    every = (
        _trace(network.by_id[sensor].provider, sorted(fixes, key=lambda one: (one.time_us, one.id)), frame)
        for (sensor, _), fixes in sorted(found.items())
        if len({one.time_us for one in fixes}) >= LEAST_FIXES
    )
    return tuple(one for one in every if one is not None)


def _ballistic(seen: Track) -> bool:
    return sum(probability for class_, probability in seen.labels if class_ in BALLISTIC) >= 0.5


def _trace(provider: str, fixes: Sequence[Track], frame: Frame) -> Traced | None:
    """A track traced back and forth; None where its heights tell of no fall."""
    x, y = frame.to_xy([one.lon for one in fixes], [one.lat for one in fixes])
    time_s = np.array([(one.time_us - fixes[0].time_us) / US_PER_S for one in fixes])
    sigma = np.array([max(one.sigma_m, 1.0) for one in fixes])
    height = np.array([one.alt_m for one in fixes], float) + 0.5 * GRAVITY_MPS2 * time_s**2
    design = np.stack([np.ones(len(time_s)), time_s], axis=1) / sigma[:, None]
    covariance = np.linalg.inv(design.T @ design)
    # Rows: place and speed; columns: x, y, height without the fall.
    fitted = covariance @ design.T @ (np.stack([x, y, height], axis=1) / sigma[:, None])
    root = np.linalg.cholesky(covariance)
    normals = _normals(8)
    drawn = fitted[None] + np.einsum("ij,pjk->pik", root, normals[:, :6].reshape(POINTS, 2, 3))
    slowed, ground = 1.0 + SLOWED * normals[:, 6], GROUND_M[0] + GROUND_M[1] * normals[:, 7]
    rises, falls = _roots(drawn[:, 0, 2] - ground, drawn[:, 1, 2])
    if not np.isfinite(falls).all():
        return None
    back = drawn[:, 0, :2] + drawn[:, 1, :2] * (slowed * rises)[:, None]
    down = drawn[:, 0, :2] + drawn[:, 1, :2] * (falls / slowed)[:, None]
    spread = float(np.sqrt(np.trace(np.cov(down.T)) / 2))
    when = fixes[0].time_us + round(float(np.median(falls)) * US_PER_S)
    return Traced(provider, back[:, 0], back[:, 1], float(down[:, 0].mean()), float(down[:, 1].mean()), spread, when)


def _roots(height: Floats, climb_mps: Floats) -> tuple[Floats, Floats]:
    """(n,) seconds from the first fix at which a falling body at these heights is on the ground: before, and after."""
    under = climb_mps**2 + 2.0 * GRAVITY_MPS2 * height
    with np.errstate(invalid="ignore"):
        root = np.sqrt(np.where(under >= 0, under, np.nan))
    return (climb_mps - root) / GRAVITY_MPS2, (climb_mps + root) / GRAVITY_MPS2


def _normals(columns: int) -> Floats:
    """(POINTS, columns) points spread evenly like a standard normal: a Kronecker sequence whose steps are the powers of
    the number that generalises the golden ratio to so many dimensions."""
    ratio = 1.5
    for _ in range(40):
        ratio = (1.0 + ratio) ** (1.0 / (columns + 1))
    even = (0.5 + np.outer(np.arange(1, POINTS + 1), ratio ** -np.arange(1.0, columns + 1))) % 1.0
    return np.asarray(ndtri(even))


def fell_at(tracks: Sequence[Traced], impacts: Sequence[Event], frame: Frame) -> tuple[Traced, ...]:
    """The tracks that come down where and when one of these impacts was."""
    if not tracks or not impacts:
        return ()
    x, y = frame.to_xy([one.origin.lon for one in impacts], [one.origin.lat for one in impacts])
    time_us = np.array([one.origin.time_us for one in impacts])
    wide = np.array([one.origin.ellipse90.semi_major_m for one in impacts])
    return tuple(
        one
        for one in tracks
        if (
            (np.hypot(x - one.down_x, y - one.down_y) <= GATE_M + wide + SIGMAS * one.down_sigma_m)
            & (np.abs(time_us - one.down_us) <= GATE_S * US_PER_S)
        ).any()
    )


def came_from(ground: Ground, tracks: Sequence[Traced]) -> Floats:
    """(parties + 1,) who held the ground that these tracks lead back to, unknown last."""
    held = [held_at(ground, one.x, one.y).share.mean(axis=0) for one in tracks]
    return np.asarray(np.mean(held, axis=0))
