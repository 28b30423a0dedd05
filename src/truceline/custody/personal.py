"""Personal data: which inputs hold some, how their bytes are wrapped so that they can be forgotten, and for how long.

An input that may have to be forgotten is kept, and logged, as an envelope: its bytes encrypted under a key that stands
outside the log. The log proves the envelope. When the key is destroyed, the proof stands and the content is gone.

    {"cipher":"aes-siv","data":"<base64>","group":"<name of the key>","v":1}

Statements of people (reports with `person`) have a key each; a track has one an hour. A statement is taken in only with
its maker's consent, and under a pseudonym: the name goes no further than the door.
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from truceline.custody.base64_text import decode_base64
from truceline.custody.canonical import canonical_json
from truceline.custody.reading import decode
from truceline.model.instant import US_PER_HOUR, Instant

CIPHER = "aes-siv"
FORGOTTEN_KINDS = ("statement", "report", "track", "contact")  # what a mission may set a time for
TRACK_LIFE_US = 24 * US_PER_HOUR
NAME, CONSENT = "person", "consent"
NO_CONSENT = "a statement of a person is taken in only with consent: true"

_ESCAPE = b"\\"  # in JSON it may hide any word
_HOURS = {"h": 1, "d": 24}


@dataclass(frozen=True, slots=True)
class Envelope:
    """Encrypted bytes, and the name of the key that opens them."""

    group: str
    data: bytes

    def to_bytes(self) -> bytes:
        """The envelope as it is kept and logged."""
        return canonical_json({"v": 1, "cipher": CIPHER, "group": self.group, "data": b64encode(self.data).decode()})


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    cipher: str
    group: str
    data: str


def read_envelope(data: bytes) -> Envelope | None:
    """The envelope that these bytes are; None if they are none."""
    if not data.startswith(b'{"cipher":"'):
        return None
    try:
        read = decode(data, _Envelope)
        envelope = Envelope(read.group, decode_base64(read.data, "the envelope"))
    except ValueError:
        return None
    return envelope if read.v == 1 and read.cipher == CIPHER and envelope.to_bytes() == data else None


@dataclass(frozen=True, slots=True)
class Personal:
    """What an input is, if it may have to be forgotten: which kind of thing, under which key, of which moment."""

    what: str
    group: str


class _Line(msgspec.Struct):
    kind: str = ""
    sensor: str = ""
    time: str = ""
    track: str = ""
    person: str | None = None
    statement: bool = False


def personal(kind: str, id_: str, data: bytes) -> Personal | None:
    """What an input is, if it may have to be forgotten; None if it is kept as it came."""
    if kind == "contact":
        return Personal("contact", f"contact {id_}")
    if kind != "observation" or not (b'"track"' in data or b'"report"' in data or _ESCAPE in data):
        return None
    try:
        line = decode(data, _Line)
    except ValueError:
        return None
    if line.kind == "track":
        return Personal("track", f"track {line.sensor} {line.track} {line.time[:13]}")
    if line.kind == "report":
        return Personal("statement" if line.person or line.statement else "report", f"report {id_}")
    return None


def may_name(data: bytes) -> bool:
    """Whether a line, or any of many, may bear the name of a person; most are told at a glance that they do not."""
    return b'"person"' in data or _ESCAPE in data


def pseudonymous(data: bytes, secret: bytes) -> tuple[bytes, str | None]:
    """A statement with its maker's name replaced by a pseudonym, and the name; any other line as it is, and None.

    Raises ValueError if a statement bears no consent. secret: of the mission; the same name has the same pseudonym.
    """
    if not may_name(data):
        return data, None
    try:
        line = decode(data, dict[str, Any])
    except ValueError:
        return data, None  # no statement of anybody
    name = line.get(NAME)
    if line.get("kind") != "report" or not isinstance(name, str) or is_pseudonym(name):
        return data, None
    if line.get(CONSENT) is not True:
        raise ValueError(NO_CONSENT)
    line[NAME] = f"P-{hmac.digest(secret, name.casefold().strip().encode(), 'sha256').hex()[:16]}"
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode(), name


def consent_fault(data: bytes) -> str | None:
    """Why a line may not be taken in at all: it is a statement of a person without consent; None if it may."""
    try:
        pseudonymous(data, b"")
    except ValueError as error:
        return str(error)
    return None


def is_pseudonym(name: str) -> bool:
    """Whether a name is a pseudonym of ours already."""
    return len(name) == 18 and name.startswith("P-") and all(c in "0123456789abcdef" for c in name[2:])


def lives(table: Mapping[str, object]) -> dict[str, int]:
    """How long what is kept, in microseconds, from the table [retention] of mission.toml: kind = "36h" or "90d".

    Tracks live a day unless the table says less: those that a finding rests on stay. Raises ValueError.
    """
    found = {"track": TRACK_LIFE_US}
    for what, text in table.items():
        number = text[:-1] if isinstance(text, str) else ""
        if what not in FORGOTTEN_KINDS or not number.isdecimal() or str(text)[-1] not in _HOURS or int(number) == 0:
            kinds = ", ".join(FORGOTTEN_KINDS)
            raise ValueError(f"retention of {what!r} is {text!r}; write one of {kinds}, and a time as 36h or 90d")
        found[what] = int(number) * _HOURS[str(text)[-1]] * US_PER_HOUR
    if found["track"] > TRACK_LIFE_US:
        raise ValueError("tracks that touch no provision are gone in 24h; the mission may only say less")
    return found


def is_due(what: str, arrived_us: Instant, now_us: Instant, lives_us: Mapping[str, int]) -> bool:
    """Whether an input's time is over. What the mission set no time for is kept."""
    life = lives_us.get(what)
    return life is not None and now_us - arrived_us >= life
