"""Tables by a mapping file: coded precision becomes sigma and window; what cannot be used is set aside with its row."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.formats.table_mapping import TableMapping, read_mapping, read_table
from truceline.model.feed import Decoded, Sender
from truceline.model.instant import US_PER_HOUR, parse_utc
from truceline.model.observation import Fix
from truceline.model.problem import Unusable

MAPPINGS = Path(__file__).parents[2] / "mappings"
SENDER = Sender(sensor="table", time_sigma_s=60.0)
HEAD = "id,longitude,latitude,where_prec,date_prec,date_start,date_end\n"


def mapping(name: str = "ucdp-ged") -> TableMapping:
    return read_mapping(f"{name}.toml", (MAPPINGS / f"{name}.toml").read_bytes())


def read(text: str, by: TableMapping | None = None) -> Decoded:
    return read_table("table.csv", text.encode(), by or mapping(), 0, SENDER)


def fixes(decoded: Decoded) -> list[Fix]:
    return [seen for seen in decoded.observations if isinstance(seen, Fix)]


def test_coded_precision_becomes_sigma_and_window() -> None:
    (exact, vague) = fixes(read(HEAD + "7,37.5,48.25,1,1,2014-07-03 00:00:00.000,2014-07-03 00:00:00.000\n"
                                       "8,37.5,48.25,4,4,2014-07-01,2014-07-31\n"))  # fmt: skip
    assert (exact.id, exact.sensor, exact.sigma_m) == ("table/7", "table", 1000.0)
    assert exact.time_us == parse_utc("2014-07-03T00:00:00Z")
    assert exact.window_us == (-12 * US_PER_HOUR, 36 * US_PER_HOUR - 1_000_000)
    assert vague.sigma_m == 75000.0
    assert vague.window_us is not None and vague.window_us[1] > 31 * 24 * US_PER_HOUR


def test_what_died_of_what_is_left_open() -> None:
    (fix,) = fixes(read(HEAD + "7,37.5,48.25,1,1,2014-07-03,2014-07-03\n"))
    assert dict(fix.labels) == {"explosion": 0.4, "burst": 0.3, "other": 0.3}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("7,37.5,48.25,6,1,2014-07-03,2014-07-03", "table.csv:2: column 'where_prec' holds '6'"),
        ("7,east,48.25,1,1,2014-07-03,2014-07-03", "hold no numbers"),
        ("7,370.5,48.25,1,1,2014-07-03,2014-07-03", "lie nowhere"),
        ("7,nan,48.25,1,1,2014-07-03,2014-07-03", "lie nowhere"),
        ("7,37.5,48.25,1,1,03/07/2014,2014-07-03", "write a day like 2014-01-22"),
        ("7,37.5,48.25,1,1,2014-07-03,2014-07-02", "comes before"),
        (",37.5,48.25,1,1,2014-07-03,2014-07-03", "holds no id"),
        ("7,37.5", "hold no numbers"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside(row: str, said: str) -> None:
    decoded = read(HEAD + row + "\n8,37.5,48.25,1,1,2014-07-03,2014-07-03\n")
    assert [fix.id for fix in fixes(decoded)] == ["table/8"]
    (problem,) = decoded.problems
    assert said in str(problem) and not problem.fatal


def test_two_rows_of_one_id_are_told() -> None:
    row = "7,37.5,48.25,1,1,2014-07-03,2014-07-03\n"
    assert read(HEAD + row + row).problems == ()
    decoded = read(HEAD + row + row.replace("37.5", "37.6"))
    assert len(decoded.observations) == 1 and "stands on another row too" in str(decoded.problems[0])


def test_words_choose_the_labels() -> None:
    head = "event_id_cnty,longitude,latitude,geo_precision,time_precision,event_date,sub_event_type\n"
    rows = "A1,37,48,2,1,2024-02-03,Air/drone strike\nA2,37,48,1,3,2024-02-03,Peaceful protest\n"
    strike, protest = fixes(read(head + rows, mapping("acled")))
    assert dict(strike.labels)["impact"] == 0.6 and strike.sigma_m == 10000.0
    assert protest.labels == (("other", 1.0),)


def test_geojson_points_are_read_like_rows() -> None:
    text = 'table = "geojson"\nid = "name"\nfrom = "seen"\n[place_sigma]\nmetres = 30.0\n'
    text += "[labels]\nshare = { vehicle = 1.0 }\n"
    by = read_mapping("imagery.toml", text.encode())
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [37.5, 48.0]}}
    told = {**point, "properties": {"name": "v1", "seen": "2026-03-02T10:51:38Z"}}
    data = json.dumps({"type": "FeatureCollection", "features": [told, {**point, "properties": {}}]}).encode()
    decoded = read_table("vehicles.geojson", data, by, 0, SENDER)
    (fix,) = fixes(decoded)
    assert (fix.lon, fix.lat, fix.sigma_m, fix.window_us) == (37.5, 48.0, 30.0, None)
    assert fix.time_us == parse_utc("2026-03-02T10:51:38Z")
    assert len(decoded.problems) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("lon = ", "lonn = "), "'lon'"),
        (('"1" = 1000.0', '"1" = "near"'), "no number"),
        (("explosion = 0.4", "explosio = 0.4"), "did you mean 'explosion'"),
        (("explosion = 0.4", "explosion = 0.9"), "sum to 1"),
    ],
)
def test_a_slip_in_the_mapping_is_found_at_its_line(change: tuple[str, str], said: str) -> None:
    text = (MAPPINGS / "ucdp-ged.toml").read_text("utf-8")
    line = text[: text.index(change[0])].count("\n") + 1
    with pytest.raises(Unusable) as caught:
        read_mapping("m.toml", text.replace(*change).encode())
    told = [problem for problem in caught.value.problems if said in str(problem)]
    assert told and any(problem.place.line == line for problem in told), caught.value.problems


def test_a_part_that_is_missing_is_named() -> None:
    text = (MAPPINGS / "ucdp-ged.toml").read_text("utf-8").replace("[place_sigma]", "[place]")
    with pytest.raises(Unusable, match=r"\[place_sigma\] is missing"):
        read_mapping("m.toml", text.encode())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_no_table_raises_anything_else(data: bytes) -> None:
    for text in (data, HEAD.encode() + data):
        try:
            read_table("t", text, mapping(), 0, SENDER)
        except Unusable as unusable:
            assert unusable.problems
