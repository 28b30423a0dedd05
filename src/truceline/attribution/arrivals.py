"""Impacts with no launch that was surely heard: what a direction says of them, and how little is left without one."""

from collections.abc import Sequence

import numpy as np

from truceline.attribution import direction, track
from truceline.attribution.control import Ground, held_at
from truceline.attribution.evidence import Evidence
from truceline.attribution.origin import STRANGER_ON_HELD, firers
from truceline.attribution.silence import LAUNCHES
from truceline.model.event import Event
from truceline.model.finding import Reason
from truceline.model.instant import US_PER_S
from truceline.model.numbers import said
from truceline.sensors.contract import Floats

HIT_BY_ANOTHER = 0.75  # of impacts on a party's ground, those fired by another party
OTHER_UNSEEN = 0.05  # of impacts without a known launch, those fired by somebody who did not sign
MOST_BY_SILENCE = 0.9  # silence never makes anyone surer than this
AZIMUTHS = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
RANGES_M = np.geomspace(1_500.0, 35_000.0, 9)
FLIGHT_US = 40 * US_PER_S


def by_who_is_hit(held: Floats) -> Floats:
    """(parties + 1,) who fired at a place, other last, when nothing is known of the launch.

    held: who holds the ground that was struck, unknown last.
    """
    count = len(held) - 1
    if count < 2:
        return np.asarray(np.r_[np.full(count, 1.0 - OTHER_UNSEEN), OTHER_UNSEEN])
    known = held[:-1] + held[-1] / count
    others = (1.0 - known) / (count - 1)
    share = HIT_BY_ANOTHER * others + (1.0 - HIT_BY_ANOTHER) * known
    return np.asarray(np.r_[(1.0 - OTHER_UNSEEN) * share / share.sum(), OTHER_UNSEEN])


def by_direction(
    impacts: Sequence[Event], evidence: Evidence, ground: Ground
) -> tuple[Floats | None, tuple[Reason, ...]]:
    """(parties + 1,) who fired, by craters, observers and tracks; None without any. And why."""
    if not evidence.tracks and not evidence.readings:
        return None, ()
    followed = track.fell_at(evidence.tracks, impacts, evidence.frame)
    pointed = direction.direction([one.id for one in impacts], evidence.readings)
    if not impacts or (not followed and pointed is None):
        return None, ()
    held, reasons = [], []
    if followed:
        held.append(track.came_from(ground, followed))
        reasons.append(
            Reason(f"{len(followed)} of these rounds were followed in the air and traced back to their origin.")
        )
    if pointed is not None:
        held.append(direction.came_from(ground, impacts, pointed))
        whence = f"{pointed.azimuth_deg:.0f}° (sigma {pointed.sigma_deg:.0f}°)"
        reasons.append(Reason(f"Craters or observers say that they came from {whence}."))
    share = np.prod(held, axis=0)
    share = np.mean(held, axis=0) if share.sum() <= 0 else share / share.sum()
    struck = evidence.frame.to_xy([one.origin.lon for one in impacts], [one.origin.lat for one in impacts])
    plain = by_who_is_hit(held_at(ground, *struck).share.mean(axis=0))
    mistaken = direction.mistaken(pointed) if pointed is not None else track.MISTAKEN
    fired = (1.0 - mistaken) * firers(share, STRANGER_ON_HELD) + mistaken * plain
    reasons.insert(
        0, Reason(f"No launch was heard, but from where they came is known (wrong with probability {said(mistaken)}).")
    )
    return fired, tuple(reasons)


def by_silence(impacts: Sequence[Event], evidence: Evidence, ground: Ground) -> Floats:
    """(parties + 1,) who held the ground from which a launch would have been heard by nobody, unknown last."""
    x, y = evidence.frame.to_xy([one.origin.lon for one in impacts], [one.origin.lat for one in impacts])
    away_x, away_y = np.outer(RANGES_M, np.sin(AZIMUTHS)).ravel(), np.outer(RANGES_M, np.cos(AZIMUTHS)).ravel()
    from_x, from_y = float(x.mean()) + away_x, float(y.mean()) + away_y
    when = min(one.origin.time_us for one in impacts) - FLIGHT_US
    unheard = evidence.ears.missed(LAUNCHES, from_x, from_y, when)
    return np.asarray(unheard @ held_at(ground, from_x, from_y).share / max(float(unheard.sum()), 1e-9))


def weakly(held: Floats, silent: Floats) -> Floats:
    """(parties + 1,) who fired, by who is hit and by silence together: two weak witnesses, never enough for a name."""
    share = by_who_is_hit(held)[:-1] * np.sqrt(silent[:-1] + silent[-1] / max(1, len(silent) - 1))
    share = share / share.sum() if share.sum() > 0 else by_who_is_hit(held)[:-1] / (1.0 - OTHER_UNSEEN)
    return np.asarray(np.r_[np.minimum(share, MOST_BY_SILENCE) * (1.0 - OTHER_UNSEEN), OTHER_UNSEEN])
