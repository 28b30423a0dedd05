"""The whole story, top to bottom: observations in, findings out. Pure: same case, same plug-ins, same result."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from truceline.attribution.actor import attribute
from truceline.attribution.leave_out import Reached, pairs, robustness, singles, stands
from truceline.attribution.opening import opened_by
from truceline.attribution.origin import Ground
from truceline.findings.join import Standing, join, party_reached
from truceline.fusion.build import FusedEvent
from truceline.fusion.fuse import fuse
from truceline.fusion.step import Hints
from truceline.geo.held import prepare_maps
from truceline.incidents.group import group
from truceline.model.case import Case
from truceline.model.event import SensorHealth
from truceline.model.finding import Attribution, Breach, Probabilities
from truceline.model.incident import Act, Incident
from truceline.model.result import Result
from truceline.sensors.contract import Sensing
from truceline.sensors.infrasound import Infrasound
from truceline.terms.contract import Kind
from truceline.terms.evaluate import evaluate
from truceline.terms.facts import Facts
from truceline.terms.prepare import prepare

Breaches: TypeAlias = Mapping[str, Mapping[str, tuple[Breach, ...]]]  # by event, then by supposed actor


@dataclass(frozen=True)
class Plugins:
    """What the pipeline is built of, named where the program is wired."""

    sensings: tuple[Sensing, ...]
    infrasound: Infrasound
    kinds: Mapping[str, Kind]


@dataclass(frozen=True)
class Judged:
    """A case taken as far as who is reached for each event, before anything is left out."""

    events: tuple[FusedEvent, ...]
    incidents: tuple[Incident, ...]
    attributions: tuple[tuple[Attribution, ...], ...]  # by incident, by act
    opened_by: tuple[Probabilities, ...]
    breaches: Breaches
    reached: tuple[Reached, ...]
    hints: Hints
    health: tuple[SensorHealth, ...]


Tell: TypeAlias = Callable[[str], None]
Over: TypeAlias = Callable[[Callable[[Case], tuple[Reached, ...]], Sequence[Case]], Iterable[tuple[Reached, ...]]]


def _silent(_begun: str) -> None:
    """Tell nobody."""


def run(case: Case, plugins: Plugins, over: Over = map, tell: Tell = _silent) -> Result:
    """All that can be concluded from a case. `over` maps a function over cases, perhaps in parallel; `tell` is told
    what is begun."""
    # 1–4. Observations to events, events to incidents, what the text says of them, who did them.
    judged = judge(case, plugins, tell=tell)
    tell("leaving out providers")
    # 5. The same without each provider, and without each pair: who is still reached?
    standings = _standings(case, judged, partial(reached, plugins=plugins, hints=judged.hints), over)
    # 6. Findings.
    tell("joining findings")
    events = {one.event.id: one.event for one in judged.events}
    findings = [
        finding
        for incident, attributions in zip(judged.incidents, judged.attributions, strict=True)
        for finding in join(case.agreement, incident, events, attributions, judged.breaches, standings)
    ]
    return Result(
        events=tuple(events.values()),
        incidents=judged.incidents,
        opened_by=judged.opened_by,
        health=judged.health,
        findings=tuple(sorted(findings, key=lambda finding: (finding.time_us, finding.id))),
    )


def judge(case: Case, plugins: Plugins, hints: Hints | None = None, tell: Tell = _silent) -> Judged:
    """Steps 1 to 4."""
    parties = case.agreement.parties
    tell("associating and locating")
    # 1. Observations → events.
    fused = fuse(case, plugins.sensings, plugins.infrasound, hints)
    by_id = {one.event.id: one for one in fused.events}
    tell("judging")
    # 2. Events → incidents.
    incidents = group(fused.events, fused.frame)
    # 3. What does the text say, supposing each party in turn did it?
    breaches = _breaches(case, plugins, fused.events, incidents)
    # 4. Who did it?
    maps = prepare_maps(case.maps, fused.frame)
    attributions = tuple(
        attribute(incident, by_id, Ground(maps, parties, fused.frame, incident.from_us)) for incident in incidents
    )
    found = tuple(
        Reached(by_id[id_].event, party_reached(case.agreement, by_id[id_].event, attribution, breaches[id_]))
        for incident, acts in zip(incidents, attributions, strict=True)
        for act, attribution in zip(incident.acts, acts, strict=True)
        for id_ in act.events
    )
    opened = tuple(opened_by(incident, acts) for incident, acts in zip(incidents, attributions, strict=True))
    return Judged(fused.events, incidents, attributions, opened, breaches, found, fused.hints, fused.health)


def reached(case: Case, plugins: Plugins, hints: Hints | None = None) -> tuple[Reached, ...]:
    """Who is reached for each event of a case."""
    return judge(case, plugins, hints).reached


def _breaches(case: Case, plugins: Plugins, events: Sequence[FusedEvent], incidents: Sequence[Incident]) -> Breaches:
    facts = Facts(
        events=tuple(one.event for one in events),
        notices=case.notices,
        contacts=case.contacts,
        claims=case.claims,
        observations=case.observations,
        sensors=case.network.sensors,
        maps=case.maps,
    )
    prepared = prepare(case.agreement, plugins.kinds, facts)
    return {
        id_: {party: evaluate(prepared, Act((id_,), ()), party) for party in case.agreement.parties}
        for incident in incidents
        for id_ in incident.events
    }


def _standings(
    case: Case, judged: Judged, again: Callable[[Case], tuple[Reached, ...]], over: Over
) -> dict[str, Standing]:
    """How each event's naming stands when providers are left out; only as far as somebody could be named."""
    named = [one for one in judged.reached if one.party is not None]
    if not named:
        return {}

    def without(outs: Sequence[frozenset[str]]) -> dict[frozenset[str], frozenset[str]]:
        results = over(again, [case.without_providers(out) for out in outs])
        return {out: stands(named, result) for out, result in zip(outs, results, strict=True)}

    providers = case.network.providers
    one_out = without(singles(providers)) if len(providers) > 1 else {}
    firm = [one for one in named if one_out and all(one.event.id in standing for standing in one_out.values())]
    two_out = without(pairs(providers)) if firm and len(providers) > 2 else {}
    return {one.event.id: Standing(*robustness(one.event.id, one_out, two_out)) for one in named}
