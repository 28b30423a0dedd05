"""Reading one table (a JSON object, a TOML table) field by field, gathering every fault with its place.

A reader asks for what it needs; a missing or wrong field is noted once and a harmless stand-in is given
back, so that one pass finds all faults. The caller drops the record if `faulty` is true.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from truceline.model.instant import Instant, from_datetime, parse_utc
from truceline.model.problem import Place, Problem

BYTE_ORDER_MARK = "\ufeff".encode()
MOST_NUMBER = math.nextafter(math.inf, 0)  # a whole number may be written longer than a float can hold


def not_json(data: bytes, error: Exception) -> str:
    """What is wrong with bytes that a decoder of JSON refused."""
    if data.startswith(BYTE_ORDER_MARK):
        return "not plain JSON: it begins with a byte order mark; save it as UTF-8 without one"
    return f"not JSON in UTF-8 ({str(error) or type(error).__name__})"


class Fields:
    """The fields of one table and where they stand.

    `at` gives the place of a field by its name, `item_at` that of an item of a list by its 0-based index.
    """

    def __init__(
        self,
        table: Mapping[str, object],
        at: Callable[[str], Place],
        item_at: Callable[[str, int], Place] | None = None,
    ) -> None:
        self.table = table
        self.at = at
        self.item_at = item_at or (lambda field, _index: at(field))
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
            near = nearest(field, [str(key) for key in self.table if key != field])
            hint = f" (is {near!r} meant for it?)" if near else ""
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
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MOST_NUMBER:
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
            or not all(isinstance(v, str) and v.strip() for v in value)
        ):
            self.fault(field, f"{field!r} is {_shown(value)}, not a list of texts", f'write {field!r} like ["a", "b"]')
            return ()
        if len(set(value)) != len(value):
            self.fault(field, f"{field!r} names something twice", "name each once")
        return tuple(value)

    def words_among(self, field: str, among: Collection[str], *, required: bool = False) -> tuple[str, ...]:
        """A list of words, each one of `among`; a fault stands at the item."""
        found = self.words(field, required=required)
        for index, word in enumerate(found):
            if word not in among:
                what, remedy = f"{field!r} names {word!r}, which is not known", suggest(word, among)
                self.problems.append(Problem(self.item_at(field, index), what, remedy))
        return found

    def names(self, field: str) -> tuple[tuple[str, str], ...]:
        """A table of names, (language, name), in order of language; empty where there is none."""
        value = self.table.get(field)
        if value is None:
            return ()
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value.values()):
            self.fault(field, f"{field!r} is not a table of names", 'write {"en": "…", "uk": "…"}')
            return ()
        return tuple(sorted(value.items()))

    def note_unknown(
        self, known: Collection[str], again: Collection[str] = (), kept: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Keys that nobody reads: a slip of the pen is a fault, with the key that is meant; others are kept and noted.

        `again`: keys that may be meant though they stand already; `kept`: keys that nobody reads, and that are no slip.
        Call it last: the fault stands in for the missing of the key that is meant. Gives the keys that are meant.
        """
        meant = []
        free = [key for key in known if key not in self.table or key in again]
        for key in self.table:
            if key in known or key in kept:
                continue
            near = nearest(str(key), free)
            if near:
                missing = f"required field {near!r} is missing"
                self.problems = [problem for problem in self.problems if not problem.what.startswith(missing)]
                meant.append(near)
                self.fault(str(key), f"unknown key {key!r}", f"did you mean {near!r}?")
            else:
                self.fault(str(key), f"key {key!r} is not read", "it is kept as it stands", fatal=False)
        return tuple(meant)

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
    near = nearest(word, among)
    if near:
        return f"did you mean {near!r}? Known: {', '.join(sorted(among))}"
    return f"use one of: {', '.join(sorted(among))}" if among else "none is known: add one, or leave it out"


def nearest(word: str, among: Collection[str]) -> str | None:
    """The word that a slip of the pen may have turned into this one: the fewest edits, the first by name of equals.

    An edit drops, adds, changes or swaps neighbouring letters; one in three letters at most, and three in all.
    """
    most = min(3, max(1, (len(word) + 1) // 3))
    near = min(((edits(word, other, most), other) for other in among), default=(most + 1, ""))
    return near[1] if near[0] <= most else None


def edits(a: str, b: str, most: int) -> int:
    """Edits between two words (optimal string alignment), or `most` + 1 if they are more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _shown(value: object, most: int = 40) -> str:
    text = repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"
