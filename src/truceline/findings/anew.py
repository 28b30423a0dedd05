"""Who is reached when a source is left out: asked only of the events that matter, and no further than that takes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from truceline.attribution.actor import firm_shares
from truceline.attribution.evidence import Evidence, evidence_of
from truceline.attribution.leave_out import Anew
from truceline.findings.reach import Breaches, Said, reached_by
from truceline.fusion.build import FusedEvent
from truceline.fusion.fuse import Fused
from truceline.model.agreement import Agreement
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.finding import Breach
from truceline.model.incident import Act, Incident
from truceline.sensors.contract import Sensing
from truceline.terms.contract import Kind
from truceline.terms.evaluate import evaluate
from truceline.terms.facts import Facts
from truceline.terms.prepare import Prepared, prepare


def prepared(case: Case, kinds: Mapping[str, Kind], events: Sequence[Event]) -> Prepared:
    """The agreement of a case and the facts, ready for questions."""
    facts = Facts(
        events=tuple(events),
        notices=case.notices,
        contacts=case.contacts,
        claims=case.claims,
        observations=case.observations,
        picked=case.told,
        sensors=case.network.sensors,
        maps=case.maps,
    )
    return prepare(case.agreement, kinds, facts)


def said(text: Prepared, id_: str, party: str) -> Sequence[Breach]:
    """What the text says of one event, supposing that a party did it."""
    return evaluate(text, Act((id_,), ()), party)


def found_anew(
    case: Case, kinds: Mapping[str, Kind], sensings: Sequence[Sensing], fused: Fused, incidents: Sequence[Incident]
) -> Anew:
    """For the events of a case that were found and grouped anew."""
    events = {one.event.id: one for one in fused.events}

    def reached(ids: Collection[str]) -> dict[str, str | None]:
        evidence = evidence_of(case, fused, sensings)
        text = prepared(case, kinds, [one.event for one in fused.events])
        return _reached(case.agreement, events, incidents, evidence, lambda id_: partial(said, text, id_), ids)

    return _anew(events, incidents, reached)


def judged_anew(
    agreement: Agreement,
    events: Mapping[str, FusedEvent],
    incidents: Sequence[Incident],
    evidence: Evidence,
    breaches: Breaches,
) -> Anew:
    """For the same events by other evidence."""

    def reached(ids: Collection[str]) -> dict[str, str | None]:
        return _reached(agreement, events, incidents, evidence, lambda id_: breaches[id_].__getitem__, ids)

    return _anew(events, incidents, reached)


def _anew(
    events: Mapping[str, FusedEvent],
    incidents: Sequence[Incident],
    reached: Callable[[Collection[str]], dict[str, str | None]],
) -> Anew:
    """Of the events that belong to incidents, in their order."""
    ids = [id_ for incident in incidents for act in incident.acts for id_ in act.events]
    return Anew([events[id_].event for id_ in ids], reached)


def _reached(
    agreement: Agreement,
    events: Mapping[str, FusedEvent],
    incidents: Sequence[Incident],
    evidence: Evidence,
    text: Callable[[str], Said],
    ids: Collection[str],
) -> dict[str, str | None]:
    shares = firm_shares(incidents, events, evidence, ids)
    return {
        id_: reached_by(agreement, events[id_].event, share.__getitem__, text(id_)) for id_, share in shares.items()
    }
