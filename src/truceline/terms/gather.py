"""Facts to matters: what of all that was observed is put before the text, where it was and when.

Events are taken as they are; a track fix by fix. Of observations, sightings of weapons and forces, inspections,
restrictions and damage are taken, if some provision looks at them. Self-reported tracks are taken as any other: what
the watched say of themselves may break the text, and nothing here clears anybody by it.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import hypot, sqrt
from operator import itemgetter

from truceline.geo.frame import destination
from truceline.geo.region import CHI2_90
from truceline.geo.zone import inner_point
from truceline.model.agreement import Agreement, Area
from truceline.model.event import Ellipse, Event
from truceline.model.instant import Instant
from truceline.model.network import Sensor
from truceline.model.observation import (
    CLASSES,
    MOVING,
    Damage,
    Fix,
    Inspection,
    Labels,
    Observation,
    Report,
    Restriction,
    Track,
)
from truceline.terms.contract import Classes, share_of
from truceline.terms.facts import Facts
from truceline.terms.matter import (
    ADVANCE,
    DAMAGE,
    INSPECTION,
    OMISSION,
    RESTRICTION,
    SIGHTING,
    About,
    Advance,
    Matter,
    Omission,
    Sighting,
    Spot,
)
from truceline.terms.weapons import Weapon, weapon
from truceline.terms.words import moment

SEEN_M = 1_000.0  # sigma of the place of what a person saw without saying how far off
FIRE: Classes = frozenset(CLASSES) - MOVING - {"other"}  # a report of these is of an event, not of what stands there
OBSERVED: Classes = frozenset({SIGHTING, INSPECTION, RESTRICTION, DAMAGE})  # what an observation may be by itself
Draft = tuple[Instant, str, float, Labels, About, Spot | None, tuple[Weapon, ...]]


def gather(agreement: Agreement, facts: Facts, looked_at: Classes, drawn: Sequence[tuple[Advance, Instant, Spot]],
           omissions: Sequence[Omission]) -> list[Matter]:  # fmt: skip
    """All matters, in order of time, then id. `looked_at`: classes that some provision looks at."""
    drafts = list(_events(agreement, facts))
    in_fire = _members_of_fire(facts) if SIGHTING in looked_at else frozenset()
    told = () if looked_at.isdisjoint(OBSERVED) else facts.told
    apart = [one for one in told if _apart(one) in looked_at and one.id not in in_fire]
    sensors = {sensor.id: sensor for sensor in facts.sensors}
    areas = {area.id: area for area in agreement.areas}
    drafts += [_observed(agreement, one, sensors, areas) for one in apart]
    drafts += [
        (when, f"advance:{one.party}:{one.mapper}:{moment(when)}:{number}", 0.0, ((ADVANCE, 1.0),), one, spot, ())
        for number, (one, when, spot) in enumerate(drawn)
    ]
    drafts += [
        (one.due_us, f"due:{one.provision}:{one.party}:{moment(one.due_us)}", 0.0, ((OMISSION, 1.0),), one, None, ())
        for one in omissions
    ]
    drafts.sort(key=itemgetter(0, 1))
    return [
        Matter(id_, time_us, sigma_s, labels, row, about, spot, weapons)
        for row, (time_us, id_, sigma_s, labels, about, spot, weapons) in enumerate(drafts)
    ]


def _members_of_fire(facts: Facts) -> frozenset[str]:
    """Observations that support an event of fire: what they say of weapons is said of what fired."""
    return frozenset(id_ for event in facts.events if share_of(event.labels, FIRE) >= 0.5 for id_ in event.observations)


def _events(agreement: Agreement, facts: Facts) -> Iterator[Draft]:
    moving = any(event.path for event in facts.events)
    tracks = {one.id: one for one in facts.told if isinstance(one, Track)} if moving else {}
    armed = {one.id: one.weapon for one in facts.told if isinstance(one, Report | Fix) and one.weapon}
    for event in facts.events:
        said: tuple[Weapon, ...] = ()
        if not armed.keys().isdisjoint(event.observations):
            words = sorted({armed[id_] for id_ in event.observations if id_ in armed})
            said = tuple(weapon(word, agreement.weapons) for word in words)
        if event.path and share_of(event.labels, MOVING) > 0.0:
            yield from _fixes(event, [tracks[id_] for id_ in event.observations if id_ in tracks], said)
        else:
            origin = event.origin
            yield origin.time_us, event.id, origin.time_sigma_s, event.labels, event, None, said


def _fixes(event: Event, tracks: Sequence[Track], said: tuple[Weapon, ...]) -> Iterator[Draft]:
    """A track fix by fix; by its path at its own time where its fixes are not at hand."""
    for one in tracks:
        spot = Spot(one.lon, one.lat, _circle(one.sigma_m), one.alt_m, one.speed_mps)
        yield one.time_us, event.id, one.time_sigma_s, event.labels, event, spot, said
    if not tracks:
        origin = event.origin
        for lon, lat in event.path:
            spot = Spot(lon, lat, origin.ellipse90)
            yield origin.time_us, event.id, origin.time_sigma_s, event.labels, event, spot, said


def _apart(one: Observation) -> str:
    """The class of matter that an observation is by itself; empty: none."""
    if isinstance(one, Report | Fix):
        seen = isinstance(one, Fix) or one.seen
        return SIGHTING if seen and one.weapon and share_of(one.labels, FIRE) < 0.5 else ""
    if isinstance(one, Inspection):
        return INSPECTION
    if isinstance(one, Restriction):
        return RESTRICTION
    return DAMAGE if isinstance(one, Damage) else ""


def _observed(
    agreement: Agreement, one: Observation, sensors: Mapping[str, Sensor], areas: Mapping[str, Area]
) -> Draft:
    said: tuple[Weapon, ...] = ()
    about: About
    if isinstance(one, Report | Fix):
        said = (weapon(one.weapon or "", agreement.weapons),)
        about = Sighting(one.sensor, said[0], one.count, one.whose)
    else:
        assert isinstance(one, Inspection | Restriction | Damage), one
        about = one
    spot = spot_of(one, sensors, areas)
    return one.time_us, one.id, one.time_sigma_s, ((_apart(one), 1.0),), about, spot, said


def spot_of(one: Observation, sensors: Mapping[str, Sensor], areas: Mapping[str, Area]) -> Spot | None:
    """Where an observation's matter was; None if neither it nor the network says."""
    if isinstance(one, Fix):
        return Spot(one.lon, one.lat, _circle(one.sigma_m))
    if isinstance(one, Inspection) and one.site in areas:
        return Spot(*inner_point(areas[one.site]), _circle(0.0))
    sensor = sensors.get(one.sensor)
    if one.at is not None:
        (lon, lat), sigma_m = one.at, one.at_sigma_m or 0.0
    elif sensor is not None:
        lon, lat, sigma_m = sensor.lon, sensor.lat, sensor.position_sigma_m or 0.0
    else:
        return None
    return _seen_from(one, lon, lat, sigma_m) if isinstance(one, Report) else Spot(lon, lat, _circle(sigma_m))


def _seen_from(report: Report, lon: float, lat: float, sigma_m: float) -> Spot:
    """Where what a person saw was: along the azimuth at the stated range, as far as they were stated."""
    if report.range_m is None:
        return Spot(lon, lat, _circle(hypot(sigma_m, SEEN_M)))
    least, most = report.range_m
    middle = (least + most) / 2
    if report.azimuth_deg is None or report.azimuth_sigma_deg is None:
        return Spot(lon, lat, _circle(hypot(sigma_m, most / sqrt(2))))
    x, y = destination(lon, lat, report.azimuth_deg, middle)
    along = hypot(sigma_m, (most - least) / sqrt(12))
    across = hypot(sigma_m, middle * min(1.0, report.azimuth_sigma_deg * 0.017453292519943295))
    azimuth = report.azimuth_deg if along >= across else report.azimuth_deg + 90.0
    scale = sqrt(CHI2_90)
    ellipse = Ellipse(scale * max(along, across), scale * min(along, across), azimuth % 180.0)
    return Spot(float(x), float(y), ellipse)


def _circle(sigma_m: float) -> Ellipse:
    reach = sigma_m * sqrt(CHI2_90)
    return Ellipse(reach, reach, 0.0)
