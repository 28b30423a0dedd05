"""What the epoch teaches of its sensors: how far each kind hears, how often each cries wolf, how rough the air."""

from dataclasses import dataclass, replace

import numpy as np

from truceline.fusion.columns import Ints
from truceline.fusion.refine import linearise, normal
from truceline.fusion.scene import Scene, Sources
from truceline.sensors.contract import Floats

CLUTTER_PRIOR_HZ = 1.0 / 3600.0
CLUTTER_PRIOR_S = 1_800.0  # weight of the prior, as if listened to for so long
FACTORS = np.array([0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.2, 1.4])
SHARES = np.array([0.3, 0.5, 0.7, 0.8, 0.9, 1.0])
LEAST_ROWS = 40
SCATTER_PRIOR_COUNT = 60.0
LEAST_SCATTER, MOST_SCATTER = 0.5, 3.0


@dataclass(frozen=True)
class Members:
    """Sources with the picks that are theirs (parallel `source`, `pick`, ordered by source) and their loudness."""

    sources: Sources
    source: Ints
    pick: Ints
    reach_m: Floats


def learn(scene: Scene, members: Members, listened_s: float, area_m2: float) -> Scene:
    """The scene with clutter, detection, roughness and density as the members bear out."""
    scene = replace(scene, clutter_hz=_clutter(scene, members, listened_s))
    factor, share = _detection(scene, members)
    scatter, azimuth = _roughness(scene, members)
    density = max(3.0, float(len(members.sources))) / (area_m2 * listened_s)
    return replace(
        scene,
        reach_factor=factor,
        most_detected=share,
        scatter_scale=scatter,
        azimuth_scale=azimuth,
        event_density=density,
    )


def _clutter(scene: Scene, members: Members, listened_s: float) -> Floats:
    """(channels,) false arrivals a second: what belongs to nothing, with a prior worth half an hour."""
    left = np.ones(len(scene.picks), bool)
    left[members.pick] = False
    count = np.bincount(scene.picks.channel[left], minlength=len(scene.channels))
    return np.asarray((count + CLUTTER_PRIOR_HZ * CLUTTER_PRIOR_S) / (listened_s + CLUTTER_PRIOR_S))


def _detection(scene: Scene, members: Members) -> tuple[Floats, Floats]:
    """(kinds,) reach factor and share of catches that explain best who heard what.

    The commonest kind is the measure.
    """
    source, channel = scene.neighbours(members.sources)
    distance = np.hypot(
        members.sources.x[source] - scene.channels.x[channel], members.sources.y[source] - scene.channels.y[channel]
    )
    caught = np.zeros((len(members.sources), len(scene.channels)), bool)
    caught[members.source, scene.picks.channel[members.pick]] = True
    hit = caught[source, channel]
    factor, share = scene.reach_factor.copy(), scene.most_detected.copy()
    kind = scene.channels.kind[channel]
    hits = np.bincount(kind[hit], minlength=len(scene.channels.kinds))
    for index in range(len(scene.channels.kinds)):
        mine = np.flatnonzero(kind == index)
        if len(mine) < LEAST_ROWS or not hits[index]:
            continue
        sensing = scene.channels.sensings[int(scene.channels.sensing[channel[mine[0]]])]
        factors = np.ones(1) if index == int(np.argmax(hits)) else FACTORS
        scaled = distance[mine] / factors[:, None]
        base = sensing.detectability(scaled, members.reach_m[source[mine]])  # (factors, rows)
        table = np.clip(base[:, None] * SHARES[:, None], 1e-4, 0.995)
        fit = np.where(hit[mine], np.log(table), np.log1p(-table)).sum(axis=2)
        best = np.unravel_index(int(np.argmax(fit)), fit.shape)
        factor[index], share[index] = factors[best[0]], SHARES[best[1]]
    return factor, share


def _roughness(scene: Scene, members: Members) -> tuple[float, float]:
    """How much rougher paths and azimuths are than stated, from what is left over after fitting."""
    linear = linearise(scene, members.sources, members.source, members.pick, robust=False)
    information, _ = normal(scene, members.sources, linear)
    covariance = np.linalg.inv(information)[linear.source]
    leverage = np.einsum("mi,mij,mj->m", linear.jacobian, covariance, linear.jacobian)
    times = np.arange(len(linear.misfit)) < len(members.pick)
    airborne = scene.channels.of("acoustic")[scene.picks.channel[members.pick]]
    timed = np.zeros(len(times), bool)
    timed[: len(airborne)] = airborne
    time_ratio = _spread(linear.misfit[timed], leverage[timed])
    azimuth_ratio = _spread(linear.misfit[~times], leverage[~times])
    scatter = float(np.clip(scene.scatter_scale * np.sqrt(time_ratio), LEAST_SCATTER, MOST_SCATTER))
    azimuth = float(np.clip(scene.azimuth_scale * np.sqrt(azimuth_ratio), 0.7, MOST_SCATTER))
    return scatter, azimuth


def _spread(misfit: Floats, leverage: Floats) -> float:
    """Variance of whitened misfits within three sigma, made up for the cut and for what fitting used up,
    with a prior of one."""
    inner = np.abs(misfit) < 3.0
    freedom = float(np.maximum(0.0, 1.0 - leverage[inner]).sum())
    return float(((misfit[inner] ** 2).sum() / 0.9733 + SCATTER_PRIOR_COUNT) / (freedom + SCATTER_PRIOR_COUNT))
