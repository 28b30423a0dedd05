"""The ledger as plain tables (CSV, RFC 4180) that any spreadsheet opens, and back again, losing nothing.

One file a table, and one for each table's dated entries. Lists stand in one cell, parted by semicolons (one
within a name after a backslash). README.txt says
under what reservation all of it stands.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from truceline.coalition.consultation import WITHOUT_PREJUDICE
from truceline.coalition.ledger import Decided, Ledger
from truceline.coalition.read_ledger import ledger_from
from truceline.formats.toml_document import TomlDocument
from truceline.model.instant import Instant, format_utc
from truceline.model.problem import Place, Problem, Unusable

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "country": ("id", "name", "neighbours"),
    "nation": ("id", "name", "kind", "country", "releasable_to"),
    "authority": ("id", "nation", "kind", "title", "expires", "conditions", "covers"),
    "condition": ("id", "words"),
    "contribution": (
        "id", "nation", "pillar", "domain", "asset", "least", "most", "from", "until", "country", "lon", "lat", "hub",
        "role", "conditions", "needs", "supplies", "sensors",
    ),
    "caveat": ("id", "nation", "kind", "words", "values", "metres", "from", "until", "covers", "article"),
    "commitment": ("id", "pillar", "words", "asset", "amount", "from", "until", "conditions"),
}  # fmt: skip
HISTORIES: Mapping[str, tuple[str, ...]] = {
    "authority": ("of", "at", "outcome", "by", "note"),
    "condition": ("of", "at", "outcome", "by", "note"),
    "contribution": ("of", "at", "status", "by", "note"),
}
LISTS = ("neighbours", "releasable_to", "conditions", "covers", "needs", "supplies", "sensors", "values")
NUMBERS = ("least", "most", "lon", "lat", "metres", "amount")
README = f"""{WITHOUT_PREJUDICE}

The coalition's ledger as plain tables: UTF-8, comma, a header in the first line. Lists within a cell are parted by
semicolons; times are RFC 3339 UTC. NAME.csv holds one row a thing, NAME_history.csv what was decided of it, when and by
whom. `truceline coalition import` makes a ledger of the folder again.
"""


def tables_of(ledger: Ledger) -> dict[str, bytes]:
    """The ledger as files, by name."""
    files = {"README.txt": README.encode()}
    rows: dict[str, list[Sequence[object]]] = {
        "country": [(one.id, one.name, one.neighbours) for one in ledger.countries],
        "nation": [(one.id, one.name, one.kind, one.country, one.releasable_to) for one in ledger.nations],
        "authority": [
            (one.id, one.nation, one.kind, one.title, _time(one.expires_us), one.conditions, one.covers)
            for one in ledger.authorities
        ],
        "condition": [(one.id, one.words) for one in ledger.conditions],
        "contribution": [
            (
                one.id, one.nation, one.pillar, one.domain, one.asset, one.least, one.most, _time(one.from_us),
                _time(one.until_us), one.country, *(one.place or (None, None)), one.hub, one.role, one.conditions,
                one.needs, one.supplies, one.sensors,
            )
            for one in ledger.contributions
        ],
        "caveat": [
            (
                one.id, one.nation, one.kind, one.words, one.values, one.metres or None, _time(one.from_us),
                _time(one.until_us), one.covers, one.article,
            )
            for one in ledger.caveats
        ],
        "commitment": [
            (
                one.id, one.pillar, one.words, one.asset, one.amount, _time(one.from_us), _time(one.until_us),
                one.conditions,
            )
            for one in ledger.commitments
        ],
    }  # fmt: skip
    files |= {f"{name}.csv": _csv(COLUMNS[name], some) for name, some in rows.items()}
    histories: dict[str, Iterable[Sequence[object]]] = {
        "authority": (row for one in ledger.authorities for row in _decided(one.id, one.history)),
        "condition": (row for one in ledger.conditions for row in _decided(one.id, one.history)),
        "contribution": (
            (one.id, _time(entry.at_us), entry.status, entry.by, entry.note)
            for one in ledger.contributions
            for entry in one.history
        ),
    }
    return files | {f"{name}_history.csv": _csv(HISTORIES[name], some) for name, some in histories.items()}


def _decided(of: str, history: Sequence[Decided]) -> list[Sequence[object]]:
    return [(of, _time(entry.at_us), entry.outcome, entry.by, entry.note) for entry in history]


def _time(instant: Instant | None) -> str | None:
    return None if instant is None else format_utc(instant, digits=0 if instant % 1_000_000 == 0 else 6)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ";".join(str(one).replace("\\", "\\\\").replace(";", "\\;") for one in value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def ledger_of_tables(folder: str, files: Mapping[str, bytes]) -> Ledger:
    """The ledger of a folder of tables. Raises Unusable with every fault at its row; absent tables are empty."""
    table: dict[str, object] = {}
    positions: dict[tuple[str | int, ...], tuple[int, int]] = {}
    problems: list[Problem] = []
    for name, columns in COLUMNS.items():
        rows, lines, wrong = _read(f"{name}.csv", files.get(f"{name}.csv", b""), columns)
        problems += wrong
        if name in HISTORIES:
            entries, at, wrong = _read(
                f"{name}_history.csv", files.get(f"{name}_history.csv", b""), HISTORIES[name]
            )  # fmt: skip
            problems += [*wrong, *_join(name, rows, entries, at)]
        table[name] = [_shaped(row) for row in rows]
        positions |= {(name, number): (line, 1) for number, line in enumerate(lines)}
    if problems:
        raise Unusable(problems)
    return ledger_from(TomlDocument(folder, table, positions))


def _read(file: str, data: bytes, columns: Sequence[str]) -> tuple[list[dict[str, object]], list[int], list[Problem]]:
    """The rows of a table as typed fields, their lines, and what cannot be read."""
    rows: list[dict[str, object]] = []
    lines: list[int] = []
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        head = tuple(reader.fieldnames or columns)
        unknown = [name for name in head if name not in columns]
        if unknown:
            what = f"column {unknown[0]!r} is not known"
            return [], [], [Problem(Place(file, line=1), what, f"use: {', '.join(columns)}")]
        for row in reader:
            rows.append({name: _typed(name, text) for name, text in row.items() if text})
            lines.append(reader.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        return [], [], [Problem(Place(file, line=len(rows) + 2), f"not a table ({error})", "save it as CSV in UTF-8")]
    return rows, lines, []


def _typed(name: str, text: str) -> object:
    if name in LISTS:
        words = [re.sub(r"\\(.)", r"\1", word.strip()) for word in re.findall(r"(?:\\.|[^;\\])+", text)]
        return [word for word in words if word]
    if name in NUMBERS:
        try:
            return float(text)
        except ValueError:
            return text  # the ledger's own reader says what is wrong with it
    return text


def _join(
    name: str, rows: Sequence[dict[str, object]], entries: Sequence[dict[str, object]], lines: Sequence[int]
) -> list[Problem]:
    """Put dated entries into the rows that they are of."""
    by_id = {row.get("id"): row for row in rows}
    problems = []
    for entry, line in zip(entries, lines, strict=True):
        of = entry.pop("of", None)
        row = by_id.get(of)
        if row is None:
            what = f"{name} {of!r} is not in {name}.csv"
            problems.append(Problem(Place(f"{name}_history.csv", line=line), what, "add it there, or mend 'of'"))
            continue
        history = row.setdefault("history", [])
        assert isinstance(history, list)
        history.append(entry)
    return problems


def _shaped(row: Mapping[str, object]) -> dict[str, object]:
    """A row as the ledger's own file would have it: a range and a place are lists."""
    found = {key: value for key, value in row.items() if key not in ("least", "most", "lon", "lat")}
    if "least" in row or "most" in row:
        found["amount"] = [row.get("least"), row.get("most")]
    if "lon" in row or "lat" in row:
        found["place"] = [row.get("lon"), row.get("lat")]
    return found
