"""Providers that lie: what they say happened, and their own sensors' arrivals computed anew for it.

A lie is told by all sensors of its providers alike, so it is consistent with itself; what others noticed is
untouched, draw by draw, so a world with and without a lie differ in the liars' lines alone.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from truceline.model.observation import OUTGOING
from truceline.sim import propagate
from truceline.sim.ground import Ground
from truceline.sim.sensing import CLUTTER, SOUND, Scene, Sightings, gathered, notice
from truceline.sim.sources import Sources, happenings, joined
from truceline.sim.world import Lie

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ACROSS_M = (600.0, 1000.0, 1800.0, 3000.0)  # how far over the line an adaptive liar may place its phantom
ASIDE_M = (-2500.0, -1200.0, -500.0, 0.0, 500.0, 1200.0, 2500.0)
AZIMUTH_SCALE_S_PER_DEG = 0.3  # how an adaptive liar weighs azimuths against times


@dataclass(frozen=True)
class Told:
    """A lie as told: who tells it, about which happenings, with how much invented.

    story: what the liars say happened, the touched happenings in their order first (none if the lie only delays,
    turns or keeps silent).
    """

    kind: str
    providers: tuple[int, ...]
    touched: Bools  # (sources,)
    invented: int
    shift_m: float
    delay_s: float
    turn_deg: float
    story: Sources


def choose_liars(
    lies: tuple[Lie, ...], providers: tuple[str, ...], chance: np.random.Generator
) -> list[tuple[int, ...]]:
    """The providers of each lie, by place in order; no provider tells two stories."""
    named = {providers.index(name) for lie in lies for name in lie.providers}
    free = [int(i) for i in chance.permutation(len(providers)) if int(i) not in named]
    chosen = []
    for lie in lies:
        if lie.providers:
            chosen.append(tuple(sorted(providers.index(name) for name in lie.providers)))
        else:
            chosen.append(tuple(sorted(free[: lie.liars])))
            free = free[lie.liars :]
    return chosen


def told_by(
    scene: Scene,
    sources: Sources,
    noticed: Sightings,
    lie: Lie,
    number: int,
    liars: tuple[int, ...],
    length_s: float,
    chance: np.random.Generator,
) -> tuple[Sightings, Told]:
    """What everybody says once the liars of one lie have spoken."""
    streams = chance.spawn(3)
    touched = _touched(lie, sources, streams[0])
    shift_m, delay_s = lie.shift_km.draw(streams[0]) * 1000.0, lie.delay_s.draw(streams[0])
    turn_deg, count = lie.turn_deg.draw(streams[0]), lie.invented.whole(streams[0])
    theirs = np.isin(scene.sensors.provider, liars)
    about = theirs[noticed.sensor] & (noticed.source != CLUTTER)
    about &= np.append(touched, False)[noticed.source]
    if lie.kind in ("delayed", "turned"):
        said = noticed.take(about)
        said = replace(
            said,
            time_s=said.time_s + (delay_s if lie.kind == "delayed" else 0.0),
            azimuth_deg=(said.azimuth_deg + (turn_deg if lie.kind == "turned" else 0.0)) % 360.0,
        )
        story = _invented(lie, scene.ground, count, length_s, streams[1])
    else:
        said = noticed.take(np.zeros(0, int))
        story = joined(
            [
                _story(lie, scene, sources, noticed, theirs, touched, shift_m, streams[1]),
                _invented(lie, scene.ground, count, length_s, streams[1]),
            ]
        )
    made_up = gathered([said, notice(scene, story, streams[2], only=theirs)])
    made_up = replace(made_up, source=np.full(len(made_up), CLUTTER), story=np.full(len(made_up), number))
    keeps = np.ones(len(noticed), bool) if lie.kind == "fabricated" else ~about
    told = Told(lie.kind, liars, touched, count, shift_m, delay_s, turn_deg, story)
    return gathered([noticed.take(keeps), made_up]), told


def _touched(lie: Lie, sources: Sources, chance: np.random.Generator) -> Bools:
    """Which happenings the lie is about; an event is touched together with its salvo."""
    share = lie.share.draw(chance)
    groups, member = np.unique(sources.group, return_inverse=True)
    drawn = chance.random(groups.size) < share
    touched = drawn[member] if groups.size else np.zeros(0, bool)
    if lie.favours >= 0:
        touched = touched & (sources.party == lie.favours)
    return np.asarray(touched & (lie.kind != "fabricated"), bool)


def _story(
    lie: Lie,
    scene: Scene,
    sources: Sources,
    noticed: Sightings,
    theirs: Bools,
    touched: Bools,
    shift_m: float,
    chance: np.random.Generator,
) -> Sources:
    """The happenings that are touched, as the liars tell them."""
    ground = scene.ground
    true = sources.take(np.flatnonzero(touched))
    line = ground.line_m(true.along_m, true.time_s)
    match lie.kind:
        case "mirrored":
            return true.moved(across_m=2.0 * line - true.across_m)
        case "shifted":
            _, member = np.unique(true.group, return_inverse=True)
            heading = 2 * np.pi * chance.random(len(true))[member]  # one for each place of fire
            if lie.across:
                return true.moved(across_m=true.across_m - np.sign(true.across_m - line) * shift_m)
            return true.moved(
                along_m=true.along_m + shift_m * np.cos(heading), across_m=true.across_m + shift_m * np.sin(heading)
            )
        case "adaptive":
            return _worst_consistent(scene, sources, noticed, theirs, touched)
        case _:
            return true.take(np.zeros(0, int))


def _worst_consistent(scene: Scene, sources: Sources, noticed: Sightings, theirs: Bools, touched: Bools) -> Sources:
    """For each happening the phantom just over the line that honest arrivals contradict least, with its best time."""
    place = np.full(len(sources) + 1, -1)
    rows = np.flatnonzero(touched)
    place[rows] = np.arange(rows.size)
    true = sources.take(rows)
    heard = ~theirs[noticed.sensor] & (noticed.what == SOUND) & (noticed.source != CLUTTER)
    heard &= place[noticed.source] >= 0
    others = noticed.take(heard)
    event = place[others.source]
    number = np.maximum(1.0, np.bincount(event, minlength=rows.size))
    best = np.full(rows.size, np.inf)
    along, across, time = true.along_m.copy(), true.across_m.copy(), true.time_s.copy()
    for depth_m in ACROSS_M:
        for aside_m in ASIDE_M:
            at_along = true.along_m + aside_m
            line = scene.ground.line_m(at_along, true.time_s)
            at_across = line - np.sign(true.across_m - scene.ground.line_m(true.along_m, true.time_s)) * depth_m
            misfit, when = _misfit(scene, at_along, at_across, true.time_s, others, event, number)
            better = misfit < best
            best = np.where(better, misfit, best)
            along, across = np.where(better, at_along, along), np.where(better, at_across, across)
            time = np.where(better, when, time)
    return true.moved(along_m=along, across_m=across, time_s=time)


def _misfit(
    scene: Scene, along: Floats, across: Floats, time_s: Floats, others: Sightings, event: Ints, number: Floats
) -> tuple[Floats, Floats]:
    """How badly honest arrivals fit each phantom (seconds, root mean square), and the time that fits best."""
    s, lonlat = scene.sensors, scene.ground.to_lonlat(along, across)
    paths = propagate.paths_between(
        (along[event], across[event], lonlat[0][event], lonlat[1][event]),
        (s.along_m[others.sensor], s.across_m[others.sensor], s.lon_deg[others.sensor], s.lat_deg[others.sensor]),
    )
    travel, azimuth = propagate.sound(scene.air, paths, time_s[event])
    implied = others.time_s - travel
    mean = np.bincount(event, implied, minlength=along.size) / number
    off_deg = np.nan_to_num((others.azimuth_deg - azimuth + 180.0) % 360.0 - 180.0)
    squares = (implied - mean[event]) ** 2 + (AZIMUTH_SCALE_S_PER_DEG * off_deg) ** 2
    misfit = np.sqrt(np.bincount(event, squares, minlength=along.size) / number)
    unheard = np.bincount(event, minlength=along.size) == 0
    return misfit, np.where(unheard, time_s, mean)


def _invented(lie: Lie, ground: Ground, count: int, length_s: float, chance: np.random.Generator) -> Sources:
    """Launches that never were, on the ground of the side that the lie accuses (any, if it favours nobody)."""
    along, time = ground.half_m * 0.8 * (2 * chance.random(count) - 1), length_s * (0.02 + 0.93 * chance.random(count))
    side = chance.integers(2, size=count)
    if lie.favours >= 0:
        side = np.full(count, 1 - lie.favours % 2)
    depth = 500.0 + 6000.0 * chance.random(count)
    across = ground.line_m(along, time) + np.where(side == 0, depth, -depth)
    return happenings(OUTGOING, time, along, across, group=[f"X{number}" for number in range(count)])
