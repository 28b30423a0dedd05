"""JSON Schema of terms.toml (read as JSON), made of the same tables of keys that the reader uses."""

from collections.abc import Iterable, Mapping

from truceline.model.agreement import AREA_KINDS
from truceline.terms.contract import Key, Kind
from truceline.terms.reading.keys import (
    AMENDMENT,
    COUNTING,
    DIVERGENCE,
    LANGUAGE_KEY,
    PROVISION,
    TABLES,
    Table,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, object]


def schema(kinds: Mapping[str, Kind]) -> Schema:
    """The schema of a whole terms.toml, with every kind's keys. Keys of the author's own are allowed."""
    return {
        "$schema": DIALECT,
        "title": "terms.toml of Truceline",
        "description": "An agreement as data. Dates and times are TOML's own, or RFC 3339 texts with their offset.",
        "type": "object",
        "required": ["agreement"],
        "properties": {
            LANGUAGE_KEY.name: {"description": LANGUAGE_KEY.words, **LANGUAGE_KEY.schema},
            **{table.name: _table(table, kinds) for table in TABLES},
        },
    }


def areas_schema() -> Schema:
    """The schema of the properties of a feature of areas.geojson."""
    text = {"type": "string", "minLength": 1}
    return {
        "$schema": DIALECT,
        "title": "properties of a feature of areas.geojson of Truceline",
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"description": "as terms.toml names it", **text},
            "kind": {"description": f"what it is: {', '.join(AREA_KINDS)}, or a word of the author's own", **text},
            "sigma_m": {"description": "how far its edge as a whole may be off", "type": "number", "minimum": 0},
            "radius_m": {"description": "of a point or line", "type": "number", "minimum": 0},
            "names": {"description": "its name by language, as the annex spells it", "type": "object"},
            "party": {"description": "whose site it is", **text},
        },
    }


def _table(table: Table, kinds: Mapping[str, Kind]) -> Schema:
    one = _keys(table.keys)
    one["description"] = table.words
    if table is COUNTING:
        one["additionalProperties"] = {"type": "array", "items": {"type": "string"}}
    if table is PROVISION:
        one["oneOf"] = [_kind(kind) for _, kind in sorted(kinds.items())]
    if table in (AMENDMENT, DIVERGENCE):
        one["additionalProperties"] = True
    return {"type": "array", "items": one} if table.many else one


def _kind(kind: Kind) -> Schema:
    own = _keys(kind.keys)
    properties = own["properties"]
    assert isinstance(properties, dict)
    properties["kind"] = {"const": kind.name}
    if any(key.required for key in kind.keys):
        # A required key may stand in [provision.for.PARTY] instead.
        own["anyOf"] = [{"required": own.pop("required")}, {"required": ["for"]}]
    return own


def _keys(keys: Iterable[Key]) -> Schema:
    keys = list(keys)
    found: Schema = {
        "type": "object",
        "properties": {key.name: {"description": key.words, **key.schema} for key in keys},
    }
    required = [key.name for key in keys if key.required]
    return found | {"required": required} if required else found
