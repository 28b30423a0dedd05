"""What is at stake in findings, for triage: whether somebody was hurt there then, whether fire fell near monitors."""

from collections.abc import Mapping, Sequence

from truceline.findings.review.triage import HARM, MONITORS
from truceline.geo.frame import distance_azimuth
from truceline.model.case import Case
from truceline.model.event import Event
from truceline.model.finding import Finding
from truceline.model.instant import US_PER_HOUR
from truceline.model.observation import Damage

FALLS = ("impact", "airburst", "explosion", "burst", "shot", "missile", "projectile")
HARM_M, HARM_US = 2_000.0, 24 * US_PER_HOUR
MONITORS_M, MONITORS_US = 1_000.0, US_PER_HOUR


def stakes_of(case: Case, findings: Sequence[Finding], events: Mapping[str, Event]) -> dict[str, list[str]]:
    """By finding, what is at stake besides a name. A harm report counts within 2 km and a day after an event; fire
    within 1 km of a sensor that people tend or walk with, or of where a patrol reported from within an hour."""
    harmed = [(one.time_us, case.network.place_of(one)) for one in case.observations if isinstance(one, Damage)]
    patrols = [(one.time_us, one.at) for one in case.observations if one.at is not None]
    sites = [(one.lon, one.lat) for one in case.network.sensors if one.kind not in ("satellite", "ais", "adsb")]
    found: dict[str, list[str]] = {}
    for finding in findings:
        mine = [events[id_] for id_ in finding.events]
        falls = [one for one in mine if one.class_ in FALLS]
        hurt = any(0 <= when - one.origin.time_us < HARM_US and _near(one, at, HARM_M)
                   for one in mine for when, at in harmed)  # fmt: skip
        met = any(_near(one, at, MONITORS_M) for one in falls for at in sites) or any(
            abs(when - one.origin.time_us) < MONITORS_US and _near(one, at, MONITORS_M)
            for one in falls for when, at in patrols
        )  # fmt: skip
        found[finding.id] = [name for name, holds in ((HARM, hurt), (MONITORS, met)) if holds]
    return {id_: some for id_, some in found.items() if some}


def _near(event: Event, at: tuple[float, float], most_m: float) -> bool:
    if abs(at[1] - event.origin.lat) > 1.0:
        return False
    distance, _ = distance_azimuth(event.origin.lon, event.origin.lat, *at)
    return float(distance) <= most_m
