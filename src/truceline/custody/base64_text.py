"""Standard base64 (RFC 4648, §4) in its one writing only.

A text in which any character is changed is then refused, or means other bytes.
"""

import binascii
from base64 import b64decode, b64encode


def decode_base64(text: str, what: str) -> bytes:
    """The bytes of a base64 text. Raises ValueError, with `what` it was, for blanks, missing padding or spare bits."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"{what} is not base64") from None
    if b64encode(data).decode() != text:
        raise ValueError(f"{what} is not base64 in its one writing")
    return data
