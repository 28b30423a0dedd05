"""A result folder beside the same result made again: identical, the same within one last digit, or different.

On another processor or Python the last bits of libraries differ; numbers are written rounded, so that such a result
differs by one last digit at the most. Anything else is a difference.
"""

import re
from typing import Literal, TypeAlias

import msgspec

from truceline.custody.canonical import canonical_json
from truceline.model.instant import US_PER_S, parse_utc

Likeness: TypeAlias = Literal["identical", "same within one last digit", "different"]

IDENTICAL: Likeness = "identical"
CLOSE: Likeness = "same within one last digit"
DIFFERENT: Likeness = "different"

LEAST_MS = 1_000  # microseconds
DEGREES, METRES, SHARE = 1e-6, 0.1, 1e-4
SLACK = 1.001  # of a binary fraction that stands for a decimal one
# A time; or a number that is no part of a name, and the unit of what it measures. "over 0.99" is next to "0.99".
FIGURE = re.compile(
    r"""(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)
    | (?:\b(?:over|under)[ ])? (?<![\w.])(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)) (?![\w.]*[A-Za-z_-])
      (?P<unit>[ ](?:m|km|s|min|h|days)\b|°)?""",
    re.VERBOSE,
)


def compare_records(given: bytes, made: bytes) -> tuple[Likeness, str]:
    """How two files of features compare, by id; and, where they differ, the first feature and field that do."""
    if given == made:
        return IDENTICAL, ""
    try:
        ours, theirs = _by_id(made), _by_id(given)
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError):
        return DIFFERENT, "a line is not a feature with an id, written canonically"
    for id_ in sorted({*ours, *theirs}):
        if id_ not in ours or id_ not in theirs:
            return DIFFERENT, f"{id_} {'is missing' if id_ in ours else 'does not follow from the inputs'}"
        wrong = _difference(theirs[id_], ours[id_], "")
        if wrong is not None:
            return DIFFERENT, f"{id_}, field {wrong}"
    return (CLOSE, "") if len(given) and given.endswith(b"\n") else (DIFFERENT, "the file does not end with a newline")


def _by_id(data: bytes) -> dict[str, object]:
    """The features of a file by id. Raises KeyError for an id that stands twice or a line that has another writing."""
    found: dict[str, object] = {}
    for line in data.splitlines():
        feature = msgspec.json.decode(line)
        id_ = feature["properties"]["id"]
        if id_ in found or canonical_json(feature) != line:
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
    if given == made:
        return isinstance(given, bool) == isinstance(made, bool)
    if isinstance(given, bool) or isinstance(made, bool):
        return False
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
    """Times within a millisecond; sentences alike but for the last digit of what is measured. Names must be equal."""
    if field in ("time", "from", "until"):
        return _close_time(given, made, LEAST_MS)
    if field not in ("words", "reasons") or FIGURE.sub("#", given) != FIGURE.sub("#", made):
        return False
    return all(map(_close_figure, FIGURE.finditer(given), FIGURE.finditer(made)))


def _close_time(given: str, made: str, most_us: int) -> bool:
    try:
        return abs(parse_utc(given) - parse_utc(made)) <= most_us
    except ValueError:
        return False


def _close_figure(given: "re.Match[str]", made: "re.Match[str]") -> bool:
    """One last digit of a figure in a sentence; whole numbers without a unit are counts, and exact."""
    if given["time"] or made["time"]:
        return _close_time(given[0], made[0], US_PER_S)
    one, two = (found["number"].replace(",", "") for found in (given, made))
    fine, other = (len(number.partition(".")[2]) for number in (one, two))
    if given["unit"] is None and (fine != other or not fine):
        return one == two
    step = 10.0 ** -max(fine, other) if fine or other else 10.0 ** max(0, len(one.lstrip("+-")) - 2)
    return given["unit"] == made["unit"] and abs(float(one) - float(two)) <= SLACK * step
