"""ADS-B messages that we write, for exercises: positions (height above the ellipsoid), velocities, categories."""

import math

from truceline.formats.adsb import KNOT_MPS, PARITY_BITS, SHARE, UNMANNED, remainder, zones_of_longitude
from truceline.model.observation import Track

FORMAT, CONTROL = 17, 5
POSITION, VELOCITY, MANNED = 20, 19, (4, 3)
MOST_KNOTS = 1_022


def write_position(track: Track, address: int, *, odd: bool) -> bytes:
    """The even or the odd half of a position, as a line without its end."""
    step = 360.0 / (60 - odd)
    lat = math.floor(SHARE * (track.lat % step) / step + 0.5)
    stated = step * (lat / SHARE + math.floor(track.lat / step))
    strip = 360.0 / max(zones_of_longitude(stated) - odd, 1)
    lon = math.floor(SHARE * (track.lon % strip) / strip + 0.5)
    height = 0 if track.alt_m is None else min(max(round(track.alt_m), 1), 4_095)
    message = (POSITION << 51) | (height << 36) | (odd << 34) | (lat % SHARE << 17) | lon % SHARE
    return _line(address, message)


def write_velocity(track: Track, address: int) -> bytes:
    """Speed and course over ground, as a line without its end."""
    knots, turn = (track.speed_mps or 0.0) / KNOT_MPS, math.radians(track.course_deg or 0.0)
    east, north = knots * math.sin(turn), knots * math.cos(turn)
    words = [min(round(abs(part)), MOST_KNOTS) + 1 for part in (east, north)]
    message = (VELOCITY << 51) | (1 << 48) | (east < 0.0) << 42 | words[0] << 32 | (north < 0.0) << 31 | words[1] << 21
    return _line(address, message)


def write_category(address: int, *, unmanned: bool) -> bytes:
    """That it is a large aircraft, or an unmanned one; as a line without its end."""
    kind, category = UNMANNED if unmanned else MANNED
    return _line(address, (kind << 51) | (category << 48))


def _line(address: int, message: int) -> bytes:
    value = ((FORMAT << 3 | CONTROL) << 104 | address << 80 | message << PARITY_BITS) & ((1 << 112) - 1)
    return f"*{value | remainder(value):028X};".encode("ascii")
