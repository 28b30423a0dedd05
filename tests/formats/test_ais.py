"""AIS: the same positions as pyais reads, on every sample line; bad lines set aside with their reason."""

from pathlib import Path
from typing import Any

import pyais
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais.exceptions import AISBaseException

from truceline.formats.ais import AisLines
from truceline.model.feed import Decoded, Sender
from truceline.model.instant import parse_utc
from truceline.model.observation import Track

DATA = Path(__file__).parents[1] / "data" / "ais"
FILES = ("messages.ais", "sample.ais", "timestamped.ais", "nmea_data_sample.txt", "ais_test_messages")
SENDER = Sender(sensor="ais-1", time_sigma_s=2.0, position_sigma_m=40.0)
RECEIVED = parse_utc("2026-03-02T10:51:38.250Z")
GOOD = b"!AIVDM,1,1,,A,15MrVH0000KH<:V:NtBLoqFP2H9:,0*2F"
SENTENCES = st.from_regex(rb"!AIVDM,[0-9],[0-9],[0-9]?,A,[0-W`-w]{0,60},[0-5]")
POSITIONS = {1, 2, 3, 9, 18, 19, 27}


def read(name: str) -> list[Decoded]:
    lines = AisLines(name, SENDER)
    data = (DATA / name).read_bytes().splitlines()
    return [lines.take(number, line, RECEIVED) for number, line in enumerate(data, 1)]


def tracks(decoded: list[Decoded]) -> list[Track]:
    return [seen for item in decoded for seen in item.observations if isinstance(seen, Track)]


def take(*lines: bytes) -> list[Decoded]:
    reader = AisLines("feed", SENDER)
    return [reader.take(number, line, RECEIVED) for number, line in enumerate(lines, 1)]


def with_checksum(body: bytes) -> bytes:
    total = 0
    for value in body:
        total ^= value
    return b"!" + body + b"*%02X" % total


def tag_block(content: bytes) -> bytes:
    return b"\\" + with_checksum(content)[1:] + b"\\"


def positions_of_pyais(name: str) -> list[Any]:
    """Position reports that pyais decodes from sentences whose checksum holds."""
    found = []
    with pyais.FileReaderStream(str(DATA / name)) as stream:
        for sentence in stream:
            try:
                message: Any = sentence.decode()
            except AISBaseException:
                continue
            if sentence.is_valid and message.msg_type in POSITIONS and (message.lon, message.lat) != (181.0, 91.0):
                found.append(message)
    return found


@pytest.mark.parametrize("name", FILES)
def test_the_same_positions_as_pyais(name: str) -> None:
    ours, theirs = tracks(read(name)), positions_of_pyais(name)
    assert [track.track for track in ours] == [f"mmsi:{message.mmsi:09d}" for message in theirs]
    for track, message in zip(ours, theirs, strict=True):
        assert (track.lon, track.lat) == pytest.approx((message.lon, message.lat), abs=1.1e-6)
        knots = message.speed
        unknown = knots is None or knots >= {9: 1023, 27: 63}.get(message.msg_type, 102.3)
        assert track.speed_mps == (None if unknown else pytest.approx(knots * 1852 / 3600, abs=1e-6))
        course = None if message.course is None or message.course >= 360 else pytest.approx(message.course, abs=1e-6)
        assert track.course_deg == course
        assert track.self_reported


def test_every_line_is_a_comment_a_message_or_a_fault() -> None:
    for name in FILES:
        for line, decoded in zip((DATA / name).read_bytes().splitlines(), read(name), strict=True):
            assert len(decoded.observations) <= 1
            if decoded.problems:
                assert line.strip() and not line.startswith(b"#")
                assert all(problem.remedy and problem.place.line for problem in decoded.problems)


def test_malformed_lines_are_set_aside_with_their_reason() -> None:
    said = [str(problem) for decoded in read("sample.ais") for problem in decoded.problems]
    assert any("sample.ais:10: not an AIS sentence" in text for text in said)
    assert any("sample.ais:12" in text and "not an AIS sentence" in text for text in said)
    assert any("part 1 of 0 does not exist" in text for text in said)
    assert "damaged on the way" in str(take(GOOD[:-1] + b"E")[0].problems[0])


def test_time_comes_from_the_tag_block_or_the_wrapper_and_the_second_of_the_report() -> None:
    tag = tag_block(b"s:blah,c:1747818025")
    (tagged,) = tracks(take(tag + GOOD))
    assert tagged.time_us == parse_utc("2025-05-21T09:00:16Z")  # 25 by the tag; the report says second 16
    wrapped = tracks(take(b"$PGHP,1,2008,5,9,0,0,0,10,338,2,,1,09*17", GOOD))[0]
    assert abs(wrapped.time_us - parse_utc("2008-05-09T00:00:00.010Z")) <= 30_000_000
    (plain,) = tracks(take(GOOD))
    assert abs(plain.time_us - RECEIVED) <= 30_000_000
    broken = take(tag[:-3] + b"00\\" + GOOD)[0]
    assert len(broken.observations) == 1 and "its time is not used" in str(broken.problems[0])


def test_parts_wait_for_each_other() -> None:
    whole = b"15MrVH0000KH<:V:NtBLoqFP2H9:"
    first = with_checksum(b"AIVDM,2,1,3,A," + whole[:10] + b",0")
    second = with_checksum(b"AIVDM,2,2,3,A," + whole[10:] + b",0")
    (together,) = tracks(take(first, second))
    (alone,) = tracks(take(GOOD))
    assert (together.lon, together.lat, together.track) == (alone.lon, alone.lat, alone.track)
    assert not tracks(take(second))
    assert not tracks(take(first, first))


def test_the_receivers_own_position_is_dropped() -> None:
    own = with_checksum(b"AIVDO,1,1,,A,15MrVH0000KH<:V:NtBLoqFP2H9:,0")
    assert take(own) == [Decoded()]


def test_a_replayed_line_keeps_its_id() -> None:
    line = tag_block(b"c:1747818025") + GOOD
    early = AisLines("feed", SENDER).take(1, line, RECEIVED)
    late = AisLines("feed", SENDER).take(7, line, RECEIVED + 1_000_000)
    assert early.observations[0].id == late.observations[0].id


def test_what_is_left_of_long_messages_does_not_grow() -> None:
    reader = AisLines("feed", SENDER)
    for number in range(1_000):
        talker = bytes([65 + number % 26, 65 + number // 26 % 26])
        reader.take(number, with_checksum(talker + b"VDM,2,1,1,A,15M,0"), RECEIVED)
    assert len(reader._open) <= 64


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=90), st.from_regex(rb"!AIVDM,[0-9],[0-9],[0-9]?,A,[0-W`-w]{0,60},[0-5]")),
        max_size=4,
    )
)
def test_no_line_raises(lines: list[bytes]) -> None:
    for line in lines:
        body = line.strip().lstrip(b"!")
        for decoded in take(line, with_checksum(body)):
            assert len(decoded.observations) + len(decoded.problems) <= 2
