"""Instants as whole microseconds since 1970-01-01T00:00:00Z, and their RFC 3339 text.

Integers keep the microsecond exactly; numerics use seconds relative to a base instant of their own.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Instant: TypeAlias = int  # microseconds since the Unix epoch, UTC
Span: TypeAlias = int  # microseconds

US_PER_S = 1_000_000
US_PER_HOUR = 3_600 * US_PER_S

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_US = timedelta(microseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _ONE_US
_RFC3339_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)")


def parse_utc(text: str) -> Instant:
    """The instant of an RFC 3339 UTC text with at most microseconds.

    Raises ValueError, with what to do, for any other text: a local offset, more digits than
    microseconds, a leap second, a date that does not exist.
    """
    if not _RFC3339_UTC.fullmatch(text):
        raise ValueError(f"{text!r} is not RFC 3339 UTC; write it like 2026-03-02T10:51:38.479Z")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date and time that exists ({error})") from None
    return (moment - _EPOCH) // _ONE_US


def format_utc(instant: Instant, *, digits: int = 3) -> str:
    """RFC 3339 UTC text of an instant of the years 1 to 9999, rounded half to even to `digits` (0 to 6) decimals of a
    second (the last moment of the last year: down)."""
    step = 10 ** (6 - digits)
    whole, rest = divmod(instant, step)
    up = 2 * rest > step or (2 * rest == step and whole % 2 == 1)
    moment = _EPOCH + timedelta(microseconds=min((whole + up) * step, _LAST // step * step))
    head = moment.isoformat(timespec="seconds")[:19]
    return f"{head}.{moment.microsecond // step:0{digits}d}Z" if digits else f"{head}Z"


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime (a naive one is an error: whose clock would it be?)."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no offset; write it in UTC, ending in Z")
    try:
        return (moment.astimezone(UTC) - _EPOCH) // _ONE_US
    except OverflowError:
        raise ValueError(f"{moment.isoformat()} is before the year 1 or after the year 9999 in UTC") from None


def seconds(span: Span) -> float:
    """Microseconds as seconds."""
    return span / US_PER_S


def span_of(seconds_: float) -> Span:
    """Seconds as whole microseconds, rounded half to even."""
    return round(seconds_ * US_PER_S)
