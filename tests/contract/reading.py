"""The schemas of contract 1, made ready to validate with; and how each reader is asked about one record."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from truceline.formats.areas_geojson import read_areas
from truceline.formats.control_geojson import read_control
from truceline.formats.filings_ndjson import read_claim, read_contact, read_known, read_notice
from truceline.formats.mission_toml import read_mission
from truceline.formats.network_geojson import read_network
from truceline.formats.observations_ndjson import read_observation
from truceline.formats.places_geojson import read_places
from truceline.formats.weather_csv import read_weather
from truceline.model.problem import Unusable

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"


def schemas() -> dict[str, Any]:
    """Every schema by its name: mission, network, …"""
    files = sorted(SCHEMAS.glob("*.schema.json"))
    return {path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8")) for path in files}


def validators(known: Mapping[str, Any]) -> dict[str, Draft202012Validator]:
    """A validator for each schema; references among them are resolved."""
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in known.values()
    )
    return {name: Draft202012Validator(schema, registry=registry) for name, schema in known.items()}


def closed(schema: Any) -> Any:
    """The schema with every field that it does not describe forbidden."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: value if key in ("if", "not") else closed(value) for key, value in schema.items()}
    if found.get("type") == "object" and "properties" in found:
        found.setdefault("additionalProperties", False)
    return found


def faults(validator: Draft202012Validator, record: object) -> list[str]:
    """What the schema says against a record."""
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(record)]


def refused_by_reader(name: str, record: Any) -> bool:
    """Whether the reader of a kind of record refuses this one."""
    try:
        return READERS[name](record)
    except (ValueError, Unusable):
        return True


def _line(read: Callable[[bytes], object]) -> Callable[[Any], bool]:
    def refused(record: Any) -> bool:
        read(json.dumps(record).encode())
        return False

    return refused


def _file(read: Callable[[str, bytes], object]) -> Callable[[Any], bool]:
    def refused(record: Any) -> bool:
        read("file", json.dumps(record).encode())
        return False

    return refused


def _mission(record: Any) -> bool:
    read_mission("mission.toml", toml(record).encode())
    return False


def _weather(record: Any) -> bool:
    rows, problems = read_weather("weather.csv", csv_of(record).encode())
    return bool(problems) or not rows


def csv_of(record: Mapping[str, Any]) -> str:
    """A header and one row."""
    cells = [value if isinstance(value, str) else json.dumps(value) for value in record.values()]
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    return ",".join(record) + "\n" + ",".join(quoted) + "\n"


def toml(record: Mapping[str, Any]) -> str:
    """The record as TOML: one key a line, tables inline."""
    return "".join(f"{key} = {_value(value)}\n" for key, value in record.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_value(held)}" for key, held in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)


READERS: dict[str, Callable[[Any], bool]] = {
    "mission": _mission,
    "network": _file(read_network),
    "control": _file(read_control),
    "areas": _file(read_areas),
    "places": _file(read_places),
    "weather": _weather,
    "observation": _line(read_observation),
    "notice": _line(read_notice),
    "claim": _line(read_claim),
    "contact": _line(read_contact),
    "known": _line(read_known),
}


def with_field(record: Any, path: tuple[str | int, ...], value: object) -> Any:
    """A copy of the record with one field set; MISSING drops it."""
    copy = json.loads(json.dumps(record))
    held = copy
    for step in path[:-1]:
        held = held[step]
    if value is MISSING:
        del held[path[-1]]
    else:
        held[path[-1]] = value
    return copy


def paths(record: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every field within a record."""
    items: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(record, dict):
        items = iter(record.items())
    elif isinstance(record, list):
        items = iter(enumerate(record))
    for key, value in items:
        yield (*before, key)
        yield from paths(value, (*before, key))


MISSING = object()
