"""One epoch of events, told once: look, choose, fit with the air, learn about the sensors, look again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from truceline.fusion.air import Forecast, air_prior
from truceline.fusion.assign import assign, better_taken, contested, noise
from truceline.fusion.bearings import Turns, find_turns, straight
from truceline.fusion.beliefs import CLUTTER_PRIOR_HZ, Members, learn
from truceline.fusion.clocks import Clocks, find_clocks, well
from truceline.fusion.columns import Bools, Channels, Ints, Picks
from truceline.fusion.existence import Existence, existence
from truceline.fusion.grid import Grid, grid_seeds
from truceline.fusion.hearing import Deaf
from truceline.fusion.joint import Joint, refine_jointly
from truceline.fusion.locate import Doubt, Located, locate
from truceline.fusion.refine import refine
from truceline.fusion.robust import Robust, robust_regions
from truceline.fusion.scene import Scene, Sources
from truceline.fusion.score import Reading, read
from truceline.fusion.seeds import ray_seeds
from truceline.fusion.select import choose, worth_of
from truceline.fusion.sites import find_sites, site_seeds
from truceline.model.observation import Observation
from truceline.sensors.contract import Floats

EPOCH_S = 3_600.0
LEAST_PICKS = 2
LAST_STEPS = 4  # of the last fit of places and air; those before it are looked at again
LEAST_WORTH = 0.0
ROUNDS = 2
CLOCK_ROUNDS = 2
DRAWS, DRAWS_AGAIN, BURN = 16, 8, 2  # of assignments; fewer in another look, which only asks who is reached still
SITE_ROUNDS = 2
EXPECTED_EVENTS = 20.0  # an hour, over the whole mission, before anything was heard


@dataclass(frozen=True)
class Beliefs:
    """What one epoch hands to the next: clocks, and how far and how surely each kind of sensor hears."""

    clocks: Clocks
    turns: Turns
    reach_factor: Floats
    most_detected: Floats


@dataclass(frozen=True)
class EpochFit:
    """All that was inferred of one epoch. Sources are those of the whole window; `own` marks those that
    happened within the epoch. (source, pick) are parallel, ordered by source; picks index `scene.picks`, which
    index `observations`."""

    scene: Scene
    observations: Sequence[Observation]
    joint: Joint
    source: Ints
    pick: Ints
    reading: Reading
    worth: Floats
    existence: Existence
    located: Located
    robust: Robust | None  # not asked for in another look
    own: Bools
    beliefs: Beliefs


def no_beliefs(channels: Channels) -> Beliefs:
    """Before the first epoch: clocks right, every kind of sensor hearing as its physics says."""
    kinds = len(channels.kinds)
    return Beliefs(well(len(channels)), straight(len(channels)), np.ones(kinds), np.ones(kinds))


@dataclass(frozen=True)
class Setting:
    """What an epoch is fitted with. hint: sources worth trying first, found by an earlier look at more data; with
    it the search from nothing is left out. rounds: how often it is looked again with what was learnt. Times are in
    seconds from the epoch's start."""

    channels: Channels
    deaf: Deaf
    forecast: Forecast
    grid: Grid
    area_m2: float
    hint: Sources | None = None
    rounds: int = ROUNDS


def fit_epoch(setting: Setting, picks: Picks, observations: Sequence[Observation], before: Beliefs) -> EpochFit | None:
    """Everything about the sources of [0, EPOCH_S), from the picks of their window.

    picks: free picks from the epoch's start until the last that its sources could have caused, and as many
    again so that later sources are not mistaken for its own; they index `observations`. None where nothing
    happened.
    """
    scene = _first_scene(setting, picks, before)
    first = ray_seeds(scene, _all(scene)) if setting.hint is None else setting.hint
    sources = choose(scene, first, _all(scene)).sources
    clocks, turns = before.clocks, before.turns
    for step in range(setting.rounds):
        members, joint = _fit(scene, sources)
        scene = learn(replace(scene, air=joint.air), members, EPOCH_S, setting.area_m2)
        if step < CLOCK_ROUNDS:
            clocks = find_clocks(scene, members.sources, members.reach_m, clocks, before.clocks)
            turns = find_turns(scene, members.sources, members.reach_m, turns)
            mended = picks.shifted(clocks.offset_s).turned(turns.offset_rad)
            scene = replace(scene, picks=mended, timing_extra_s=clocks.sigma_s)
        members, joint = _fit(scene, joint.sources)
        if step < SITE_ROUNDS:
            if setting.hint is None:
                joint = _again(scene, joint)
            scene = replace(scene, sites=find_sites(joint.sources, joint.covariance(), EPOCH_S))
            members, joint = _fit(scene, joint.sources)
        sources = _living(scene, joint.sources.joined(_born(scene, members, setting.grid)))
    if not len(sources):
        return None
    return _conclude(scene, sources, clocks, turns, observations, first_look=setting.hint is None)


def _first_scene(setting: Setting, picks: Picks, before: Beliefs) -> Scene:
    """What is believed before anything of the epoch is explained."""
    count = np.bincount(picks.channel, minlength=len(setting.channels))
    return Scene(
        channels=setting.channels,
        picks=picks.shifted(before.clocks.offset_s).turned(before.turns.offset_rad),
        air=air_prior(setting.forecast, 0.0, EPOCH_S),
        reach_factor=before.reach_factor,
        most_detected=before.most_detected,
        clutter_hz=np.maximum(count / EPOCH_S, CLUTTER_PRIOR_HZ),
        deaf_from_s=setting.deaf.from_s,
        deaf_until_s=setting.deaf.until_s,
        event_density=EXPECTED_EVENTS / (setting.area_m2 * EPOCH_S),
        timing_extra_s=before.clocks.sigma_s,
    )


def _again(scene: Scene, joint: Joint) -> Joint:
    """Choose anew among what was found and what may have come from places now known to fire again."""
    scene = replace(scene, sites=find_sites(joint.sources, joint.covariance(), EPOCH_S))
    at_sites = site_seeds(scene, joint.sources, joint.covariance(), _all(scene))
    chosen = choose(scene, joint.sources.joined(at_sites), _all(scene))
    return _fit(scene, chosen.sources)[1]


def _born(scene: Scene, members: Members, grid: Grid) -> Sources:
    """Sources among the picks that nothing explains yet: by directions first, then by times alone."""
    left = _all(scene)
    left[members.pick] = False
    by_direction = choose(scene, ray_seeds(scene, left), left)
    left[by_direction.pick] = False
    by_time = choose(scene, grid_seeds(scene, grid, left), left)
    return by_direction.sources.joined(by_time.sources)


def _all(scene: Scene) -> Bools:
    return np.ones(len(scene.picks), bool)


def _fit(scene: Scene, sources: Sources, *, steps: int = 2) -> tuple[Members, Joint]:
    """Assign picks to sources, then fit sources and air together."""
    reading = read(scene, sources, _all(scene))
    source, pick = assign(scene, sources, reading.reach_m, _all(scene))
    prior = air_prior(scene.air.forecast, scene.air.start_s, scene.air.end_s)
    joint = refine_jointly(scene, prior, sources, source, pick, steps=steps)
    return Members(joint.sources, source, pick, reading.reach_m), joint


def _living(scene: Scene, sources: Sources) -> Sources:
    """Sources that still explain more than clutter once every pick is used only once; the worst go first."""
    for _ in range(6):
        reading = read(scene, sources, _all(scene))
        source, pick = assign(scene, sources, reading.reach_m, _all(scene))
        worth = _worth(scene, sources, source, pick)
        poor = (worth <= LEAST_WORTH) | (np.bincount(source, minlength=len(sources)) < LEAST_PICKS)
        poor |= better_taken(scene, sources, reading.reach_m, source, pick, worth)
        if not poor.any():
            break
        sources = sources.take(~poor)
        if not len(sources):
            break
    return sources


def _worth(scene: Scene, sources: Sources, source: Ints, pick: Ints) -> Floats:
    """Log posterior odds of each source given exactly the picks that are assigned to it."""
    reading = read_assigned(scene, sources, source, pick)
    prior = air_prior(scene.air.forecast, scene.air.start_s, scene.air.end_s)
    joint = refine_jointly(scene, prior, sources, source, pick, steps=1)
    return worth_of(scene, sources, reading, joint.covariance())


def read_assigned(scene: Scene, sources: Sources, source: Ints, pick: Ints) -> Reading:
    """A reading in which each source has its own picks and no other."""
    return read(scene, sources, _all(scene), owner=(source, pick))


def _doubt(scene: Scene, joint: Joint, members: Members, draws: int) -> Doubt:
    """How far picks may be other sources': for sources with contested picks, a chain of assignments.

    Draw an assignment, fit the sources to it, disturb them within their own uncertainty, draw again (Gibbs
    sampling with deterministic noise).
    """
    share = contested(scene, joint.sources, members.reach_m, members.source, members.pick)
    drift, covariance = np.zeros((len(share), 2)), np.zeros((len(share), 2, 2))
    rows = np.flatnonzero(share > 0)
    if not len(rows):
        return Doubt(drift, covariance, share)
    free = _all(scene)
    free[members.pick[share[members.source] == 0]] = False
    sources, reach_m = joint.sources.take(rows), members.reach_m[rows]
    root = np.linalg.cholesky(joint.conditional[rows])
    places = np.empty((draws, len(rows), 2))
    for draw in range(draws + BURN):
        source, pick = assign(scene, sources, reach_m, free, draw=draw + 1)
        fitted, _ = refine(scene, sources, source, pick, steps=1)
        if draw >= BURN:
            places[draw - BURN] = np.stack([fitted.x, fitted.y], axis=1)
        step = np.einsum("nij,nj->ni", root, noise(rows, draw))
        sources = Sources(fitted.x + step[:, 0], fitted.y + step[:, 1], fitted.time_s + step[:, 2])
    mean = places.mean(axis=0)
    off = places - mean
    drift[rows] = mean - np.stack([joint.sources.x[rows], joint.sources.y[rows]], axis=1)
    covariance[rows] = np.einsum("dni,dnj->nij", off, off) / draws
    return Doubt(drift, covariance, share)


def _conclude(
    scene: Scene,
    sources: Sources,
    clocks: Clocks,
    turns: Turns,
    observations: Sequence[Observation],
    *,
    first_look: bool,
) -> EpochFit:
    members, joint = _fit(scene, sources, steps=LAST_STEPS)
    scene = replace(scene, air=joint.air)
    reading = read_assigned(scene, joint.sources, members.source, members.pick)
    worth = worth_of(scene, joint.sources, reading, joint.covariance())
    doubt = _doubt(scene, joint, members, DRAWS if first_look else DRAWS_AGAIN)
    located = locate(scene, joint, members.source, members.pick, doubt)
    robust = robust_regions(scene, joint, members.source, members.pick) if first_look else None
    own = (located.time_s >= 0.0) & (located.time_s < EPOCH_S)
    beliefs = Beliefs(clocks, turns, scene.reach_factor, scene.most_detected)
    return EpochFit(
        scene,
        observations,
        joint,
        members.source,
        members.pick,
        reading,
        worth,
        existence(scene, reading, worth),
        located,
        robust,
        own,
        beliefs,
    )
