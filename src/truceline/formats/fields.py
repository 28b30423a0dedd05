"""Reading one table (a JSON object, a TOML table) field by field, gathering every fault with its place.

A reader asks for what it needs; a missing or wrong field is noted once and a harmless stand-in is given
back, so that one pass finds all faults. The caller drops the record if `faulty` is true.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches

from truceline.model.instant import Instant, from_datetime, parse_utc
from truceline.model.problem import Place, Problem


class Fields:
    """The fields of one table and where they stand. `at` gives the place of a field by its name."""

    def __init__(self, table: Mapping[str, object], at: Callable[[str], Place]) -> None:
        self.table = table
        self.at = at
        self.problems: list[Problem] = []

    @property
    def faulty(self) -> bool:
        return any(problem.fatal for problem in self.problems)

    def fault(self, field: str, what: str, remedy: str, *, fatal: bool = True) -> None:
        self.problems.append(Problem(self.at(field), what, remedy, fatal))

    def _wanted(self, field: str) -> object | None:
        """The field's value, or None after noting that a required field is missing."""
        value = self.table.get(field)
        if value is None:
            near = get_close_matches(field, [str(key) for key in self.table], n=1, cutoff=0.75)
            hint = f" (is {near[0]!r} meant for it?)" if near else ""
            self.fault(field, f"required field {field!r} is missing{hint}", f"add {field!r}")
        return value

    def text(self, field: str) -> str:
        """A required text that is not empty."""
        return self._as_text(field, self._wanted(field)) or ""

    def text_or_none(self, field: str) -> str | None:
        value = self.table.get(field)
        return None if value is None else self._as_text(field, value)

    def _as_text(self, field: str, value: object | None) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.fault(
                field, f"{field!r} is {_shown(value)}, not a text", f"write {field!r} as a text that is not empty"
            )
            return None
        return value

    def number(
        self, field: str, *, least: float = -math.inf, most: float = math.inf, above: float | None = None
    ) -> float:
        """A required finite number, within [least, most] (and above `above`)."""
        value = self._wanted(field)
        return 0.0 if value is None else self._as_number(field, value, least, most, above) or 0.0

    def number_or_none(
        self, field: str, *, least: float = -math.inf, most: float = math.inf, above: float | None = None
    ) -> float | None:
        value = self.table.get(field)
        return None if value is None else self._as_number(field, value, least, most, above)

    def _as_number(self, field: str, value: object, least: float, most: float, above: float | None) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.fault(field, f"{field!r} is {_shown(value)}, not a finite number", f"write {field!r} as a number")
            return None
        if not least <= value <= most or (above is not None and value <= above):
            low = f"above {above:g}" if above is not None else f"at least {least:g}" if least > -math.inf else ""
            high = f"at most {most:g}" if most < math.inf else ""
            bounds = " and ".join(filter(None, (low, high)))
            self.fault(field, f"{field!r} is {value:g}", f"give a number {bounds}")
            return None
        return float(value)

    def whole_or_none(self, field: str, *, least: int = 0) -> int | None:
        value = self.table.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.fault(field, f"{field!r} is {_shown(value)}", f"give a whole number of at least {least}")
            return None
        return value

    def instant(self, field: str) -> Instant:
        """A required RFC 3339 UTC time (a text, or TOML's own date-time)."""
        value = self._wanted(field)
        return 0 if value is None else self._as_instant(field, value) or 0

    def instant_or_none(self, field: str) -> Instant | None:
        value = self.table.get(field)
        return None if value is None else self._as_instant(field, value)

    def _as_instant(self, field: str, value: object) -> Instant | None:
        try:
            if isinstance(value, datetime):  # TOML's own date-time
                return from_datetime(value)
            if isinstance(value, str):
                return parse_utc(value)
        except ValueError as error:
            self.fault(field, f"{field!r}: {error}", "give the time in UTC, ending in Z")
            return None
        self.fault(field, f"{field!r} is {_shown(value)}, not a time", "write it like 2026-03-02T10:51:38.479Z")
        return None

    def span(self, from_field: str = "from", until_field: str = "until") -> tuple[Instant | None, Instant | None]:
        """A from–until pair, each optional; until must come after from."""
        start, end = self.instant_or_none(from_field), self.instant_or_none(until_field)
        if start is not None and end is not None and end <= start:
            self.fault(until_field, f"{until_field!r} is not after {from_field!r}", "let the span end after it begins")
        return start, end

    def choice(self, field: str, among: Collection[str], *, default: str | None = None) -> str:
        """One of the words in `among`; the default where the field is absent and a default is given."""
        if default is not None and self.table.get(field) is None:
            return default
        value = self.text(field)
        if value and value not in among:
            self.fault(field, f"{field!r} is {value!r}", suggest(value, among))
        return value

    def words(self, field: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of texts, none empty, none twice."""
        value = self._wanted(field) if required else self.table.get(field)
        if value is None:
            return ()
        if (
            not isinstance(value, Sequence)
            or isinstance(value, str | bytes)
            or not all(isinstance(v, str) and v for v in value)
        ):
            self.fault(field, f"{field!r} is {_shown(value)}, not a list of texts", f'write {field!r} like ["a", "b"]')
            return ()
        if len(set(value)) != len(value):
            self.fault(field, f"{field!r} names something twice", "name each once")
        return tuple(value)

    def flag(self, field: str, *, default: bool) -> bool:
        value = self.table.get(field)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(field, f"{field!r} is {_shown(value)}", "write true or false")
            return default
        return value


def suggest(word: str, among: Collection[str]) -> str:
    """What to do about an unknown word: the nearest valid one, or all of them."""
    near = get_close_matches(word, sorted(among), n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}? Known: {', '.join(sorted(among))}"
    return f"use one of: {', '.join(sorted(among))}"


def _shown(value: object, most: int = 40) -> str:
    text = repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"
