"""From fits to events: ids, regions, labels, and who supports what."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from truceline.fusion.attach import Places, attach
from truceline.fusion.classify import classify, lone_labels
from truceline.fusion.earshot import Earshot, heard_too
from truceline.fusion.epoch import EPOCH_S, EpochFit
from truceline.fusion.locate import Located
from truceline.fusion.robust import LEAST_WEIGHT
from truceline.geo.frame import Frame
from truceline.model.event import Ellipse, Event, Origin, Region
from truceline.model.instant import US_PER_S, Instant
from truceline.model.network import Network
from truceline.model.numbers import rounded_probability, rounded_shares
from truceline.model.observation import FIRE, Fix, Labels, Observation, Report
from truceline.sensors.contract import Floats

LEAST_EXISTENCE = 0.02
LEAST_REAL = 0.5  # existence from which infrasound is laid to an event
REPORTS_EARLY_US = 150 * US_PER_S  # a person may put an event a little before it was
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
    seen: tuple[Observation, ...]


def local_events(
    network: Network,
    frame: Frame,
    base_us: Instant,
    fit: EpochFit | None,
    free: Sequence[Observation],
    earshot: Earshot | None,
) -> list[FusedEvent]:
    """Events that an epoch's fit located, with the reports, fixes and infrasound that support them, and fires seen
    from space.

    free: the observations of the window that no earlier event claimed; base_us: the epoch's start; earshot: the
    detections of infrasound.
    """
    members = _members(fit) if fit is not None else []
    places = _places(members)
    end_us = base_us + round(EPOCH_S) * US_PER_S
    told = [seen for seen in free if isinstance(seen, Report | Fix) and seen.time_us >= base_us - REPORTS_EARLY_US]
    supporting: defaultdict[int, list[Observation]] = defaultdict(list)
    taken: set[str] = set()
    for index, member in attach(told, network, frame, base_us, places).items():
        supporting[member].append(told[index])
        taken.add(told[index].id)
    for one, number in _heard_too(earshot, members, places, base_us) if earshot is not None else ():
        supporting[number].append(one)
    seen = [
        sorted([*member.seen, *supporting[number]], key=lambda one: one.id) for number, member in enumerate(members)
    ]
    labels = classify(seen, places.x, places.y, places.sigma_m, places.time_s)
    events = [_event(network, frame, base_us, *row) for row in zip(members, seen, labels, strict=True)]
    fixes = [one for one in told if isinstance(one, Fix) and base_us <= one.time_us < end_us and one.id not in taken]
    return events + _fires(network, fixes)


def _heard_too(
    earshot: Earshot, members: Sequence[_Member], places: Places, base_us: Instant
) -> list[tuple[Observation, int]]:
    """Detections of infrasound that belong to members that are more likely real than not."""
    real = np.array([m.fit.existence.probability[m.index] >= LEAST_REAL for m in members], bool)
    sure = np.flatnonzero(real)
    shift_s = (base_us - earshot.picks.base_us) / US_PER_S
    some = Places(
        places.x[sure],
        places.y[sure],
        places.sigma_m[sure],
        places.time_s[sure] + shift_s,
        places.time_sigma_s[sure],
    )
    found = heard_too(earshot, some)
    observation = earshot.picks.observation
    return [(earshot.observations[int(observation[pick])], int(sure[place])) for pick, place in sorted(found.items())]


def _members(fit: EpochFit) -> list[_Member]:
    observation = fit.scene.picks.observation
    bounds = np.searchsorted(fit.source, np.arange(len(fit.own) + 1))
    found = []
    for index in np.flatnonzero(fit.own & (fit.existence.probability >= LEAST_EXISTENCE)).tolist():
        own = observation[fit.pick[bounds[index] : bounds[index + 1]]]
        found.append(_Member(fit, index, tuple(fit.observations[int(o)] for o in own)))
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


def _event(
    network: Network, frame: Frame, base_us: Instant, member: _Member, seen: Sequence[Observation], labels: Labels
) -> FusedEvent:
    located, index = member.fit.located, member.index
    lon, lat = frame.to_lonlat(located.x[index], located.y[index])
    origin = _origin(frame, base_us, located, index)
    event = make_event(network, seen, origin, labels, float(member.fit.existence.probability[index]))
    event = replace(event, robust90=_robust(frame, member.fit, index, origin))
    return FusedEvent(event, lon, lat, located.weight[index])


def _robust(frame: Frame, fit: EpochFit, index: int, origin: Origin) -> tuple[Region, ...]:
    """The ellipses whose union still holds if one provider lies; none where that would have no bounds.

    Where nobody lies the event's own region holds; the others are widened alike for mistaken associations.
    """
    robust, located = fit.robust, fit.located
    if robust is None or not robust.bounded[index]:
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


def make_event(
    network: Network, seen: Sequence[Observation], origin: Origin, labels: Labels, existence: float
) -> Event:
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
        providers=tuple(sorted({network.by_id[sensor].provider for sensor in sensors})),
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


def _fires(network: Network, fixes: Sequence[Fix]) -> list[FusedEvent]:
    """Fixes of fire that belong to no other event."""
    return [_fire(network, seen) for seen in fixes if dict(seen.labels).get(FIRE, 0.0) >= 0.5]


def _fire(network: Network, seen: Fix) -> FusedEvent:
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
    event = make_event(network, [seen], origin, lone_labels([seen]), FIRE_EXISTENCE)
    return FusedEvent(event, np.array([seen.lon]), np.array([seen.lat]), np.ones(1))
