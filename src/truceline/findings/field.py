"""How the findings look beside the blasts that the mission surveyed itself: read only when all is found.

Each blast is matched with one event at most, by time and place. Nothing that was found changes by it; only whether the
words may lean on it: from so many blasts on, and if they bear out what is stated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import comb, cos, hypot, radians, sin

from truceline.findings.join import Grounds, join
from truceline.geo.frame import distance_azimuth
from truceline.model.event import Ellipse, Event
from truceline.model.finding import Attribution, Finding
from truceline.model.incident import Incident
from truceline.model.instant import US_PER_S
from truceline.model.known import MISSION, FieldScore, Known, Said, Scored
from truceline.model.numbers import rounded_probability

GATE_S, GATE_M, SIGMAS = 3.0, 1_000.0, 3.0  # an event of the blast is so near, besides what both are uncertain
ELLIPSE90_SIGMAS = 2.15
REAL = 0.5
UNLIKELY = 0.01  # counts less likely than this, if what is stated were true, refute it


def joined(
    incidents: Sequence[Incident],
    attributions: Sequence[Sequence[Attribution]],
    grounds: Grounds,
    known: Sequence[Known],
) -> tuple[tuple[Finding, ...], tuple[Scored, ...]]:
    """The findings, and what they say of known blasts, which decide nothing but whether words may lean on them."""
    grounds = replace(grounds, calibration=replace(grounds.calibration, field=len(known)))
    findings = join(incidents, attributions, grounds)
    scored = beside_known(known, tuple(grounds.events.values()), findings)
    if field_score(scored, grounds.calibration.wrong_most).leant_on:
        grounds = replace(grounds, calibration=replace(grounds.calibration, in_field=True))
        findings = join(incidents, attributions, grounds)
    return findings, scored


def beside_known(known: Sequence[Known], events: Sequence[Event], findings: Sequence[Finding]) -> tuple[Scored, ...]:
    """What was said of each known blast, in order of time, then id."""
    of_event = {id_: finding for finding in findings for id_ in finding.events}
    ordered = sorted(known, key=lambda one: (one.time_us, one.id))
    matched = _matched(ordered, [one for one in events if one.existence >= REAL])
    return tuple(_scored(one, matched.get(one.id), of_event) for one in ordered)


def _matched(known: Sequence[Known], events: Sequence[Event]) -> dict[str, tuple[Event, float, float]]:
    """By blast: its event, with the distance and azimuth from the event to the blast. The nearest pairs first."""
    pairs = []
    for one in known:
        for event in events:
            late_s = abs(event.origin.time_us - one.time_us) / US_PER_S
            gate_s = GATE_S + SIGMAS * hypot(one.sigma_s, event.origin.time_sigma_s)
            if late_s <= gate_s:
                there = distance_azimuth(event.origin.lon, event.origin.lat, one.lon, one.lat)
                away, azimuth = (float(value) for value in there)
                sigma_m = hypot(one.sigma_m, event.origin.ellipse90.semi_major_m / ELLIPSE90_SIGMAS)
                share = away / (GATE_M + SIGMAS * sigma_m)
                if share <= 1.0:
                    pairs.append((share + late_s / gate_s, one.id, event.id, event, away, azimuth))
    found: dict[str, tuple[Event, float, float]] = {}
    taken: set[str] = set()
    for _, id_, event_id, event, away, azimuth in sorted(pairs, key=lambda pair: pair[:3]):
        if id_ not in found and event_id not in taken:
            found[id_] = event, away, azimuth
            taken.add(event_id)
    return found


def _scored(known: Known, matched: tuple[Event, float, float] | None, of_event: Mapping[str, Finding]) -> Scored:
    if matched is None:
        return Scored(known=known, said="missed")
    event, away, azimuth = matched
    finding = of_event.get(event.id)
    named = finding.party if finding is not None else None
    return Scored(
        known=known,
        said=_said(known, named),
        event=event.id,
        finding=finding.id if finding is not None else None,
        named=named,
        off_m=round(away, 1),
        inside90=_inside(event.origin.ellipse90, away, azimuth, known.sigma_m),
        probability=rounded_probability(event.probability_of(frozenset({known.class_}))),
    )


def _said(known: Known, named: str | None) -> Said:
    """A blast of the mission's own is no party's: whoever is named for it is named wrongly."""
    if named is None:
        return "nobody"
    return "right" if named == known.party and known.party != MISSION else "wrong"


def _inside(ellipse: Ellipse, away_m: float, azimuth_deg: float, sigma_m: float) -> bool:
    """Whether an ellipse, made wider by how well the place was surveyed, holds a point so far from its centre."""
    turn = radians(azimuth_deg - ellipse.azimuth_deg)
    wider = ELLIPSE90_SIGMAS * sigma_m
    along, across = away_m * cos(turn), away_m * sin(turn)
    return hypot(along / hypot(ellipse.semi_major_m, wider), across / hypot(ellipse.semi_minor_m, wider)) <= 1.0


def field_score(scored: Sequence[Scored], wrong_most: float) -> FieldScore:
    """The running score. wrong_most: the share of wrong names that is said to be kept under."""
    found = [one for one in scored if one.event is not None]
    inside, named = sum(bool(one.inside90) for one in found), [one for one in scored if one.named is not None]
    wrong = sum(one.said == "wrong" for one in named)
    outside = len(found) - inside
    borne_out = at_least(wrong, len(named), wrong_most) >= UNLIKELY and at_least(outside, len(found), 0.1) >= UNLIKELY
    return FieldScore(len(scored), len(found), inside, len(named), wrong, borne_out)


def at_least(count: int, of: int, share: float) -> float:
    """Probability of so many or more of so many, each with the same probability."""
    return 1.0 - sum(comb(of, k) * share**k * (1.0 - share) ** (of - k) for k in range(count))
