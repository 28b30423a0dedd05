"""What would change each finding: asked once all findings are joined, of those where a name was or could be given."""

from collections.abc import Mapping, Sequence

from truceline.attribution.evidence import Evidence
from truceline.attribution.further import Asked, would_change
from truceline.findings.join import HAPPENED, Grounds
from truceline.findings.reach import provision_of
from truceline.model.event import Event
from truceline.model.finding import Attribution, Finding
from truceline.model.further import Further
from truceline.model.incident import Act, Incident
from truceline.model.instant import Instant

OPEN = ("attributed", "undetermined")
Acts = Mapping[str, tuple[Incident, Act, Attribution]]  # by event


def further(
    findings: Sequence[Finding],
    incidents: Sequence[Incident],
    attributions: Sequence[Sequence[Attribution]],
    grounds: Grounds,
    evidence: Evidence,
    now_us: Instant,
) -> tuple[Further, ...]:
    """What would change each finding, in their order, the cheapest means first. attributions: by incident, by act."""
    acts: Acts = {
        id_: (incident, act, attribution)
        for incident, some in zip(incidents, attributions, strict=True)
        for act, attribution in zip(incident.acts, some, strict=True)
        for id_ in act.events
    }
    sensor = {seen.id: seen.sensor for seen in grounds.case.observations}
    return tuple(
        one
        for finding in findings
        if finding.outcome in OPEN and finding.occurrence >= HAPPENED
        for one in would_change(_asked(finding, acts, grounds, sensor), evidence, grounds.case.network, now_us)
    )


def _asked(finding: Finding, acts: Acts, grounds: Grounds, sensor: Mapping[str, str]) -> Asked:
    incident, act, attribution = acts[finding.events[0]]
    events = tuple(grounds.events[id_] for id_ in finding.events)
    weakest = min(events, key=lambda one: (one.existence, one.id))
    alone = finding.collusion.providers[0] if finding.collusion is not None and finding.collusion.least == 1 else None
    heard = [sensor[id_] for id_ in weakest.observations]
    agreement, network = grounds.case.agreement, grounds.case.network
    return Asked(
        finding=finding.id,
        act=act,
        attribution=attribution,
        events=events,
        event=weakest,
        occurrence=finding.occurrence,
        threshold=max(provision_of(agreement, id_).attribution_threshold for id_ in finding.provisions),
        named=finding.party,
        reached=_reached(finding, weakest, attribution, grounds),
        rests_on=alone if finding.party is None else None,
        others=sum(network.by_id[id_].provider != alone for id_ in heard),
        launched=sum(cause.probability for cause in act.follows if incident.acts[cause.act].origins),
        heard=frozenset(heard),
    )


def _reached(finding: Finding, event: Event, attribution: Attribution, grounds: Grounds) -> str | None:
    """The party that is named, or would be if its name stood."""
    if finding.party is not None:
        return finding.party
    if event.id not in grounds.standings:
        return None
    return max(grounds.case.agreement.parties, key=attribution.surely)
