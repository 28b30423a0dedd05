"""Drones' remote identification (ASTM F3411-22a broadcast messages, Open Drone ID) → Tracks, self-reported.

A message has 25 bytes: type (4 bits) and version (4 bits), then 24 bytes by type; a pack (type 15) has the size of a
message (25), their number (at most 9), then the messages.

    type 0  basic id   byte 1: kind of id (4 bits), kind of aircraft (4 bits); 2–21: id, zero padded type 1  location
    byte 1: status (4), …, height type, west, fast; 2: direction; 3: speed; 5–8, 9–12: latitude, longitude
                       (int32, 1e-7°); 15–16: geodetic altitude (uint16, 0.5 m from −1,000 m); 19: horizontal accuracy
                       (low 4 bits); 21–22: tenths of a second after the full hour (uint16)
    type 4  system     the operator's own position: dropped on receipt, as are operator ids (type 5) and free text
    (type 3)

Little-endian. What a drone says of itself may suggest, and never clears.
"""

from dataclasses import dataclass
from hashlib import sha256
from struct import unpack_from

from truceline.model.feed import Decoded, Receipt, Sender
from truceline.model.instant import US_PER_HOUR, Instant
from truceline.model.observation import UAV, Track
from truceline.model.problem import Place, Problem

SIZE, MOST_IN_PACK = 25, 9
HEAD = 2  # bytes that say of what kind a transmission is, and nothing of anybody's place
BASIC_ID, LOCATION, PACK = 0, 1, 15
TENTH_US, NO_TIME, UNKNOWN_SPEED, UNKNOWN_DIRECTION = 100_000, 36_000, 255, 181
ACCURACY_M = (18_520.0, 18_520.0, 7_408.0, 3_704.0, 1_852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0, 1.0)
LEVEL = 1.96  # accuracies are stated at 95 %


@dataclass(frozen=True, slots=True)
class _Said:
    """A location message. lat, lon in degrees; None where the drone does not know."""

    lon: float
    lat: float
    alt_m: float | None
    speed_mps: float | None
    course_deg: float | None
    accuracy_m: float | None
    tenths: int


def read_remote_id(file: str, data: bytes, receipt: Receipt, sender: Sender, transmitter: str) -> Decoded:
    """What one transmission of a transmitter (its address) says: at most one track."""
    try:
        messages = _messages(data)
    except ValueError as error:
        what, _, remedy = str(error).partition(": ")
        return Decoded((), (Problem(Place(file), what, remedy or "send it again", fatal=False),))
    serial = ""
    said: _Said | None = None
    problems: tuple[Problem, ...] = ()
    for message in messages:
        kind = message[0] >> 4
        if kind == BASIC_ID and not serial:
            serial = message[2:22].split(b"\0")[0].decode("ascii", "replace").strip()
        elif kind == LOCATION:
            try:
                said = _location(message)
            except ValueError as error:
                what, _, remedy = str(error).partition(": ")
                problems = (Problem(Place(file), what, remedy, fatal=False),)
    if said is None:
        return Decoded((), problems)
    return Decoded((_track(said, serial, receipt, sender, transmitter),), problems)


def without_operator(data: bytes) -> bytes:
    """A transmission as it may be kept: all messages blank but basic ids and locations.

    Of what cannot be read, only its head: the operator's position could stand anywhere in it.
    """
    try:
        messages = _messages(data)
    except ValueError:
        return data[:HEAD]
    mine = (one if one[0] >> 4 in (BASIC_ID, LOCATION) else one[:1].ljust(SIZE, b"\0") for one in messages)
    kept = b"".join(mine)
    return data[: len(data) - len(kept)] + kept


def _messages(data: bytes) -> list[bytes]:
    if len(data) == SIZE and data[0] >> 4 != PACK:
        return [data]
    if len(data) < 3 or data[0] >> 4 != PACK:
        raise ValueError(f"{len(data)} bytes are no message of {SIZE}, nor a pack: damaged on the way")
    size, count = data[1], data[2]
    if size != SIZE or not 1 <= count <= MOST_IN_PACK or len(data) != 3 + SIZE * count:
        raise ValueError(f"a pack of {count} messages of {size} bytes in {len(data)} bytes: damaged on the way")
    return [data[3 + SIZE * index : 3 + SIZE * (index + 1)] for index in range(count)]


def _location(message: bytes) -> _Said | None:
    """The location, None if the drone does not know where it is. Raises ValueError."""
    flags, direction, speed = message[1], message[2], message[3]
    lat, lon = (value / 1e7 for value in unpack_from("<ii", message, 5))
    if lat == 0.0 and lon == 0.0:
        return None
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        raise ValueError(f"longitude {lon:g}, latitude {lat:g} lie nowhere: damaged on the way, or false")
    altitude = unpack_from("<H", message, 15)[0]
    level = message[19] & 0x0F
    fast, west = flags & 1, flags >> 1 & 1
    known = speed != UNKNOWN_SPEED or fast == 0
    return _Said(
        lon=lon,
        lat=lat,
        alt_m=altitude * 0.5 - 1_000.0 if altitude else None,
        speed_mps=(0.75 * speed + 255 * 0.25 if fast else 0.25 * speed) if known else None,
        course_deg=float((direction + 180 * west) % 360) if direction < UNKNOWN_DIRECTION else None,
        accuracy_m=ACCURACY_M[level] if 0 < level < len(ACCURACY_M) else None,
        tenths=unpack_from("<H", message, 21)[0],
    )


def _track(said: _Said, serial: str, receipt: Receipt, sender: Sender, transmitter: str) -> Track:
    time_us = _moment(said.tenths, receipt.received_us)
    name = f"{transmitter}/{serial}/{time_us}/{said.lon:.7f}/{said.lat:.7f}"
    sigma = sender.position_sigma_m if said.accuracy_m is None else said.accuracy_m / LEVEL
    return Track(
        id=f"remote-id/{sha256(name.encode()).hexdigest()[:24]}",
        sensor=sender.sensor,
        time_us=time_us,
        time_sigma_s=sender.time_sigma_s,
        received_us=receipt.received_us,
        digest=receipt.digest,
        labels=((UAV, 1.0),),
        track=f"remote-id:{serial or transmitter}",
        lon=said.lon,
        lat=said.lat,
        sigma_m=max(sigma, 0.5),
        alt_m=said.alt_m,
        speed_mps=said.speed_mps,
        course_deg=said.course_deg,
        self_reported=True,
    )


def _moment(tenths: int, received_us: Instant) -> Instant:
    """The instant nearest to the receipt that lies so many tenths of a second after a full hour."""
    if tenths > NO_TIME:
        return received_us
    off = (tenths * TENTH_US - received_us) % US_PER_HOUR
    return received_us + (off if off < US_PER_HOUR // 2 else off - US_PER_HOUR)
