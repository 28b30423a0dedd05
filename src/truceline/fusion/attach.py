"""What people and satellites say, laid beside the events that sensors located.

A patrol's report (a bearing by compass, a range bracket, a minute or so) and a satellite's fix (a place, some
hours) are too rough to locate with, but they support an event, and tell what it was. Each supports the one
event that it fits best.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.geo.frame import Frame, wrap_rad
from truceline.model.instant import US_PER_S
from truceline.model.network import Network
from truceline.model.observation import FIRE, Fix, Observation, Report
from truceline.sensors.contract import Floats

GATE_SIGMAS = 3.0
RANGE_SLACK = 0.15
CRATER_M = 150.0
REPORT_AZIMUTH_SIGMA_RAD = np.radians(15.0)


@dataclass(frozen=True)
class Places:
    """Events by place and time: x, y, sigma_m (frame metres), time_s, time_sigma_s from a base; (n,) each."""

    x: Floats
    y: Floats
    sigma_m: Floats
    time_s: Floats
    time_sigma_s: Floats


def attach(
    observations: Sequence[Observation], network: Network, frame: Frame, base_us: int, places: Places
) -> dict[int, int]:
    """Which event (index into `places`) each report or fix (index into `observations`) supports."""
    found: dict[int, int] = {}
    if not len(places.x):
        return found
    for index, seen in enumerate(observations):
        if isinstance(seen, Report):
            misfit = _report_misfit(seen, network, frame, base_us, places)
        elif isinstance(seen, Fix) and dict(seen.labels).get(FIRE, 0.0) < 0.5:
            misfit = _fix_misfit(seen, frame, base_us, places)
        else:
            continue
        best = int(np.argmin(misfit))
        if misfit[best] < GATE_SIGMAS**2:
            found[index] = best
    return found


def _report_misfit(seen: Report, network: Network, frame: Frame, base_us: int, places: Places) -> Floats:
    """(n,) mean squared misfit in sigmas of a report to each event; infinite beyond a hard bracket."""
    sensor = network.by_id[seen.sensor]
    lon, lat = seen.at if seen.at is not None else (sensor.lon, sensor.lat)
    x, y = frame.to_xy([lon], [lat])
    dx, dy = places.x - x[0], places.y - y[0]
    distance = np.maximum(np.hypot(dx, dy), 1.0)
    heard_s = distance / 340.0 if seen.heard and not seen.seen else 0.0
    late = (seen.time_us - base_us) / US_PER_S - places.time_s - heard_s
    terms = [(late / np.hypot(max(seen.time_sigma_s, 1.0), places.time_sigma_s)) ** 2]
    if seen.azimuth_deg is not None:
        sigma = np.radians(seen.azimuth_sigma_deg or np.degrees(REPORT_AZIMUTH_SIGMA_RAD))
        azimuth = np.radians(seen.azimuth_deg) + frame.north_rad([lon], [lat])[0]
        spread = np.hypot(sigma, places.sigma_m / distance)
        terms.append((wrap_rad(azimuth - np.arctan2(dx, dy)) / spread) ** 2)
    misfit = np.maximum.reduce(terms)
    if seen.fire_azimuth_deg is not None and seen.azimuth_deg is None and seen.range_m is None:
        # What was read from a crater is told of where it lies, and of nowhere else.
        misfit = np.where(
            distance <= CRATER_M + GATE_SIGMAS * (places.sigma_m + (seen.at_sigma_m or 0.0)), misfit, np.inf
        )
    elif seen.range_m is not None:
        least, most = seen.range_m
        slack = RANGE_SLACK * distance + 2 * places.sigma_m
        misfit = np.where((distance >= least - slack) & (distance <= most + slack), misfit, np.inf)
    else:
        misfit = np.where(distance < 20_000.0, misfit, np.inf)
    return np.asarray(misfit)


def _fix_misfit(seen: Fix, frame: Frame, base_us: int, places: Places) -> Floats:
    """(n,) squared misfit in sigmas of a fix to each event; infinite outside its window of time."""
    x, y = frame.to_xy([seen.lon], [seen.lat])
    square = ((places.x - x[0]) ** 2 + (places.y - y[0]) ** 2) / (seen.sigma_m**2 + places.sigma_m**2)
    earliest, latest = seen.window_us or (0, 0)
    slack = GATE_SIGMAS * np.hypot(seen.time_sigma_s, places.time_sigma_s)
    at = (seen.time_us - base_us) / US_PER_S
    inside = (places.time_s >= at + earliest / US_PER_S - slack) & (places.time_s <= at + latest / US_PER_S + slack)
    return np.asarray(np.where(inside, square / 2, np.inf))
