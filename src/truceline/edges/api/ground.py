"""What is watched, for the map: the agreement's lines and areas, held ground by mapper, sensors. Nothing else is drawn:
no border, no name but the agreement's own."""

from collections.abc import Sequence
from typing import Any

from truceline.edges.api.words import WORDS
from truceline.model.agreement import Area
from truceline.model.case import Case
from truceline.model.instant import Instant, format_utc
from truceline.model.network import Sensor
from truceline.reports.markup import plain
from truceline.reports.symbols import ANY_SENSOR, EVENT_SHAPES, SENSOR_SHAPES

OUTCOMES = ("attributed", "undetermined", "exempt", "no_breach")


def mission_ground(case: Case, sensors: Sequence[Sensor]) -> dict[str, Any]:
    """Features by layer, and what the page says of the mission. sensors: those that may be shown."""
    agreement = case.agreement
    named = {one.area for one in agreement.provisions if one.area}
    lines = [one for one in agreement.areas if one.line]
    return {
        "name": plain(case.name),
        "status": case.status,
        "agreement": {"title": plain(agreement.title), "id": plain(agreement.id)},
        "parties": list(agreement.parties),
        "provisions": [
            {"id": one.id, "article": plain(one.article), "text": plain(one.text, 1000)}
            for one in agreement.provisions
        ],
        "providers": list(case.network.providers),
        "areas": _collection([_area(one) for one in agreement.areas if one in lines or one.id in named]),
        "held": _collection(
            [
                _feature(
                    {"type": "MultiPolygon", "coordinates": [[list(map(list, ring)) for ring in polygon]
                                                             for polygon in held.polygons]},
                    party=held.party, mapper=one.mapper, since=format_utc(held.from_us), until=_time(held.until_us),
                )
                for one in case.maps
                for held in one.areas
            ]
        ),
        "classes": {
            class_: {"name": WORDS.class_(class_), "colour": colour, "path": path}
            for class_, (colour, path) in EVENT_SHAPES.items()
        },
        "sensor_shapes": {**SENSOR_SHAPES, "any": ANY_SENSOR},
        "outcomes": {one: WORDS.say(f"outcome.{one}") for one in OUTCOMES},
        "sensors": _collection([_sensor(one) for one in sensors]),
    }  # fmt: skip


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    kept = {key: value for key, value in properties.items() if value is not None}
    return {"type": "Feature", "geometry": geometry, "properties": kept}


def _time(instant: Instant | None) -> str | None:
    return None if instant is None else format_utc(instant)


def _area(area: Area) -> dict[str, Any]:
    names = dict(area.names)
    title = plain(names.get("en") or next(iter(names.values()), "") or area.id)
    geometry: dict[str, Any]
    if area.line:
        geometry = {"type": "LineString", "coordinates": [list(at) for at in area.line]}
    elif area.point is not None:
        geometry = {"type": "Point", "coordinates": list(area.point)}
    else:
        rings = [[list(map(list, ring)) for ring in polygon] for polygon in area.polygons]
        geometry = {"type": "MultiPolygon", "coordinates": rings}
    return _feature(geometry, id=area.id, name=title, radius_m=area.radius_m or None)


def _sensor(sensor: Sensor) -> dict[str, Any]:
    return _feature(
        {"type": "Point", "coordinates": [sensor.lon, sensor.lat]},
        id=sensor.id, kind=sensor.kind, provider=sensor.provider,
    )  # fmt: skip
