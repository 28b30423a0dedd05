"""Did it happen, and was it fire? What else it may have been, as one distribution.

Fire is one explanation among others: demining, announced or not, quarrying, thunder and the like, an accident (a mine,
or ammunition that goes off: what bursts with no launch behind it may be that), or nothing at all: sounds that fell
together by chance, clutter, somebody's invention.
"""

from truceline.model.event import Event
from truceline.model.finding import Outcome, Probabilities
from truceline.model.incident import Act
from truceline.model.numbers import rounded_shares
from truceline.model.observation import (
    AIRBURST,
    BURST,
    DEMOLITION,
    EXPLOSION,
    IMPACT,
    MISSILE,
    OUTGOING,
    PROJECTILE,
    QUARRY_BLAST,
    SHOT,
    THUNDER,
)  # fmt: skip

ACCIDENT_OF = {IMPACT: 0.03, AIRBURST: 0.03, EXPLOSION: 0.3}  # of what bursts with no launch behind it
KIND = {
    **dict.fromkeys((OUTGOING, IMPACT, AIRBURST, EXPLOSION, BURST, SHOT, PROJECTILE, MISSILE), "fire"),
    DEMOLITION: "demining",
    QUARRY_BLAST: "quarrying",
    THUNDER: "natural",
}


def hypotheses(event: Event, act: Act, outcome: Outcome) -> Probabilities:
    """What an event may have been, summing to one: fire, demining (announced where a notice covers it), quarrying,
    natural, accident, other, nothing."""
    launched = bool(act.origins) or sum(cause.probability for cause in act.follows) >= 0.5
    shares = {"accident": 0.0, "nothing": 1.0 - event.existence}
    for class_, probability in event.labels:
        kind = KIND.get(class_, "other")
        if kind == "demining" and outcome == "exempt":
            kind = "announced"
        accident = 0.0 if launched and event.id in act.arrivals else ACCIDENT_OF.get(class_, 0.0)
        shares["accident"] += event.existence * probability * accident
        shares[kind] = shares.get(kind, 0.0) + event.existence * probability * (1.0 - accident)
    return rounded_shares([(name, share) for name, share in shares.items() if share > 0])
