"""A secret in n shares of which any k make it again, and k - 1 tell nothing (Shamir 1979), byte by byte over GF(2^8).

truceline share v1
of <fingerprint of what it opens>
need <k>
number <1 to 255>
<base64 of the share>
<first 8 hex digits of the SHA-256 of the lines above>
"""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from truceline.custody.base64_text import decode_base64

_HEAD = "truceline share v1"
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_MOST = 255


@dataclass(frozen=True, slots=True)
class Share:
    """One share. `of`: the fingerprint of what it opens; `need`: how many are needed."""

    of: str
    need: int
    number: int
    data: bytes

    def to_text(self) -> str:
        """The share as a file."""
        lines = (_HEAD, f"of {self.of}", f"need {self.need}", f"number {self.number}", b64encode(self.data).decode())
        body = "".join(f"{line}\n" for line in lines)
        return f"{body}{_check(body)}\n"


def split(secret: bytes, of: str, need: int, count: int, chance: Callable[[int], bytes]) -> tuple[Share, ...]:
    """A secret in `count` shares. chance: so many bytes from a generator fit for keys. Raises ValueError."""
    if not 2 <= need <= count <= _MOST:
        raise ValueError(f"{need} of {count} shares cannot be; need at least 2, of at most {_MOST}")
    powers = [secret, *(chance(len(secret)) for _ in range(need - 1))]
    return tuple(
        Share(of, need, x, bytes(_at(x, [power[i] for power in powers]) for i in range(len(secret))))
        for x in range(1, count + 1)
    )


def join(shares: Sequence[Share]) -> bytes:
    """The secret that shares make. Raises ValueError if they are too few, or not of one secret."""
    first = shares[0] if shares else None
    if first is None or len({one.number for one in shares}) < first.need:
        raise ValueError(f"{len(shares)} shares are too few, or some are the same")
    if any((one.of, one.need, len(one.data)) != (first.of, first.need, len(first.data)) for one in shares):
        raise ValueError("the shares are not of one secret")
    some = list({one.number: one for one in shares}.values())[: first.need]
    secret = bytearray(len(first.data))
    for one in some:
        weight = 1
        for other in some:
            if other.number != one.number:
                weight = _times(weight, _times(other.number, _inverse(other.number ^ one.number)))
        for i, byte in enumerate(one.data):
            secret[i] ^= _times(weight, byte)
    return bytes(secret)


def read_share(text: str) -> Share:
    """The share that a text is. Raises ValueError."""
    lines = text.split("\n")
    if len(lines) != 7 or lines[0] != _HEAD or lines[6] or _check("\n".join(lines[:5]) + "\n") != lines[5]:
        raise ValueError("the text is no share, or was copied wrongly")
    words = [line.partition(" ")[::2] for line in lines[1:4]]
    numbers = [word[1] for word in words[1:]]
    if [word[0] for word in words] != ["of", "need", "number"] or not all(_NUMBER.fullmatch(one) for one in numbers):
        raise ValueError("the text is no share")
    need, number = map(int, numbers)
    if not 2 <= need <= _MOST or number > _MOST:
        raise ValueError("the share has a number that cannot be")
    return Share(words[0][1], need, number, decode_base64(lines[4], "the share"))


def _at(x: int, powers: Sequence[int]) -> int:
    """The polynomial with these coefficients, constant first, at x."""
    value = 0
    for power in reversed(powers):
        value = _times(value, x) ^ power
    return value


def _times(a: int, b: int) -> int:
    """The product in GF(2^8) with the polynomial of AES."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    """What times a is one: a to the power of 254."""
    assert a, "nothing times zero is one"
    result, power, left = 1, a, 254
    while left:
        if left & 1:
            result = _times(result, power)
        power = _times(power, power)
        left >>= 1
    return result


def _check(body: str) -> str:
    return sha256(body.encode()).hexdigest()[:8]
