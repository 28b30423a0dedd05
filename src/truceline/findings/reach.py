"""For whom the evidence reaches the standard of proof: the question that is asked again without each source."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from truceline.attribution.leave_out import Reached
from truceline.model.agreement import Agreement, Provision
from truceline.model.event import Event
from truceline.model.finding import Attribution, Breach
from truceline.model.incident import Incident
from truceline.model.numbers import rounded_probability

FORBIDDEN = ("breach", "indeterminate")
Breaches: TypeAlias = Mapping[str, Mapping[str, Sequence[Breach]]]  # by event, then by supposed actor
Said: TypeAlias = Callable[[str], Sequence[Breach]]  # what the text says of an event, by supposed actor
Sure: TypeAlias = Callable[[str], float]  # by party: how probably it was this one by the evidence that may decide


def reached(
    agreement: Agreement,
    events: Mapping[str, Event],
    incidents: Sequence[Incident],
    breaches: Breaches,
    attributions: Sequence[Sequence[Attribution]],
) -> tuple[Reached, ...]:
    """The party that is reached for each event of all incidents. attributions: by incident, by act."""
    return tuple(
        Reached(events[id_], party_reached(agreement, events[id_], attribution, breaches[id_]))
        for incident, acts in zip(incidents, attributions, strict=True)
        for act, attribution in zip(incident.acts, acts, strict=True)
        for id_ in act.events
    )


def party_reached(
    agreement: Agreement, event: Event, attribution: Attribution, breaches: Mapping[str, Sequence[Breach]]
) -> str | None:
    """The party for whom occurrence × responsibility reaches the strictest threshold touched, if any.

    Robustness is not looked at: the same question is asked again without each source.
    """
    return reached_by(agreement, event, attribution.surely, breaches.__getitem__)


def reached_by(agreement: Agreement, event: Event, sure: Sure, said: Said) -> str | None:
    """The same. The text is not asked of a party for whom no standard of proof is reached whatever it says."""
    least = min((one.attribution_threshold for one in agreement.provisions), default=0.0)
    real = rounded_probability(event.existence)
    for party in agreement.parties:
        share = sure(party)
        if rounded_probability(real * share) < least:
            continue
        touched = [breach for breach in said(party) if breach.verdict in FORBIDDEN]
        if touched:
            threshold = max(provision_of(agreement, breach.provision).attribution_threshold for breach in touched)
            if rounded_probability(occurrence(event, touched) * share) >= threshold and proven(touched):
                return party
    return None


def occurrence(event: Event, forbidden: Sequence[Breach]) -> float:
    """Probability that it happened and is of the kind that the strictest provision touched forbids."""
    return rounded_probability(event.existence * min(breach.probability for breach in forbidden))


def proven(forbidden: Sequence[Breach]) -> bool:
    return any(breach.verdict == "breach" for breach in forbidden)


def provision_of(agreement: Agreement, id_: str) -> Provision:
    return next(provision for provision in agreement.provisions if provision.id == id_)
