"""Any table of places and dates (CSV or GeoJSON points) → Fixes, by a mapping file (TOML).

    table = "csv"                     # or "geojson": columns are then properties, the place is the Point
    id = "event_id"                   # column; ids become SENSOR/ID
    lon = "longitude"                 # columns, csv only
    lat = "latitude"
    from = "date_start"               # column of a day (2014-01-22) or an RFC 3339 moment, UTC
    until = "date_end"                # optional column; a day counts to its end
    [place_sigma]                     # how well the place is known, by a code of a column; or metres = 500.0 for all
    column = "where_prec"
    metres = { "1" = 1000.0, "2" = 12500.0 }       # a code that is not here: the row is set aside
    [widen]                           # optional: hours by which the time is wider on both sides, by a code
    column = "date_prec"
    hours = { "1" = 0.0, "3" = 84.0 }
    [labels]                          # classes and their probabilities, by a word of a column; or share = {…} for all
    column = "event_type"
    share = { "Shelling" = { explosion = 0.8, impact = 0.2 } }
    other = { other = 1.0 }           # optional: any other word; without it such rows are set aside

The moment of a row is unknown within its days: a Fix with a window. A coded precision becomes its sigma.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from truceline.formats.fields import Fields, suggest
from truceline.formats.geojson import features, point
from truceline.formats.toml_document import TomlDocument, read_toml
from truceline.model.feed import Decoded, Sender
from truceline.model.instant import US_PER_HOUR, US_PER_S, Instant, parse_utc
from truceline.model.observation import CLASSES, Fix, Labels
from truceline.model.problem import Place, Problem, Unusable

MOST_BYTES = 256 * 1024 * 1024
MOST_HOURS, MOST_METRES = 20_000.0, 1e7
DAY_US = 24 * US_PER_HOUR
DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T]00:00:00(?:\.0+)?)?")
KNOWN = ("table", "id", "lon", "lat", "from", "until", "place_sigma", "widen", "labels")


@dataclass(frozen=True, slots=True)
class Coded:
    """A value by the code that stands in a column; `always` where no column decides."""

    column: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    always: object = None

    def of(self, row: Mapping[str, object]) -> object | None:
        """The value for a row, None for a code that is not known."""
        return self.values.get(_text(row.get(self.column)), self.always) if self.column else self.always


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """Which column says what. lon, lat: empty for GeoJSON."""

    table: str
    id: str
    lon: str
    lat: str
    start: str
    until: str | None
    sigma_m: Coded
    widen_h: Coded
    labels: Coded

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that a table must have."""
        coded = (self.sigma_m.column, self.widen_h.column, self.labels.column)
        return tuple(name for name in (self.id, self.lon, self.lat, self.start, self.until, *coded) if name)


def read_mapping(file: str, data: bytes) -> TableMapping:
    """The mapping that a file states. Raises Unusable with every fault."""
    document = read_toml(file, data)
    fields = Fields(document.table, document.place)
    table = fields.choice("table", ("csv", "geojson"))
    csv_only = table != "geojson"
    mapping = TableMapping(
        table=table,
        id=fields.text("id"),
        lon=fields.text("lon") if csv_only else "",
        lat=fields.text("lat") if csv_only else "",
        start=fields.text("from"),
        until=fields.text_or_none("until"),
        sigma_m=_numbers(fields, document, "place_sigma", "metres", MOST_METRES) or Coded(),
        widen_h=_numbers(fields, document, "widen", "hours", MOST_HOURS, required=False) or Coded(always=0.0),
        labels=_shares(fields, document),
    )
    fields.note_unknown(KNOWN)
    if fields.faulty:
        raise Unusable(fields.problems)
    return mapping


def _part(fields: Fields, document: TomlDocument, name: str, *, required: bool = True) -> Fields | None:
    given = fields.table.get(name)
    if isinstance(given, Mapping):
        return Fields(given, lambda inner: document.place(name, inner))
    if given is not None or required:
        fields.fault(name, f"table [{name}] is missing", f"write [{name}] as the reference shows")
    return None


def _numbers(
    fields: Fields, document: TomlDocument, name: str, value: str, most: float, *, required: bool = True
) -> Coded | None:
    """Numbers by code, or one for all."""
    part = _part(fields, document, name, required=required)
    if part is None:
        return None
    column, given = part.text_or_none("column"), part.table.get(value)
    coded = Coded(column or "", dict(given)) if isinstance(given, Mapping) and column else Coded(always=given)
    for number in coded.values.values() if column else (coded.always,):
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0.0 <= number <= most:
            shape = f"{value} = {{ CODE = number, … }}" if column else f"{value} = number"
            part.fault(value, f"{value!r} holds no number from 0 to {most:g}", f"write {shape}")
            break
    fields.problems += part.problems
    return coded


def _shares(fields: Fields, document: TomlDocument) -> Coded:
    """Labels by word, or the same for all."""
    part = _part(fields, document, "labels")
    if part is None:
        return Coded()
    column, share = part.text_or_none("column"), part.table.get("share")
    table = share if isinstance(share, Mapping) else {}
    if column:
        values: Mapping[str, object] = {word: _labels(part, given) for word, given in table.items()}
        other = part.table.get("other")
        coded = Coded(column, values, None if other is None else _labels(part, other))
    else:
        coded = Coded(always=_labels(part, table))
    fields.problems += part.problems
    return coded


def _labels(part: Fields, given: object) -> Labels:
    if not isinstance(given, Mapping) or not given:
        part.fault("share", "'share' names no class with its probability", "write share = { explosion = 1.0 }")
        return ()
    for name, share in given.items():
        if name not in CLASSES:
            part.fault("share", f"{name!r} is no class", suggest(str(name), CLASSES))
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0.0 <= share <= 1.0:
            part.fault("share", f"the share of {name!r} is {share!r}", "give a probability")
            return ()
    if abs(sum(given.values()) - 1.0) > 1e-6:
        part.fault("share", f"shares sum to {sum(given.values()):g}", "let them sum to 1")
    return tuple(sorted((str(name), float(share)) for name, share in given.items() if share > 0))


def read_table(file: str, data: bytes, mapping: TableMapping, received_us: Instant, sender: Sender) -> Decoded:
    """The rows of a table as fixes, and the faults of rows that cannot be used. Raises Unusable."""
    if len(data) > MOST_BYTES:
        raise Unusable([Problem(Place(file), f"the file has {len(data):,} bytes", f"keep it under {MOST_BYTES:,}")])
    rows = _csv_rows(file, data, mapping) if mapping.table == "csv" else _geojson_rows(file, data)
    found: dict[str, Fix] = {}
    problems: list[Problem] = []
    for place, row in rows:
        try:
            fix = _fix(row, mapping, received_us, sender)
        except ValueError as error:
            what, _, remedy = str(error).partition(": ")
            problems.append(Problem(place, what, remedy or "mend this row", fatal=False))
            continue
        if fix.id in found and found[fix.id].digest != fix.digest:
            problems.append(Problem(place, f"id {fix.id!r} stands on another row too", "the first counts", fatal=False))
        found.setdefault(fix.id, fix)
    return Decoded(tuple(found.values()), tuple(problems))


def _csv_rows(file: str, data: bytes, mapping: TableMapping) -> Iterator[tuple[Place, Mapping[str, object]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unusable([Problem(Place(file, line=line), "the text is not UTF-8", "save the file as UTF-8")]) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        missing = [column for column in mapping.columns if column not in (reader.fieldnames or ())]
        if missing:
            what = f"the header lacks {', '.join(missing)}"
            raise Unusable([Problem(Place(file, line=1), what, "mend the mapping or the table")])
        for record in reader:
            yield Place(file, line=reader.line_num), record
    except csv.Error as error:
        raise Unusable([Problem(Place(file, line=reader.line_num), f"not CSV ({error})", "mend this line")]) from None


def _geojson_rows(file: str, data: bytes) -> Iterator[tuple[Place, Mapping[str, object]]]:
    for feature in features(file, data):
        lon, lat, _ = point(feature)
        faults = [problem for problem in feature.fields.problems if problem.fatal]
        if faults:
            raise Unusable(faults)
        yield Place(file, feature=feature.name), {**feature.fields.table, "": (lon, lat)}


def _fix(row: Mapping[str, object], mapping: TableMapping, received_us: Instant, sender: Sender) -> Fix:
    """One row. Raises ValueError: what is wrong, and after a colon what to do."""
    name = _text(row.get(mapping.id))
    if not name or len(name) > 200:
        raise ValueError(f"column {mapping.id!r} holds no id: give each row its own")
    lon, lat = _place(row, mapping)
    start, end = _days(row, mapping)
    sigma, widen, labels = mapping.sigma_m.of(row), mapping.widen_h.of(row), mapping.labels.of(row)
    for value, coded in ((sigma, mapping.sigma_m), (widen, mapping.widen_h), (labels, mapping.labels)):
        if value is None:
            code = _text(row.get(coded.column))
            raise ValueError(f"column {coded.column!r} holds {code!r}, which the mapping does not know: add it there")
    assert isinstance(sigma, int | float) and isinstance(widen, int | float) and isinstance(labels, tuple)
    wider = round(widen * US_PER_HOUR)
    written = msgspec.json.encode({column: _text(row.get(column)) for column in mapping.columns} | {"at": [lon, lat]})
    return Fix(
        id=f"{sender.sensor}/{name}",
        sensor=sender.sensor,
        time_us=start,
        time_sigma_s=sender.time_sigma_s,
        received_us=received_us,
        digest=sha256(written).hexdigest(),
        labels=labels,
        lon=lon,
        lat=lat,
        sigma_m=max(float(sigma), 1.0),
        window_us=(-wider, end - start + wider) if end > start or wider else None,
    )


def _place(row: Mapping[str, object], mapping: TableMapping) -> tuple[float, float]:
    at = row.get("")
    if isinstance(at, tuple):
        return at
    try:
        lon, lat = float(_text(row.get(mapping.lon))), float(_text(row.get(mapping.lat)))
    except ValueError:
        raise ValueError(f"columns {mapping.lon!r}, {mapping.lat!r} hold no numbers: give degrees") from None
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        raise ValueError(f"longitude {lon:g}, latitude {lat:g} lie nowhere: mend the place")
    return lon, lat


def _days(row: Mapping[str, object], mapping: TableMapping) -> tuple[Instant, Instant]:
    start, _ = _moment(_text(row.get(mapping.start)), mapping.start)
    _, end = _moment(_text(row.get(mapping.until or mapping.start)), mapping.until or mapping.start)
    if end < start:
        raise ValueError(f"{mapping.until!r} comes before {mapping.start!r}: mend the dates")
    return start, end


def _moment(text: str, column: str) -> tuple[Instant, Instant]:
    """The first and the last instant of a day, or an instant twice."""
    day = DAY.fullmatch(text)
    try:
        if day:
            begin = parse_utc(f"{day[1]}T00:00:00Z")
            return begin, begin + DAY_US - US_PER_S
        instant = parse_utc(text)
    except ValueError:
        raise ValueError(f"column {column!r} holds {text[:40]!r}: write a day like 2014-01-22") from None
    return instant, instant


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
