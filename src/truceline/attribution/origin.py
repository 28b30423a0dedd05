"""Origin × control: fire that came from ground a party holds is evidence of that party's act, not the act itself.

Anyone may slip onto another's ground, and a proxy may fire for somebody who did not sign; these stay possible
however well the place is known. Small arms, or a few rounds of a light weapon at the pace of a single tube, from close
behind the line may be a team's that came on foot: nothing that sensors measure tells whose it is, so this alone names
nobody. Many rounds, several tubes at once, or a weapon that no team carries tell of a battery.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.attribution.control import Ground, held_at
from truceline.fusion.build import FusedEvent
from truceline.sensors.contract import Floats

OTHER_ON_HELD = 0.006  # somebody who did not sign, on ground that a party holds
STRANGER_ON_HELD = 0.004  # another party, shared among them
RAIDER_ON_HELD = 0.15  # the same for what a raiding party could have fired
OTHER_ON_UNKNOWN = 0.2  # somebody who did not sign, where nobody is known to hold the ground
RAID_DEPTH_M, RAID_ROUNDS = 3_500.0, 8  # how far a team carries a mortar, and how much for it
TUBE_S = 2.0  # no crew loads one tube faster
TUBES = 2  # successions quicker than that which show several tubes
UNKNOWN_LIGHT = 0.2  # of lone rounds with no known impact, those of a light weapon
SALVO_LIGHT = 0.6  # of slow salvos with no known impact
POINTS = 80  # of an act's posterior that are looked up on the maps


@dataclass(frozen=True)
class Fired:
    """What is known of what was fired from one place. light: probability of a weapon that a team can carry; rounds:
    at least so many; several: whether more than one tube fired."""

    rounds: int
    light: float
    several: bool = False


@dataclass(frozen=True)
class GroundHeld:
    """share (parties + 1,): probability that each party held the ground some events came from, unknown last; depth_m:
    how deep in its holder's ground; wrong (maps,): probability that each map is wrong there."""

    share: Floats
    depth_m: float
    wrong: Floats


def grounds_held(ground: Ground, clouds: Sequence[Sequence[FusedEvent]]) -> list[GroundHeld]:
    """Who held the ground that each of some sets of events came from.

    The events of a set are taken to share one actor: their posteriors are weighed by how well each is located.
    """
    if not clouds:
        return []
    lon, lat = np.stack([_thinned(fused) for fused in clouds], axis=1)
    x, y = ground.frame.to_xy(lon, lat)
    held = held_at(ground, x, y)
    columns = zip(held.share.mean(axis=1), held.depth_m.mean(axis=1), held.wrong.mean(axis=1), strict=True)
    return [GroundHeld(share, float(depth), wrong) for share, depth, wrong in columns]


def _thinned(fused: Sequence[FusedEvent]) -> Floats:
    """(2, POINTS) lon and lat that stand for the events' posteriors together, each for an equal part."""
    weight = np.array([1.0 / max(one.event.origin.ellipse90.semi_major_m, 1.0) ** 2 for one in fused])
    mass = np.cumsum(np.concatenate([w * one.weight for w, one in zip(weight / weight.sum(), fused, strict=True)]))
    kept = np.searchsorted(mass, (np.arange(POINTS) + 0.5) / POINTS * mass[-1])
    return np.stack(
        [np.concatenate([one.lon for one in fused])[kept], np.concatenate([one.lat for one in fused])[kept]]
    )


def firers(held: Floats, stranger: float) -> Floats:
    """(parties + 1,) who fired, other last, given who held the ground it came from (unknown last).

    stranger: probability that what came from a party's ground was fired by another party's people.
    """
    count = len(held) - 1
    stranger = stranger if count > 1 else 0.0
    share = np.empty(count + 1)
    others_ground = (held[:-1].sum() - held[:-1]) * (stranger / max(1, count - 1))
    own = held[:-1] * (1.0 - OTHER_ON_HELD - stranger)
    share[:-1] = own + others_ground + held[-1] * (1.0 - OTHER_ON_UNKNOWN) / max(1, count)
    share[-1] = held[:-1].sum() * OTHER_ON_HELD + held[-1] * OTHER_ON_UNKNOWN
    return np.asarray(share / share.sum())


def strangers(fired: Fired, depth_m: float) -> float:
    """Probability that what came from a party's ground was fired by another party's people."""
    if fired.several or fired.rounds > RAID_ROUNDS or depth_m >= RAID_DEPTH_M:
        return STRANGER_ON_HELD
    return fired.light * RAIDER_ON_HELD + (1.0 - fired.light) * STRANGER_ON_HELD


def several_tubes(time_s: Sequence[float]) -> bool:
    """Whether rounds at these moments (ascending, seconds) came faster than one tube fires."""
    return int((np.diff(time_s) < TUBE_S).sum()) >= TUBES


def light(rounds: int, slow: float | None, *, small_arms: bool) -> float:
    """Probability of a weapon that a team can carry. slow: that the rounds flew as slowly as a mortar's; None where
    no impact tells."""
    if small_arms:
        return 1.0
    if slow is not None:
        return slow
    return UNKNOWN_LIGHT if rounds < TUBES else SALVO_LIGHT
