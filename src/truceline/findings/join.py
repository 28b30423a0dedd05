"""Breach × attribution → finding.

An act is taken apart by what the text says of each of its events and by how well each stands: rounds that rest
on one provider's word do not borrow the robustness of the others.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from truceline.attribution.reliability import doubted
from truceline.attribution.sources import one_interest
from truceline.attribution.standing import Standing
from truceline.findings.calibration import Calibration, stratum_of
from truceline.findings.hypotheses import hypotheses
from truceline.findings.reach import FORBIDDEN, Breaches, occurrence, party_reached, proven, provision_of
from truceline.findings.words import Told, grade, sentence
from truceline.model.agreement import ROBUSTNESS, Agreement, Robustness
from truceline.model.case import Case
from truceline.model.event import Event, Reliability
from truceline.model.finding import OTHER_ACTOR, Attribution, Breach, Collusion, Finding, Outcome, Reason
from truceline.model.incident import Act, Incident
from truceline.model.numbers import rounded_probability

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


@dataclass(frozen=True)
class Grounds:
    """What findings are joined from, besides incidents and who did them.

    breaches: by event, then by supposed actor; standings: of every event that a party is reached for.
    """

    case: Case
    events: Mapping[str, Event]
    breaches: Breaches
    standings: Mapping[str, Standing]
    reliability: Sequence[Reliability]
    calibration: Calibration


def join(
    incidents: Sequence[Incident], attributions: Sequence[Sequence[Attribution]], grounds: Grounds
) -> tuple[Finding, ...]:
    """The findings of all incidents, in order of time, then id. attributions: by incident, by act."""
    found: list[Finding] = []
    for incident, acts in zip(incidents, attributions, strict=True):
        for act, attribution in zip(incident.acts, acts, strict=True):
            groups: defaultdict[tuple[object, ...], list[Opinion]] = defaultdict(list)
            for one in _opinions(act, attribution, grounds):
                groups[one.outcome, one.party, one.robustness, one.provisions, one.why].append(one)
            found += [_finding(grounds, incident, act, attribution, group) for group in groups.values()]
    return tuple(sorted(found, key=lambda finding: (finding.time_us, finding.id)))


def _opinions(act: Act, attribution: Attribution, grounds: Grounds) -> list[Opinion]:
    agreement, standings = grounds.case.agreement, grounds.standings
    members = sorted((grounds.events[id_] for id_ in act.events), key=lambda event: (event.origin.time_us, event.id))
    opinions = (
        _opinion(agreement, event, attribution, grounds.breaches[event.id], standings.get(event.id))
        for event in members
    )
    return [_calibrated(one, act, attribution, grounds.calibration) for one in opinions if one is not None]


def _calibrated(opinion: Opinion, act: Act, attribution: Attribution, calibration: Calibration) -> Opinion:
    """The opinion, without its name where names of its kind that were no surer proved wrong too often."""
    if opinion.party is None:
        return opinion
    if _sure(opinion, attribution) >= calibration.stratum(stratum_of(opinion.event, act)).threshold:
        return opinion
    why = "where the truth was known, names of this kind that were no surer proved wrong too often"
    return replace(opinion, outcome="undetermined", party=None, why=why)


def _sure(opinion: Opinion, attribution: Attribution) -> float:
    """How sure the name is by the evidence that may decide; 0 where nobody is named."""
    if opinion.party is None:
        return 0.0
    return rounded_probability(opinion.occurrence * attribution.surely(opinion.party))


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
    opinion = replace(opinion, occurrence=occurrence(event, forbidden))
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
        (provision_of(agreement, breach.provision).attribution_robustness for breach in forbidden), key=ROBUSTNESS.index
    )
    if not agreement.may("attribute"):
        return replace(opinion, outcome="undetermined", why="the mandate does not let this mission attribute")
    if ROBUSTNESS.index(standing.robustness) < ROBUSTNESS.index(wanted):
        why = f"it would rest on {standing.failed}, and {wanted} is required"
        return replace(opinion, outcome="undetermined", why=why)
    return replace(opinion, outcome="attributed", party=party, why="")


def _too_little(attribution: Attribution, agreement: Agreement, forbidden: Sequence[Breach], occurrence: float) -> str:
    """Why no party is reached: the weaker of what happened and who did it."""
    threshold = max(provision_of(agreement, breach.provision).attribution_threshold for breach in forbidden)
    if not proven(forbidden):
        return "whether the text forbids it is indeterminate"
    if occurrence < threshold:
        return f"what happened is not sure enough for a standard of {threshold:.2f}"
    best = max(attribution.surely(name) for name, _ in attribution.responsibility if name != OTHER_ACTOR)
    if best < threshold and attribution.reasons:
        return attribution.reasons[0].words[0].lower() + attribution.reasons[0].words[1:].rstrip(".")
    return f"the evidence does not reach a standard of {threshold:.2f}"


def _finding(
    grounds: Grounds, incident: Incident, act: Act, attribution: Attribution, group: Sequence[Opinion]
) -> Finding:
    events = [opinion.event for opinion in group]
    first = group[0]
    weakest = min(group, key=lambda one: (one.occurrence, one.event.id))
    providers = sorted({provider for event in events for provider in event.providers})
    sensors = max(event.sensors for event in events)
    doubtful = doubted(grounds.reliability, providers, events[0].origin.time_us)
    independence = tuple(
        (name, min((dict(opinion.independence).get(name, "R0") for opinion in group), key=ROBUSTNESS.index))
        for name, _ in first.independence
    )
    doubts = [Reason(f"Others bear out little of what {name} told in that hour.") for name in doubtful]
    return Finding(
        id=f"F-{_place_id(first.event, incident)}",
        incident=incident.id,
        time_us=events[0].origin.time_us,
        events=tuple(event.id for event in events),
        provisions=first.provisions,
        occurrence=weakest.occurrence,
        responsibility=attribution.responsibility,
        outcome=first.outcome,
        party=first.party,
        robustness=first.robustness,
        independence=independence,
        collusion=min((one.collusion for one in group if one.collusion), key=lambda c: (c.least, c.most), default=None),
        hypotheses=hypotheses(weakest.event, act, first.outcome),
        calibration=grounds.calibration.of(stratum_of(weakest.event, act), _sure(weakest, attribution)),
        evidence=grade(len(providers) - len(doubtful), sensors, first.robustness),
        reasons=(*first.reasons, *attribution.reasons, *doubts),
        words=sentence(
            Told(first.outcome, events, weakest.occurrence, attribution.responsibility, first.why),
            interest=one_interest(grounds.case, frozenset(providers)),
            in_field=grounds.calibration.in_field,
        ),
    )


def _place_id(event: Event, incident: Incident) -> str:
    """16 hex digits from the first event's anchor and its place in the incident."""
    return sha256(f"{event.id} {incident.events.index(event.id)}".encode()).hexdigest()[:16]
