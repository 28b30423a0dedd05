"""From fits to events: ids, regions, labels, and who supports what."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from truceline.fusion.attach import Places, attach
from truceline.fusion.classify import Classified, Heard, classify, lone_labels
from truceline.fusion.columns import Bools, Ints
from truceline.fusion.confusion import Confusion
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
LEAST_SIGMA_M = 0.5  # of the place of a fire or of what moves, whatever is claimed
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
class _Members:
    """Located sources on their way to be events: their rows in the fit, and what each was made of."""

    rows: Ints
    seen: tuple[tuple[Observation, ...], ...]


def local_events(
    network: Network,
    frame: Frame,
    base_us: Instant,
    fit: EpochFit | None,
    free: Sequence[Observation],
    earshot: Earshot | None,
    confusion: Confusion,
) -> tuple[list[FusedEvent], Confusion]:
    """Events that an epoch's fit located, with the reports, fixes and infrasound that support them, and fires seen
    from space; and what things were called, these included.

    free: the observations of the window that no earlier event claimed; base_us: the epoch's start; earshot: the
    detections of infrasound; confusion: what things were called in earlier epochs.
    """
    members = _members(fit) if fit is not None else _Members(np.zeros(0, np.int64), ())
    places = _places(fit, members) if fit is not None else Places(*np.zeros((5, 0)))
    end_us = base_us + round(EPOCH_S) * US_PER_S
    told = [seen for seen in free if isinstance(seen, Report | Fix) and seen.time_us >= base_us - REPORTS_EARLY_US]
    supporting: defaultdict[int, list[Observation]] = defaultdict(list)
    taken: set[str] = set()
    for index, member in attach(told, network, frame, base_us, places).items():
        supporting[member].append(told[index])
        taken.add(told[index].id)
    if fit is not None and earshot is not None:
        real = fit.existence.probability[members.rows] >= LEAST_REAL
        for one, number in _heard_too(earshot, real, places, base_us):
            supporting[number].append(one)
    seen = [sorted([*own, *supporting[number]], key=lambda one: one.id) for number, own in enumerate(members.seen)]
    events: list[FusedEvent] = []
    if fit is not None:
        found = classify(seen, _heard(frame, base_us, fit, members.rows, places), network, confusion)
        events, confusion = _events(network, frame, base_us, fit, members.rows, seen, found), found.confusion
    fixes = [one for one in told if isinstance(one, Fix) and base_us <= one.time_us < end_us and one.id not in taken]
    return events + _fires(network, fixes), confusion


def _heard(frame: Frame, base_us: Instant, fit: EpochFit, rows: Ints, places: Places) -> Heard:
    """What tells the class of a fit's events beside their labels."""
    lon, _ = frame.to_lonlat(places.x, places.y)
    hour = ((base_us / US_PER_S + places.time_s) / 3600.0 + lon / 15.0) % 24.0
    return Heard(places, fit.reading.loudness[rows], fit.existence.probability[rows], hour)


def _heard_too(earshot: Earshot, real: Bools, places: Places, base_us: Instant) -> list[tuple[Observation, int]]:
    """Detections of infrasound that belong to members that are more likely real than not."""
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


def _members(fit: EpochFit) -> _Members:
    observation = fit.scene.picks.observation
    bounds = np.searchsorted(fit.source, np.arange(len(fit.own) + 1))
    rows = np.flatnonzero(fit.own & (fit.existence.probability >= LEAST_EXISTENCE))
    own = [observation[fit.pick[bounds[row] : bounds[row + 1]]].tolist() for row in rows.tolist()]
    return _Members(rows, tuple(tuple(fit.observations[o] for o in one) for one in own))


def _places(fit: EpochFit, members: _Members) -> Places:
    located, rows = fit.located, members.rows
    sigma = np.sqrt(np.trace(located.covariance[rows], axis1=1, axis2=2) / 2)
    x, y = located.mean[rows].T
    return Places(x, y, sigma, located.time_s[rows], located.time_sigma_s[rows])


def _events(
    network: Network,
    frame: Frame,
    base_us: Instant,
    fit: EpochFit,
    rows: Ints,
    seen: Sequence[Sequence[Observation]],
    classified: Classified,
) -> list[FusedEvent]:
    """Events of some rows of a fit, each with what it was made of and its class."""
    located = fit.located
    lon, lat = frame.to_lonlat(located.x[rows], located.y[rows])
    existence = fit.existence.probability[rows].tolist()
    origins = _origins(frame, base_us, located, rows)
    robust = _robust(frame, fit, rows, origins)
    found = []
    for n, row in enumerate(rows.tolist()):
        event = make_event(network, seen[n], origins[n], classified.labels[n], existence[n])
        event = replace(event, robust90=robust[n], reasons=classified.reasons[n])
        found.append(FusedEvent(event, lon[n], lat[n], located.weight[row]))
    return found


def _robust(frame: Frame, fit: EpochFit, rows: Ints, origins: Sequence[Origin]) -> list[tuple[Region, ...]]:
    """The ellipses whose union still holds if one provider lies; none where that would have no bounds.

    Where nobody lies the event's own region holds; the others are widened alike for mistaken associations.
    """
    robust, located = fit.robust, fit.located
    if robust is None:
        return [() for _ in origins]
    bounded = robust.bounded[rows]
    found = [[Region(one.lon, one.lat, one.ellipse90)] if bounded[n] else [] for n, one in enumerate(origins)]
    member, liar = np.nonzero(bounded[:, None] & (robust.weight[rows, 1:] > LEAST_WEIGHT))
    widening = np.maximum(1.0, located.scale[rows, 1] / CHI2[1])
    radius = np.maximum(CHI2[1], robust.radius[rows]) * widening
    doubt = located.covariance[rows] - fit.joint.covariance()[rows, :2, :2]
    doubt[~np.all(np.linalg.eigvalsh(doubt) > 0, axis=1)] = 0.0
    covariance = robust.covariance[rows[member], liar + 1] + doubt[member]
    lon, lat = frame.to_lonlat(*robust.mean[rows[member], liar + 1].T)
    shapes = ellipses(covariance, radius[member, None], frame.north_rad(lon, lat))
    for n, x, y, (own,) in zip(member.tolist(), lon.tolist(), lat.tolist(), shapes, strict=True):
        found[n].append(Region(round(x, 6), round(y, 6), own))
    return [tuple(one) for one in found]


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


def _origins(frame: Frame, base_us: int, located: Located, rows: Ints) -> list[Origin]:
    lon, lat = frame.to_lonlat(*located.mean[rows].T)
    regions = ellipses(located.covariance[rows], located.scale[rows], frame.north_rad(lon, lat))
    times = zip(located.time_s[rows].tolist(), located.time_sigma_s[rows].tolist(), strict=True)
    return [
        Origin(
            time_us=base_us + round(time_s * 1_000) * 1_000,
            time_sigma_s=round(max(sigma_s, 0.001), 3),
            lon=round(x, 6),
            lat=round(y, 6),
            ellipse50=region[0],
            ellipse90=region[1],
            ellipse95=region[2],
            made_by=MADE_BY,
        )
        for x, y, (time_s, sigma_s), region in zip(lon.tolist(), lat.tolist(), times, regions, strict=True)
    ]


def ellipse(covariance: Floats, scale: float, north_rad: float) -> Ellipse:
    """The ellipse of a covariance (2, 2; frame metres) at a squared Mahalanobis radius, azimuth from true north."""
    return ellipses(covariance[None], np.full((1, 1), scale), np.full(1, north_rad))[0][0]


def ellipses(covariance: Floats, scale: Floats, north_rad: Floats) -> list[list[Ellipse]]:
    """The ellipses of covariances (n, 2, 2; frame metres) at squared Mahalanobis radii (n, k); north_rad (n,)."""
    values, vectors = np.linalg.eigh(covariance)
    azimuth = np.degrees(np.arctan2(vectors[:, 0, 1], vectors[:, 1, 1]) - north_rad) % 180.0
    semi = np.sqrt(np.maximum(values, 0.01)[:, None] * scale[:, :, None])
    return [
        [Ellipse(round(one[1], 1), round(one[0], 1), round(turn, 1) % 180.0) for one in rows]
        for turn, rows in zip(azimuth.tolist(), semi.tolist(), strict=True)
    ]


def _fires(network: Network, fixes: Sequence[Fix]) -> list[FusedEvent]:
    """Fixes of fire that belong to no other event."""
    return [_fire(network, seen) for seen in fixes if dict(seen.labels).get(FIRE, 0.0) >= 0.5]


def _fire(network: Network, seen: Fix) -> FusedEvent:
    earliest, latest = seen.window_us or (0, 0)
    middle = seen.time_us + (earliest + latest) // 2
    spread_s = np.hypot((latest - earliest) / US_PER_S / np.sqrt(12.0), seen.time_sigma_s)
    radii = [round(float(max(seen.sigma_m, LEAST_SIGMA_M) * np.sqrt(quantile)), 1) for quantile in CHI2]
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
