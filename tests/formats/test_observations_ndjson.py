"""Observations of contract 1: every kind read whole, every fault named by its field, nothing read by halves."""

import json
from hashlib import sha256

import pytest

from truceline.formats.observations_ndjson import MOST_LINE_BYTES, named_in, read_observation
from truceline.model.instant import US_PER_S, parse_utc
from truceline.model.observation import (
    CLASSES,
    STATES,
    WAVES,
    Arrival,
    Bearing,
    Damage,
    Exhibit,
    Fix,
    InspectedItem,
    Inspection,
    Report,
    Restriction,
    Status,
    Track,
)  # fmt: skip

from .lines import EVERY, KINDS, LEAST, line, raw

TIME = parse_utc("2026-03-02T10:51:38.479Z")
HUGE = "9" * 400


def refused(data: bytes) -> str:
    """What the reader says of a line that it must not accept."""
    with pytest.raises(ValueError) as caught:
        read_observation(data)
    with pytest.raises(ValueError) as caught_at_the_door:
        named_in(data)
    assert str(caught_at_the_door.value) == str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_what_every_line_says_is_read_and_the_bytes_are_named(kind: str) -> None:
    data = line(
        kind,
        labels={"outgoing": 0.75, "impact": 0.25},
        snr_db=-3.5,
        exhibits=[{"sha256": "ab" * 32, "media_type": "audio/flac", "uri": "x/1.flac"}],
        at=[31.5, 49.25],
        at_sigma_m=8.0,
        seq=41,
        sig="c2ln",
    )
    seen = read_observation(data)
    assert (seen.kind, seen.id, seen.sensor) == (kind, "o-1", "aland-a01")
    assert named_in(data) == (seen.id, seen.sensor)
    assert (seen.time_us, seen.time_sigma_s) == (TIME, 0.02)
    assert seen.received_us == parse_utc("2026-03-02T10:51:40Z")
    assert seen.digest == sha256(data).hexdigest()
    assert seen.labels == (("impact", 0.25), ("outgoing", 0.75))
    assert seen.exhibits == (Exhibit("ab" * 32, "audio/flac", "x/1.flac"),)
    assert (seen.snr_db, seen.at, seen.at_sigma_m, seen.seq, seen.sig) == (-3.5, (31.5, 49.25), 8.0, 41, "c2ln")


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_be_left_out_is_left_open(kind: str) -> None:
    seen = read_observation(line(kind))
    assert (seen.labels, seen.exhibits, seen.snr_db, seen.at, seen.at_sigma_m, seen.seq, seen.sig) == (
        (), (), None, None, None, None, None,
    )  # fmt: skip


def test_an_arrival_in_full() -> None:
    data = line("arrival", azimuth_deg=359.5, azimuth_sigma_deg=1.5, trace_velocity_mps=347.0)
    seen = read_observation(data)
    assert isinstance(seen, Arrival)
    assert (seen.wave, seen.azimuth_deg, seen.azimuth_sigma_deg, seen.trace_velocity_mps) == (
        "acoustic", 359.5, 1.5, 347.0,
    )  # fmt: skip
    alone = read_observation(line("arrival"))
    assert isinstance(alone, Arrival) and alone.azimuth_deg is None and alone.trace_velocity_mps is None


def test_a_bearing_a_fix_and_a_track_in_full() -> None:
    bearing = read_observation(line("bearing"))
    assert isinstance(bearing, Bearing) and (bearing.azimuth_deg, bearing.azimuth_sigma_deg) == (231.5, 0.4)

    fix = read_observation(line("fix", window_s=[-5400, 0.5]))
    assert isinstance(fix, Fix) and (fix.lon, fix.lat, fix.sigma_m) == (31.25, 49.5, 400.0)
    assert fix.window_us == (-5400 * US_PER_S, US_PER_S // 2)

    track = read_observation(line("track", alt_m=120.0, speed_mps=0.0, course_deg=360.0, self_reported=True))
    assert isinstance(track, Track) and (track.track, track.alt_m, track.speed_mps) == ("T-7", 120.0, 0.0)
    assert track.course_deg == 0.0 and track.self_reported
    silent = read_observation(line("track"))
    assert isinstance(silent, Track) and not silent.self_reported


def test_a_report_in_full() -> None:
    data = line(
        "report", seen=True, count=[2, 5], azimuth_deg=90, azimuth_sigma_deg=15, range_m=[500, 2500],
        duration_s=40, weapon="82mm mortar", text="two from the wood, maybe five",
    )  # fmt: skip
    report = read_observation(data)
    assert isinstance(report, Report)
    assert (report.heard, report.seen, report.count, report.range_m) == (True, True, (2, 5), (500.0, 2500.0))
    assert (report.azimuth_deg, report.duration_s, report.weapon) == (90.0, 40.0, "82mm mortar")
    assert report.text == "two from the wood, maybe five"


@pytest.mark.parametrize(("count", "read"), [(0, (0, 0)), (7, (7, 7)), ([3, 3], (3, 3)), ("uncountable", None)])
def test_the_three_forms_of_a_count(count: object, read: object) -> None:
    report = read_observation(line("report", count=count))
    assert isinstance(report, Report) and report.count == read


@pytest.mark.parametrize("count", [-1, [5, 2], [1], [1, 2, 3], [], [-2, 3], "many", "", 1.5, True, None, {"least": 1}])
def test_what_is_no_count(count: object) -> None:
    assert "count" in refused(line("report", count=count))


def test_people_and_things_in_full() -> None:
    items = [
        {"kind": "howitzer_152mm", "expected": 12, "found": 11, "serials": ["a1", "a2"]},
        {"kind": "tank", "expected": 0, "found": 0},
    ]
    inspection = read_observation(line("inspection", items=items))
    assert isinstance(inspection, Inspection) and (inspection.site, inspection.access) == ("depot-4", "granted")
    assert inspection.items == (InspectedItem("howitzer_152mm", 12, 11, ("a1", "a2")), InspectedItem("tank", 0, 0))

    restriction = read_observation(line("restriction", who="arvia", until="2026-03-02T12:00:00Z"))
    assert isinstance(restriction, Restriction) and (restriction.what, restriction.who) == ("denied passage", "arvia")
    assert restriction.until_us == parse_utc("2026-03-02T12:00:00Z")

    damage = read_observation(line("damage", persons=0, cause_stated="shell"))
    assert isinstance(damage, Damage) and (damage.object, damage.persons, damage.cause_stated) == ("school", 0, "shell")


@pytest.mark.parametrize("state", STATES)
def test_every_state(state: str) -> None:
    status = read_observation(line("status", state=state))
    assert isinstance(status, Status) and status.state == state


@pytest.mark.parametrize("wave", WAVES)
def test_every_wave(wave: str) -> None:
    arrival = read_observation(line("arrival", wave=wave))
    assert isinstance(arrival, Arrival) and arrival.wave == wave


@pytest.mark.parametrize("class_", [*CLASSES, "firework"])
def test_labels_name_what_the_sensor_knows_known_to_us_or_not(class_: str) -> None:
    assert read_observation(line(labels={class_: 1})).labels == ((class_, 1.0),)


REQUIRED = sorted(
    {(kind, field) for kind in KINDS for field in (*EVERY, *LEAST[kind])} - {("report", "heard")}
)  # fmt: skip


@pytest.mark.parametrize(("kind", "field"), [*REQUIRED, ("arrival", "kind")])
def test_a_required_field_that_is_missing_is_named(kind: str, field: str) -> None:
    assert f"`{field}`" in refused(line(kind, field))


@pytest.mark.parametrize(("kind", "field"), REQUIRED)
def test_a_field_of_another_type_is_named(kind: str, field: str) -> None:
    others: tuple[object, ...] = (None, {"a": 1}, [[]], True)
    for other in others:
        assert field in refused(line(kind, **{field: other}))


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (kind, field)
        for kind in KINDS
        for field, value in (EVERY | LEAST[kind]).items()
        if isinstance(value, float) and not isinstance(value, bool)
    ],
)
def test_a_number_written_as_text_is_no_number(kind: str, field: str) -> None:
    assert field in refused(line(kind, **{field: "1.5"}))


@pytest.mark.parametrize(
    "text", ["NaN", "nan", "Infinity", "-Infinity", "0x10", "01", "1.", ".5", "+1", "1_000", "1e999", HUGE]
)
def test_what_json_does_not_know_or_no_number_holds(text: str) -> None:
    refused(raw(line("fix"), "sigma_m", text))
    refused(raw(line("fix", snr_db=1.0), "snr_db", text))


IN_RANGE = [
    ("arrival", "time_sigma_s", (0.0, 1e7)),
    ("arrival", "snr_db", (-300.0, 300.0)),
    ("bearing", "azimuth_deg", (0.0, 360.0)),
    ("bearing", "azimuth_sigma_deg", (1e-9, 360.0)),
    ("fix", "lon", (-180.0, 180.0)),
    ("fix", "lat", (-90.0, 90.0)),
    ("fix", "sigma_m", (1e-9, 1e7)),
    ("track", "speed_mps", (0.0, 30_000.0)),
    ("report", "duration_s", (0.0, 1e6)),
]
OUT_OF_RANGE = [
    ("arrival", "time_sigma_s", (-1e-9, 1.0000001e7)),
    ("bearing", "azimuth_deg", (-1e-9, 360.0000001)),
    ("bearing", "azimuth_sigma_deg", (0.0, -1.0, 360.1)),
    ("arrival", "trace_velocity_mps", (0.0, -340.0)),
    ("fix", "lon", (-180.0000001, 180.0000001)),
    ("fix", "lat", (-90.0000001, 90.0000001)),
    ("fix", "sigma_m", (0.0, -1.0, 1.1e7)),
    ("track", "speed_mps", (-0.1,)),
    ("track", "course_deg", (-0.1, 360.1)),
    ("report", "duration_s", (-0.1,)),
    ("report", "range_m", ([-1, 5], [5], [5, 1], [1, 2, 3])),
    ("damage", "persons", (-1, 1.5)),
    ("arrival", "seq", (-1, 1.5)),
    ("arrival", "at_sigma_m", (0.0, -1.0)),
    ("arrival", "labels", ({"impact": 1.0001}, {"impact": -0.1}, {"": 0.5}, ["impact"], {"impact": "likely"})),
    ("fix", "window_s", ([1, -1], [0], [-1e9, 0], [0, 1e9], {"from": 0})),
]


@pytest.mark.parametrize(("kind", "field", "values"), IN_RANGE)
def test_the_ends_of_what_a_number_may_be(kind: str, field: str, values: tuple[float, ...]) -> None:
    for value in values:
        seen = read_observation(line(kind, **{field: value}))
        assert getattr(seen, field) in (value, value % 360.0)


@pytest.mark.parametrize(("kind", "field", "values"), OUT_OF_RANGE)
def test_just_beyond_the_ends(kind: str, field: str, values: tuple[object, ...]) -> None:
    for value in values:
        extra = {"azimuth_sigma_deg": 1.0} if field == "trace_velocity_mps" else {}
        assert field in refused(line(kind, **extra, **{field: value})), value


def test_a_position_with_latitude_first_is_refused_where_degrees_tell() -> None:
    assert "lat" in refused(line("fix", lon=49.5, lat=131.25))
    assert "at" in refused(line(at=[49.5, 131.25]))


def test_azimuth_and_its_sigma_come_together() -> None:
    for kind in ("arrival", "report"):
        assert "give both or neither" in refused(line(kind, azimuth_deg=3.0))
        assert "give both or neither" in refused(line(kind, azimuth_sigma_deg=3.0))


def test_a_report_heard_or_saw_something() -> None:
    assert "heard, seen" in refused(line("report", heard=False))
    assert "heard, seen" in refused(line("report", "heard"))
    assert isinstance(read_observation(line("report", heard=False, seen=True)), Report)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T10:51:38",  # whose clock?
        "2026-03-02T10:51:38+01:00",
        "2026-03-02 10:51:38Z",
        "2026-03-02T10:51:38.1234567Z",
        "2026-02-30T10:51:38Z",
        "2026-03-02T24:00:00Z",
        "2016-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "2026-03-02t10:51:38z",
        "٢٠٢٦-03-02T10:51:38Z",
        "20260302T105138Z",
        "1772448698",
        "",
    ],
)
def test_what_is_no_time_in_utc(text: str) -> None:
    assert refused(line(time=text)).startswith("time: ")
    assert refused(line(received=text)).startswith("received: ")
    assert refused(line("restriction", until=text)).startswith("until: ")


@pytest.mark.parametrize("year", ["0001", "1899", "2200", "9999"])
def test_a_clock_that_was_never_set_is_no_clock(year: str) -> None:
    assert "never set" in refused(line(time=f"{year}-01-01T00:00:00Z"))
    assert "never set" in refused(line(received=f"{year}-01-01T00:00:00Z"))
    for first, last in (("1900-01-01T00:00:00Z", "2199-12-31T23:59:59.999999Z"),):
        assert read_observation(line(time=first, received=last)).time_us == parse_utc(first)


@pytest.mark.parametrize("digest", ["AB" * 32, "ab" * 31, "ab" * 33, "zz" * 32, " " + "ab" * 32, "ab" * 32 + "\n"])
def test_an_exhibit_is_named_by_a_digest(digest: str) -> None:
    assert "sha256" in refused(line(exhibits=[{"sha256": digest, "media_type": "image/png"}]))


def test_names_are_neither_empty_nor_endless() -> None:
    for field in ("id", "sensor"):
        assert field in refused(line(**{field: ""}))
        assert field in refused(line(**{field: "x" * 257}))
        assert getattr(read_observation(line(**{field: "ж" * 256})), field) == "ж" * 256


def test_unknown_fields_are_kept_in_the_bytes_and_are_no_error() -> None:
    plain, more = line(), line(f_statistic=75.0, vendor={"a": [1, {"b": None}]})
    assert read_observation(plain).digest != read_observation(more).digest
    assert isinstance(read_observation(more), Arrival)


@pytest.mark.parametrize(
    "data", [b"", b"null", b"[]", b"3", b'"x"', b"{", b"{}", b"\x00", b"\xff\xfe{}", b"[" * 100_000]
)
def test_what_is_no_object(data: bytes) -> None:
    assert refused(data)


def test_a_line_ends_where_its_object_ends() -> None:
    assert "trailing" in refused(line() + b" {}")
    assert "trailing" in refused(line() + line())
    assert read_observation(b"  " + line() + b" \t\r").id == "o-1"


def test_deep_nesting_is_refused_and_no_crash() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert refused(raw(line(vendor=0), "vendor", deep))
    assert refused(raw(line("inspection"), "items", deep))


@pytest.mark.parametrize("field", ["id", "vendor"])
def test_what_is_not_utf8_is_refused_even_where_nobody_reads(field: str) -> None:
    bad = line(**{field: "@@"}).replace(b"@@", b"\xc3\x28")
    assert "UTF-8" in refused(bad)
    assert refused(line(**{field: "@@"}).replace(b"@@", b"\\ud800"))
    assert "UTF-8" in refused(b"\xef\xbb\xbf" + line()) or "malformed" in refused(b"\xef\xbb\xbf" + line())


def test_the_longest_line() -> None:
    room = MOST_LINE_BYTES - len(line("report", text=""))
    assert read_observation(line("report", text="x" * room)).kind == "report"
    assert f"{MOST_LINE_BYTES + 1:,} bytes" in refused(line("report", text="x" * (room + 1)))


def test_of_a_field_written_twice_the_last_counts() -> None:
    """JSON leaves it open; every reader of ours must agree, or two verifiers would see two observations."""
    data = line(sensor="first").replace(b'"sensor": "first"', b'"sensor": "first", "sensor": "last"')
    assert read_observation(data).sensor == "last" == json.loads(data)["sensor"]


def test_a_byte_order_mark_that_nobody_sees_is_told_by_its_name() -> None:
    with pytest.raises(ValueError, match="byte order mark; save it as UTF-8 without one"):
        read_observation(b"\xef\xbb\xbf{}")
