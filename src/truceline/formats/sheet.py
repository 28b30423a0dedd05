"""Spreadsheets → rows: CSV (UTF-8, comma or semicolon), or the first sheet of an Office Open XML workbook (.xlsx).

The first row holds the names of the columns. All values are given as text; an empty cell is absent. Of a workbook the
parts xl/sharedStrings.xml and xl/worksheets/sheet1.xml are read, formulas by the value last worked out. Documents with
a DTD, and so every entity but XML's own, are refused, and parts that grow beyond `MOST_PART_BYTES`.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from xml.parsers.expat import ExpatError, ParserCreate

from truceline.model.problem import Place, Problem, Unusable

MOST_BYTES, MOST_PART_BYTES = 32 * 1024 * 1024, 64 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_DEPTH = 200_000, 200, 32
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
UNREADABLE = (zipfile.BadZipFile, zlib.error, ExpatError, ValueError, NotImplementedError, RuntimeError, EOFError)
TRUTH = {"0": "false", "1": "true"}

Row = Mapping[str, str]


def read_sheet(file: str, data: bytes) -> list[tuple[Place, Row]]:
    """The rows of a sheet with their places, the first row's names as keys. Raises Unusable."""
    if len(data) > MOST_BYTES:
        raise Unusable([Problem(Place(file), f"the file has {len(data):,} bytes", f"keep it under {MOST_BYTES:,}")])
    rows = list(_workbook(file, data) if data.startswith(b"PK") else _csv(file, data))
    rows = [(line, cells) for line, cells in rows if any(cells.values())]
    if not rows:
        raise Unusable([Problem(Place(file), "the sheet is empty", "write the names of the columns in its first row")])
    first, names = rows[0]
    head = {column: name.strip() for column, name in names.items() if name.strip()}
    twice = sorted({name for name in head.values() if list(head.values()).count(name) > 1})
    if twice:
        what = f"two columns are called {', '.join(twice)}"
        raise Unusable([Problem(Place(file, line=first), what, "give each column its own name")])
    return [
        (Place(file, line=line), {head[c]: text.strip() for c, text in cells.items() if c in head and text.strip()})
        for line, cells in rows[1:]
    ]


def _csv(file: str, data: bytes) -> Iterator[tuple[int, dict[int, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unusable([Problem(Place(file, line=line), "the text is not UTF-8", "save the file as UTF-8")]) from None
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        for row in reader:
            yield reader.line_num, dict(enumerate(row[:MOST_COLUMNS]))
    except csv.Error as error:
        raise Unusable([Problem(Place(file, line=reader.line_num), f"not CSV ({error})", "mend this line")]) from None


def _workbook(file: str, data: bytes) -> Iterator[tuple[int, dict[int, str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            strings = _strings(_part(archive, STRINGS)) if STRINGS in archive.namelist() else []
            found = _cells(_part(archive, SHEET), strings)
    except KeyError:
        raise Unusable([Problem(Place(file), f"the workbook has no {SHEET}", "save it as .xlsx, or as CSV")]) from None
    except UNREADABLE as error:
        what = f"the workbook cannot be read ({error})"
        raise Unusable([Problem(Place(file), what, "save it as .xlsx without a password, or as CSV")]) from None
    rows: dict[int, dict[int, str]] = {}
    for line, column, text in found:
        rows.setdefault(line, {})[column] = text
    yield from sorted(rows.items())


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        data = part.read(MOST_PART_BYTES + 1)
    if len(data) > MOST_PART_BYTES:
        raise ValueError(f"{name} grows beyond {MOST_PART_BYTES:,} bytes")
    return data


def _parse(data: bytes, start: Callable[[str, dict[str, str]], None], end: Callable[[str, str], None]) -> None:
    """Tell every element's beginning, and its end with its own text."""
    texts: list[list[str]] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        if len(texts) >= MOST_DEPTH:
            raise ValueError("it nests deeper than a workbook does")
        texts.append([])
        start(name.rpartition(":")[2], attributes)

    def finish(name: str) -> None:
        end(name.rpartition(":")[2], "".join(texts.pop()))

    def words(text: str) -> None:
        texts[-1].append(text)

    def doctype(*_: object) -> None:
        raise ValueError("it has a DTD")

    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.CharacterDataHandler = words
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(data, True)


def _strings(data: bytes) -> list[str]:
    """The shared strings, runs of one string joined, phonetic hints left out."""
    found: list[str] = []
    hints = 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal hints
        if name == "si":
            found.append("")
        hints += name == "rPh"

    def end(name: str, text: str) -> None:
        nonlocal hints
        hints -= name == "rPh"
        if name == "t" and found and not hints:
            found[-1] += text

    _parse(data, start, end)
    return found


def _cells(data: bytes, strings: list[str]) -> list[tuple[int, int, str]]:
    """Row, column and text of every cell that holds anything. Raises ValueError."""
    found: list[tuple[int, int, str]] = []
    at, kind, said = (0, 0), "", ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal at, kind, said
        if name == "c":
            at, kind, said = _place(attributes.get("r", "")), attributes.get("t", "n"), ""

    def end(name: str, text: str) -> None:
        nonlocal said
        if name in ("v", "t"):
            said += text
        elif name == "c" and said:
            if at[0] > MOST_ROWS or at[1] >= MOST_COLUMNS:
                raise ValueError(f"it has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns")
            found.append((*at, _shown(kind, said, strings)))

    _parse(data, start, end)
    return found


def _place(name: str) -> tuple[int, int]:
    match = CELL.fullmatch(name)
    if not match:
        raise ValueError(f"cell {name[:20]!r} is nowhere")
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - 64
    return int(match[2]), column - 1


def _shown(kind: str, said: str, strings: list[str]) -> str:
    if kind == "s":
        number = int(said)
        if not 0 <= number < len(strings):
            raise ValueError(f"shared string {number} is not there")
        return strings[number]
    return TRUTH.get(said, said) if kind == "b" else said
