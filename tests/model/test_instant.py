"""Instants keep the microsecond, from text and back; anything but UTC is refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.model.instant import US_PER_S, format_utc, from_datetime, parse_utc, seconds, span_of

FIRST, LAST = parse_utc("0001-01-01T00:00:00Z"), parse_utc("9999-12-31T23:59:59.999999Z")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("1970-01-01T00:00:01.5Z", 1_500_000),
        ("1970-01-01T00:00:00.25+00:00", 250_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800 * US_PER_S),
        ("2026-03-02T10:51:38.479Z", 1_772_448_698_479_000),
    ],
)
def test_texts_and_their_instants(text: str, instant: int) -> None:
    assert parse_utc(text) == instant


@settings(max_examples=300, deadline=None)
@given(st.integers(FIRST, LAST))
def test_text_and_back(instant: int) -> None:
    assert parse_utc(format_utc(instant, digits=6)) == instant


@settings(max_examples=200, deadline=None)
@given(st.integers(FIRST + US_PER_S, LAST - US_PER_S), st.integers(0, 6))
def test_written_to_fewer_digits_it_is_off_by_half_of_the_last_at_most(instant: int, digits: int) -> None:
    text = format_utc(instant, digits=digits)
    assert abs(parse_utc(text) - instant) <= 10 ** (6 - digits) / 2
    assert len(text) == len("2026-03-02T10:51:38Z") + (digits + 1 if digits else 0)


def test_halves_are_rounded_to_even() -> None:
    assert format_utc(500) == "1970-01-01T00:00:00.000Z"
    assert format_utc(1_500) == "1970-01-01T00:00:00.002Z"
    assert format_utc(59_999_999, digits=0) == "1970-01-01T00:01:00Z"
    assert format_utc(parse_utc("2190-01-01T00:00:00.0015Z")) == "2190-01-01T00:00:00.002Z"


def test_the_ends_of_time() -> None:
    assert format_utc(FIRST) == "0001-01-01T00:00:00.000Z"
    assert format_utc(LAST) == "9999-12-31T23:59:59.999Z" and format_utc(LAST, digits=0) == "9999-12-31T23:59:59Z"


@pytest.mark.parametrize(
    "text",
    [
        "1970-01-01T00:00:00", "1970-01-01T00:00:00+01:00", "1970-01-01T00:00:00-00:00", "1970-01-01", "",
        "1970-01-01T00:00:00.1234567Z", "1970-01-01T00:00:00.Z", "1970-13-01T00:00:00Z", "1970-02-29T00:00:00Z",
        "1970-01-01T23:59:60Z", "1970-01-01T00:00:00Z ", "1970-01-01T00:00:00ZZ", "x1970-01-01T00:00:00Z",
        "1970-01-01T00:00:00z", "70-01-01T00:00:00Z", "-1970-01-01T00:00:00Z", "1970-01-01T00:00Z",
        "1970-01-01T00:00:00Z\\n", "1970-01-01T00:00:00Z\n", "1970-01-01T00:00:00+05:30", "1970-01-01T00:00:00.5+00:30",
        "197\u0660-01-01T00:00:00Z", "1970-01-01T00:00:00.\uff15Z", "1970-01-01 00:00:00Z", "1970-01-01T00:00:00,5Z",
        "1970-01-01T00:00:00+00:00Z", "1970-01-01T00:00:00.0000000+00:00", "\ud800970-01-01T00:00:00Z",
        "1970-W01-4T00:00:00Z",
    ],
)  # fmt: skip
def test_what_is_no_time_in_utc_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it like|not a date and time that exists"):
        parse_utc(text)


def hours_from_utc(hours: int) -> timezone:
    return timezone(timedelta(hours=hours))


def test_datetimes() -> None:
    assert from_datetime(datetime(1970, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))) == 0
    assert from_datetime(datetime(1970, 1, 1, microsecond=7, tzinfo=UTC)) == 7
    with pytest.raises(ValueError, match="no offset"):
        from_datetime(datetime(1970, 1, 1))  # noqa: DTZ001
    for moment in (datetime(1, 1, 1, tzinfo=hours_from_utc(1)), datetime(9999, 12, 31, 23, tzinfo=hours_from_utc(-1))):
        with pytest.raises(ValueError, match="year"):
            from_datetime(moment)


def test_spans() -> None:
    assert span_of(0.0000015) == 2 and span_of(0.0000025) == 2 and span_of(-1.5) == -1_500_000
    assert seconds(span_of(12.25)) == 12.25
