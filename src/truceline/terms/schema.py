"""JSON Schema of terms.toml (read as JSON), made of the same tables of keys that the reader uses."""

from collections.abc import Iterable, Mapping

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
            LANGUAGE_KEY.name: _key(LANGUAGE_KEY),
            **{table.name: _table(table, kinds) for table in TABLES},
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


def _key(key: Key) -> Schema:
    """What a key takes; a note of the schema's own stands behind the words."""
    note = key.schema.get("description")
    return {**key.schema, "description": f"{key.words} ({note})" if note else key.words}


def _keys(keys: Iterable[Key]) -> Schema:
    keys = list(keys)
    found: Schema = {
        "type": "object",
        "properties": {key.name: _key(key) for key in keys},
    }
    required = [key.name for key in keys if key.required]
    return found | {"required": required} if required else found
