"""OGC SensorThings 1.1: an answer of `Datastreams(…)/Observations` → Observations.

    {"value": [{"@iot.id", "phenomenonTime", "resultTime"?, "result", "FeatureOfInterest"?: {"feature": GeoJSON
    Point}}, …],
     "@iot.nextLink"?}

What a result is depends on the datastream. Two shapes are read: an object with the fields of contract 1 (kind and
what that kind needs; id, sensor, time and received are ours), and a word that names a class, seen at the feature of
interest. phenomenonTime is an instant, or an interval `from/to`, then the moment is unknown within it.
"""

from dataclasses import dataclass, replace
from hashlib import sha256

import msgspec

from truceline.formats.observations_ndjson import read_observation
from truceline.model.feed import Sender
from truceline.model.instant import Instant, format_utc, parse_utc, seconds
from truceline.model.observation import CLASSES, Observation
from truceline.model.problem import Place, Problem, Unusable

MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer. next_link: where the next one is, "" if this is the last."""

    observations: tuple[Observation, ...]
    problems: tuple[Problem, ...]
    next_link: str
    latest_us: Instant


def read_page(file: str, data: bytes, received_us: Instant, sender: Sender) -> Page:
    """The observations of a page and the faults of those that cannot be used. Raises Unusable if it is no page."""
    if len(data) > MOST_BYTES:
        raise Unusable([Problem(Place(file), f"the answer has {len(data):,} bytes", "ask for fewer at once")])
    try:
        table = msgspec.json.decode(data)
        entities = table["value"]
        link = table.get("@iot.nextLink", "")
        if not isinstance(entities, list) or not isinstance(link, str):
            raise TypeError("value is no list")
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError) as error:
        raise Unusable([Problem(Place(file), f"no SensorThings answer ({error})", "check the service's URL")]) from None
    found: list[Observation] = []
    problems: list[Problem] = []
    latest = 0
    for number, entity in enumerate(entities, 1):
        try:
            seen, until = _observation(entity, received_us, sender)
        except (ValueError, KeyError, TypeError) as error:
            said = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            what, _, remedy = said.partition(": ")
            place = Place(file, line=number, field="value")
            problems.append(Problem(place, what, remedy or "mend the datastream", fatal=False))
            continue
        latest = max(latest, until)
        found.append(seen)
    return Page(tuple(found), tuple(problems), link, latest)


def _observation(entity: dict[str, object], received_us: Instant, sender: Sender) -> tuple[Observation, Instant]:
    if not isinstance(entity, dict):
        raise ValueError("an entity is no object: mend the service")
    start, end = _span(str(entity["phenomenonTime"]))
    result = entity["result"]
    line: dict[str, object] = {
        "id": f"{sender.sensor}/{entity['@iot.id']}", "sensor": sender.sensor, "time": format_utc(start, digits=6),
        "received": format_utc(received_us, digits=6), "time_sigma_s": sender.time_sigma_s,
    }  # fmt: skip
    if isinstance(result, dict):
        line = {**result, **line} | ({"time_sigma_s": result["time_sigma_s"]} if "time_sigma_s" in result else {})
    elif isinstance(result, str) and result in CLASSES:
        lon, lat = _place(entity.get("FeatureOfInterest"))
        line |= {"kind": "fix", "lon": lon, "lat": lat, "sigma_m": sender.position_sigma_m, "labels": {result: 1.0}}
        if end > start:
            line["window_s"] = [0.0, seconds(end - start)]
    else:
        raise ValueError("the result is neither an object of contract 1 nor the name of a class: map the datastream")
    digest = sha256(msgspec.json.encode(entity, order="sorted")).hexdigest()
    return replace(read_observation(msgspec.json.encode(line)), digest=digest), end


def _span(text: str) -> tuple[Instant, Instant]:
    first, _, last = text.partition("/")
    start = parse_utc(first)
    end = parse_utc(last) if last else start
    if end < start:
        raise ValueError(f"phenomenonTime {text!r} ends before it begins: mend the datastream")
    return start, end


def _place(feature: object) -> tuple[object, object]:
    at = feature.get("feature") if isinstance(feature, dict) else None
    coordinates = at.get("coordinates") if isinstance(at, dict) and at.get("type") == "Point" else None
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        raise ValueError("the feature of interest is no Point: expand FeatureOfInterest")
    return coordinates[0], coordinates[1]
