"""weather.csv of contract 1 → WeatherRows.

    time,lon,lat,temperature_c,wind_east_mps,wind_north_mps,temperature_sigma_c,wind_sigma_mps

UTF-8, comma separated, a header line; further columns are allowed. Wind is where the air moves to.
"""

import csv
import io
import re

from truceline.formats.fields import Fields
from truceline.model.ground import WeatherRow
from truceline.model.problem import Place, Problem, Unusable

COLUMNS = (
    "time", "lon", "lat", "temperature_c", "wind_east_mps", "wind_north_mps", "temperature_sigma_c", "wind_sigma_mps",
)  # fmt: skip
NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")
MOST_BYTES = 64 * 1024 * 1024


def read_weather(file: str, data: bytes) -> tuple[tuple[WeatherRow, ...], tuple[Problem, ...]]:
    """The rows that can be used, in order of (time, lon, lat), and the faults of those that cannot.

    Raises Unusable when the header lacks a column or the file is no text.
    """
    if len(data) > MOST_BYTES:
        raise Unusable([Problem(Place(file), f"the file has {len(data):,} bytes", f"keep it under {MOST_BYTES:,}")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unusable([Problem(Place(file, line=line), "the text is not UTF-8", "save the file as UTF-8")]) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        names = list(reader.fieldnames or ())
        missing = [column for column in COLUMNS if column not in names]
        twice = [column for column in COLUMNS if names.count(column) > 1]
        if missing or twice:
            what = f"the header lacks {', '.join(missing)}" if missing else f"the header repeats {', '.join(twice)}"
            raise Unusable([Problem(Place(file, line=1), what, f"write the header {','.join(COLUMNS)}")])
        rows, problems = _rows(file, reader)
    except csv.Error as error:
        place = Place(file, line=reader.reader.line_num)
        raise Unusable([Problem(place, f"not CSV ({error})", "mend this line")]) from None
    return tuple(sorted(set(rows), key=lambda row: (row.time_us, row.lon, row.lat, repr(row)))), tuple(problems)


def _rows(file: str, reader: "csv.DictReader[str]") -> tuple[list[WeatherRow], list[Problem]]:
    rows: list[WeatherRow] = []
    problems: list[Problem] = []
    for record in reader:
        line = reader.line_num
        table = {key: value if key == "time" else _number(value) for key, value in record.items() if key in COLUMNS}
        fields = Fields(table, lambda field, line=line: Place(file, line=line, field=field))  # type: ignore[misc]
        row = WeatherRow(
            time_us=fields.instant("time"),
            lon=fields.number("lon", least=-180.0, most=180.0),
            lat=fields.number("lat", least=-90.0, most=90.0),
            temperature_c=fields.number("temperature_c", least=-100.0, most=100.0),
            wind_east_mps=fields.number("wind_east_mps", least=-150.0, most=150.0),
            wind_north_mps=fields.number("wind_north_mps", least=-150.0, most=150.0),
            temperature_sigma_c=fields.number("temperature_sigma_c", least=0.0, most=100.0),
            wind_sigma_mps=fields.number("wind_sigma_mps", least=0.0, most=150.0),
        )
        if not fields.faulty:
            rows.append(row)
        problems += fields.problems
    return rows, problems


def _number(text: str | None) -> object:
    """The number a cell holds, or the cell itself for the fault to show."""
    return float(text) if text is not None and NUMBER.fullmatch(text) else text
