"""One epoch: the observations of its window → its events, and what they teach for the next.

Each epoch (an hour of event time) is inferred from the observations of its own window and what earlier epochs
taught about the sensors; what an epoch's events claim is gone for the next. An epoch is final once everything
that may bear on it has come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from truceline.fusion.air import Air, air_prior, forecast_of
from truceline.fusion.bearers import Bearer, bearers_of
from truceline.fusion.build import CHI2, MADE_BY, FusedEvent, ellipse, local_events, make_event
from truceline.fusion.classify import lone_labels
from truceline.fusion.columns import channels_of, picks_of
from truceline.fusion.confusion import Confusion
from truceline.fusion.earshot import Earshot, HeardStraight, heard_straight
from truceline.fusion.epoch import EPOCH_S, ROUNDS, Beliefs, EpochFit, Setting, fit_epoch
from truceline.fusion.follow import Following, follow, of_what_moves
from truceline.fusion.given import Given
from truceline.fusion.health import sensor_health
from truceline.fusion.hearing import deafness
from truceline.fusion.misstated import Misstated
from truceline.fusion.regional import Heard, RegionalEvent, detections_of, regional_events
from truceline.fusion.scene import Sources
from truceline.geo.frame import Frame
from truceline.model.event import Origin, Region, SensorHealth
from truceline.model.instant import US_PER_S, Instant
from truceline.model.observation import Observation, told_once
from truceline.sensors.contract import Floats

EPOCH_US = int(EPOCH_S) * US_PER_S
EARLY_S = 10.0  # a clock that runs behind reports events of the epoch before the epoch began
LOOK_BACK_S = 3_600.0  # signs of life that tell whether a sensor works
METRES_PER_DEGREE = 111_195.0
LEVELS = (0.50, 0.90, 0.95)
HINTED_ROUNDS = 1  # where an earlier look at more data says what to try first


@dataclass(frozen=True)
class Carried:
    """What one epoch hands to the next: what was learnt, and which observations are spoken for."""

    beliefs: Beliefs
    following: Following
    confusion: Confusion
    misstated: Misstated
    claimed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Hint:
    """What an earlier look found in an epoch. sources are hypotheses to be tried, nothing more; what was heard over
    hundreds of kilometres is taken as it is where every detection is the same, for the same would follow."""

    sources: Sources | None = None
    heard: Heard | None = None


NO_HINT = Hint()


@dataclass(frozen=True)
class Hints:
    """What an earlier look at more data found in each epoch (by its number), and the frame it stands in."""

    frame: Frame
    epochs: Mapping[int, Hint]


@dataclass(frozen=True)
class Glimpse:
    """What a quick look found, nothing of it final: what was heard nearby from `nearby_us` on, and what was heard over
    hundreds of kilometres or followed; hint: for the next look, its times from `nearby_us`."""

    nearby_us: Instant
    nearby: tuple[FusedEvent, ...]
    beyond: tuple[FusedEvent, ...]
    hint: Hint


@dataclass(frozen=True)
class EpochEvents:
    """What one epoch adds: its events, its sensors' health, and what to try first in another look."""

    events: tuple[FusedEvent, ...]
    health: tuple[SensorHealth, ...]
    hint: Hint
    carried: Carried


def epochs_of(laid_out: Given, times_us: Sequence[Instant]) -> list[int]:
    """Numbers (hours since 1970) of the epochs in which something may have caused observations at these times."""
    shifts = (round(EARLY_S * US_PER_S), 0, -round(laid_out.local_s * US_PER_S))
    near = {(time_us + shift) // EPOCH_US for time_us in times_us for shift in shifts}
    if laid_out.regional_s:
        back = round(laid_out.regional_s * US_PER_S)
        near |= {hour for t in times_us for hour in range((t - back) // EPOCH_US, t // EPOCH_US + 1)}
    return sorted(near)


def window_of(laid_out: Given, base_us: Instant) -> tuple[Instant, Instant]:
    """From when until when observations may bear on the epoch that begins at `base_us`."""
    after_us = round(laid_out.after_s * US_PER_S)
    return base_us - round(LOOK_BACK_S * US_PER_S), base_us + EPOCH_US + after_us


def fuse_epoch(
    laid_out: Given, base_us: Instant, window: Sequence[Observation], carried: Carried, hint: Hint = NO_HINT
) -> EpochEvents:
    """The events of the epoch that begins at `base_us`, from the observations of its window in order of (time, id).

    hint: what an earlier look at more of the same data found; it spares the search from nothing.
    """
    window = told_once(window)
    free = [seen for seen in window if seen.id not in carried.claimed]
    moving = [seen for seen in free if base_us <= seen.time_us < base_us + EPOCH_US]
    tracked, following = follow(laid_out, moving, carried.following)
    rounds = ROUNDS if hint.sources is None else HINTED_ROUNDS
    fit = _fit(laid_out, base_us, window, free, carried.beliefs, hint.sources, rounds)
    earshot = _earshot(laid_out, base_us, window, free, carried.misstated, fit.joint.air if fit is not None else None)
    events, confusion = local_events(laid_out.network, laid_out.frame, base_us, fit, free, earshot, carried.confusion)
    regional, heard, misstated = _regional_events(laid_out, base_us, events, earshot, hint.heard, carried.misstated)
    events += regional
    events += tracked
    claimed = {id_ for one in events for id_ in one.event.observations}
    # Claims of long ago cannot matter: no later window reaches back to them.
    recent = {seen.id for seen in window if seen.time_us >= base_us}
    return EpochEvents(
        tuple(events),
        sensor_health(laid_out.channels, base_us, fit) if fit is not None else (),
        Hint(fit.joint.sources if fit is not None else None, heard),
        Carried(
            fit.beliefs if fit is not None else carried.beliefs,
            following,
            confusion,
            misstated,
            frozenset((carried.claimed & recent) | claimed),
        ),
    )


def glimpse(
    laid_out: Given,
    from_us: Instant,
    nearby_us: Instant,
    window: Sequence[Observation],
    carried: Carried,
    before: Glimpse | None,
) -> Glimpse:
    """The hour from `from_us` on, from the observations of its window in order of (time, id); of what was heard
    nearby only what happened from `nearby_us` on. before: the last look, which spares the search from nothing."""
    window = told_once(window)
    free = [seen for seen in window if seen.id not in carried.claimed]
    until_us = from_us + EPOCH_US
    tracked, _ = follow(laid_out, [one for one in free if from_us <= one.time_us < until_us], carried.following)
    known = _known(laid_out, before, nearby_us) if before is not None else None
    fit = _fit(laid_out, nearby_us, window, free, carried.beliefs, known, ROUNDS)
    earshot = _earshot(laid_out, from_us, window, free, carried.misstated, None)
    nearby, _ = local_events(laid_out.network, laid_out.frame, nearby_us, fit, free, earshot, carried.confusion)
    far_before = before.hint.heard if before is not None else None
    regional, heard, _ = _regional_events(laid_out, from_us, nearby, earshot, far_before, carried.misstated)
    hint = Hint(fit.joint.sources if fit is not None else None, heard)
    return Glimpse(nearby_us, tuple(nearby), (*regional, *tracked), hint)


def _known(laid_out: Given, before: Glimpse, nearby_us: Instant) -> Sources | None:
    """Sources of the last look whose sound may still be on its way, their times from `nearby_us`."""
    sources = before.hint.sources
    if sources is None:
        return None
    time_s = sources.time_s + (before.nearby_us - nearby_us) / US_PER_S
    recent = time_s >= -laid_out.local_s
    return Sources(sources.x[recent], sources.y[recent], time_s[recent]) if recent.any() else None


def _fit(
    laid_out: Given,
    base_us: Instant,
    window: Sequence[Observation],
    free: Sequence[Observation],
    beliefs: Beliefs,
    hint: Sources | None,
    rounds: int,
) -> EpochFit | None:
    """The epoch's local sources, fitted; times in seconds from the epoch's start."""
    until_us = base_us + EPOCH_US + round(2 * laid_out.local_s * US_PER_S)
    near = [
        seen for seen in free if base_us - EARLY_S * US_PER_S <= seen.time_us < until_us and not of_what_moves(seen)
    ]
    picks = picks_of(near, laid_out.channels, base_us)
    if not len(picks):
        return None
    setting = Setting(
        channels=laid_out.channels,
        deaf=deafness(laid_out.network, window, laid_out.channels, base_us),
        forecast=forecast_of(laid_out.weather, laid_out.frame, base_us),
        grid=laid_out.grid,
        area_m2=laid_out.area_m2,
        hint=hint,
        rounds=rounds,
    )
    return fit_epoch(setting, picks, near, beliefs)


def _earshot(
    laid_out: Given,
    base_us: Instant,
    window: Sequence[Observation],
    free: Sequence[Observation],
    misstated: Misstated,
    air: Air | None,
) -> Earshot | None:
    """Detections of infrasound from `base_us` on, as if they had come straight; None where no array listens for it."""
    if not laid_out.regional_s:
        return None
    sensing = laid_out.infrasound.direct
    channels = channels_of(laid_out.network, laid_out.frame, [sensing])
    seen = [one for one in free if one.time_us >= base_us]
    picks = picks_of(seen, channels, base_us)
    return Earshot(
        channels=channels,
        picks=picks.take(np.isfinite(picks.azimuth_rad) & np.isfinite(picks.azimuth_sigma_rad)),
        observations=seen,
        deaf=deafness(laid_out.network, window, channels, base_us),
        sensing=sensing,
        air=air or air_prior(forecast_of(laid_out.weather, laid_out.frame, base_us), 0.0, EPOCH_S),
        factors=misstated.factors,
    )


def _regional_events(
    laid_out: Given,
    base_us: Instant,
    local: Sequence[FusedEvent],
    earshot: Earshot | None,
    before: Heard | None,
    misstated: Misstated,
) -> tuple[list[FusedEvent], Heard | None, Misstated]:
    """Events of the epoch that infrasound arrays heard and no local event explains, straight or over hundreds of
    kilometres; what to tell another look of the latter; and what the former teach of doubts."""
    if earshot is None:
        return [], None, misstated
    claimed = {id_ for one in local for id_ in one.event.observations}
    seen, picks = earshot.observations, earshot.picks
    mine = np.array([seen[int(row)].id not in claimed for row in picks.observation], bool)
    straight = heard_straight(earshot, mine)
    claimed |= {seen[int(picks.observation[pick])].id for one in straight for pick in one.picks}
    events = []
    for one in sorted(straight, key=lambda one: (one.time_s, one.picks)):
        if 0 <= one.time_s < EPOCH_S:
            bearers, misstated = bearers_of(earshot, one, misstated)
            events.append(_straight(laid_out, earshot, one, bearers, base_us))
    left = [one for one in seen if one.id not in claimed]
    found = detections_of(left, laid_out.network, laid_out.infrasound, base_us)
    if before is not None and before.found.same(found):
        far = before.events
    else:
        far = tuple(one for one in regional_events(found, laid_out.infrasound) if 0 <= one.time_s < EPOCH_S)
    events += [
        _regional(laid_out, [left[int(found.observation[row])] for row in one.rows], one, base_us) for one in far
    ]
    return events, Heard(found, far), misstated


def _straight(
    laid_out: Given, earshot: Earshot, found: HeardStraight, bearers: Sequence[Bearer], base_us: Instant
) -> FusedEvent:
    """What infrasound arrays heard straight, as an event with a region that bears a liar."""
    lon, lat = laid_out.frame.to_lonlat(found.x, found.y)
    seen = [earshot.observations[int(earshot.picks.observation[pick])] for pick in found.picks]
    times = (found.time_s, found.time_sigma_s)
    fused = _of_posterior(laid_out, seen, (lon, lat, found.weight), times, found.worth, base_us)
    regions = []
    for one in bearers:
        at_lon, at_lat = (float(value) for value in laid_out.frame.to_lonlat(one.x, one.y))
        north = float(laid_out.frame.north_rad(at_lon, at_lat))
        regions.append(Region(round(at_lon, 6), round(at_lat, 6), ellipse(one.covariance, one.radius, north)))
    return replace(fused, event=replace(fused.event, robust90=tuple(regions)))


def _regional(laid_out: Given, seen: Sequence[Observation], found: RegionalEvent, base_us: Instant) -> FusedEvent:
    """What was heard over hundreds of kilometres, as an event."""
    posterior = (found.lon, found.lat, found.weight)
    return _of_posterior(laid_out, seen, posterior, (found.time_s, found.time_sigma_s), found.worth, base_us)


def _of_posterior(
    laid_out: Given,
    seen: Sequence[Observation],
    posterior: tuple[Floats, Floats, Floats],
    times: tuple[float, float],
    worth: float,
    base_us: Instant,
) -> FusedEvent:
    """An event whose regions are taken from its posterior on a grid: longitudes, latitudes and weights."""
    lons, lats, weight = posterior
    lon, lat = float(weight @ lons), float(weight @ lats)
    scale = np.array([np.cos(np.radians(lat)), 1.0]) * METRES_PER_DEGREE
    off = (np.c_[lons, lats] - (lon, lat)) * scale
    covariance = (off * weight[:, None]).T @ off
    regions = [ellipse(covariance, radius, 0.0) for radius in _radii(off, covariance, weight)]
    origin = Origin(
        time_us=base_us + round(times[0] * 1_000) * 1_000,
        time_sigma_s=round(times[1], 3),
        lon=round(lon, 6),
        lat=round(lat, 6),
        ellipse50=regions[0],
        ellipse90=regions[1],
        ellipse95=regions[2],
        made_by=MADE_BY,
    )
    existence = 1.0 / (1.0 + float(np.exp(-worth)))
    event = make_event(laid_out.network, seen, origin, lone_labels(seen), existence)
    return FusedEvent(event, lons, lats, weight)


def _radii(off: Floats, covariance: Floats, weight: Floats) -> list[float]:
    """Squared Mahalanobis radii that hold 50, 90 and 95 % of weighted points, never less than the normal's."""
    square = np.einsum("pi,ij,pj->p", off, np.linalg.inv(covariance), off)
    order = np.argsort(square, kind="stable")
    held = np.cumsum(weight[order])
    found = [float(square[order][min(np.searchsorted(held, level), len(order) - 1)]) for level in LEVELS]
    return [max(own, normal) for own, normal in zip(found, CHI2, strict=True)]
