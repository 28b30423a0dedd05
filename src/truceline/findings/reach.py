"""For whom the evidence reaches the standard of proof: the question that is asked again without each source."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from truceline.attribution.leave_out import Reached
from truceline.model.agreement import Agreement, Provision
from truceline.model.event import Event
from truceline.model.finding import Attribution, Breach
from truceline.model.incident import Incident
from truceline.model.numbers import rounded_probability

FORBIDDEN = ("breach", "indeterminate")
Breaches: TypeAlias = Mapping[str, Mapping[str, Sequence[Breach]]]  # by event, then by supposed actor


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
    for party in agreement.parties:
        touched = [breach for breach in breaches[party] if breach.verdict in FORBIDDEN]
        if touched:
            threshold = max(provision_of(agreement, breach.provision).attribution_threshold for breach in touched)
            happened = occurrence(event, touched)
            if rounded_probability(happened * attribution.surely(party)) >= threshold and proven(touched):
                return party
    return None


def occurrence(event: Event, forbidden: Sequence[Breach]) -> float:
    """Probability that it happened and is of the kind that the strictest provision touched forbids."""
    return rounded_probability(event.existence * min(breach.probability for breach in forbidden))


def proven(forbidden: Sequence[Breach]) -> bool:
    return any(breach.verdict == "breach" for breach in forbidden)


def provision_of(agreement: Agreement, id_: str) -> Provision:
    return next(provision for provision in agreement.provisions if provision.id == id_)
