"""Observations to events: the door of the room."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.fusion.build import CHI2, MADE_BY, FusedEvent, ellipse, local_events, make_event
from truceline.fusion.classify import lone_labels
from truceline.fusion.fit import Hints, fit_case
from truceline.fusion.health import sensor_health
from truceline.fusion.regional import RegionalEvent, detections_of, regional_events
from truceline.geo.frame import Frame, frame_for
from truceline.model.case import Case
from truceline.model.event import Origin, SensorHealth
from truceline.sensors.contract import Floats, Sensing
from truceline.sensors.infrasound import Infrasound

METRES_PER_DEGREE = 111_195.0
LEVELS = (0.50, 0.90, 0.95)


@dataclass(frozen=True)
class Fused:
    """All events of a case, in order of time, then id, and the plane frame they were located in."""

    frame: Frame
    events: tuple[FusedEvent, ...]
    hints: Hints
    health: tuple[SensorHealth, ...]


def fuse(case: Case, sensings: Sequence[Sensing], infrasound: Infrasound, hints: Hints | None = None) -> Fused:
    """Associate, locate and classify all observations of a case.

    `hints` from a look at more of the same data spare the search from nothing; everything is decided anew.
    """
    if hints is None:
        frame = frame_for([s.lon for s in case.network.sensors], [s.lat for s in case.network.sensors])
    else:
        frame = hints.frame
    fits = fit_case(case, frame, sensings, hints)
    events = local_events(case, fits)
    base_us = min((seen.time_us for seen in case.observations), default=0)
    found = detections_of(case.observations, case.network, infrasound, set(), base_us)
    events += [_regional(case, one, found.observation, base_us) for one in regional_events(found, infrasound)]
    ordered = sorted(events, key=lambda one: (one.event.origin.time_us, one.event.id))
    return Fused(frame, tuple(ordered), fits.hints(), sensor_health(fits))


def _regional(case: Case, found: RegionalEvent, observation: "np.ndarray", base_us: int) -> FusedEvent:
    """A regional event as an event: its regions taken from the posterior on the grid."""
    seen = [case.observations[int(observation[row])] for row in found.rows]
    lon, lat = float(found.weight @ found.lon), float(found.weight @ found.lat)
    scale = np.array([np.cos(np.radians(lat)), 1.0]) * METRES_PER_DEGREE
    off = (np.c_[found.lon, found.lat] - (lon, lat)) * scale
    covariance = (off * found.weight[:, None]).T @ off
    radii = _radii(off, covariance, found.weight)
    regions = [ellipse(covariance, radius, 0.0) for radius in radii]
    origin = Origin(
        time_us=base_us + round(found.time_s * 1_000) * 1_000,
        time_sigma_s=round(found.time_sigma_s, 3),
        lon=round(lon, 6),
        lat=round(lat, 6),
        ellipse50=regions[0],
        ellipse90=regions[1],
        ellipse95=regions[2],
        made_by=MADE_BY,
    )
    event = make_event(case, seen, origin, lone_labels(seen), 1.0 / (1.0 + float(np.exp(-found.worth))))
    return FusedEvent(event, found.lon, found.lat, found.weight)


def _radii(off: Floats, covariance: Floats, weight: Floats) -> list[float]:
    """Squared Mahalanobis radii that hold 50, 90 and 95 % of weighted points, never less than the normal's."""
    square = np.einsum("pi,ij,pj->p", off, np.linalg.inv(covariance), off)
    order = np.argsort(square, kind="stable")
    held = np.cumsum(weight[order])
    found = [float(square[order][min(np.searchsorted(held, level), len(order) - 1)]) for level in LEVELS]
    return [max(own, normal) for own, normal in zip(found, CHI2, strict=True)]
