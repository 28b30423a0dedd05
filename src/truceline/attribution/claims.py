"""What parties allege beside what happened: each claim matched with one event at most, each event with one claim of a
party at most.

A claim that fits only events which other claims of its party already have is a duplicate of one of them. A claim that
fits none says nothing where the network would probably have missed such fire, is refuted where it would hardly have
missed it anywhere in the claim's radius, and else cannot be verified. That a claim is matched says that something
happened, not that the accused did it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from truceline.attribution.evidence import Evidence
from truceline.attribution.silence import LAUNCHES, SMALL_ARMS
from truceline.geo.frame import distance_azimuth
from truceline.model.event import Event
from truceline.model.filing import Claim, ClaimOutcome, Reconciled
from truceline.model.finding import Finding
from truceline.model.instant import US_PER_S, Instant
from truceline.model.numbers import rounded_probability
from truceline.sensors.contract import Floats

GATE_S, GATE_M = 360.0, 2_000.0  # parties tell the time and place of what they heard about so badly
OTHER_KIND = 1.0  # what it costs that the event is of another class, in gates
NO_FIT = 1e6
LIKELY_MISSED, HARDLY_MISSED = 0.5, 0.05
ALMOST_ALL, STEPS = 0.95, 6
REAL = 0.5


@dataclass(frozen=True)
class _Fit:
    """costs (claims, events), NO_FIT where a claim cannot be about an event."""

    claims: Sequence[Claim]
    events: Sequence[Event]
    costs: Floats


def reconciled(
    claims: Sequence[Claim], events: Sequence[Event], findings: Sequence[Finding], evidence: Evidence
) -> tuple[Reconciled, ...]:
    """What becomes of each claim, in order of time, then id."""
    real = [one for one in events if one.existence >= REAL]
    finding_of = {id_: finding for finding in findings for id_ in finding.events}
    found: list[Reconciled] = []
    for party in sorted({one.party for one in claims}):
        fit = _fit(sorted((one for one in claims if one.party == party), key=_order), real)
        of_claim = _assigned(fit)
        of_event = {event: claim for claim, event in of_claim.items()}
        found += [
            _matched(claim, real[of_claim[row]], finding_of)
            if row in of_claim
            else _unmatched(row, fit, of_event, evidence)
            for row, claim in enumerate(fit.claims)
        ]
    return tuple(sorted(found, key=lambda one: _order(one.claim)))


def _order(claim: Claim) -> tuple[Instant, str]:
    return claim.time_us, claim.id


def _fit(claims: Sequence[Claim], events: Sequence[Event]) -> _Fit:
    costs = np.full((len(claims), len(events)), NO_FIT)
    lon, lat = np.array([one.origin.lon for one in events]), np.array([one.origin.lat for one in events])
    time_us = np.array([one.origin.time_us for one in events])
    for row, claim in enumerate(claims):
        near = np.flatnonzero(np.abs(time_us - claim.time_us) <= GATE_S * US_PER_S)
        away, _ = distance_azimuth(claim.lon, claim.lat, lon[near], lat[near])
        late = np.abs(time_us[near] - claim.time_us) / US_PER_S / GATE_S
        other = np.array([events[place].probability_of(_kind(claim.class_)) for place in near.tolist()])
        cost = away / (GATE_M + claim.radius_m) + late + OTHER_KIND * (1.0 - other)
        within = away <= GATE_M + claim.radius_m
        costs[row, near[within]] = cost[within]
    return _Fit(claims, events, costs)


def _kind(class_: str) -> frozenset[str]:
    """The classes that a party may have meant by one of them."""
    if class_ in SMALL_ARMS:
        return SMALL_ARMS
    heavy = LAUNCHES | {"impact", "airburst", "explosion", "projectile"}
    return heavy if class_ in heavy else frozenset({class_})


def _assigned(fit: _Fit) -> dict[int, int]:
    """Event of each claim, one to one, as many and as near as can be."""
    if not fit.costs.size:
        return {}
    rows, columns = linear_sum_assignment(fit.costs)
    return {int(r): int(c) for r, c in zip(rows, columns, strict=True) if fit.costs[r, c] < NO_FIT}


def _matched(claim: Claim, event: Event, finding_of: Mapping[str, Finding]) -> Reconciled:
    finding = finding_of.get(event.id)
    exempt = finding is not None and finding.outcome == "exempt"
    return Reconciled(
        claim=claim,
        outcome="exempt" if exempt else "matched",
        event=event.id,
        finding=finding.id if finding is not None else None,
        accused=dict(finding.responsibility).get(claim.accuses) if finding is not None else None,
    )


def _unmatched(row: int, fit: _Fit, of_event: Mapping[int, int], evidence: Evidence) -> Reconciled:
    claim = fit.claims[row]
    near = [int(place) for place in np.argsort(fit.costs[row], kind="stable") if fit.costs[row, place] < NO_FIT]
    if near:
        # Whatever it fits, another claim of its party has: an event that was free would have been its own.
        first = fit.claims[of_event[near[0]]]
        return Reconciled(claim=claim, outcome="duplicate", event=fit.events[near[0]].id, duplicate_of=first.id)
    missed = _missed(claim, evidence)
    low, high = np.quantile(missed, [1.0 - ALMOST_ALL, ALMOST_ALL])
    outcome: ClaimOutcome = "unverifiable"
    if high <= HARDLY_MISSED:
        outcome = "refuted"
    elif low >= LIKELY_MISSED:
        outcome = "out_of_coverage"
    return Reconciled(claim=claim, outcome=outcome, missed=rounded_probability(float(missed.mean())))


def _missed(claim: Claim, evidence: Evidence) -> Floats:
    """(n,) probability that such fire would have been missed, over the ground that the claim may mean."""
    x, y = evidence.frame.to_xy(claim.lon, claim.lat)
    reach = claim.radius_m + GATE_M / 2
    k = np.arange(STEPS**2) + 0.5
    away, angle = reach * np.sqrt(k / STEPS**2), k * np.pi * (3.0 - np.sqrt(5.0))
    what = SMALL_ARMS if claim.class_ in SMALL_ARMS else LAUNCHES
    return evidence.ears.missed(what, float(x) + away * np.cos(angle), float(y) + away * np.sin(angle), claim.time_us)
