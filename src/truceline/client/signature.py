"""Whether a message to a webhook comes from the mission's service."""

import hmac
from hashlib import sha256

LEEWAY_S = 300


def signed_by(secret: str, body: bytes, signature: str, now_s: float, leeway_s: float = LEEWAY_S) -> bool:
    """Whether the header Truceline-Signature is that of the holder of the secret over these bytes, and lately made.

    now_s: seconds since 1970. A message may come again: know it by its header Truceline-Delivery.
    """
    parts = dict(part.partition("=")[::2] for part in signature.split(","))
    at, given = parts.get("t", ""), parts.get("v1", "")
    if not (at.isascii() and at.isdecimal() and len(at) <= 12) or abs(now_s - int(at)) > leeway_s:
        return False
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    return hmac.compare_digest(made.encode(), given.encode())
