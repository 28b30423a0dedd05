"""Gauss–Newton on many sources at once, given which picks are theirs."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from truceline.fusion.air import SIZE
from truceline.fusion.columns import Ints
from truceline.fusion.scene import Scene, Sources
from truceline.sensors.contract import Floats

PRIOR_SIGMA_M = 20_000.0
PRIOR_SIGMA_S = 60.0
ROBUST_SIGMAS = 3.0
_ROWS, _COLUMNS = np.triu_indices(3)
_SQUARE = np.array([[0, 1, 2], [1, 3, 4], [2, 4, 5]])  # where the pairs of the two stand in a symmetric matrix


@dataclass(frozen=True)
class Linear:
    """The problem linearised at sources: one row an equation (times first, then azimuths), whitened.

    misfit (m,); jacobian (m, 3) by x, y, time; shared (m, SIZE) by the air's latent numbers, (m, 0) if not asked for;
    adding (n, m): what adds up each source's rows, the same at every step.
    """

    source: Ints
    adding: csr_array
    misfit: Floats
    jacobian: Floats
    shared: Floats


def linearise(
    scene: Scene,
    sources: Sources,
    source: Ints,
    pick: Ints,
    *,
    robust: bool = True,
    with_air: bool = True,
    before: Linear | None = None,
) -> Linear:
    """Equations of all associated picks; `robust` lets a pick beyond 3 sigma count less (Huber).

    before: the problem of the same picks at the step before.
    """
    picks = scene.picks
    channel = picks.channel[pick]
    predicted = scene.predict(sources, source, channel)
    doubt = scene.timing_extra_s[channel] if len(scene.timing_extra_s) else 0.0
    sigma = np.sqrt(picks.sigma_s[pick] ** 2 + predicted.path_sigma_s**2 + doubt**2)
    late = (picks.time_s[pick] - predicted.time_s) / sigma
    slow = (predicted.time_s - sources.time_s[source]) / predicted.distance_m
    jacobian = np.stack([-predicted.unit_x * slow, -predicted.unit_y * slow, np.ones(len(source))], axis=1)
    turned = scene.azimuth_misfit(pick, predicted.azimuth_rad)
    rows = np.flatnonzero(np.isfinite(turned))
    spread = picks.azimuth_sigma_rad[pick[rows]] * scene.azimuth_scale
    misfit = np.concatenate([late, turned[rows] / spread])
    weight = np.sqrt(np.minimum(1.0, ROBUST_SIGMAS / np.maximum(np.abs(misfit), 1e-9))) if robust else 1.0
    ux, uy, none = predicted.unit_x[rows], predicted.unit_y[rows], np.zeros(len(rows))
    # Moving the source to the right of the ray turns the azimuth clockwise.
    turning = np.stack([-uy, ux, none], axis=1) / (predicted.distance_m[rows] * spread)[:, None]
    shared = np.zeros((len(misfit), 0))
    if with_air:
        by_time = scene.air.basis(predicted.unit_x, predicted.unit_y, scene.air.phase(sources.time_s)[source])
        by_azimuth = np.zeros((len(rows), SIZE))
        airborne = predicted.rate_s[rows] != 0
        by_azimuth[:, 1] = np.where(airborne, -uy / 335.0, 0.0) / spread
        by_azimuth[:, 2] = np.where(airborne, ux / 335.0, 0.0) / spread
        shared = np.concatenate([(predicted.rate_s / sigma)[:, None] * by_time, by_azimuth])
        shared *= np.reshape(weight, (-1, 1))
    jacobian = np.concatenate([jacobian / sigma[:, None], turning]) * np.reshape(weight, (-1, 1))
    if before is None:
        group = np.concatenate([source, source[rows]])
        adding = adding_up(group, len(sources))
    else:
        group, adding = before.source, before.adding
    return Linear(group, adding, misfit * weight, jacobian, shared)


def adding_up(group: Ints, groups: int) -> csr_array:
    """What adds up rows (m, …) by their group (m,), in their order, when it is multiplied by them: (groups, m)."""
    ends = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))])
    return csr_array((np.ones(len(group)), np.argsort(group, kind="stable"), ends), shape=(groups, len(group)))


def normal(scene: Scene, sources: Sources, linear: Linear) -> tuple[Floats, Floats]:
    """(n, 3, 3) information and (n, 3) right-hand side of each source, with a faint prior and the pull of sites."""
    products = np.empty((len(linear.misfit), 9))
    np.multiply(linear.jacobian[:, _ROWS], linear.jacobian[:, _COLUMNS], out=products[:, :6])
    np.multiply(linear.jacobian, linear.misfit[:, None], out=products[:, 6:])
    total = linear.adding @ products
    information, right = total[:, _SQUARE], total[:, 6:]
    information[:, [0, 1, 2], [0, 1, 2]] += np.array([PRIOR_SIGMA_M, PRIOR_SIGMA_M, PRIOR_SIGMA_S]) ** -2.0
    precision, pull_x, pull_y = scene.site_pull(sources)
    information[:, [0, 1], [0, 1]] += precision[:, None]
    right[:, :2] += np.stack([pull_x, pull_y], axis=1)
    return information, right


def refine(scene: Scene, sources: Sources, source: Ints, pick: Ints, *, steps: int = 4) -> tuple[Sources, Floats]:
    """Sources moved to the best fit of their picks, and (n, 3, 3) covariance of x, y, time (air held fixed)."""
    count = len(sources)
    information = np.tile(np.eye(3), (count, 1, 1))
    linear = None
    for _ in range(steps):
        linear = linearise(scene, sources, source, pick, with_air=False, before=linear)
        information, right = normal(scene, sources, linear)
        move = np.linalg.solve(information, right[..., None])[..., 0]
        length = np.hypot(move[:, 0], move[:, 1])
        move *= np.minimum(1.0, 3_000.0 / np.maximum(length, 1e-9))[:, None]
        sources = Sources(sources.x + move[:, 0], sources.y + move[:, 1], sources.time_s + move[:, 2])
    return sources, np.asarray(np.linalg.inv(information), float)
