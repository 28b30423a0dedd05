"""MQTT 3.1.1 (OASIS, 2014), the side that is published to: packets → what a publisher says, and what it is answered.

    head           kind 4 bits, flags 4 bits; how long the rest is: 7 bits a byte, the lowest first, 4 bytes at most
    CONNECT 1      "MQTT", level 4, flags 1 (2: clean; 4: a will, its quality ×8, kept 32; 64: password; 128: user),
                   seconds of keep alive 2, client; topic and payload of the will, user, password as the flags say
    PUBLISH 3      topic, number 2 (quality 1 and 2), payload; flags: quality ×2
    PUBREL 6       number 2
    SUBSCRIBE 8, UNSUBSCRIBE 10    number 2, topics
    PINGREQ 12, DISCONNECT 14

Words have their length before them, 2 bytes. All numbers are big-endian.
"""

from dataclasses import dataclass

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = range(1, 8)
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT = range(8, 15)
MOST_BYTES = 1024 * 1024
LEVEL = 4
WILL, PASSWORD, USER = 4, 64, 128
WELCOME, OTHER_LEVEL = 0, 1
NOT_SUBSCRIBED = 0x80


@dataclass(frozen=True, slots=True)
class Publication:
    """What is published. quality: 0, 1 or 2. number: what it is acknowledged by, 0 for quality 0."""

    topic: str
    payload: bytes
    quality: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Connect:
    """A publisher that comes in. keep_alive_s: 0 if it promises nothing. will: what is published if it is cut off."""

    client: str
    keep_alive_s: int
    will: Publication | None


class OtherLevelError(ValueError):
    """The publisher speaks another MQTT than 3.1.1."""


def read_connect(body: bytes) -> Connect:
    """The body of a CONNECT. Raises ValueError, OtherLevelError."""
    name, at = _word(body, 0)
    if name not in (b"MQTT", b"MQIsdp") or len(body) < at + 4:
        raise ValueError("the first packet is no CONNECT")
    if name != b"MQTT" or body[at] != LEVEL:
        raise OtherLevelError(f"the publisher speaks MQTT of level {body[at]}: let it speak 3.1.1 (level {LEVEL})")
    flags, keep_alive_s = body[at + 1], int.from_bytes(body[at + 2 : at + 4])
    client, at = _word(body, at + 4)
    will = None
    if flags & WILL:
        topic, at = _word(body, at)
        payload, at = _word(body, at)
        will = Publication(_topic(topic), payload)
    for _ in range(bool(flags & USER) + bool(flags & PASSWORD)):
        _, at = _word(body, at)
    if at != len(body):
        raise ValueError("a CONNECT is longer than what it says")
    return Connect(client.decode("utf-8", "replace"), keep_alive_s, will)


def read_publish(flags: int, body: bytes) -> Publication:
    """The body of a PUBLISH, and the flags of its head. Raises ValueError."""
    topic, at = _word(body, 0)
    quality = flags >> 1 & 3
    if quality == 3:
        raise ValueError("a PUBLISH of quality 3: there is none")
    if not quality:
        return Publication(_topic(topic), body[at:])
    return Publication(_topic(topic), body[at + 2 :], quality, number_of(body[at:]))


def number_of(body: bytes) -> int:
    """The number that a body begins with. Raises ValueError."""
    number = int.from_bytes(body[:2])
    if len(body) < 2 or not number:
        raise ValueError("a packet has no number")
    return number


def topics_of(body: bytes) -> int:
    """How many topics a SUBSCRIBE names. Raises ValueError."""
    at, count = 2, 0
    while at < len(body):
        _, at = _word(body, at)
        at, count = at + 1, count + 1
    return count


def connack(code: int) -> bytes:
    return bytes([CONNACK << 4, 2, 0, code])


def answer(kind: int, number: int, codes: bytes = b"") -> bytes:
    """PUBACK, PUBREC, PUBCOMP, SUBACK or UNSUBACK of a number."""
    return bytes([kind << 4, 2 + len(codes)]) + number.to_bytes(2) + codes


def pong() -> bytes:
    return bytes([PINGRESP << 4, 0])


def matches(topic: str, pattern: str) -> bool:
    """Whether a topic is meant by a pattern, with + for one level and a # at its end for all below."""
    levels, wanted = topic.split("/"), pattern.split("/")
    if wanted[-1] == "#":
        wanted.pop()
        levels = levels[: len(wanted)]
    return len(levels) == len(wanted) and all(want in ("+", level) for level, want in zip(levels, wanted, strict=True))


def _word(body: bytes, at: int) -> tuple[bytes, int]:
    """The word at a place, and the place after it. Raises ValueError."""
    end = at + 2 + int.from_bytes(body[at : at + 2])
    if at + 2 > len(body) or end > len(body):
        raise ValueError("a packet is shorter than what it says")
    return body[at + 2 : end], end


def _topic(word: bytes) -> str:
    topic = word.decode("utf-8")
    if not topic or any(sign in topic for sign in "+#\0"):
        raise ValueError(f"topic {topic[:40]!r} cannot be published to")
    return topic
