"""Who opened fire: the actor of an incident's first act, unless earlier fire could have gone unheard.

What was fired earlier in an exchange, nearby, by small arms above all, may have been out of everybody's earshot. The
likelier that is, the less can be said. Where the first two acts are so close in time that either may have been first,
both count.
"""

from collections.abc import Mapping, Sequence
from math import erfc, sqrt

import numpy as np

from truceline.attribution.evidence import Evidence
from truceline.attribution.silence import LAUNCHES, SMALL_ARMS
from truceline.fusion.build import FusedEvent
from truceline.model.finding import NOT_DETERMINABLE, Attribution, Probabilities
from truceline.model.incident import Act, Incident
from truceline.model.instant import US_PER_S
from truceline.model.numbers import rounded_shares

ANSWERS = 0.35  # of incidents, those whose first sound answers fire before it
WITH_SMALL_ARMS = 0.7  # of that earlier fire
AROUND_M = np.array([300.0, 1_000.0, 2_500.0])  # how far from the incident's own places it may have been
AZIMUTHS = np.linspace(0.0, 2.0 * np.pi, 8, endpoint=False)
BEFORE_US = 120 * US_PER_S  # it was so long before
BACK_S = 30.0  # impacts with no launch heard were fired so long before


def opened_by(
    incident: Incident, attributions: Sequence[Attribution], events: Mapping[str, FusedEvent], evidence: Evidence
) -> Probabilities:
    """Probabilities over parties, other and not determinable.

    An incident that begins with impacts was opened by whoever fired them, which is seldom known.
    """
    unheard = ANSWERS * _unheard(incident, events, evidence)
    shares: dict[str, float] = {}
    for act, share in _first(incident, events).items():
        for name, probability in attributions[act].responsibility:
            shares[name] = shares.get(name, 0.0) + (1.0 - unheard) * share * probability
    return rounded_shares([*shares.items(), (NOT_DETERMINABLE, unheard)], sink=NOT_DETERMINABLE)


def _unheard(incident: Incident, events: Mapping[str, FusedEvent], evidence: Evidence) -> float:
    """Probability that fire around the incident's places, just before it began, would not have been found."""
    origins = [events[id_].event.origin for id_ in incident.events]
    x, y = evidence.frame.to_xy([one.lon for one in origins], [one.lat for one in origins])
    near_x = (x.mean() + np.outer(AROUND_M, np.sin(AZIMUTHS))).ravel()
    near_y = (y.mean() + np.outer(AROUND_M, np.cos(AZIMUTHS))).ravel()
    when = incident.from_us - BEFORE_US
    heavy, light = (float(evidence.ears.missed(what, near_x, near_y, when).mean()) for what in (LAUNCHES, SMALL_ARMS))
    return WITH_SMALL_ARMS * light + (1.0 - WITH_SMALL_ARMS) * heavy


def _first(incident: Incident, events: Mapping[str, FusedEvent]) -> dict[int, float]:
    """How probably each of the two earliest acts began first."""
    begins = sorted((_begins(act, events), number) for number, act in enumerate(incident.acts))
    if len(begins) == 1:
        return {begins[0][1]: 1.0}
    (at, sigma), first = begins[0]
    (later, later_sigma), second = begins[1]
    surely = 1.0 - 0.5 * erfc((later - at) / (sqrt(2.0) * max(float(np.hypot(sigma, later_sigma)), 1e-6)))
    return {first: surely, second: 1.0 - surely}


def _begins(act: Act, events: Mapping[str, FusedEvent]) -> tuple[float, float]:
    """When an act's first round was fired, seconds, and its sigma."""
    origin = events[act.events[0]].event.origin
    if act.origins:
        origin = min((events[id_].event.origin for id_ in act.origins), key=lambda one: one.time_us)
        return origin.time_us / US_PER_S, origin.time_sigma_s
    return origin.time_us / US_PER_S - BACK_S, BACK_S / 2
