"""AIS sentences that we write, for exercises: position reports of class A (type 1) with their moment in a tag block."""

from truceline.model.instant import US_PER_S
from truceline.model.observation import Track

KNOT_MPS = 1852.0 / 3600.0
UNKNOWN_SPEED, UNKNOWN_COURSE, UNKNOWN_HEADING = 1023, 3600, 511


def write_position(track: Track, mmsi: int) -> bytes:
    """A track as one line (tag block and !AIVDM), without its end. Raises ValueError for an impossible MMSI."""
    if not 0 <= mmsi < 10**9:
        raise ValueError(f"MMSI {mmsi} has more than nine digits")
    knots = UNKNOWN_SPEED if track.speed_mps is None else min(round(track.speed_mps / KNOT_MPS * 10.0), 1022)
    course = UNKNOWN_COURSE if track.course_deg is None else round(track.course_deg * 10.0) % 3600
    fields = (
        (1, 6), (0, 2), (mmsi, 30), (0, 4), (-128, 8), (knots, 10), (track.sigma_m <= 10.0, 1),
        (round(track.lon * 600_000.0), 28), (round(track.lat * 600_000.0), 27), (course, 12), (UNKNOWN_HEADING, 9),
        (track.time_us // US_PER_S % 60, 6), (0, 2), (0, 3), (0, 1), (0, 19),
    )  # fmt: skip
    value = 0
    for number, bits in fields:
        value = (value << bits) | (int(number) & ((1 << bits) - 1))
    payload = "".join(_character(value >> shift & 63) for shift in range(162, -1, -6))
    tag = _checked(f"s:exercise,c:{track.time_us // US_PER_S}")
    return f"\\{tag}\\!{_checked(f'AIVDM,1,1,,A,{payload},0')}".encode("ascii")


def _character(six: int) -> str:
    return chr(six + 48 if six < 40 else six + 56)


def _checked(body: str) -> str:
    total = 0
    for value in body.encode("ascii"):
        total ^= value
    return f"{body}*{total:02X}"
