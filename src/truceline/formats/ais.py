"""AIS over NMEA 0183 (ITU-R M.1371-5, IEC 61162-1): lines → Tracks, self-reported.

    \\tag block*hh\\!AIVDM,parts,part,sequence,channel,payload,fill*hh        tag block: optional; c: seconds since
    1970 $PGHP,1,year,month,day,hour,minute,second,millisecond,…*hh                the moment of the next sentence

Payload: six bits a character. Position reports (types 1–3, 9, 18, 19, 27) become Tracks; all other types say nothing
of use here. A vessel says of itself where it is: `self_reported`. A receiver's own position (VDO, or a sentence of its
satellite receiver) is dropped on receipt.

    type      MMSI   speed        accuracy  longitude   latitude    course       second     units 1–3       8+30
    50+10        60        61+28       89+27       116+12       137+6      1/10 knot, 1e-4 minute, 1/10° 9
    8+30   50+10        60        61+28       89+27       116+12       128+6      knots; altitude 38+12 m 18, 19
    8+30   46+10        56        57+28       85+27       112+12       133+6      as 1–3 27        8+30   79+6
    38        44+18       62+17       85+9         —          knots, 1/10 minute, degrees

Lines that start with # and empty lines are comments.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from truceline.model.feed import Decoded, Sender
from truceline.model.instant import US_PER_S, Instant, from_datetime
from truceline.model.observation import AIRCRAFT, OTHER, VESSEL, Track
from truceline.model.problem import Place, Problem

MOST_LINE_BYTES = 1_024
MOST_PARTS, MOST_OPEN = 9, 64  # parts of a message; messages of several parts kept open
KNOT_MPS = 1852.0 / 3600.0
PRECISE_SIGMA_M, COARSE_SIGMA_M = 10.0, 150.0  # of a position flagged accurate; of a long-range report
MOST_CLOCK_S = 4_102_444_800  # 2100
SENTENCE = re.compile(rb"!([A-Z]{2})(VD[MO]),(\d),(\d),(\d?),([AB12]?),([0-W`-w]*),([0-5])\*([0-9A-Fa-f]{2})")
GATEHOUSE = re.compile(rb"\$PGHP,1((?:,\d{1,4}){7}),.*\*([0-9A-Fa-f]{2})")
OWN_PLACE = re.compile(rb"VDO,|\$[A-Z]{2}(?:GGA|GLL|GNS|RMC),")
TAG_TIME = re.compile(rb"(?:^|,)c:(\d{1,13})(?:,|$)")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the fields of a type stand (first bit, bits), and their units."""

    speed: tuple[int, int]
    accuracy: int
    lon: tuple[int, int]
    lat: tuple[int, int]
    course: tuple[int, int]
    second: int | None
    per_knot: float = 10.0
    per_minute: float = 10_000.0
    per_degree: float = 10.0

    @property
    def bits(self) -> int:
        """Bits that the payload needs at least."""
        return max(self.course[0] + self.course[1], self.second + 6 if self.second is not None else 0)


_CLASS_A = _Layout((50, 10), 60, (61, 28), (89, 27), (116, 12), 137)
_CLASS_B = _Layout((46, 10), 56, (57, 28), (85, 27), (112, 12), 133)
_LAYOUTS = {
    1: _CLASS_A, 2: _CLASS_A, 3: _CLASS_A, 18: _CLASS_B, 19: _CLASS_B,
    9: _Layout((50, 10), 60, (61, 28), (89, 27), (116, 12), 128, per_knot=1.0),
    27: _Layout((79, 6), 38, (44, 18), (62, 17), (85, 9), None, per_knot=1.0, per_minute=10.0, per_degree=1.0),
}  # fmt: skip
LONG_RANGE, RESCUE_AIRCRAFT = 27, 9


@dataclass
class AisLines:
    """Lines of one feed, in order: parts of a message wait here for the rest, and a moment for its sentence."""

    file: str
    sender: Sender
    _open: dict[tuple[bytes, ...], list[bytes | None]] = field(default_factory=dict)
    _moment: Instant | None = None

    def take(self, number: int, line: bytes, received_us: Instant) -> Decoded:
        """What a line adds: a track, nothing, or the reason why it is of no use. Raises nothing."""
        line = line.strip()
        if not line or line.startswith(b"#"):
            return Decoded()
        try:
            if len(line) > MOST_LINE_BYTES:
                raise ValueError(f"the line has {len(line):,} bytes: keep it to {MOST_LINE_BYTES:,}")
            return self._sentence(number, line, received_us)
        except ValueError as error:
            return Decoded((), (self._problem(number, str(error)),))

    def _problem(self, number: int, said: str) -> Problem:
        what, _, remedy = said.partition(": ")
        return Problem(Place(self.file, line=number), what, remedy or "send it again", fatal=False)

    def _sentence(self, number: int, line: bytes, received_us: Instant) -> Decoded:
        tag, line = _tag_block(line)
        if line.startswith(b"$PGHP"):
            self._moment = _gatehouse(line)
            return Decoded()
        found = SENTENCE.fullmatch(line)
        if not found:
            raise ValueError("not an AIS sentence (!xxVDM,parts,part,sequence,channel,payload,fill*hh): mend it")
        _checked(line[1:], found[9])
        moment, doubt = _tag_time(tag)
        moment, self._moment = moment or self._moment, None
        problems = (self._problem(number, doubt),) if doubt else ()
        payload = self._whole(found)
        if payload is None or found[2] == b"VDO":
            return Decoded((), problems)
        track = _track(payload, line, moment, received_us, self.sender)
        return Decoded((track,) if track else (), problems)

    def _whole(self, found: "re.Match[bytes]") -> bytes | None:
        """The payload of a whole message, or None while parts are missing."""
        parts, part = int(found[3]), int(found[4])
        if not 1 <= part <= parts <= MOST_PARTS:
            raise ValueError(f"part {part} of {parts} does not exist: number parts from 1")
        if parts == 1:
            return found[7]
        key = (found[1], found[2], found[3], found[5], found[6])
        have = self._open.pop(key, None) or [None] * parts
        if part == 1:
            have = [None] * parts  # the first part begins anew: what was left of another is lost
        have[part - 1] = found[7]
        if all(piece is not None for piece in have):
            return b"".join(piece for piece in have if piece is not None)
        self._open[key] = have
        while len(self._open) > MOST_OPEN:
            del self._open[next(iter(self._open))]
        return None


def tells_own_place(line: bytes) -> bool:
    """Whether a line, damaged or not, says where the receiver itself is."""
    return OWN_PLACE.search(line) is not None


def _checked(body: bytes, stated: bytes) -> None:
    total = 0
    for value in body[: body.rindex(b"*")]:
        total ^= value
    if total != int(stated, 16):
        raise ValueError("the checksum does not fit: damaged on the way")


def _tag_block(line: bytes) -> tuple[bytes, bytes]:
    """The tag block and the sentence."""
    if not line.startswith(b"\\"):
        return b"", line
    end = line.find(b"\\", 1)
    if end < 0:
        raise ValueError("the tag block has no end: close it with a backslash")
    return line[1:end], line[end + 1 :]


def _tag_time(tag: bytes) -> tuple[Instant | None, str]:
    """The moment a tag block states, and why it is not believed, if it is not."""
    if not tag:
        return None, ""
    content, _, stated = tag.rpartition(b"*")
    total = 0
    for value in content:
        total ^= value
    if not re.fullmatch(rb"[0-9A-Fa-f]{1,2}", stated) or total != int(stated, 16):
        return None, "the tag block's checksum is wrong: its time is not used"
    found = TAG_TIME.search(content)
    if not found:
        return None, ""
    seconds = int(found[1])
    if seconds > MOST_CLOCK_S:
        seconds, fraction = divmod(seconds, 1_000)  # some stations write milliseconds
        if seconds > MOST_CLOCK_S:
            return None, "the tag block's time is none: its time is not used"
        return seconds * US_PER_S + fraction * 1_000, ""
    return seconds * US_PER_S, ""


def _gatehouse(line: bytes) -> Instant:
    found = GATEHOUSE.fullmatch(line)
    if not found:
        raise ValueError("not a $PGHP sentence: mend or drop it")
    _checked(line[1:], found[2])
    year, month, day, hour, minute, second, millisecond = map(int, found[1][1:].split(b","))
    try:
        return from_datetime(datetime(year, month, day, hour, minute, second, millisecond * 1_000, tzinfo=UTC))
    except ValueError:
        raise ValueError("the $PGHP sentence states no time that exists: mend the clock") from None


def _track(payload: bytes, line: bytes, moment: Instant | None, received_us: Instant, sender: Sender) -> Track | None:
    """The track that a position report states; None if it is of another type or knows no position."""
    value, bits = _bits(payload)

    def number(first: int, count: int) -> int:
        return (value >> (bits - first - count)) & ((1 << count) - 1)

    if bits < 38:
        raise ValueError(f"the payload has {bits} bits, too few for a type and an identity: damaged on the way")
    kind = number(0, 6)
    layout = _LAYOUTS.get(kind)
    if layout is None:
        return None
    if bits < layout.bits:
        raise ValueError(f"the payload has {bits} bits, type {kind} needs {layout.bits}: damaged on the way")
    lon = _signed(number(*layout.lon), layout.lon[1]) / layout.per_minute / 60.0
    lat = _signed(number(*layout.lat), layout.lat[1]) / layout.per_minute / 60.0
    if lon == 181.0 and lat == 91.0:
        return None
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        raise ValueError(f"longitude {lon:g}, latitude {lat:g} lie nowhere: damaged on the way, or false")
    mmsi = f"{number(8, 30):09d}"
    near = moment if moment is not None else received_us
    digest = sha256(line).hexdigest()
    accurate = PRECISE_SIGMA_M if number(layout.accuracy, 1) else sender.position_sigma_m
    speed, course = _motion(layout, number)
    return Track(
        id=f"ais/{mmsi}/{digest[:16]}/{near}",
        sensor=sender.sensor,
        time_us=near if layout.second is None else _at_second(near, number(layout.second, 6)),
        time_sigma_s=sender.time_sigma_s,
        received_us=received_us,
        digest=digest,
        labels=((_label(kind, mmsi), 1.0),),
        track=f"mmsi:{mmsi}",
        lon=lon,
        lat=lat,
        sigma_m=COARSE_SIGMA_M if kind == LONG_RANGE else accurate,
        speed_mps=speed,
        course_deg=course,
        self_reported=True,
    )


def _motion(layout: _Layout, number: Callable[[int, int], int]) -> tuple[float | None, float | None]:
    """Speed in m/s and course in degrees, None where the report says that they are not known."""
    speed, course = number(*layout.speed), number(*layout.course) / layout.per_degree
    known = speed < (1 << layout.speed[1]) - 1
    return speed / layout.per_knot * KNOT_MPS if known else None, course if course < 360.0 else None


def _label(kind: int, mmsi: str) -> str:
    if kind == RESCUE_AIRCRAFT or mmsi.startswith("111"):
        return AIRCRAFT
    return OTHER if mmsi.startswith("97") else VESSEL  # 970, 972, 974: distress beacons


def _at_second(near_us: Instant, second: int) -> Instant:
    """The instant nearest to another at which the minute's second is as the report says."""
    if second >= 60:
        return near_us
    minute = 60 * US_PER_S
    off = (second * US_PER_S - near_us) % minute
    return near_us + (off if off < minute // 2 else off - minute)


def _bits(payload: bytes) -> tuple[int, int]:
    """A payload as a number, and how many bits it has."""
    value = 0
    for character in payload:
        six = character - 48
        value = (value << 6) | (six - 8 if six > 40 else six)
    return value, 6 * len(payload)


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value
