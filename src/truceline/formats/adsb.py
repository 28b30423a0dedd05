"""ADS-B on 1090 MHz (ICAO Annex 10 vol. IV, RTCA DO-260B), the open part: raw messages of a receiver → Tracks,
self-reported.

    *HEX;            a message as receivers print it ("AVR"); @ and twelve digits of a counter may stand before it

    112 bits         format 5 (17, or 18 with control 0 or 1), control 3, address 24, message 56, parity 24
    type 1–4         category 3 (type 3, category 6: unmanned)
    type 9–18        position 2+1, height above pressure 12, time 1, odd 1, latitude 17, longitude 17
    type 20–22       the same with the height above the ellipsoid, in metres
    type 19          subtype 3 (1, 2: over ground), 5 bits, west 1, knots + 1 10, south 1, knots + 1 10

Latitude and longitude are given within zones (compact position reporting): an even and an odd message of one address
within ten seconds say which; from then on each message says it alone. A height above pressure is not used: it is none
above the ellipsoid. All else (surface positions, other formats, replies to radars) says nothing of use here. Messages
state no time: that of the receipt counts.
"""

import math
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256

from truceline.model.feed import Decoded, Sender
from truceline.model.instant import US_PER_S, Instant, Span
from truceline.model.observation import AIRCRAFT, UAV, Track
from truceline.model.problem import Place, Problem

LINE = re.compile(rb"(?:@[0-9A-Fa-f]{12}|\*)((?:[0-9A-Fa-f]{14}){1,2});?")
LONG_HEX = 28
FORMATS_WITH_CONTROL = {17: range(8), 18: range(2)}
GENERATOR, PARITY_BITS, MESSAGE_BITS = 0x1FFF409, 24, 112
UNMANNED = (3, 6)
PAIR_US: Span = 10 * US_PER_S
KNOWN_US: Span = 60 * US_PER_S
MOST_AIRCRAFT = 10_000
FASTEST_MPS, SLACK_M = 700.0, 5_000.0
KNOT_MPS = 1852.0 / 3600.0
M_PER_DEGREE = 111_195.0
ZONES, SHARE = 15, 1 << 17
RADII_M = {9: 7.5, 10: 25.0, 11: 185.2, 12: 370.4, 13: 926.0, 14: 1_852.0, 15: 3_704.0, 16: 14_816.0, 17: 37_040.0,
           20: 7.5, 21: 25.0}  # fmt: skip  # within which the position lies, by type
CIRCLE95 = 2.448  # radius of the circle that holds 95 %, in sigmas of an axis
UNKNOWN_SIGMA_M = 20_000.0


@dataclass(slots=True)
class _Aircraft:
    """What is known of one address. halves: by odd, latitude and longitude within their zones, and when."""

    halves: dict[int, tuple[float, float, Instant]] = field(default_factory=dict)
    at: tuple[float, float, Instant] | None = None
    velocity: tuple[float, float, Instant] | None = None  # m/s, degrees
    label: str = AIRCRAFT


@dataclass
class AdsbLines:
    """Lines of one receiver, in order."""

    file: str
    sender: Sender
    _known: OrderedDict[int, _Aircraft] = field(default_factory=OrderedDict)

    def take(self, number: int, line: bytes, received_us: Instant) -> Decoded:
        """What a line adds: a track, nothing, or the reason why it is of no use. Raises nothing."""
        line = line.strip()
        if not line:
            return Decoded()
        try:
            track = self._message(line, received_us)
        except ValueError as error:
            what, _, remedy = str(error).partition(": ")
            place = Place(self.file, line=number)
            return Decoded((), (Problem(place, what, remedy or "damaged on the way", fatal=False),))
        return Decoded((track,) if track else ())

    def _message(self, line: bytes, received_us: Instant) -> Track | None:
        found = LINE.fullmatch(line)
        if not found:
            raise ValueError("not a raw message (*HEX;): send what the receiver prints")
        if len(found[1]) != LONG_HEX:
            return None
        value = int(found[1], 16)
        if value >> 107 not in FORMATS_WITH_CONTROL or _bits(value, 5, 3) not in FORMATS_WITH_CONTROL[value >> 107]:
            return None
        if remainder(value):
            raise ValueError("the parity does not fit: damaged on the way")
        address, kind = _bits(value, 8, 24), _bits(value, 32, 5)
        aircraft = self._aircraft(address)
        if 1 <= kind <= 4:
            aircraft.label = UAV if (kind, _bits(value, 37, 3)) == UNMANNED else AIRCRAFT
        elif kind == 19:
            aircraft.velocity = _velocity(value, received_us)
        elif 9 <= kind <= 18 or 20 <= kind <= 22:
            return self._position(address, aircraft, value, kind, received_us)
        return None

    def _aircraft(self, address: int) -> _Aircraft:
        known = self._known.setdefault(address, _Aircraft())
        self._known.move_to_end(address)
        if len(self._known) > MOST_AIRCRAFT:
            self._known.popitem(last=False)
        return known

    def _position(self, address: int, aircraft: _Aircraft, value: int, kind: int, received_us: Instant) -> Track | None:
        odd = _bits(value, 53, 1)
        half = (_bits(value, 54, 17) / SHARE, _bits(value, 71, 17) / SHARE, received_us)
        before, aircraft.at = aircraft.at, None
        at = None
        if before is not None and received_us - before[2] <= KNOWN_US:
            at = _near(half, odd, before)
            if not _could_be(before, at, received_us):
                aircraft.halves.clear()
                raise ValueError(f"{address:06x} would have leapt: damaged on the way, or false")
        else:
            other = aircraft.halves.get(1 - odd)
            if other is not None and received_us - other[2] <= PAIR_US:
                at = _of_pair(half, other) if odd == 0 else _of_pair(other, half, newest_odd=True)
        aircraft.halves[odd] = half
        if at is None:
            return None
        aircraft.at = (*at, received_us)
        return _track(address, aircraft, value, kind, received_us, self.sender)


def _track(
    address: int, aircraft: _Aircraft, value: int, kind: int, received_us: Instant, sender: Sender
) -> Track:  # fmt: skip
    assert aircraft.at is not None
    digest = sha256(value.to_bytes(14)).hexdigest()
    velocity = aircraft.velocity
    fresh = velocity is not None and received_us - velocity[2] <= PAIR_US
    radius = RADII_M.get(kind)
    height = _bits(value, 40, 12)
    return Track(
        id=f"adsb/{address:06x}/{digest[:16]}/{received_us}",
        sensor=sender.sensor,
        time_us=received_us,
        time_sigma_s=sender.time_sigma_s,
        received_us=received_us,
        digest=digest,
        labels=((aircraft.label, 1.0),),
        track=f"icao:{address:06x}",
        lon=aircraft.at[0],
        lat=aircraft.at[1],
        sigma_m=UNKNOWN_SIGMA_M if radius is None else radius / CIRCLE95,
        alt_m=float(height) if kind >= 20 and height else None,
        speed_mps=velocity[0] if velocity is not None and fresh else None,
        course_deg=velocity[1] if velocity is not None and fresh else None,
        self_reported=True,
    )


def _bits(value: int, first: int, count: int) -> int:
    return (value >> (MESSAGE_BITS - first - count)) & ((1 << count) - 1)


def remainder(value: int) -> int:
    """What is left of a message of 112 bits after its parity: 0 if it is whole."""
    for bit in range(MESSAGE_BITS - 1, PARITY_BITS - 1, -1):
        if value >> bit & 1:
            value ^= GENERATOR << (bit - PARITY_BITS)
    return value


def zones_of_longitude(lat: float) -> int:
    """How many zones of longitude there are at a latitude (NL)."""
    if abs(lat) >= 87.0:
        return 2 if abs(lat) == 87.0 else 1
    flat = 1.0 - (1.0 - math.cos(math.pi / (2.0 * ZONES))) / math.cos(math.radians(lat)) ** 2
    return math.floor(2.0 * math.pi / math.acos(flat))


def _of_pair(
    even: tuple[float, float, Instant], odd: tuple[float, float, Instant], *, newest_odd: bool = False
) -> tuple[float, float] | None:
    """The position that an even and an odd half state together, at the newer one; None if they straddle zones."""
    zone = math.floor(59.0 * even[0] - 60.0 * odd[0] + 0.5)
    lats = [360.0 / (60.0 - half) * (zone % (60 - half) + (even, odd)[half][0]) for half in (0, 1)]
    lats = [lat - 360.0 if lat >= 270.0 else lat for lat in lats]
    if not all(-90.0 <= lat <= 90.0 for lat in lats):
        raise ValueError("two halves of a position fit nowhere: damaged on the way, or false")
    count = zones_of_longitude(lats[0])
    if count != zones_of_longitude(lats[1]):
        return None
    half = int(newest_odd)
    strips = max(count - half, 1)
    strip = math.floor(even[1] * (count - 1) - odd[1] * count + 0.5)
    lon = 360.0 / strips * (strip % strips + (even, odd)[half][1])
    return (lon - 360.0 if lon >= 180.0 else lon), lats[half]


def _near(half: tuple[float, float, Instant], odd: int, known: tuple[float, float, Instant]) -> tuple[float, float]:
    """The position that one half states, nearest to one that is known."""
    step = 360.0 / (60 - odd)
    lat = step * (round(known[1] / step - half[0]) + half[0])
    if not -90.0 <= lat <= 90.0:
        raise ValueError(f"latitude {lat:g} lies nowhere: damaged on the way, or false")
    strip = 360.0 / max(zones_of_longitude(lat) - odd, 1)
    lon = strip * (round(known[0] / strip - half[1]) + half[1])
    return (lon + 180.0) % 360.0 - 180.0, lat


def _could_be(before: tuple[float, float, Instant], at: tuple[float, float], now_us: Instant) -> bool:
    east = ((at[0] - before[0] + 180.0) % 360.0 - 180.0) * math.cos(math.radians(at[1]))
    gone = M_PER_DEGREE * math.hypot(east, at[1] - before[1])
    return gone <= SLACK_M + FASTEST_MPS * abs(now_us - before[2]) / US_PER_S


def _velocity(value: int, received_us: Instant) -> tuple[float, float, Instant] | None:
    """Speed and course over ground, None where they are not stated."""
    subtype, east, north = _bits(value, 37, 3), _bits(value, 46, 10), _bits(value, 57, 10)
    if subtype not in (1, 2) or not east or not north:
        return None
    knots = KNOT_MPS * (4.0 if subtype == 2 else 1.0)
    to_east = (east - 1) * knots * (-1.0 if _bits(value, 45, 1) else 1.0)
    to_north = (north - 1) * knots * (-1.0 if _bits(value, 56, 1) else 1.0)
    return math.hypot(to_east, to_north), math.degrees(math.atan2(to_east, to_north)) % 360.0, received_us
