"""The keys of a world file: what each takes, its unit and default, and how a table of them is read.

A section of WORLD.toml is a frozen record whose fields say all this once; the reader and the reference page
both come from there.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import numpy as np

from truceline.formats.fields import Fields, suggest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span:
    """A number to be drawn evenly between two bounds; equal bounds fix it."""

    low: float
    high: float

    def draw(self, chance: np.random.Generator) -> float:
        """One draw. A fixed number takes one too, so that fixing a key moves no other chance of the world."""
        return self.low + (self.high - self.low) * float(chance.random())

    def whole(self, chance: np.random.Generator) -> int:
        """A whole number, both bounds included."""
        least, most = round(self.low), round(self.high)
        return least + min(most - least, int((most - least + 1) * chance.random()))

    def many(self, chance: np.random.Generator, count: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """(count,) independent draws."""
        return self.low + (self.high - self.low) * chance.random(count)

    def __str__(self) -> str:
        return f"{self.low:g}" if self.low == self.high else f"[{self.low:g}, {self.high:g}]"


@dataclass(frozen=True, slots=True)
class Key:
    """What a key takes. `kind`: span, whole, flag, choice, text or words."""

    kind: str
    about: str
    unit: str = ""
    least: float = -math.inf
    most: float = math.inf
    among: tuple[str, ...] = ()


def span(
    default: float | tuple[float, float], unit: str, about: str, *, least: float = 0.0, most: float = math.inf
) -> Any:
    """A number, or [low, high] to draw it evenly by the seed."""
    low, high = default if isinstance(default, tuple) else (default, default)
    return field(default=Span(low, high), metadata={"key": Key("span", about, unit, least, most)})


def whole(default: int, about: str, *, least: int = 0, most: float = math.inf) -> Any:
    """A whole number."""
    return field(default=default, metadata={"key": Key("whole", about, "", least, most)})


def flag(default: bool, about: str) -> Any:
    """True or false."""
    return field(default=default, metadata={"key": Key("flag", about)})


def choice(default: str, among: tuple[str, ...], about: str) -> Any:
    """One of a few words."""
    return field(default=default, metadata={"key": Key("choice", about, among=among)})


def text(default: str, about: str) -> Any:
    """A text; the empty default means none."""
    return field(default=default, metadata={"key": Key("text", about)})


def words(about: str, among: tuple[str, ...] = (), default: tuple[str, ...] = ()) -> Any:
    """A list of texts."""
    return field(default=default, metadata={"key": Key("words", about, among=among)})


def keys_of(section: type) -> dict[str, tuple[Key, Any]]:
    """Name → (key, default) of a section's record."""
    return {item.name: (item.metadata["key"], item.default) for item in fields(section) if "key" in item.metadata}


def read_section(section: type[T], table: Fields) -> T:
    """The record that a table describes; every fault is noted at its place in `table.problems`."""
    known = keys_of(section)
    note_unknown(table, known)
    values = {name: _read(table, name, key, default) for name, (key, default) in known.items()}
    return section(**values)


def note_unknown(table: Fields, known: Collection[str]) -> None:
    """An unknown key of a world file is a slip of the pen: the world would not be the one that was meant."""
    for name in table.table:
        if name not in known:
            table.fault(name, f"unknown key {name!r}", suggest(name, known))


def _read(table: Fields, name: str, key: Key, default: Any) -> Any:
    match key.kind:
        case "span":
            return _read_span(table, name, key, default)
        case "whole":
            value = table.whole_or_none(name, least=int(key.least))
            if value is not None and value > key.most:
                table.fault(name, f"{name!r} is {value}", f"give at most {key.most:g}")
            return default if value is None else value
        case "flag":
            return table.flag(name, default=default)
        case "choice":
            return table.choice(name, key.among, default=default)
        case "text":
            return table.text_or_none(name) or default
        case _:
            return _read_words(table, name, key, default)


def _read_span(table: Fields, name: str, key: Key, default: Span) -> Span:
    value = table.table.get(name)
    if not isinstance(value, list):
        number = table.number_or_none(name, least=key.least, most=key.most)
        return default if number is None else Span(number, number)
    if len(value) != 2:
        table.fault(name, f"{name!r} has {len(value)} numbers", "give a number, or [low, high]")
        return default
    ends: Mapping[str, object] = {name: value[0], "high": value[1]}
    pair = Fields(ends, lambda _: table.at(name))
    low = pair.number(name, least=key.least, most=key.most)
    high = pair.number("high", least=key.least, most=key.most)
    table.problems += pair.problems
    if high < low:
        table.fault(name, f"{name!r} runs from {low:g} down to {high:g}", "give the low end first")
        return default
    return Span(low, high)


def _read_words(table: Fields, name: str, key: Key, default: tuple[str, ...]) -> tuple[str, ...]:
    if name not in table.table:
        return default
    found = table.words(name, required=False)
    for word in found:
        if key.among and word not in key.among:
            table.fault(name, f"{name!r} holds {word!r}", suggest(word, key.among))
    return found


def shown(value: Any) -> str:
    """A value as TOML would write it."""
    match value:
        case Span():
            return str(value)
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case tuple():
            return "[" + ", ".join(f'"{word}"' for word in value) + "]"
        case _:
            return f"{value:g}"
