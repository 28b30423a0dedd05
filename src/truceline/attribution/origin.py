"""Origin × control: fire that came from ground a party holds is evidence of that party's act, not the act itself.

Anyone may slip onto another's ground, and a proxy may fire for somebody who did not sign; these stay possible
however well the place is known. A few rounds of a light weapon from close behind the line may be a team's that
came on foot: nothing that sensors measure tells whose it is, so this alone names nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.fusion.build import FusedEvent
from truceline.geo.frame import Frame
from truceline.geo.held import PreparedMap, holding
from truceline.model.instant import Instant
from truceline.sensors.contract import Floats

OTHER_ON_HELD = 0.008  # somebody who did not sign, on ground that a party holds
STRANGER_ON_HELD = 0.007  # another party, shared among them
RAIDER_ON_HELD = 0.07  # the same for what a raiding party could have fired
RAID_DEPTH_M, RAID_ROUNDS, RAID_SPEED_MPS = 3_500.0, 12, 300.0  # how far a team carries a mortar, and how much for it
OTHER_ON_UNKNOWN = 0.2  # somebody who did not sign, where nobody is known to hold the ground


@dataclass(frozen=True)
class Ground:
    """Who holds which ground at an instant, by all maps alike. Without maps all ground is unknown."""

    maps: Sequence[PreparedMap]
    parties: Sequence[str]
    frame: Frame
    when: Instant


@dataclass(frozen=True)
class Fired:
    """What is known of what was fired from one place: how many rounds, and their mean speed over ground."""

    rounds: int
    speed_mps: float | None


def ground_held(ground: Ground, fused: Sequence[FusedEvent]) -> tuple[Floats, float]:
    """(parties + 1,) probability that each party held the ground these events came from, unknown last; and how
    deep behind the edge of its holder's ground that is, in metres.

    The events are taken to share one actor: their posteriors are weighed by how well each is located.
    """
    if not ground.maps:
        return np.r_[np.zeros(len(ground.parties)), 1.0], 0.0
    weight = np.array([1.0 / max(one.event.origin.ellipse90.semi_major_m, 1.0) ** 2 for one in fused])
    x, y = ground.frame.to_xy(np.concatenate([one.lon for one in fused]), np.concatenate([one.lat for one in fused]))
    mass = np.concatenate([w * one.weight for w, one in zip(weight / weight.sum(), fused, strict=True)])
    views = [holding(one, ground.parties, x, y, ground.when) for one in ground.maps]
    held = np.mean([mass @ shares for shares, _ in views], axis=0)
    return held / held.sum(), float(np.mean([mass @ deep for _, deep in views]))


def firers(held: Floats, depth_m: float, fired: Fired) -> Floats:
    """(parties + 1,) who fired, other last, given who held the ground it came from (unknown last)."""
    count = len(held) - 1
    stranger = strangers(fired, depth_m) if count > 1 else 0.0
    share = np.empty(count + 1)
    others_ground = (held[:-1].sum() - held[:-1]) * (stranger / max(1, count - 1))
    own = held[:-1] * (1.0 - OTHER_ON_HELD - stranger)
    share[:-1] = own + others_ground + held[-1] * (1.0 - OTHER_ON_UNKNOWN) / max(1, count)
    share[-1] = held[:-1].sum() * OTHER_ON_HELD + held[-1] * OTHER_ON_UNKNOWN
    return np.asarray(share / share.sum())


def strangers(fired: Fired, depth_m: float) -> float:
    """Probability that what came from a party's ground was fired by another party's people."""
    light = fired.speed_mps is None or fired.speed_mps < RAID_SPEED_MPS
    raid = light and fired.rounds <= RAID_ROUNDS and depth_m < RAID_DEPTH_M
    return RAIDER_ON_HELD if raid else STRANGER_ON_HELD
