"""Remote identification of drones: where the drone says it is; the operator's place is dropped on receipt."""

from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.formats.remote_id import read_remote_id, without_operator
from truceline.model.feed import Decoded, Receipt, Sender
from truceline.model.instant import parse_utc
from truceline.model.observation import Track

SENDER = Sender(sensor="rid-1", time_sigma_s=0.5, position_sigma_m=30.0)
RECEIVED = parse_utc("2026-03-02T10:59:58.000Z")


def basic(serial: bytes = b"1596F350457791C16D3A") -> bytes:
    return b"\x02\x12" + serial.ljust(20, b"\0") + b"\0\0\0"


def location(
    lat: float = 48.25, lon: float = 37.5, *, flags: int = 0x20, direction: int = 90, speed: int = 40, alt: int = 2400,
    level: int = 10, tenths: int = 35_970,
) -> bytes:  # fmt: skip
    body = bytes([0x12, flags, direction, speed, 0]) + pack("<ii", round(lat * 1e7), round(lon * 1e7))
    return body + pack("<HHH", 0, alt, 0) + bytes([level, 0]) + pack("<H", tenths) + b"\0\0"


def system(lat: float = 48.111, lon: float = 37.111) -> bytes:
    return (b"\x42\x00" + pack("<ii", round(lat * 1e7), round(lon * 1e7))).ljust(25, b"\0")


def packed(*messages: bytes) -> bytes:
    return bytes([0xF2, 25, len(messages)]) + b"".join(messages)


def read(data: bytes) -> Decoded:
    return read_remote_id("rid", data, Receipt(received_us=RECEIVED, digest="ab" * 32), SENDER, "60:60:1f:00:00:01")


def test_a_pack_says_who_and_where_and_the_operator_is_forgotten() -> None:
    decoded = read(packed(basic(), location(), system()))
    (track,) = decoded.observations
    assert isinstance(track, Track) and track.self_reported
    assert track.track == "remote-id:1596F350457791C16D3A"
    assert (track.lon, track.lat, track.alt_m) == (37.5, 48.25, 200.0)
    assert (track.speed_mps, track.course_deg) == (10.0, 90.0)
    assert track.sigma_m == pytest.approx(10.0 / 1.96)
    assert track.time_us == parse_utc("2026-03-02T10:59:57.000Z")
    assert "48.111" not in repr(decoded) and "37.111" not in repr(decoded)


def test_the_operators_own_message_alone_says_nothing() -> None:
    assert read(system()) == Decoded()


def test_west_fast_and_unknown_values() -> None:
    (track,) = read(location(flags=0x23, direction=10, speed=100, alt=0, level=0)).observations
    assert isinstance(track, Track)
    assert (track.course_deg, track.speed_mps, track.alt_m, track.sigma_m) == (190.0, 138.75, None, 30.0)
    (vague,) = read(location(direction=181, tenths=65_535)).observations
    assert isinstance(vague, Track) and vague.course_deg is None and vague.time_us == RECEIVED
    assert read(location(0.0, 0.0)).observations == ()


def test_the_hour_is_the_nearest() -> None:
    (track,) = read(location(tenths=5)).observations
    assert track.time_us == parse_utc("2026-03-02T11:00:00.500Z")


@pytest.mark.parametrize("data", [b"", b"\x12", location()[:-1], b"\xf2\x19\x02" + location(), location(95.0, 37.0)])
def test_damage_is_told(data: bytes) -> None:
    decoded = read(data)
    assert decoded.observations == () and len(decoded.problems) == 1


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=240))
def test_no_bytes_raise(data: bytes) -> None:
    assert len(read(data).observations) <= 1
    assert len(read(packed(*(data.ljust(25, b"\0")[:25] for _ in range(3)))).observations) <= 1


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(min_size=25, max_size=25), max_size=9), st.binary(max_size=30))
def test_what_is_kept_says_of_the_drone_what_was_heard(messages: list[bytes], broken: bytes) -> None:
    for data in (packed(basic(), *messages[:8]), packed(*messages), *messages, broken):
        kept = without_operator(data)
        assert read(kept).observations == read(data).observations
        assert without_operator(kept) == kept
