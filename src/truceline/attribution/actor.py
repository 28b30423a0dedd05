"""Who did each act of an incident: the channels of evidence brought together.

Fire that left a known place: who held it. Impacts: who fired the launches that they follow; else who held the ground
that a crater, an observer or a track points back to. Impacts of which none of this is known: who is hit, and from
where nobody would have failed to hear the launch, say little, and are never enough to name anyone.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from scipy.special import expit, logit

from truceline.attribution import arrivals
from truceline.attribution.control import learnt_doubts
from truceline.attribution.evidence import Evidence
from truceline.attribution.origin import Fired, GroundHeld, firers, grounds_held, light, several_tubes, strangers
from truceline.fusion.build import FusedEvent
from truceline.model.finding import OTHER_ACTOR, Attribution, Reason
from truceline.model.incident import Act, Incident
from truceline.model.instant import US_PER_S, Instant
from truceline.model.numbers import greatest, rounded_shares, said
from truceline.model.observation import AIRBURST, BURST, IMPACT, SHOT
from truceline.sensors.contract import Floats

Key: TypeAlias = tuple[int, int]  # an act, by its incident's place and its own

ARRIVING = frozenset({IMPACT, AIRBURST})
SMALL_ARMS = frozenset({BURST, SHOT})
HIT_OF_ANOTHER = 2.0  # times likelier that fire falls on another's ground than on one's own
LEAST_DOUBT = 1e-3  # no label is surer
SHOWN = 0.05  # a chance of less is not worth a sentence
SAID = "What the parties themselves say of it is counted once for each of them, and decides nothing."
DOUBTED = 0.2  # a map this probably wrong is named
SUSPECT = 0.04  # a chance of strangers from which a raiding party is spoken of


@dataclass(frozen=True)
class _Origin:
    """An act's own place: who held it, who fired by that, and what else it may have been."""

    held: GroundHeld
    stranger: float
    fired: Floats
    arriving: float  # probability that the "origins" are impacts after all


@dataclass(frozen=True)
class _Told:
    """Who fired by the evidence that may decide (firm), by all of it (share), and why. Other last."""

    firm: Floats
    share: Floats
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class _Scene:
    """What is known of acts of all incidents, by (incident, act): who held the ground that each came from."""

    events: Mapping[str, FusedEvent]
    evidence: Evidence
    origins: Mapping[Key, _Origin]


def attribute(
    incidents: Sequence[Incident], events: Mapping[str, FusedEvent], evidence: Evidence
) -> tuple[tuple[Attribution, ...], ...]:
    """Responsibility for each act of each incident, in their order. How often each mapper is wrong is learnt first."""
    acts = _acts(incidents)
    when = {key: incidents[key[0]].from_us for key in acts}
    scene = _scene(acts, when, events, evidence, acts)
    struck = _held({key: act.arrivals for key, act in acts.items() if act.arrivals}, when, events, scene.evidence)
    told = {key: _told(key, act, when[key], scene, struck.get(key)) for key, act in acts.items()}
    return tuple(
        tuple(_attribution(act, told[i, k], scene.origins.get((i, k)), scene) for k, act in enumerate(incident.acts))
        for i, incident in enumerate(incidents)
    )


def firm_shares(
    incidents: Sequence[Incident], events: Mapping[str, FusedEvent], evidence: Evidence, ids: Collection[str]
) -> dict[str, dict[str, float]]:
    """By event, of those with these ids: each party's share by the evidence that may decide, as `attribute` has it.

    What else there is can name nobody, and acts of other events are looked at only as far as these hang on them.
    """
    acts = _acts(incidents)
    asked = {key: act for key, act in acts.items() if any(id_ in ids for id_ in act.events)}
    when = {key: incidents[key[0]].from_us for key in acts}
    causes = {(key[0], cause.act) for key, act in asked.items() for cause in act.follows}
    scene = _scene(acts, when, events, evidence, asked.keys() | causes)
    found: dict[str, dict[str, float]] = {}
    for key, act in asked.items():
        pointed, _ = _pointed(act, when[key], scene)
        share = dict(_shares(evidence.parties, _firm(key, act, scene, pointed)))
        found.update((id_, share) for id_ in act.events if id_ in ids)
    return found


def _acts(incidents: Sequence[Incident]) -> dict[Key, Act]:
    return {(i, k): act for i, incident in enumerate(incidents) for k, act in enumerate(incident.acts)}


def _scene(
    acts: Mapping[Key, Act],
    when: Mapping[Key, Instant],
    events: Mapping[str, FusedEvent],
    evidence: Evidence,
    asked: Collection[Key],
) -> _Scene:
    """What is known of where some acts began, how often each mapper is wrong being learnt from all."""
    began = {key: act.origins for key, act in acts.items() if act.origins}
    some = {key: began[key] for key in began if key in asked}
    several = len(evidence.maps) > 1
    held = _held(began if several else some, when, events, evidence)
    doubts = learnt_doubts(evidence.maps, [one.wrong for one in held.values()])
    if doubts:
        evidence = replace(evidence, doubts=doubts)
        held = _held(some, when, events, evidence)
    origins = {key: _origin(acts[key], events, ground) for key, ground in held.items()}
    return _Scene(events, evidence, origins)


def _held(
    places: Mapping[Key, Sequence[str]],
    when: Mapping[Key, Instant],
    events: Mapping[str, FusedEvent],
    evidence: Evidence,
) -> dict[Key, GroundHeld]:
    """Who held the ground of some events of each act, for all acts at once as long as the maps stay as they are."""
    spells: defaultdict[Instant, list[Key]] = defaultdict(list)
    for key in places:
        spells[evidence.spell(when[key])].append(key)
    found: dict[Key, GroundHeld] = {}
    for spell, keys in sorted(spells.items()):
        clouds = [[events[id_] for id_ in places[key]] for key in keys]
        found.update(zip(keys, grounds_held(evidence.ground(spell), clouds), strict=True))
    return found


def _origin(act: Act, events: Mapping[str, FusedEvent], held: GroundHeld) -> _Origin:
    arriving = _pooled([events[id_].event.probability_of(ARRIVING) for id_ in act.origins])
    stranger = strangers(_fired(act, events), held.depth_m)
    return _Origin(held, stranger, firers(held.share, stranger), arriving)


def _pooled(probabilities: Sequence[float]) -> float:
    """One probability from several of the same question whose errors are alike: the mean of their log odds."""
    kept = np.clip(probabilities, LEAST_DOUBT, 1.0 - LEAST_DOUBT)
    return float(expit(np.mean(logit(kept))))


def _fired(act: Act, events: Mapping[str, FusedEvent]) -> Fired:
    rounds = max(len(act.origins), len(act.arrivals))
    small_arms = np.mean([events[id_].event.probability_of(SMALL_ARMS) for id_ in act.origins]) >= 0.5
    several = any(
        several_tubes([events[id_].event.origin.time_us / US_PER_S for id_ in ids])
        for ids in (act.origins, act.arrivals)
    )
    return Fired(rounds, light(rounds, act.slow, small_arms=bool(small_arms)), several and not small_arms)


def _pointed(act: Act, when: Instant, scene: _Scene) -> tuple[Floats | None, tuple[Reason, ...]]:
    """Who fired by where an act's impacts point back to, and why."""
    impacts = [scene.events[id_].event for id_ in act.arrivals]
    return arrivals.by_direction(impacts, scene.evidence, scene.evidence.ground(when))


def _firm(key: Key, act: Act, scene: _Scene, pointed: Floats | None) -> Floats:
    """(parties + 1,) who did an act by the evidence that may decide, other last."""
    own = scene.origins.get(key)
    if own is None:
        launched, known = _launched(key, act, scene)
        alone = arrivals.by_who_is_hit(_unknown(scene.evidence.parties)) if pointed is None else pointed
        return launched + (1.0 - known) * alone
    # An "origin" that may itself be an impact says so much less about who fired.
    firm = (1.0 - own.arriving) * own.fired + own.arriving * arrivals.by_who_is_hit(own.held.share)
    return firm if pointed is None else _both(firm, pointed)


def _both(share: Floats, pointed: Floats) -> Floats:
    return np.asarray(share * pointed / (share @ pointed))


def _launched(key: Key, act: Act, scene: _Scene) -> tuple[Floats, float]:
    """(parties + 1,) who fired what an act of impacts may follow, and how probably any of that of known origin."""
    launched, known = np.zeros(len(scene.evidence.parties) + 1), 0.0
    for cause in act.follows:
        own = scene.origins.get((key[0], cause.act))
        if own is not None:
            launched += cause.probability * own.fired
            known += cause.probability
    return launched, known


def _told(key: Key, act: Act, when: Instant, scene: _Scene, struck: GroundHeld | None) -> _Told:
    """struck: who holds the ground that the act's impacts struck."""
    own = scene.origins.get(key)
    pointed, why = _pointed(act, when, scene)
    if own is None:
        return _impacts(key, act, when, scene, struck, pointed, why)
    told = _fire(act, own, struck, scene.evidence, _firm(key, act, scene, None))
    if pointed is None:
        return told
    return _Told(_both(told.firm, pointed), _both(told.share, pointed), (*told.reasons, *why[1:]))


def _fire(act: Act, own: _Origin, struck: GroundHeld | None, evidence: Evidence, firm: Floats) -> _Told:
    """An act whose origin is known."""
    reasons = [Reason(_whose_ground(evidence, own.held))]
    if own.stranger >= SUSPECT:
        reasons.insert(0, Reason("So few rounds of a light weapon so close behind the line may be a raiding party's."))
    if act.arrivals:
        rhythm = f"{len(act.arrivals)} impacts keep the rhythm and range of these launches"
        reasons.append(Reason(f"{rhythm} (probability {said(act.linked)})."))
    if own.arriving > SHOWN:
        reasons.append(Reason(f"With probability {said(own.arriving)} these were impacts rather than launches."))
    share = firm
    if struck is not None:
        share = _weighed(firm, 1.0 + (HIT_OF_ANOTHER - 1.0) * (1.0 - struck.share[:-1]))
    return _Told(firm, share, tuple(reasons))


def _whose_ground(evidence: Evidence, held: GroundHeld) -> str:
    """Who held the ground where fire began, and whose map is in doubt."""
    if not evidence.maps:
        return "No map says who held the ground where the fire began."
    holder, probability = greatest(tuple(zip((*evidence.parties, ""), held.share.tolist(), strict=True)))
    if not holder:
        return "The maps do not say who held the ground where the fire began."
    doubted = [one.mapper for one, wrong in zip(evidence.maps, held.wrong, strict=True) if wrong >= DOUBTED]
    but = f"; the map of {' and '.join(doubted)} may be wrong there" if doubted else ""
    return f"The fire began on ground held by {holder} with probability {said(probability)}, by the maps given{but}."


def _impacts(
    key: Key,
    act: Act,
    when: Instant,
    scene: _Scene,
    struck: GroundHeld | None,
    pointed: Floats | None,
    why: tuple[Reason, ...],
) -> _Told:
    """Impacts that belong to no act whose origin is known for sure."""
    evidence, firm = scene.evidence, _firm(key, act, scene, pointed)
    if pointed is not None:
        return _Told(firm, firm, why)
    launched, known = _launched(key, act, scene)
    share = firm
    if struck is not None:
        impacts = [scene.events[id_].event for id_ in act.arrivals]
        silent = arrivals.by_silence(impacts, evidence, evidence.ground(when))
        share = launched + (1.0 - known) * arrivals.weakly(struck.share, silent)
    reasons = [
        Reason("No launch that these impacts surely follow was heard; who is hit is weak evidence of who fired.")
    ]
    if known > 0:
        reasons.append(Reason(f"With probability {said(known)} they follow launches heard in this incident."))
    return _Told(firm, share, tuple(reasons))


def _unknown(parties: Sequence[str]) -> Floats:
    return np.asarray(np.r_[np.zeros(len(parties)), 1.0])


def _attribution(act: Act, told: _Told, own: _Origin | None, scene: _Scene) -> Attribution:
    """What was told, with what the parties say counted once each."""
    parties = scene.evidence.parties
    share, reasons = told.share, told.reasons
    odds = scene.evidence.filings.odds(parties, [scene.events[id_].event for id_ in act.events])
    if (odds != 1.0).any():
        share, reasons = _weighed(share, odds), (*reasons, Reason(SAID))
    held = own.held.share.tolist() if own is not None else []
    return Attribution(
        responsibility=_shares(parties, share),
        firm=_shares(parties, told.firm),
        reasons=reasons,
        held=tuple(zip((*parties, ""), held, strict=False)),
        stranger=own.stranger if own is not None else 0.0,
    )


def _weighed(share: Floats, odds: Floats) -> Floats:
    """Shares of parties and other (last), each party's multiplied by its odds."""
    found = share * np.r_[odds, 1.0]
    return np.asarray(found / found.sum())


def _shares(parties: Sequence[str], share: Floats) -> tuple[tuple[str, float], ...]:
    return rounded_shares(zip((*parties, OTHER_ACTOR), share.tolist(), strict=True), sink=OTHER_ACTOR)
