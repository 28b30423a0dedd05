"""Events put together by hand, with their posterior of place, for the rooms behind fusion."""

from collections.abc import Sequence

import numpy as np

from truceline.attribution.leave_out import Anew, Reached
from truceline.fusion.build import FusedEvent
from truceline.geo.frame import Frame, frame_for
from truceline.model.event import Ellipse, Event, Origin
from truceline.model.instant import US_PER_S

from .handmade import MIDDLE, NOON, PROVIDERS, Shot, place

CHI2 = {50: 1.3863, 90: 4.6052, 95: 5.9915}  # of two degrees of freedom
POINTS = 64


def anew(*found: Reached) -> Anew:
    """Events found anew, and who is reached for each."""
    party = {one.event.id: one.party for one in found}
    return Anew([one.event for one in found], lambda ids: {id_: party[id_] for id_ in ids})


def frame() -> Frame:
    """The plane frame about the middle."""
    return frame_for([MIDDLE[0] - 0.1, MIDDLE[0] + 0.1], [MIDDLE[1] - 0.1, MIDDLE[1] + 0.1])


def happened(
    id_: str,
    shot: Shot,
    *,
    sigma_m: float = 30.0,
    existence: float = 1.0,
    providers: Sequence[str] = PROVIDERS,
    sensors: int = 9,
    **labels: float,
) -> FusedEvent:
    """An event at a shot's place and time, known to a sigma on each axis; labels, if it is not simply the shot's."""
    lon, lat = place(shot.east_m, shot.north_m)
    radii = {level: sigma_m * float(np.sqrt(square)) for level, square in CHI2.items()}
    rings = {level: Ellipse(radius, radius, 0.0) for level, radius in radii.items()}
    origin = Origin(
        time_us=NOON + round(shot.time_s * US_PER_S),
        time_sigma_s=0.05,
        lon=lon,
        lat=lat,
        ellipse50=rings[50],
        ellipse90=rings[90],
        ellipse95=rings[95],
        made_by="by hand",
    )
    event = Event(
        id=id_,
        anchor=f"o-{id_}",
        origin=origin,
        labels=tuple(sorted((labels or {shot.class_: 1.0}).items())),
        existence=existence,
        observations=(f"o-{id_}",),
        sensors=sensors,
        providers=tuple(providers),
    )
    east, north = cloud(sigma_m)
    points = np.array([place(shot.east_m + e, shot.north_m + n) for e, n in zip(east, north, strict=True)])
    return FusedEvent(event, points[:, 0], points[:, 1], np.full(len(points), 1 / len(points)))


def cloud(sigma_m: float) -> tuple[list[float], list[float]]:
    """Points of equal weight spread as a normal of this sigma, symmetric about its middle."""
    number = np.arange(POINTS // 2) + 0.5
    radius = sigma_m * np.sqrt(-2 * np.log1p(-number / (POINTS // 2)))
    angle = number * np.pi * (3 - np.sqrt(5))
    east, north = radius * np.cos(angle), radius * np.sin(angle)
    return [*east.tolist(), *(-east).tolist()], [*north.tolist(), *(-north).tolist()]
