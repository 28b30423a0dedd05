"""One signed message to a webhook.

    POST, Content-Type: application/json
    Truceline-Delivery: D-000012                     the same for every attempt
    Truceline-Signature: t=1772445600,v1=HEX         HMAC-SHA-256 by the secret over "t.body"

2xx is taken as received. Redirects are not followed: the address is the operator's, and no one else's to change.
`truceline.client.signed_by` checks a signature.
"""

import hmac
import http.client
import urllib.error
import urllib.request
from hashlib import sha256
from typing import Any

from truceline.edges.announce.product import Product
from truceline.edges.announce.settings import Webhook
from truceline.model.instant import US_PER_S, Instant

PATIENCE_S = 10.0


class NotTaken(Exception):
    """The receiver did not take it: why, without what it answered."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def signature(secret: str, body: bytes, at_us: Instant) -> str:
    """The value of Truceline-Signature."""
    seconds = at_us // US_PER_S
    made = hmac.new(secret.encode(), f"{seconds}.".encode() + body, sha256).hexdigest()
    return f"t={seconds},v1={made}"


def post(hook: Webhook, product: Product, now_us: Instant) -> None:
    """Send it once. Raises NotTaken."""
    body = product.to_bytes()
    headers = {
        "Content-Type": "application/json", "User-Agent": "truceline", "Truceline-Delivery": product.id,
        "Truceline-Signature": signature(hook.secret, body, now_us),
    }  # fmt: skip
    request = urllib.request.Request(hook.url, body, headers, method="POST")  # noqa: S310 (https, by the settings)
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=PATIENCE_S) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        with error:
            status = error.code
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise NotTaken(f"no answer ({type(getattr(error, 'reason', error)).__name__})") from None
    if not 200 <= status < 300:
        raise NotTaken(f"it answered {status}")
