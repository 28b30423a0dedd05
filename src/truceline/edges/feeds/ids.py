"""ULIDs of our own messages."""

from hashlib import sha256

from truceline.model.instant import Instant

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def stable_ulid(name: str, time_us: Instant) -> str:
    """A ULID in capitals, always the same for a name and a time: 48 bits of milliseconds, 80 of the name's digest."""
    value = (time_us // 1_000 << 80) | int.from_bytes(sha256(name.encode()).digest()[:10], "big")
    return "".join(CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))
