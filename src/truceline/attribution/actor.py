"""Who did each act of an incident: the channels of evidence brought together.

Fire that left a known place: who held it. Impacts: who fired the launches that they follow. Impacts whose
launch nobody heard: who is hit says little, and is never enough to name anyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from truceline.attribution.origin import RAIDER_ON_HELD, Fired, Ground, firers, ground_held, strangers
from truceline.fusion.build import FusedEvent
from truceline.model.finding import OTHER_ACTOR, Attribution, Reason
from truceline.model.incident import Act, Incident
from truceline.model.numbers import greatest, rounded_shares, said
from truceline.model.observation import AIRBURST, IMPACT
from truceline.sensors.contract import Floats

ARRIVING = frozenset({IMPACT, AIRBURST})
HIT_BY_ANOTHER = 0.6  # of impacts on a party's ground, those fired by another party
OTHER_UNSEEN = 0.1  # of impacts without a known launch, those fired by somebody who did not sign
SHOWN = 0.05  # a chance of less is not worth a sentence


@dataclass(frozen=True)
class _Origin:
    """An act's own place: who held it, how deep it lies, who fired by that, and what else it may have been."""

    held: Floats
    depth_m: float
    fired: Floats
    arriving: float  # probability that the "origins" are impacts after all


def attribute(incident: Incident, events: Mapping[str, FusedEvent], ground: Ground) -> tuple[Attribution, ...]:
    """Responsibility for each act of the incident, in the order of its acts."""
    origins = [_origin(act, events, ground) if act.origins else None for act in incident.acts]
    return tuple(
        _fire(act, own, ground) if own is not None else _arrivals(act, origins, events, ground)
        for act, own in zip(incident.acts, origins, strict=True)
    )


def _origin(act: Act, events: Mapping[str, FusedEvent], ground: Ground) -> _Origin:
    fused = [events[id_] for id_ in act.origins]
    held, depth_m = ground_held(ground, fused)
    arriving = float(np.mean([one.event.probability_of(ARRIVING) for one in fused]))
    return _Origin(held, depth_m, firers(held, depth_m, _fired(act)), arriving)


def _fired(act: Act) -> Fired:
    return Fired(len(act.origins), act.speed_mps)


def _fire(act: Act, own: _Origin, ground: Ground) -> Attribution:
    """An act whose origin is known."""
    # An "origin" that may itself be an impact says so much less about who fired.
    share = (1.0 - own.arriving) * own.fired + own.arriving * _unseen(own.held)
    holder, probability = greatest(_shares(ground, own.held))
    reasons = [
        Reason(f"The fire began on ground held by {holder} with probability {said(probability)}, by the maps given.")
    ]
    if strangers(_fired(act), own.depth_m) == RAIDER_ON_HELD:
        reasons.insert(0, Reason("So few rounds of a light weapon so close behind the line may be a raiding party's."))
    if act.arrivals:
        rhythm = f"{len(act.arrivals)} impacts keep the rhythm and range of these launches"
        reasons.append(Reason(f"{rhythm} (probability {said(act.linked)})."))
    if own.arriving > SHOWN:
        reasons.append(Reason(f"With probability {said(own.arriving)} these were impacts rather than launches."))
    return Attribution(responsibility=_shares(ground, share), reasons=tuple(reasons))


def _arrivals(act: Act, origins: list[_Origin | None], events: Mapping[str, FusedEvent], ground: Ground) -> Attribution:
    """Impacts that belong to no act whose origin is known for sure."""
    held, _ = ground_held(ground, [events[id_] for id_ in act.arrivals])
    share = np.zeros(len(ground.parties) + 1)
    known = 0.0
    for cause in act.follows:
        own = origins[cause.act]
        if own is not None:
            share += cause.probability * own.fired
            known += cause.probability
    share += (1.0 - known) * _unseen(held)
    reasons = [
        Reason("No launch that these impacts surely follow was heard; who is hit is weak evidence of who fired.")
    ]
    if known > 0:
        reasons.append(Reason(f"With probability {said(known)} they follow launches heard in this incident."))
    return Attribution(responsibility=_shares(ground, share), reasons=tuple(reasons))


def _shares(ground: Ground, share: Floats) -> tuple[tuple[str, float], ...]:
    return rounded_shares(zip((*ground.parties, OTHER_ACTOR), share.tolist(), strict=True), sink=OTHER_ACTOR)


def _unseen(held: Floats) -> Floats:
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
