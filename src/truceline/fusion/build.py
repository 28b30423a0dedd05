"""From fits to events: ids, regions, labels, and who supports what."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from truceline.fusion.attach import Places, attach
from truceline.fusion.classify import classify, lone_labels
from truceline.fusion.epoch import EpochFit
from truceline.fusion.fit import Fits
from truceline.fusion.locate import Located
from truceline.fusion.robust import LEAST_WEIGHT
from truceline.geo.frame import Frame
from truceline.model.case import Case
from truceline.model.event import Ellipse, Event, Origin, Region
from truceline.model.instant import US_PER_S
from truceline.model.numbers import rounded_probability, rounded_shares
from truceline.model.observation import FIRE, Fix, Labels, Observation
from truceline.sensors.contract import Floats

LEAST_EXISTENCE = 0.02
FIRE_EXISTENCE = 0.9
CHI2 = (1.3863, 4.6052, 5.9915)  # quantiles 50, 90, 95 % with two degrees of freedom
MADE_BY = "truceline.fusion"


@dataclass(frozen=True)
class FusedEvent:
    """An event and its posterior of place: lon, lat (degrees) and weight (sums to one), (points,) each."""

    event: Event
    lon: Floats
    lat: Floats
    weight: Floats


@dataclass(frozen=True)
class _Member:
    """One located source on its way to be an event."""

    fit: EpochFit
    index: int
    observations: tuple[int, ...]


def local_events(case: Case, fits: Fits) -> list[FusedEvent]:
    """Events that the fits located, with the reports and fixes that support them, and fires seen from space."""
    members = _members(fits)
    places = _places(members)
    supporting: defaultdict[int, list[int]] = defaultdict(list)
    for observation, member in attach(case.observations, case.network, fits.frame, fits.base_us, places).items():
        supporting[member].append(observation)
    seen = [
        [case.observations[o] for o in sorted({*member.observations, *supporting[number]})]
        for number, member in enumerate(members)
    ]
    labels = classify(seen, places.x, places.y, places.sigma_m, places.time_s)
    events = [_event(case, fits, *row) for row in zip(members, seen, labels, strict=True)]
    return events + _fires(case, {index for some in supporting.values() for index in some})


def _members(fits: Fits) -> list[_Member]:
    found = []
    for fit in fits.epochs:
        observation = fit.scene.picks.observation
        bounds = np.searchsorted(fit.source, np.arange(len(fit.own) + 1))
        for index in np.flatnonzero(fit.own & (fit.existence.probability >= LEAST_EXISTENCE)).tolist():
            own = observation[fit.pick[bounds[index] : bounds[index + 1]]]
            found.append(_Member(fit, index, tuple(int(o) for o in own)))
    return found


def _places(members: Sequence[_Member]) -> Places:
    columns = [
        (
            *member.fit.located.mean[member.index],
            np.sqrt(np.trace(member.fit.located.covariance[member.index]) / 2),
            member.fit.located.time_s[member.index],
            member.fit.located.time_sigma_s[member.index],
        )
        for member in members
    ]
    table = np.array(columns, float).reshape(-1, 5)
    return Places(*table.T)


def _event(case: Case, fits: Fits, member: _Member, seen: Sequence[Observation], labels: Labels) -> FusedEvent:
    located, index = member.fit.located, member.index
    lon, lat = fits.frame.to_lonlat(located.x[index], located.y[index])
    origin = _origin(fits.frame, fits.base_us, located, index)
    event = make_event(case, seen, origin, labels, float(member.fit.existence.probability[index]))
    event = replace(event, robust90=_robust(fits.frame, member.fit, index, origin))
    return FusedEvent(event, lon, lat, located.weight[index])


def _robust(frame: Frame, fit: EpochFit, index: int, origin: Origin) -> tuple[Region, ...]:
    """The ellipses whose union still holds if one provider lies; none where that would have no bounds.

    Where nobody lies the event's own region holds; the others are widened alike for mistaken associations.
    """
    robust, located = fit.robust, fit.located
    if not robust.bounded[index]:
        return ()
    found = [Region(origin.lon, origin.lat, origin.ellipse90)]
    widening = max(1.0, float(located.scale[index, 1]) / CHI2[1])
    doubt = located.covariance[index] - fit.joint.covariance()[index, :2, :2]
    extra = doubt if np.all(np.linalg.eigvalsh(doubt) > 0) else np.zeros((2, 2))
    for weight, mean, covariance in zip(
        robust.weight[index, 1:], robust.mean[index, 1:], robust.covariance[index, 1:], strict=True
    ):
        if weight > LEAST_WEIGHT:
            lon, lat = frame.to_lonlat(*mean)
            radius = max(CHI2[1], float(robust.radius[index])) * widening
            own = ellipse(covariance + extra, radius, float(frame.north_rad(lon, lat)))
            found.append(Region(round(float(lon), 6), round(float(lat), 6), own))
    return tuple(found)


def make_event(case: Case, seen: Sequence[Observation], origin: Origin, labels: Labels, existence: float) -> Event:
    """An event with what it takes from its members: id, anchor, sensors, providers."""
    anchor = min(seen, key=lambda one: (one.time_us, one.id))
    sensors = {one.sensor for one in seen}
    return Event(
        id=f"E-{anchor.digest[:16]}",
        anchor=anchor.id,
        origin=origin,
        labels=rounded_shares(labels),
        existence=rounded_probability(existence),
        observations=tuple(sorted(one.id for one in seen)),
        sensors=len(sensors),
        providers=tuple(sorted({case.network.by_id[sensor].provider for sensor in sensors})),
    )


def _origin(frame: Frame, base_us: int, located: Located, index: int) -> Origin:
    x, y = located.mean[index]
    lon, lat = frame.to_lonlat(x, y)
    north = float(frame.north_rad(lon, lat))
    covariance = located.covariance[index]
    ellipses = [ellipse(covariance, float(scale), north) for scale in located.scale[index]]
    return Origin(
        time_us=base_us + round(float(located.time_s[index]) * 1_000) * 1_000,
        time_sigma_s=round(max(float(located.time_sigma_s[index]), 0.001), 3),
        lon=round(float(lon), 6),
        lat=round(float(lat), 6),
        ellipse50=ellipses[0],
        ellipse90=ellipses[1],
        ellipse95=ellipses[2],
        made_by=MADE_BY,
    )


def ellipse(covariance: Floats, scale: float, north_rad: float) -> Ellipse:
    """The ellipse of a covariance (2, 2; frame metres) at a squared Mahalanobis radius, azimuth from true north."""
    values, vectors = np.linalg.eigh(covariance)
    major = vectors[:, 1]
    azimuth = np.degrees(np.arctan2(major[0], major[1]) - north_rad) % 180.0
    semi = np.sqrt(np.maximum(values, 0.01) * scale)
    rounded = round(float(azimuth), 1) % 180.0
    return Ellipse(round(float(max(semi)), 1), round(float(min(semi)), 1), rounded)


def _fires(case: Case, taken: set[int]) -> list[FusedEvent]:
    """Fixes of fire that belong to no other event: each place that burns is one event."""
    fixes = [
        seen
        for index, seen in enumerate(case.observations)
        if isinstance(seen, Fix) and index not in taken and dict(seen.labels).get(FIRE, 0.0) >= 0.5
    ]
    return [_fire(case, seen) for seen in fixes]


def _fire(case: Case, seen: Fix) -> FusedEvent:
    earliest, latest = seen.window_us or (0, 0)
    middle = seen.time_us + (earliest + latest) // 2
    spread_s = np.hypot((latest - earliest) / US_PER_S / np.sqrt(12.0), seen.time_sigma_s)
    radii = [round(float(seen.sigma_m * np.sqrt(quantile)), 1) for quantile in CHI2]
    region = [Ellipse(radius, radius, 0.0) for radius in radii]
    origin = Origin(
        time_us=round(middle / 1_000) * 1_000,
        time_sigma_s=round(max(float(spread_s), 0.001), 3),
        lon=round(seen.lon, 6),
        lat=round(seen.lat, 6),
        ellipse50=region[0],
        ellipse90=region[1],
        ellipse95=region[2],
        made_by=MADE_BY,
    )
    event = make_event(case, [seen], origin, lone_labels([seen]), FIRE_EXISTENCE)
    return FusedEvent(event, np.array([seen.lon]), np.array([seen.lat]), np.ones(1))
