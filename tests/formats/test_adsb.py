"""ADS-B: messages whose meaning is published, round trips by our own writer, and nothing but words for what is bad.

The published ones are the worked examples of Sun, *The 1090 Megahertz Riddle* (2nd ed., 2021), chapters 4 to 6.
"""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.formats.adsb import MOST_AIRCRAFT, AdsbLines, remainder, zones_of_longitude
from truceline.formats.adsb_write import write_category, write_position, write_velocity
from truceline.model.feed import Sender
from truceline.model.observation import Track

SECOND = 1_000_000
NOW = 1_750_000_000 * SECOND
SENDER = Sender(sensor="adsb-1", time_sigma_s=0.5)
EVEN, ODD = b"*8D40621D58C382D690C8AC2863A7;", b"*8D40621D58C386435CC412692AD6;"
VELOCITY = b"*8D485020994409940838175B284F;"
NAME = b"*8D4840D6202CC371C32CE0576098;"
PLANE = Track(
    id="", sensor="adsb-1", time_us=NOW, time_sigma_s=1.0, received_us=NOW, digest="", track="icao:3c6444",
    lon=37.5, lat=48.0, sigma_m=10.0, alt_m=3_000.0, speed_mps=200.0, course_deg=222.0,
)  # fmt: skip


def heard(*lines: bytes, step_us: int = SECOND) -> tuple[list[Track], list[str]]:
    """What lines say, one a second."""
    reader = AdsbLines("f", SENDER)
    tracks: list[Track] = []
    said: list[str] = []
    for number, line in enumerate(lines):
        told = reader.take(number + 1, line, NOW + number * step_us)
        tracks += [seen for seen in told.observations if isinstance(seen, Track)]
        said += [str(problem) for problem in told.problems]
    return tracks, said


def test_the_published_position() -> None:
    (track,), said = heard(ODD, EVEN)
    assert said == []
    assert (track.lat, track.lon) == pytest.approx((52.2572021484375, 3.91937255859375), abs=1e-9)
    assert (track.track, track.self_reported, track.alt_m) == ("icao:40621d", True, None)
    assert track.labels == (("aircraft", 1.0),)
    (other,), _ = heard(EVEN, ODD)
    assert (other.lat, other.lon) == pytest.approx((52.26578017412606, 3.938912527901786), abs=1e-9)


def test_the_published_velocity_belongs_to_the_positions_after_it() -> None:
    address = 0x485020
    lines = [VELOCITY, *(write_position(replace(PLANE, alt_m=None), address, odd=odd) for odd in (False, True))]
    (track,), said = heard(*lines)
    assert said == [] and track.speed_mps == pytest.approx(159.20 * 1852 / 3600, rel=1e-4)
    assert track.course_deg == pytest.approx(182.88, abs=0.005)
    stale, _ = heard(*lines, step_us=9 * SECOND)
    assert [one.speed_mps for one in stale] == [None]


def test_the_parity_of_published_messages() -> None:
    for line in (EVEN, ODD, VELOCITY, NAME):
        assert remainder(int(line[1:-1], 16)) == 0
    assert remainder(int(EVEN[1:-1], 16) ^ 1 << 60) != 0


def test_zones_of_longitude_as_the_standard_tables_them() -> None:
    known = {0.0: 59, 10.0: 59, 10.5: 58, 48.0: 40, 52.2572: 36, -52.2572: 36, 86.9: 2, 87.0: 2, 87.5: 1, -89.0: 1}
    assert {lat: zones_of_longitude(lat) for lat in known} == known


@settings(max_examples=150, deadline=None)
@given(st.floats(-86.0, 86.0), st.floats(-179.99, 179.99), st.floats(1.0, 230.0), st.floats(0.0, 359.9))
def test_what_is_written_reads_back_anywhere(lat: float, lon: float, speed: float, course: float) -> None:
    plane = replace(PLANE, lat=lat, lon=lon, speed_mps=speed, course_deg=course)
    lines = [
        write_velocity(plane, 0xABCDEF),
        *(write_position(plane, 0xABCDEF, odd=odd) for odd in (False, True, False)),
    ]
    tracks, said = heard(*lines)
    assert said == [] and tracks
    for track in tracks:
        assert track.lat == pytest.approx(lat, abs=1e-4)
        assert math.cos(math.radians(lat)) * ((track.lon - lon + 180.0) % 360.0 - 180.0) == pytest.approx(0.0, abs=1e-4)
        assert track.alt_m == 3_000.0 and track.sigma_m < 4.0
        assert track.speed_mps == pytest.approx(speed, abs=0.4)


def test_a_position_known_goes_on_message_by_message_and_a_leap_is_refused() -> None:
    on = [replace(PLANE, lat=PLANE.lat + 0.002 * step) for step in range(6)]
    lines = [write_position(one, 1, odd=step % 2 == 1) for step, one in enumerate(on)]
    tracks, said = heard(*lines)
    assert len(tracks) == 5 and said == []
    away = write_position(replace(PLANE, lat=51.0), 1, odd=False)
    tracks, said = heard(*lines, away)
    assert len(tracks) == 5 and "would have leapt" in said[0]
    late, _ = heard(lines[0], lines[1], step_us=11 * SECOND)
    assert late == []


def test_unmanned_aircraft_are_told_by_their_category() -> None:
    for unmanned, label in ((True, "uav"), (False, "aircraft")):
        lines = [write_category(7, unmanned=unmanned), *(write_position(PLANE, 7, odd=odd) for odd in (False, True))]
        (track,), _ = heard(*lines)
        assert track.labels == ((label, 1.0),)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"8D40621D58C382D690C8AC2863A7", "not a raw message"), (b"*8D40621D58C382D690C8AC28", "not a raw message"),
        (b"*8D40621D58C382D690C8AC2863A6;", "parity"), (b"\xff\xfe", "not a raw message"),
    ],
)  # fmt: skip
def test_what_is_bad_is_told(line: bytes, said: str) -> None:
    tracks, told = heard(line)
    assert tracks == [] and said in told[0]


@pytest.mark.parametrize(
    "line", [b"", b"*02E197B00179C3;", NAME, b"*A0001838201584F23468207CDFA5;", b"*9640621D58C382D690C8AC2863A7;"]
)
def test_what_says_nothing_of_use_is_no_fault(line: bytes) -> None:
    assert heard(line) == ([], [])


def test_a_receivers_counter_may_stand_before_a_message() -> None:
    (track,), said = heard(b"@0000012E4B5F" + ODD[1:], b"@0000012E4B60" + EVEN[1:])
    assert said == [] and track.lat == pytest.approx(52.2572, abs=1e-4)


def test_memory_is_bounded() -> None:
    reader = AdsbLines("f", SENDER)
    for address in range(MOST_AIRCRAFT + 50):
        reader.take(1, write_category(address, unmanned=False), NOW)
    assert len(reader._known) == MOST_AIRCRAFT


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(min_size=14, max_size=14), max_size=6), st.booleans())
def test_no_bytes_raise_anything(messages: list[bytes], whole: bool) -> None:
    reader = AdsbLines("f", SENDER)
    for number, message in enumerate(messages):
        value = int.from_bytes(message) >> 24 << 24
        value = value & ~(0x1F << 107) | 17 << 107
        sent = value | remainder(value) if whole else value
        for track in reader.take(number, f"*{sent:028X};".encode(), NOW).observations:
            assert isinstance(track, Track) and -90.0 <= track.lat <= 90.0 and -180.0 <= track.lon <= 180.0
