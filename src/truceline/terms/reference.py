"""The part of the reference of terms.toml that is made of the reader's own tables of keys."""

from collections.abc import Iterable, Mapping
from importlib import import_module

from truceline.model.agreement import AREA_KINDS
from truceline.model.observation import CLASSES
from truceline.terms.contract import Key, Kind
from truceline.terms.hindrance import HINDRANCES
from truceline.terms.matter import APART
from truceline.terms.reading.keys import TABLES, Table
from truceline.terms.weapons import KNOWN, WEAPON_TYPES


def tables_of_keys() -> str:
    """Every table of the file and its keys, as Markdown."""
    return "\n".join(_table(table) for table in TABLES)


def kinds_of_provision(kinds: Mapping[str, Kind]) -> str:
    """Every kind and its own keys, as Markdown, with what its module says of it."""
    return "\n".join(_kind(kind) for _, kind in sorted(kinds.items()))


def words() -> str:
    """The words that keys choose among, as Markdown."""
    lists = (
        ("Classes of events", CLASSES),
        ("Classes of what is put before the text besides events", tuple(sorted(APART))),
        ("Kinds of area", AREA_KINDS),
        ("Types of weapon", WEAPON_TYPES),
        ("Weapons known by name", tuple(sorted(one.name for one in KNOWN))),
        ("Kinds of restriction", HINDRANCES),
    )
    return "\n".join(f"* **{title}:** {', '.join(f'`{word}`' for word in among)}." for title, among in lists) + "\n"


def _table(table: Table) -> str:
    name = f"[[{table.name}]]" if table.many else f"[{table.name}]"
    head = f"### `{name}`\n\n{table.words}\n"
    if table.free:
        return f"{head}\nEach key is a {table.free}.\n"
    return f"{head}\n{_keys(table.keys)}"


def _kind(kind: Kind) -> str:
    does = "forbids" if kind.mode == "forbids" else "excepts"
    head = f"### `{kind.name}` ({does})\n\n{_told(kind)}\n"
    return f"{head}\n{_keys(kind.keys)}" if kind.keys else f"{head}\nIt has no keys of its own.\n"


def _told(kind: Kind) -> str:
    """What the module of a kind says of it, its list of keys left out."""
    told = (import_module(type(kind).__module__).__doc__ or "").strip().removeprefix(f"{kind.name}: ")
    paragraphs = [part for part in told.split("\n\n") if not part.startswith("Keys:")]
    return "\n\n".join([paragraphs[0][:1].upper() + paragraphs[0][1:], *paragraphs[1:]])


def _keys(keys: Iterable[Key]) -> str:
    rows = ["| key | takes | | what it is |", "|---|---|---|---|"]
    rows += [f"| `{key.name}` | {_takes(key)} | {'required' if key.required else ''} | {key.words} |" for key in keys]
    return "\n".join(rows) + "\n"


def _takes(key: Key) -> str:
    """The sort of value that a key takes, in words."""
    schema = key.schema
    if "enum" in schema:
        among = schema["enum"]
        return "one of " + ", ".join(f"`{word}`" for word in among) if isinstance(among, list) else "a word"
    if "anyOf" in schema:
        return "true, false, or a list of ids" if "boolean" in str(schema) else "an id, or a list of ids"
    names = {"string": "text", "number": "number", "integer": "whole number", "array": "list", "object": "table",
             "boolean": "true or false"}  # fmt: skip
    return names.get(str(schema.get("type")), "date and time")
