"""Who did each act of an incident: the channels of evidence brought together.

Fire that left a known place: who held it. Impacts: who fired the launches that they follow. Impacts whose
launch nobody heard: who is hit says little, and is never enough to name anyone.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from truceline.attribution.origin import firers_by_ground, origin_likelihood
from truceline.fusion.build import FusedEvent
from truceline.geo.frame import Frame
from truceline.geo.held import PreparedMap
from truceline.model.finding import OTHER_ACTOR, Attribution, Reason
from truceline.model.incident import Act, Incident
from truceline.model.numbers import greatest, rounded_shares, said
from truceline.model.observation import AIRBURST, IMPACT
from truceline.sensors.contract import Floats

ARRIVING = frozenset({IMPACT, AIRBURST})
HIT_BY_ANOTHER = 0.6  # of impacts on a party's ground, those fired by another party
OTHER_UNSEEN = 0.1  # of impacts without a known launch, those fired by somebody who did not sign


def attribute(
    incident: Incident,
    events: Mapping[str, FusedEvent],
    maps: Sequence[PreparedMap],
    parties: Sequence[str],
    frame: Frame,
) -> tuple[Attribution, ...]:
    """Responsibility for each act of the incident, in the order of its acts."""
    when = incident.from_us
    origin = [
        origin_likelihood([events[id_] for id_ in act.origins], maps, parties, frame, when) if act.origins else None
        for act in incident.acts
    ]
    return tuple(
        _act(act, number, origin, events, maps, parties, frame, when) for number, act in enumerate(incident.acts)
    )  # fmt: skip


def _act(
    act: Act,
    number: int,
    origin: Sequence[Floats | None],
    events: Mapping[str, FusedEvent],
    maps: Sequence[PreparedMap],
    parties: Sequence[str],
    frame: Frame,
    when: int,
) -> Attribution:
    own = origin[number]
    if own is None:
        return _arrivals(act, origin, [events[id_] for id_ in act.arrivals], maps, parties, frame, when)
    fired = [events[id_] for id_ in act.origins]
    # An "origin" that may itself be an impact says so much less about who fired.
    arriving = float(np.mean([one.event.probability_of(ARRIVING) for one in fired]))
    blind = _unseen(origin_likelihood(fired, maps, parties, frame, when))
    share = (1.0 - arriving) * own + arriving * blind
    names = (*parties, OTHER_ACTOR)
    shares = rounded_shares(zip(names, share.tolist(), strict=True), sink=OTHER_ACTOR)
    holder, probability = greatest(rounded_shares(zip(names, own.tolist(), strict=True), sink=OTHER_ACTOR))
    ground = f"The fire began on ground held by {holder} with probability {said(probability)}, by the maps given."
    reasons = [Reason(ground)]
    if act.arrivals:
        rhythm = f"{len(act.arrivals)} impacts keep the rhythm and range of these launches"
        reasons.append(Reason(f"{rhythm} (probability {said(act.linked)})."))
    if arriving > 0.05:
        reasons.append(Reason(f"With probability {said(arriving)} these were impacts rather than launches."))
    return Attribution(responsibility=shares, reasons=tuple(reasons))


def _arrivals(
    act: Act,
    origin: Sequence[Floats | None],
    fallen: Sequence[FusedEvent],
    maps: Sequence[PreparedMap],
    parties: Sequence[str],
    frame: Frame,
    when: int,
) -> Attribution:
    blind = _unseen(origin_likelihood(fallen, maps, parties, frame, when))
    share = np.zeros(len(parties) + 1)
    known = 0.0
    for cause in act.follows:
        fired = origin[cause.act]
        if fired is not None:
            share += cause.probability * fired
            known += cause.probability
    share += (1.0 - known) * blind
    unheard = "No launch that these impacts surely follow was heard; who is hit is weak evidence of who fired."
    reasons = [Reason(unheard)]
    if known > 0:
        reasons.append(Reason(f"With probability {said(known)} they follow launches heard in this incident."))
    names = (*parties, OTHER_ACTOR)
    return Attribution(
        responsibility=rounded_shares(zip(names, share.tolist(), strict=True), sink=OTHER_ACTOR), reasons=tuple(reasons)
    )


def _unseen(struck: Floats) -> Floats:
    """(parties + 1,) who fired at a place, other last, when nothing is known of the launch.

    struck: who would be taken for the firer had the fire begun there, which stands for who holds the ground.
    """
    count = len(struck) - 1
    if count < 2:
        return firers_by_ground(np.r_[np.zeros(count), 1.0])
    held = struck[:-1] / max(float(struck[:-1].sum()), 1e-9)
    others = (1.0 - held) / (count - 1)
    share = HIT_BY_ANOTHER * others + (1.0 - HIT_BY_ANOTHER) * held
    return np.asarray(np.r_[(1.0 - OTHER_UNSEEN) * share / share.sum(), OTHER_UNSEEN])
