"""Breach × attribution → finding.

An act is taken apart by what the text says of each of its events and by how well each stands: rounds that rest
on one provider's word do not borrow the robustness of the others.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from truceline.attribution.sources import one_interest
from truceline.attribution.standing import Standing
from truceline.findings.words import grade, sentence
from truceline.model.agreement import ROBUSTNESS, Agreement, Provision, Robustness
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.finding import OTHER_ACTOR, Attribution, Breach, Collusion, Finding, Outcome, Reason
from truceline.model.incident import Act, Incident
from truceline.model.numbers import rounded_probability

FORBIDDEN = ("breach", "indeterminate")
HAPPENED = 0.5  # an event less likely than this to have happened, or to be of the kind forbidden, breaks nothing


@dataclass(frozen=True)
class Opinion:
    """All that is said of one event on the way to a finding."""

    event: Event
    outcome: Outcome
    party: str | None
    occurrence: float
    provisions: tuple[str, ...]
    robustness: Robustness
    independence: tuple[tuple[str, Robustness], ...]
    collusion: Collusion | None
    why: str
    reasons: tuple[Reason, ...]


def party_reached(
    agreement: Agreement, event: Event, attribution: Attribution, breaches: Mapping[str, Sequence[Breach]]
) -> str | None:
    """The party for whom occurrence × responsibility reaches the strictest threshold touched, if any.

    Robustness is not looked at: the same question is asked again without each source.
    """
    for party in agreement.parties:
        touched = [breach for breach in breaches[party] if breach.verdict in FORBIDDEN]
        if touched:
            threshold = max(_provision(agreement, breach.provision).attribution_threshold for breach in touched)
            occurrence = _occurrence(event, touched)
            if rounded_probability(occurrence * attribution.surely(party)) >= threshold and _proven(touched):
                return party
    return None


def join(
    case: Case,
    incident: Incident,
    events: Mapping[str, Event],
    attributions: Sequence[Attribution],
    breaches: Mapping[str, Mapping[str, Sequence[Breach]]],
    standings: Mapping[str, Standing],
) -> tuple[Finding, ...]:
    """The findings of one incident, in order of time, then id.

    breaches: by event, then by supposed actor; standings: of every event that a party is reached for.
    """
    found: list[Finding] = []
    for act, attribution in zip(incident.acts, attributions, strict=True):
        opinions = _opinions(case.agreement, act, attribution, events, breaches, standings)
        groups: defaultdict[tuple[object, ...], list[Opinion]] = defaultdict(list)
        for opinion in opinions:
            groups[opinion.outcome, opinion.party, opinion.robustness, opinion.provisions, opinion.why].append(opinion)
        found += [_finding(case, incident, attribution, group) for group in groups.values()]
    return tuple(sorted(found, key=lambda finding: (finding.time_us, finding.id)))


def _opinions(
    agreement: Agreement,
    act: Act,
    attribution: Attribution,
    events: Mapping[str, Event],
    breaches: Mapping[str, Mapping[str, Sequence[Breach]]],
    standings: Mapping[str, Standing],
) -> list[Opinion]:
    members = sorted((events[id_] for id_ in act.events), key=lambda event: (event.origin.time_us, event.id))
    opinions = (
        _opinion(agreement, event, attribution, breaches[event.id], standings.get(event.id)) for event in members
    )
    return [opinion for opinion in opinions if opinion is not None]


def _opinion(
    agreement: Agreement,
    event: Event,
    attribution: Attribution,
    breaches: Mapping[str, Sequence[Breach]],
    standing: Standing | None,
) -> Opinion | None:
    """What is said of one event; None where no provision touches it."""
    party = party_reached(agreement, event, attribution, breaches)
    found = _leading(attribution, breaches, party)
    if not found:
        return None
    opinion = Opinion(
        event=event,
        outcome="no_breach",
        party=None,
        occurrence=event.existence,
        provisions=tuple(breach.provision for breach in found),
        robustness="R0",
        independence=(),
        collusion=None,
        why="no provision forbids it",
        reasons=tuple(breach.reason for breach in found),
    )
    forbidden = [breach for breach in found if breach.verdict in FORBIDDEN]
    if not forbidden:
        exempt = any(breach.verdict == "exempt" for breach in found)
        return replace(opinion, outcome="exempt", why=found[0].decided_by) if exempt else opinion
    opinion = replace(opinion, occurrence=_occurrence(event, forbidden))
    if opinion.occurrence < HAPPENED:
        return replace(opinion, why="that it happened, and was of a forbidden kind, is less likely than not")
    if party is None:
        why = _too_little(attribution, agreement, forbidden, opinion.occurrence)
        return replace(opinion, outcome="undetermined", why=why)
    assert standing is not None, event.id
    return _named(agreement, opinion, party, standing, forbidden)


def _leading(attribution: Attribution, breaches: Mapping[str, Sequence[Breach]], party: str | None) -> Sequence[Breach]:
    """What the text says of the event, supposing the likeliest actor that it touches did it.

    Where two are equally likely the text is shown for neither: names must not decide.
    """
    touched = {actor: found for actor, found in breaches.items() if found}
    if party is not None:
        return touched[party]
    if not touched:
        return ()
    most = max(attribution.of(actor) for actor in touched)
    leading = [found for actor, found in touched.items() if attribution.of(actor) == most]
    if len(leading) == 1:
        return leading[0]
    return [replace(breach, reason=Reason("The parties are equally likely to have done it.")) for breach in leading[0]]


def _named(
    agreement: Agreement, opinion: Opinion, party: str, standing: Standing, forbidden: Sequence[Breach]
) -> Opinion:
    """The opinion on an event for which a party is reached: named, if it stands and the mandate allows."""
    opinion = replace(
        opinion, robustness=standing.robustness, independence=standing.independence, collusion=standing.collusion
    )
    wanted = max(
        (_provision(agreement, breach.provision).attribution_robustness for breach in forbidden), key=ROBUSTNESS.index
    )
    if not agreement.may("attribute"):
        return replace(opinion, outcome="undetermined", why="the mandate does not let this mission attribute")
    if ROBUSTNESS.index(standing.robustness) < ROBUSTNESS.index(wanted):
        why = f"it would rest on {standing.failed}, and {wanted} is required"
        return replace(opinion, outcome="undetermined", why=why)
    return replace(opinion, outcome="attributed", party=party, why="")


def _too_little(attribution: Attribution, agreement: Agreement, forbidden: Sequence[Breach], occurrence: float) -> str:
    """Why no party is reached: the weaker of what happened and who did it."""
    threshold = max(_provision(agreement, breach.provision).attribution_threshold for breach in forbidden)
    if not _proven(forbidden):
        return "whether the text forbids it is indeterminate"
    if occurrence < threshold:
        return f"what happened is not sure enough for a standard of {threshold:.2f}"
    best = max(attribution.surely(name) for name, _ in attribution.responsibility if name != OTHER_ACTOR)
    if best < threshold and attribution.reasons:
        return attribution.reasons[0].words[0].lower() + attribution.reasons[0].words[1:].rstrip(".")
    return f"the evidence does not reach a standard of {threshold:.2f}"


def _occurrence(event: Event, forbidden: Sequence[Breach]) -> float:
    """Probability that it happened and is of the kind that the strictest provision touched forbids."""
    return rounded_probability(event.existence * min(breach.probability for breach in forbidden))


def _proven(forbidden: Sequence[Breach]) -> bool:
    return any(breach.verdict == "breach" for breach in forbidden)


def _provision(agreement: Agreement, id_: str) -> Provision:
    return next(provision for provision in agreement.provisions if provision.id == id_)


def _finding(case: Case, incident: Incident, attribution: Attribution, group: Sequence[Opinion]) -> Finding:
    events = [opinion.event for opinion in group]
    first = group[0]
    occurrence = min(opinion.occurrence for opinion in group)
    providers = {provider for event in events for provider in event.providers}
    sensors = max(event.sensors for event in events)
    independence = tuple(
        (name, min((dict(opinion.independence).get(name, "R0") for opinion in group), key=ROBUSTNESS.index))
        for name, _ in first.independence
    )
    return Finding(
        id=f"F-{_place_id(first.event, incident)}",
        incident=incident.id,
        time_us=events[0].origin.time_us,
        events=tuple(event.id for event in events),
        provisions=first.provisions,
        occurrence=occurrence,
        responsibility=attribution.responsibility,
        outcome=first.outcome,
        party=first.party,
        robustness=first.robustness,
        independence=independence,
        collusion=min((one.collusion for one in group if one.collusion), key=lambda c: (c.least, c.most), default=None),
        evidence=grade(len(providers), sensors, first.robustness),
        reasons=(*first.reasons, *attribution.reasons),
        words=sentence(
            first.outcome,
            events,
            occurrence,
            attribution.responsibility,
            first.why,
            one_interest(case, frozenset(providers)),
        ),
    )


def _place_id(event: Event, incident: Incident) -> str:
    """16 hex digits from the first event's anchor and its place in the incident."""
    return sha256(f"{event.id} {incident.events.index(event.id)}".encode()).hexdigest()[:16]
