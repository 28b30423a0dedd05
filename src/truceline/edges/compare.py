"""A result folder beside the same result made again: identical, the same within one last digit, or different.

On another processor or Python the last bits of libraries differ; numbers are written rounded, so that such a result
differs by one last digit at the most. Anything else is a difference.
"""

import re
from typing import Literal, TypeAlias

import msgspec

from truceline.model.instant import parse_utc

Likeness: TypeAlias = Literal["identical", "same within one last digit", "different"]

IDENTICAL: Likeness = "identical"
CLOSE: Likeness = "same within one last digit"
DIFFERENT: Likeness = "different"

LEAST_MS = 1_000  # microseconds
DEGREES, METRES, SHARE = 1e-6, 0.1, 1e-4
SLACK = 1.001  # of a binary fraction that stands for a decimal one
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def compare_records(given: bytes, made: bytes) -> tuple[Likeness, str]:
    """How two files of features compare, by id; and, where they differ, the first feature and field that do."""
    if given == made:
        return IDENTICAL, ""
    try:
        ours, theirs = _by_id(made), _by_id(given)
    except (msgspec.DecodeError, KeyError, TypeError, UnicodeDecodeError):
        return DIFFERENT, "a line is not a feature with an id"
    for id_ in sorted({*ours, *theirs}):
        if id_ not in ours or id_ not in theirs:
            return DIFFERENT, f"{id_} {'is missing' if id_ in ours else 'does not follow from the inputs'}"
        wrong = _difference(theirs[id_], ours[id_], "")
        if wrong is not None:
            return DIFFERENT, f"{id_}, field {wrong}"
    return (CLOSE, "") if len(given) and given.endswith(b"\n") else (DIFFERENT, "the file does not end with a newline")


def _by_id(data: bytes) -> dict[str, object]:
    found: dict[str, object] = {}
    for line in data.splitlines():
        feature = msgspec.json.decode(line)
        id_ = feature["properties"]["id"]
        if id_ in found:
            raise KeyError(id_)
        found[id_] = feature
    return found


def _difference(given: object, made: object, field: str) -> str | None:
    """The name of the first field in which two values differ by more than a last digit; None if none does."""
    if isinstance(given, dict) and isinstance(made, dict):
        if given.keys() != made.keys():
            return f"{field} (its members)".strip()
        parts = ((given[key], made[key], key) for key in sorted(given))
        return next((wrong for one, two, key in parts if (wrong := _difference(one, two, key)) is not None), None)
    if isinstance(given, list) and isinstance(made, list):
        if len(given) != len(made):
            return field
        pairs = zip(given, made, strict=True)
        return next((wrong for one, two in pairs if (wrong := _difference(one, two, field)) is not None), None)
    return None if _close(given, made, field) else field


def _close(given: object, made: object, field: str) -> bool:
    if isinstance(given, bool) or isinstance(made, bool) or given == made:
        return given == made
    if isinstance(given, int | float) and isinstance(made, int | float):
        if field == "azimuth_deg":
            return abs((given - made + 90.0) % 180.0 - 90.0) <= SLACK * METRES
        return abs(given - made) <= SLACK * _digit(field)
    if isinstance(given, str) and isinstance(made, str):
        return _close_text(given, made, field)
    return False


def _digit(field: str) -> float:
    """One last digit of a field as it is written."""
    if field in ("coordinates", "lon", "lat"):
        return DEGREES
    if field.endswith("_m") or field in ("azimuth_deg", "azimuth_offset_deg", "arrivals_expected"):
        return METRES
    return 1e-3 if field.endswith("_s") else SHARE


def _close_text(given: str, made: str, field: str) -> bool:
    """Times within a millisecond; sentences alike but for the last digit of a number."""
    if field in ("time", "from", "until"):
        try:
            return abs(parse_utc(given) - parse_utc(made)) <= LEAST_MS
        except ValueError:
            return False
    if NUMBER.sub("#", given) != NUMBER.sub("#", made):
        return False
    pairs = zip(NUMBER.findall(given), NUMBER.findall(made), strict=True)
    return all(abs(float(one) - float(two)) <= SLACK * 10.0 ** -_decimals(one) for one, two in pairs)


def _decimals(number: str) -> int:
    return len(number.partition(".")[2])
