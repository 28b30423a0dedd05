"""Spreadsheets: CSV and workbooks give the same rows; patrols' forms and filings become lines of contract 1."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.formats.form_rows import read_rows, zone_of
from truceline.formats.observations_ndjson import read_observation
from truceline.formats.sheet import SHEET, STRINGS, read_sheet
from truceline.model.instant import parse_utc
from truceline.model.observation import Damage, Fix, Report, Restriction
from truceline.model.problem import Place, Unusable

RECEIVED = parse_utc("2026-03-02T18:00:00Z")
TWO = timedelta(hours=2)


def workbook(sheet: str, strings: tuple[str, ...] = (), head: str = "") -> bytes:
    """A workbook of one sheet, as the standard has it at least."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(SHEET, f'{head}<worksheet xmlns="s"><sheetData>{sheet}</sheetData></worksheet>')
        shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
        archive.writestr(STRINGS, f'<sst xmlns="s">{shared}</sst>')
    return kept.getvalue()


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


TYPED = workbook(
    row(1, '<c r="A1" t="s"><v>0</v></c>', '<c r="B1" t="inlineStr"><is><t>heard</t></is></c>',
        '<c r="D1" t="s"><v>1</v></c>')
    + row(3, '<c r="A3"><v>46083.4525</v></c>', '<c r="B3" t="b"><v>1</v></c>', '<c r="C3"><v>9</v></c>',
          '<c r="D3" t="str"><f>A1</f><v>a &amp; b</v></c>'),
    ("time", "text"),
)  # fmt: skip


def test_a_workbook_gives_what_its_cells_show() -> None:
    assert read_sheet("m.xlsx", TYPED) == [
        (Place("m.xlsx", line=3), {"time": "46083.4525", "heard": "true", "text": "a & b"})
    ]


def test_commas_and_semicolons_and_empty_rows() -> None:
    wanted = [(Place("f", line=4), {"a": "1", "b": "x,y"})]
    assert read_sheet("f", b'\xef\xbb\xbfa,b,\n\n,,\n 1 ,"x,y",\n') == wanted
    assert read_sheet("f", b"a;b\n;\n\n1;x,y\n") == wanted


def test_a_run_of_formatted_text_is_one_and_hints_are_none() -> None:
    data = workbook(row(1, '<c r="A1" t="s"><v>0</v></c>') + row(2, '<c r="A2"><v>5</v></c>'))
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        sheet = old.read(SHEET)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(SHEET, sheet)
        archive.writestr(STRINGS, "<sst><si><r><t>ti</t></r><r><t>me</t></r><rPh><t>x</t></rPh></si></sst>")
    assert read_sheet("f", kept.getvalue()) == [(Place("f", line=2), {"time": "5"})]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"), (b"a,a\n1,2\n", "two columns are called a"), (b"a\n\xff\n", "not UTF-8"),
        (b"PK\x03\x04", "cannot be read"), (workbook(row(1, '<c r="ZZZ1"><v>1</v></c>')), "columns"),
        (workbook(row(1, '<c r="1A"><v>1</v></c>')), "is nowhere"),
        (workbook(row(1, '<c r="A1" t="s"><v>7</v></c>')), "shared string 7"), (workbook("<row>"), "cannot be read"),
        (workbook("", head='<!DOCTYPE w [<!ENTITY a "b">]>'), "has a DTD"), (workbook("<x>" * 40), "deeper"),
    ],
)  # fmt: skip
def test_what_is_no_sheet_is_told(data: bytes, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        read_sheet("f", data)


def test_a_workbook_that_grows_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("truceline.formats.sheet.MOST_PART_BYTES", 1_000)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SHEET, b" " * 100_000)
    with pytest.raises(Unusable, match="grows beyond"):
        read_sheet("f", kept.getvalue())
    bare = io.BytesIO()
    with zipfile.ZipFile(bare, "w") as archive:
        archive.writestr("other", b"")
    with pytest.raises(Unusable, match="has no xl/worksheets"):
        read_sheet("f", bare.getvalue())


def lines(kind: str, text: str, zone: timedelta = TWO) -> tuple[list[bytes], list[str]]:
    said = read_rows(kind, read_sheet("f", text.encode()), RECEIVED, zone, "patrol-4")
    return list(said.lines), [str(problem) for problem in said.problems]


def test_a_patrols_form_becomes_observations() -> None:
    found, said = lines(
        "patrol",
        "time;kind;heard;seen;count_least;count_most;azimuth_deg;range_least_m;range_most_m;class;lon;lat;what;object;persons\n"
        "02.03.2026 12:51;report;yes;no;3;5;47,5;3000;5000;outgoing;37.5;48.0;;;\n"
        "2026-03-02 13:20:05;restriction;;;;;;;;;;;denied;;\n"
        "2026-03-02T11:30:00Z;damage;;;;;;;;;;;;school;2\n"
        "46083.5;fix;;;;;;;;impact;37.6;48.1;;;\n",
    )
    report, restriction, damage = (read_observation(line) for line in found)
    assert isinstance(report, Report) and report.heard and not report.seen
    assert (report.count, report.azimuth_deg, report.azimuth_sigma_deg, report.range_m) == (
        (3, 5),
        47.5,
        10.0,
        (3000.0, 5000.0),
    )
    assert (report.at, report.at_sigma_m, report.labels) == ((37.5, 48.0), 50.0, (("outgoing", 1.0),))
    assert report.time_us == parse_utc("2026-03-02T10:51:00Z") and report.received_us == RECEIVED
    assert isinstance(restriction, Restriction) and restriction.time_us == parse_utc("2026-03-02T11:20:05Z")
    assert isinstance(damage, Damage) and (damage.object, damage.persons) == ("school", 2)
    assert len(said) == 1 and "f:5" in said[0] and "sigma_m" in said[0]


def test_a_fix_has_its_own_place_and_a_serial_day_its_zone() -> None:
    (line,), said = lines("patrol", "time,kind,class,lon,lat,sigma_m,heard\n46083.5,fix,impact,37.6,48.1,20,\n")
    fix = read_observation(line)
    assert said == [] and isinstance(fix, Fix) and (fix.lon, fix.lat, fix.at) == (37.6, 48.1, None)
    assert fix.time_us == parse_utc("2026-03-02T10:00:00Z")


def test_the_same_row_has_the_same_id_and_other_content_under_one_id_is_told() -> None:
    head = "id,time,kind,heard,count,text\n"
    one = ",2026-03-02 12:51,report,yes,uncountable,a\n"
    (line,), said = lines("patrol", head + one + one)
    assert said == [] and json.loads(line)["id"].startswith("patrol-4/")
    named = "7,2026-03-02 12:51,report,yes,4,a\n"
    (line,), said = lines("patrol", head + named + named.replace(",a", ",b"))
    assert json.loads(line)["count"] == 4 and "stands on another row too" in said[0]


def test_what_parties_file() -> None:
    head = "id,party,activity,lodged,from,until,lon,lat,radius_m,count,received\n"
    first = "N-1,a,demolition,2026-03-01 09:00,2026-03-02 10:00,2026-03-02 12:00,37.5,48.0,500,20,\n"
    second = "N-2,a,demolition,2026-03-01 09:00,2026-03-02 10:00,2026-03-02 12:00,37.5,48.0,500,,2026-03-01 09:05\n"
    (one, other), said = lines("notices", head + first + second)
    assert said == [] and json.loads(one)["received"].startswith("2026-03-02T18:00:00")
    assert json.loads(other)["received"].startswith("2026-03-01T07:05:00") and json.loads(one)["count"] == 20
    (claim,), said = lines(
        "claims", "id,party,accuses,time,lon,lat,radius_m,class\nC1,a,b,2026-03-02 10:00,37,48,900,impact\n"
    )
    assert said == [] and json.loads(claim)["accuses"] == "b"
    (contact,), said = lines("contacts", "id,from,to,kind,time\nK1,a,centre,coordination_request,2026-03-02 10:00\n")
    assert said == [] and (json.loads(contact)["from"], json.loads(contact)["to"]) == ("a", "centre")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,hearrd\n2026-03-02 12:51,yes\n", "did you mean 'heard'"), ("time,heard\nyesterday,yes\n", "RFC 3339"),
        ("time,heard\n2026-03-32 12:51,yes\n", "time:"), ("time\n2026-03-02 12:51\n", "heard, seen"),
        ("time,heard\n2026-03-02 12:51,perhaps\n", "neither yes nor no"),
        ("time,heard,azimuth_deg\n2026-03-02 12:51,yes,north\n", "no number"),
        ("time,heard,lon\n2026-03-02 12:51,yes,7\n", "both"),
        ("time;heard;range_least_m\n2026-03-02 12:51;yes;3,000\n", "may be 3000 or 3.000"),
        ("time,heard,count_least\n2026-03-02 12:51,yes,7\n", "both or neither"),
        ("time,heard,azimuth_deg\n2026-03-02 12:51,yes,nan\n", "no finite number"),
        ("time,heard,count_least,count_most\n2026-03-02 12:51,yes,1.5,2\n", "no whole number"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_told_at_its_line(text: str, said: str) -> None:
    _, told = lines("patrol", text)
    assert any(said in one for one in told), told


def test_zones() -> None:
    assert (zone_of("Z"), zone_of("+02:30"), zone_of("-01:00")) == (
        timedelta(),
        timedelta(hours=2.5),
        timedelta(hours=-1),
    )
    with pytest.raises(ValueError, match="is no zone"):
        zone_of("EET")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(TYPED) - 1), st.integers(0, 255))
def test_no_bytes_raise_anything_else(noise: bytes, at: int, value: int) -> None:
    damaged = bytearray(TYPED)
    damaged[at] = value
    for data in (noise, bytes(damaged), b"PK\x03\x04" + noise):
        try:
            rows = read_sheet("f", data)
        except Unusable as unusable:
            assert unusable.problems
        else:
            read_rows("patrol", rows, RECEIVED, TWO, "p")
