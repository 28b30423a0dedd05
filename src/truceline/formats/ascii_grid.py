"""ESRI ASCII grid of heights in WGS84 degrees (a text file) → Heights.

ncols        4
nrows        3
xllcorner    30.0        (or xllcenter: of the middle of the south-western cell)
yllcorner    50.0
cellsize     0.001
NODATA_value -9999       (may be absent)
12 13 15 …               (nrows lines of ncols numbers, the northernmost first)
"""

from array import array
from math import isfinite, nan

from truceline.geo.heights import Heights
from truceline.model.problem import Place, Problem, Unusable

MOST_BYTES = 512 * 1024 * 1024
NEEDED = ("ncols", "nrows", "cellsize")
CORNERS = ("xllcorner", "xllcenter", "yllcorner", "yllcenter")


def read_heights(file: str, data: bytes) -> Heights:
    """The heights. Raises Unusable with the line of the first fault of each kind."""
    if len(data) > MOST_BYTES:
        raise _unusable(file, 0, f"the file has {len(data):,} bytes", f"keep it under {MOST_BYTES:,}")
    try:
        lines = data.decode("ascii").splitlines()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _unusable(file, line, "the text is not ASCII", "export the grid as an ESRI ASCII grid") from None
    head, first = _head(file, lines)
    columns, rows, step = int(head["ncols"]), int(head["nrows"]), head["cellsize"]
    west = head["xllcenter"] if "xllcenter" in head else head["xllcorner"] + step / 2
    south = head["yllcenter"] if "yllcenter" in head else head["yllcorner"] + step / 2
    if abs(west) > 180 or abs(south) > 90 or south + rows * step > 90.001:
        raise _unusable(file, 1, "the corner is not in degrees", "reproject the grid to WGS84 longitude and latitude")
    body = [(number, line) for number, line in enumerate(lines[first:], start=first + 1) if line.strip()]
    if len(body) != rows:
        raise _unusable(file, first + 1, f"{len(body)} lines of heights, nrows says {rows}", "export the grid again")
    table = [_row(file, number, line, columns, head.get("nodata_value")) for number, line in body]
    return Heights.of(west, south, step, table[::-1])


def _head(file: str, lines: list[str]) -> tuple[dict[str, float], int]:
    """The header's numbers by name in small letters, and how many lines it has."""
    head: dict[str, float] = {}
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if not words or not words[0][0].isalpha():
            break
        value = _number(words[1]) if len(words) == 2 else None
        if value is None:
            raise _unusable(file, number, f"{line.strip()!r} is no name and number", "write the header like 'ncols 4'")
        head[words[0].lower()] = value
    missing = [name for name in NEEDED if name not in head]
    missing += [f"{axis}llcorner" for axis in "xy" if not {f"{axis}llcorner", f"{axis}llcenter"} & set(head)]
    if missing:
        raise _unusable(file, 1, f"the header lacks {', '.join(missing)}", "add it, or export the grid again")
    if not (head["cellsize"] > 0 and all(head[n] >= 1 and head[n] == int(head[n]) for n in ("ncols", "nrows"))):
        raise _unusable(file, 1, "ncols, nrows and cellsize are not positive", "export the grid again")
    return head, len(head)


def _row(file: str, number: int, line: str, columns: int, nothing: float | None) -> "array[float]":
    values = [_number(word) for word in line.split()]
    if len(values) != columns or any(value is None for value in values):
        raise _unusable(file, number, f"not {columns} numbers", "export the grid again")
    return array("d", [nan if value is None or value == nothing else value for value in values])


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _unusable(file: str, line: int, what: str, remedy: str) -> Unusable:
    return Unusable([Problem(Place(file, line=line), what, remedy)])
