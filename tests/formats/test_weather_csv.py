"""weather.csv: rows that can be used, faults of those that cannot, each at its line."""

import pytest

from truceline.formats.weather_csv import COLUMNS, read_weather
from truceline.model.ground import WeatherRow
from truceline.model.instant import parse_utc
from truceline.model.problem import Problem

from .faults import ENDLESS, FILE, HUGE, faults

HEADER = ",".join(COLUMNS)
CELLS = {
    "time": "2026-03-02T10:00:00Z", "lon": "31.25", "lat": "49.5", "temperature_c": "-4.5", "wind_east_mps": "3.25",
    "wind_north_mps": "-1", "temperature_sigma_c": "1.5", "wind_sigma_mps": "2",
}  # fmt: skip


def row(**changes: str) -> str:
    return ",".join((CELLS | changes).values())


def file(*rows: str, header: str = HEADER, end: str = "\n") -> bytes:
    return end.join([header, *rows, ""]).encode()


def read(data: bytes) -> tuple[tuple[WeatherRow, ...], tuple[Problem, ...]]:
    return read_weather(FILE, data)


ROW = WeatherRow(
    time_us=parse_utc("2026-03-02T10:00:00Z"),
    lon=31.25,
    lat=49.5,
    temperature_c=-4.5,
    wind_east_mps=3.25,
    wind_north_mps=-1.0,
    temperature_sigma_c=1.5,
    wind_sigma_mps=2.0,
)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_row_in_full(end: str) -> None:
    assert read(file(row(), end=end)) == ((ROW,), ())
    assert read(b"\xef\xbb\xbf" + file(row(), end=end)) == ((ROW,), ())


def test_columns_stand_in_any_order_and_more_are_allowed() -> None:
    names = [*reversed(COLUMNS), "gust", "note"]
    cells = CELLS | {"gust": "x", "note": '"a, ""b"""'}
    data = file(",".join(cells[name] for name in names), header=",".join(names))
    assert read(data) == ((ROW,), ())


def test_rows_are_ordered_and_a_repeated_one_counts_once() -> None:
    rows = [row(time=f"2026-03-02T1{hour}:00:00Z") for hour in (2, 0, 1)]
    found, problems = read(file(*rows, rows[0]))
    assert not problems and len(found) == 3
    assert found == read(file(*reversed(rows)))[0]
    assert [one.time_us for one in found] == sorted(one.time_us for one in found)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize(
    "text", ["", "x", "nan", "inf", "-inf", "1e999", "1_0", "1,0", "٣", "0x1", "--1", "1 2", "null", HUGE, ENDLESS]
)
def test_a_cell_that_is_nothing_is_told_at_its_line_and_the_rest_is_kept(column: str, text: str) -> None:
    cells = dict(CELLS)
    cells[column] = f'"{text}"' if "," in text else text
    found, problems = read(file(row(), ",".join(cells.values()), row(lat="50")))
    assert [one.lat for one in found] == [49.5, 50.0]
    (problem,) = problems
    assert (problem.place.file, problem.place.line, problem.place.field) == (FILE, 3, column)
    assert problem.what and problem.remedy


@pytest.mark.parametrize(
    ("column", "ends", "beyond"),
    [
        ("lon", ("-180", "180"), ("-180.01", "180.01")),
        ("lat", ("-90", "90"), ("-90.01", "131.25")),
        ("temperature_c", ("-100", "100"), ("-100.1", "271.3")),
        ("wind_east_mps", ("-150", "150"), ("-151", "151")),
        ("wind_north_mps", ("-150", "150"), ("-151", "151")),
        ("temperature_sigma_c", ("0", "100"), ("-0.01", "101")),
        ("wind_sigma_mps", ("0", "150"), ("-0.01", "151")),
    ],
)
def test_the_ends_of_the_numbers(column: str, ends: tuple[str, str], beyond: tuple[str, str]) -> None:
    for text in ends:
        assert read(file(row(**{column: text})))[1] == ()
    for text in beyond:
        found, (problem,) = read(file(row(**{column: text})))
        assert not found and problem.place.field == column and "give a number" in problem.remedy


def test_a_row_that_is_cut_short() -> None:
    found, problems = read(file("2026-03-02T10:00:00Z,31.25", row()))
    assert found == (ROW,)
    assert {one.place.field for one in problems} == set(COLUMNS[2:]) and {one.place.line for one in problems} == {2}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_header_that_lacks_or_repeats_a_column(column: str) -> None:
    lacking = ",".join(name for name in COLUMNS if name != column)
    (problem,) = faults(read_weather, file(header=lacking))
    assert problem.place.line == 1 and column in problem.what and HEADER in problem.remedy
    (problem,) = faults(read_weather, file(f"{row()},9", header=f"{HEADER},{column}"))
    assert problem.place.line == 1 and f"repeats {column}" in problem.what


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x00", b"{}"])
def test_what_has_no_header(data: bytes) -> None:
    assert "lacks" in faults(read_weather, data)[0].what


def test_only_a_header_is_no_weather_and_no_fault() -> None:
    assert read(file()) == ((), ())


def test_what_is_not_utf8_is_told_at_its_line() -> None:
    (problem,) = faults(read_weather, file(row(), row()) + b"caf\xe9\n")
    assert problem.place.line == 4 and "UTF-8" in problem.remedy


def test_a_cell_without_end_is_told_at_its_line() -> None:
    (problem,) = faults(read_weather, file(row(), row(lon="1" * 200_000), row()))
    assert problem.place.line == 3


def test_a_quote_that_is_never_closed_loses_nothing_silently() -> None:
    found, problems = read(file(row(), f'"{row()}', row()))
    assert found == (ROW,) and problems
