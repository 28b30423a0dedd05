"""Drones' remote identification that we write, for exercises: a pack of basic id and location (ASTM F3411-22a)."""

import struct

from truceline.formats.remote_id import ACCURACY_M, LEVEL, PACK, SIZE, UNKNOWN_DIRECTION, UNKNOWN_SPEED
from truceline.model.instant import US_PER_HOUR
from truceline.model.observation import Track

VERSION = 2
SERIAL_KIND, MULTIROTOR, AIRBORNE = 1, 2, 2
NO_ALTITUDE = 0


def write_remote_id(track: Track) -> bytes:
    """A track as one transmission."""
    basic = bytes([0x00 | VERSION, SERIAL_KIND << 4 | MULTIROTOR]) + track.track.encode("ascii", "replace")[:20]
    messages = [basic.ljust(SIZE, b"\0"), _location(track)]
    return bytes([PACK << 4 | VERSION, SIZE, len(messages)]) + b"".join(messages)


def _location(track: Track) -> bytes:
    course = UNKNOWN_DIRECTION if track.course_deg is None else round(track.course_deg) % 360
    west = track.course_deg is not None and course >= 180
    fast, speed = _speed(track.speed_mps)
    altitude = NO_ALTITUDE if track.alt_m is None else round((track.alt_m + 1_000.0) * 2.0)
    level = next((n for n in range(len(ACCURACY_M) - 1, 0, -1) if ACCURACY_M[n] >= LEVEL * track.sigma_m), 1)
    return struct.pack(
        "<BBBBbiiHHHBBHxx", 0x10 | VERSION, AIRBORNE << 4 | west << 1 | fast, course - 180 * west, speed, 0,
        round(track.lat * 1e7), round(track.lon * 1e7), NO_ALTITUDE, altitude, NO_ALTITUDE, level, 0,
        track.time_us % US_PER_HOUR // 100_000,
    )  # fmt: skip


def _speed(speed_mps: float | None) -> tuple[bool, int]:
    """The flag and the byte of a speed."""
    if speed_mps is None:
        return True, UNKNOWN_SPEED
    if speed_mps <= 63.75:
        return False, round(speed_mps * 4.0)
    return True, min(round((speed_mps - 63.75) / 0.75), UNKNOWN_SPEED - 1)
