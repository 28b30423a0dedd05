"""The whole story, top to bottom: observations in, findings out. Pure: same case, same plug-ins, same result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from truceline.attribution.actor import attribute
from truceline.attribution.claims import reconciled
from truceline.attribution.evidence import Evidence, evidence_of
from truceline.attribution.leave_out import Anew, Reached
from truceline.attribution.opening import opened_by
from truceline.attribution.reliability import reliabilities
from truceline.attribution.standing import Over, standings
from truceline.findings.anew import found_anew, judged_anew, prepared, said
from truceline.findings.calibration import Calibration
from truceline.findings.field import field_score, joined
from truceline.findings.further import further
from truceline.findings.join import Grounds
from truceline.findings.reach import Breaches, reached
from truceline.fusion.build import FusedEvent
from truceline.fusion.fuse import Fused, fuse
from truceline.fusion.step import EPOCH_US, Hints
from truceline.incidents.group import group
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.finding import Attribution
from truceline.model.incident import Incident
from truceline.model.known import Known
from truceline.model.received import last_received
from truceline.model.result import Result
from truceline.sensors.contract import Sensing
from truceline.sensors.infrasound import Infrasound
from truceline.terms.contract import Kind

Tell: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Plugins:
    """What the pipeline is built of, named where the program is wired."""

    sensings: tuple[Sensing, ...]
    infrasound: Infrasound
    kinds: Mapping[str, Kind]
    calibration: Calibration


@dataclass(frozen=True)
class Judged:
    """A case taken as far as who is reached for each event, before anything is left out."""

    fused: Fused
    by_id: Mapping[str, FusedEvent]
    events: Mapping[str, Event]
    incidents: tuple[Incident, ...]
    breaches: Breaches
    evidence: Evidence
    attributions: tuple[tuple[Attribution, ...], ...]  # by incident, by act
    reached: tuple[Reached, ...]


def run(
    case: Case, plugins: Plugins, over: Over = map, tell: Tell = lambda _: None, known: Sequence[Known] = ()
) -> Result:
    """All that can be concluded from a case. `over` maps a function over sets of sensors to leave out, perhaps in
    parallel; `tell` is told what is begun; `known` are blasts that the mission surveyed itself, kept back until all is
    found."""
    # 1–4. Observations to events, events to incidents, what the text says of them, who did them.
    judged = judge(case, plugins, tell=tell)
    fused, events, evidence = judged.fused, judged.events, judged.evidence
    # 5. The same without each source that may be wrong as one: who is still reached? And who is to be believed?
    tell("leaving out providers")
    again = partial(reached_again, plugins=plugins, hints=fused.hints)
    stands = standings(case, judged.reached, again, over, partial(_without_mapper, judged, case))
    reliability = reliabilities(case, tuple(events.values()), fused.health, EPOCH_US)
    # 6. Findings, who opened fire, what parties allege beside what happened, and what would change it.
    tell("joining findings")
    grounds = Grounds(case, events, judged.breaches, stands, reliability, plugins.calibration)
    findings, scored = joined(judged.incidents, judged.attributions, grounds, known)
    opened = [
        opened_by(incident, acts, judged.by_id, evidence)
        for incident, acts in zip(judged.incidents, judged.attributions, strict=True)
    ]
    claims = reconciled(case.claims, tuple(events.values()), findings, evidence)
    open_ = further(findings, judged.incidents, judged.attributions, grounds, evidence, last_received(case))
    return Result(
        events=tuple(events.values()),
        incidents=judged.incidents,
        opened_by=tuple(opened),
        findings=findings,
        health=fused.health,
        reliability=reliability,
        claims=claims,
        further=open_,
        known=scored,
        field=field_score(scored, plugins.calibration.wrong_most) if scored else None,
    )


def judge(case: Case, plugins: Plugins, hints: Hints | None = None, tell: Tell = lambda _: None) -> Judged:
    """Steps 1 to 4."""
    # 1. Observations → events.
    tell("associating and locating")
    fused = fuse(case, plugins.sensings, plugins.infrasound, hints)
    by_id = {one.event.id: one for one in fused.events}
    events = {id_: one.event for id_, one in by_id.items()}
    # 2. Events → incidents.
    tell("judging")
    incidents = group(fused.events, fused.frame)
    # 3. What does the text say, supposing each party in turn did it?
    text = prepared(case, plugins.kinds, tuple(events.values()))
    breaches = {
        id_: {party: said(text, id_, party) for party in case.agreement.parties}
        for incident in incidents
        for id_ in incident.events
    }
    # 4. Who did it?
    evidence = evidence_of(case, fused, plugins.sensings)
    attributions = attribute(incidents, by_id, evidence)
    found = reached(case.agreement, events, incidents, breaches, attributions)
    return Judged(fused, by_id, events, incidents, breaches, evidence, attributions, found)


def reached_again(case: Case, plugins: Plugins, hints: Hints) -> Anew:
    """Who is reached for the events of a case, everything decided anew, of those that are asked about."""
    fused = fuse(case, plugins.sensings, plugins.infrasound, hints)
    incidents = group(fused.events, fused.frame)
    return found_anew(case, plugins.kinds, plugins.sensings, fused, incidents)


def _without_mapper(judged: Judged, case: Case, mapper: str) -> Anew:
    """Who is reached for events if one mapper's map is not looked at."""
    evidence = judged.evidence.without_mapper(mapper)
    return judged_anew(case.agreement, judged.by_id, judged.incidents, evidence, judged.breaches)
