"""What fusion makes of scenes put together by hand."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from missions.handmade import NOON, Shot, offset
from truceline.edges.wiring import plugins
from truceline.fusion.fuse import Fused, fuse
from truceline.model.case import Case
from truceline.model.event import Ellipse, Event
from truceline.model.instant import US_PER_S

SURE = 0.5  # existence from which an event is taken to have been found


@cache
def fused(case: Case) -> Fused:
    return fuse(case, plugins().sensings, plugins().infrasound)


def events(case: Case, least: float = SURE) -> list[Event]:
    """The events found in a case that more probably happened than not."""
    return [one.event for one in fused(case).events if one.event.existence >= least]


def at_s(event: Event) -> float:
    """Seconds after noon."""
    return (event.origin.time_us - NOON) / US_PER_S


def off_m(event: Event, shot: Shot) -> float:
    """How far the event was put from where it was."""
    east, north = offset(event.origin.lon, event.origin.lat)
    return float(np.hypot(east - shot.east_m, north - shot.north_m))


def holds(event: Event, ellipse: Ellipse, shot: Shot) -> bool:
    """Whether an ellipse about the event's origin holds the place where it was."""
    east, north = offset(event.origin.lon, event.origin.lat)
    east, north = shot.east_m - east, shot.north_m - north
    azimuth = np.radians(ellipse.azimuth_deg)
    along = east * np.sin(azimuth) + north * np.cos(azimuth)
    across = east * np.cos(azimuth) - north * np.sin(azimuth)
    return bool((along / ellipse.semi_major_m) ** 2 + (across / ellipse.semi_minor_m) ** 2 <= 1)


def of(shots: Sequence[Shot], found: Sequence[Event]) -> dict[int, list[Event]]:
    """The events within two seconds and 500 m of each shot, by its number."""
    return {
        number: [one for one in found if abs(at_s(one) - shot.time_s) < 2 and off_m(one, shot) < 500]
        for number, shot in enumerate(shots)
    }
