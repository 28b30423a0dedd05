"""SAPIENT (BSI Flex 335 v2.0) detection reports → Observations.

A report with a place is a Track if what it tells of moves or is tracked, else a Fix. A report with a direction alone
is an Arrival if the node listens, else a Bearing. A range and bearing needs the node's own place.
"""

import math
from collections.abc import Iterator
from typing import Any

from truceline.formats.sapient_place import Ray, Spot, along, ray, spot
from truceline.model.feed import Decoded, Receipt, Sender
from truceline.model.instant import Instant
from truceline.model.observation import (
    AIRCRAFT,
    BURST,
    EXPLOSION,
    FIRE,
    FLARE,
    IMPACT,
    MISSILE,
    MOVING,
    OTHER,
    OUTGOING,
    SHOT,
    UAV,
    VEHICLE,
    VESSEL,
    Arrival,
    Bearing,
    Fix,
    Labels,
    Observation,
    Track,
)  # fmt: skip
from truceline.model.problem import Place, Problem

# What a word of the standard's taxonomy, or of a maker's, stands for: the first that the word contains.
WORDS = (
    ("uav", UAV), ("uas", UAV), ("drone", UAV), ("unmanned", UAV), ("manned rotary", AIRCRAFT),
    ("manned fixed", AIRCRAFT),
       ("air vehicle", AIRCRAFT), ("aircraft", AIRCRAFT), ("vessel", VESSEL), ("ship", VESSEL), ("boat", VESSEL),
    ("submarine", VESSEL), ("vehicle", VEHICLE), ("tracked", VEHICLE), ("wheels", VEHICLE), ("missile", MISSILE),
    ("rocket", MISSILE), ("muzzle", OUTGOING), ("launch", OUTGOING), ("mortar", OUTGOING), ("artillery", OUTGOING),
    ("impact", IMPACT), ("explosion", EXPLOSION), ("blast", EXPLOSION), ("bomb", EXPLOSION), ("detonation", EXPLOSION),
    ("burst", BURST), ("gunfire", BURST), ("gunshot", SHOT), ("shot", SHOT), ("flare", FLARE), ("fire", FIRE),
)  # fmt: skip
LISTENS = {"acoustic": "acoustic", "seismic": "seismic"}


def detection(
    file: str, node: str, time_us: Instant, receipt: Receipt, sender: Sender, types: tuple[str, ...], content: Any
) -> Decoded:
    """A checked detection report as one observation, or the reason why it says none."""
    labels = labels_of(content)
    common = {
        "id": f"{node}/{content.report_id}",
        "sensor": sender.sensor,
        "time_us": time_us,
        "time_sigma_s": sender.time_sigma_s,
        "received_us": receipt.received_us,
        "digest": receipt.digest,
        "labels": labels,
    }
    try:
        if content.WhichOneof("location_oneof") == "location":
            place, sigma = spot(content.location), sender.position_sigma_m
            return Decoded((_placed(common, content, place, sigma),))
        seen = ray(content.range_bearing)
        if seen.range_m is None:
            return Decoded((_directed(common, seen, sender, types),))
        if sender.lon is None or sender.lat is None:
            raise ValueError("the node's own place is not known: send a status report with node_location first")
        place = along(seen, sender.lon, sender.lat, sender.azimuth_sigma_deg, sender.position_sigma_m)
        return Decoded((_placed(common, content, place, sender.position_sigma_m),))
    except ValueError as error:
        what, _, remedy = str(error).partition(": ")
        field = f"detection_report.{content.WhichOneof('location_oneof')}"
        return Decoded((), (Problem(Place(file, field=field), what, remedy or "mend this field", fatal=False),))


def _placed(common: dict[str, Any], content: Any, place: Spot, sigma_m: float) -> Observation:
    """A place: a track if the object moves or is tracked."""
    at: dict[str, Any] = {"lon": place.lon, "lat": place.lat, "sigma_m": place.sigma_m or sigma_m}
    moving = sum(share for name, share in common["labels"] if name in MOVING) > 0.5
    velocity = content.HasField("enu_velocity")
    if not (moving or velocity or content.track_info):
        return Fix(**common, **at)
    speed = course = None
    if velocity:
        east, north = content.enu_velocity.east_rate, content.enu_velocity.north_rate
        speed = math.hypot(east, north)
        course = math.degrees(math.atan2(east, north)) % 360.0
    return Track(**common, **at, track=content.object_id, alt_m=place.height_m, speed_mps=speed, course_deg=course)


def _directed(common: dict[str, Any], seen: Ray, sender: Sender, types: tuple[str, ...]) -> Observation:
    """A direction alone."""
    azimuth = {"azimuth_deg": seen.azimuth_deg, "azimuth_sigma_deg": seen.azimuth_sigma_deg or sender.azimuth_sigma_deg}
    wave = next((LISTENS[kind] for kind in types if kind in LISTENS), None)
    if wave is not None:
        return Arrival(**common, **azimuth, wave=wave)  # type: ignore[arg-type]
    return Bearing(**common, **azimuth)  # type: ignore[arg-type]


def labels_of(content: Any) -> Labels:
    """The report's classes as ours, their probabilities summing to one; what is left over is `other`."""
    shares: dict[str, float] = {}
    whole = content.detection_confidence if content.HasField("detection_confidence") else 1.0
    given = list(content.classification)
    even = whole / len(given) if given else 0.0
    for item in given:
        share = item.confidence if item.HasField("confidence") else even
        for name, part in _named(item, share, OTHER):
            shares[name] = shares.get(name, 0.0) + part
    total = math.fsum(shares.values())
    if total <= 0.0:
        return ()
    if total < 1.0:
        shares[OTHER] = shares.get(OTHER, 0.0) + 1.0 - total
    scale = max(1.0, total)
    return tuple(sorted((name, round(share / scale, 4)) for name, share in shares.items() if share > 0.0))


def _named(item: Any, share: float, above: str) -> Iterator[tuple[str, float]]:
    """A class and its sub-classes with their shares: what no sub-class claims stays with the class itself."""
    own = _word(item.type) or above
    claimed = 0.0
    below = list(item.sub_class)
    for sub in below:
        part = sub.confidence if sub.HasField("confidence") else share / len(below)
        part = min(part, share - claimed)
        if part > 0.0:
            claimed += part
            yield from _named(sub, part, own)
    if share > claimed:
        yield own, share - claimed


def _word(said: str) -> str | None:
    low = said.lower()
    return next((ours for word, ours in WORDS if word in low), None)
