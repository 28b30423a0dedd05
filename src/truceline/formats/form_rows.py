"""Rows of a spreadsheet → observations, notices and claims of contract 1: patrol forms, and what parties file.

The columns are called as the fields of contract 1 are; order does not matter, and further columns are noted. Of a
count or range in two columns (`count_least`, `count_most`; `range_least_m`, `range_most_m`) a bracket is made, of `lon`
and `lat` in a patrol's form where the observer was, of `class` the only label. Times are RFC 3339, or a day and time
of day (2026-03-02 10:51, 02.03.2026 10:51:38), or a spreadsheet's own number of days, in the zone that is given. A row
without an id gets one by its content: the same row has the same id.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TypeVar

import msgspec

from truceline.formats.fields import nearest
from truceline.formats.filings_ndjson import read_claim, read_contact, read_notice
from truceline.formats.observations_ndjson import read_observation
from truceline.model.instant import Instant, format_utc, from_datetime, parse_utc
from truceline.model.problem import Place, Problem

NUMBERS = {
    "time_sigma_s", "at_sigma_m", "azimuth_deg", "azimuth_sigma_deg", "duration_s", "fire_azimuth_deg",
    "fire_azimuth_sigma_deg", "lon", "lat", "radius_m", "yield_kg", "range_least_m", "range_most_m", "sigma_m",
    "snr_db",
}  # fmt: skip
WHOLE = {"count_least", "count_most", "persons", "seq"}
TRUTHS = {"heard", "seen"}
TIMES = {"time", "until", "from", "lodged", "received"}
TEXTS = {
    "id", "sensor", "kind", "class", "weapon", "text", "whose", "what", "who", "object", "cause_stated", "site",
    "access", "party", "activity", "accuses", "to", "about", "count", "state",
}  # fmt: skip
EVERY = sorted(NUMBERS | WHOLE | TRUTHS | TIMES | TEXTS)
YES = {"true", "yes", "y", "x", "1", "ja", "так", "да", "oui"}
NO = {"false", "no", "n", "0", "nein", "ні", "нет", "non"}
CLOCK = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?")
THOUSANDS = re.compile(r"-?\d{1,3},\d{3}")
DOTTED = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4}) (\d\d?):(\d\d)(?::(\d\d))?")
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
SERIAL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
OFFSET = re.compile(r"Z|[+-]\d\d:\d\d")
READERS: Mapping[str, Callable[[bytes], object]] = {
    "patrol": read_observation, "notices": read_notice, "claims": read_claim, "contacts": read_contact,
}  # fmt: skip
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of contract 1, and the faults of rows that cannot be used."""

    lines: tuple[bytes, ...]
    problems: tuple[Problem, ...]


def zone_of(text: str) -> timedelta:
    """The offset that a zone states. Raises ValueError."""
    if not OFFSET.fullmatch(text):
        raise ValueError(f"{text!r} is no zone: write Z, or an offset like +02:00")
    if text == "Z":
        return timedelta()
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return -offset if text[0] == "-" else offset


def read_rows(
    kind: str, rows: Iterable[tuple[Place, Mapping[str, str]]], received_us: Instant, zone: timedelta, sensor: str = ""
) -> Lines:
    """Rows as lines. kind: patrol, notices, claims or contacts. sensor: of a patrol's form that names none."""
    lines: dict[str, bytes] = {}
    problems: list[Problem] = []
    strange: set[str] = set()
    for place, row in rows:
        for column in row.keys() - set(EVERY) - strange:
            strange.add(column)
            problems.append(_unknown(place, column))
        try:
            line = _line(kind, row, received_us, zone, sensor)
        except ValueError as error:
            problems.append(Problem(place, str(error), "mend this row", fatal=False))
            continue
        if lines.setdefault(line[0], line[1]) != line[1]:
            problems.append(
                Problem(place, f"id {line[0]!r} stands on another row too", "the first counts", fatal=False)
            )
    return Lines(tuple(lines.values()), tuple(problems))


def _unknown(place: Place, column: str) -> Problem:
    near = nearest(column, EVERY)
    remedy = f"did you mean {near!r}?" if near else "it is not read"
    return Problem(place, f"column {column!r} is none of contract 1", remedy, fatal=False)


def _line(kind: str, row: Mapping[str, str], received_us: Instant, zone: timedelta, sensor: str) -> tuple[str, bytes]:
    """Id and line of a row. Raises ValueError."""
    named = {"from"} if kind == "contacts" else set()  # a contact is from a party, a notice from a time
    table = {n: text if n in named else _value(n, text, zone) for n, text in row.items() if n in EVERY}
    if kind == "patrol":
        table = _patrol(table, received_us, sensor)
    elif kind == "notices":
        table.setdefault("received", format_utc(received_us, digits=6))
    if "count" in table and kind != "patrol":
        table["count"] = _number("count", str(table["count"]), int)
    content = msgspec.json.encode({name: value for name, value in table.items() if name != "received"}, order="sorted")
    name = str(table.setdefault("id", f"{sensor or kind}/{sha256(content).hexdigest()[:16]}"))
    line = msgspec.json.encode(table)
    READERS[kind](line)
    return name, line


def _patrol(table: dict[str, object], received_us: Instant, sensor: str) -> dict[str, object]:
    """A patrol's row in the shape of an observation."""
    said = dict(table)
    said.setdefault("sensor", sensor)
    said.setdefault("kind", "report")
    said.setdefault("time_sigma_s", 60.0)
    said["received"] = format_utc(received_us, digits=6)
    lon, lat = said.pop("lon", None), said.pop("lat", None)
    if (lon is None) != (lat is None):
        raise ValueError("lon, lat: give both or neither")
    if lon is not None and said["kind"] not in ("fix", "track"):
        said["at"] = [lon, lat]
        said.setdefault("at_sigma_m", 50.0)
    elif lon is not None:
        said |= {"lon": lon, "lat": lat}
    if (name := said.pop("class", None)) is not None:
        said["labels"] = {str(name): 1.0}
    _bracket(said, "range_m", "range_least_m", "range_most_m")
    _bracket(said, "count", "count_least", "count_most")
    if said["kind"] == "report":
        given = said.get("count", "uncountable")
        said["count"] = int(given) if isinstance(given, str) and given.isdigit() else given
        if "azimuth_deg" in said:
            said.setdefault("azimuth_sigma_deg", 10.0)
    return said


def _bracket(said: dict[str, object], name: str, least: str, most: str) -> None:
    if least in said or most in said:
        low, high = said.pop(least, None), said.pop(most, None)
        if low is None or high is None:
            raise ValueError(f"{least}, {most}: give both or neither")
        said[name] = [low, high]


def _value(name: str, text: str, zone: timedelta) -> object:
    if name in NUMBERS:
        if THOUSANDS.fullmatch(text):
            raise ValueError(
                f"{name}: {text!r} may be {text.replace(',', '')} or {text.replace(',', '.')}: write which"
            )
        number = _number(name, text.replace(",", ".") if text.count(",") == 1 else text, float)
        if not math.isfinite(number):
            raise ValueError(f"{name}: {text[:40]!r} is no finite number")
        return number
    if name in WHOLE:
        return _number(name, text, int)
    if name in TRUTHS:
        if text.lower() not in YES | NO:
            raise ValueError(f"{name}: {text[:40]!r} is neither yes nor no")
        return text.lower() in YES
    return _time(name, text, zone) if name in TIMES else text


def _number(name: str, text: str, kind: Callable[[str], T]) -> T:
    try:
        return kind(text.removesuffix(".0") if kind is int else text)
    except ValueError:
        raise ValueError(f"{name}: {text[:40]!r} is no {'whole ' if kind is int else ''}number") from None


def _time(name: str, text: str, zone: timedelta) -> str:
    """A time of a cell as RFC 3339. Raises ValueError."""
    try:
        if CLOCK.fullmatch(text):
            local = datetime.fromisoformat(text).replace(tzinfo=UTC)
        elif match := DOTTED.fullmatch(text):
            day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
            local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        elif SERIAL.fullmatch(text):
            local = SERIAL_ZERO + timedelta(seconds=round(float(text) * 86_400.0))
        else:
            return format_utc(parse_utc(text), digits=6)
        return format_utc(from_datetime(local - zone), digits=6)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name}: {error}") from None
