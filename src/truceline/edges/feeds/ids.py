"""ULIDs and UUIDs of our own messages."""

import random

from truceline.model.instant import Instant

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(time_us: Instant, chance: random.Random) -> str:
    """A ULID in capitals: 48 bits of milliseconds, 80 of chance."""
    value = (time_us // 1_000 << 80) | chance.getrandbits(80)
    return "".join(CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))


def uuid4(chance: random.Random) -> str:
    """A version 4 UUID in lower case."""
    value = chance.getrandbits(128)
    value = (value & ~(0xF << 76)) | (4 << 76)
    value = (value & ~(0x3 << 62)) | (2 << 62)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
