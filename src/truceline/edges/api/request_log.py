"""Every request has a number, which its answer and each line of the log about it carry; refusals and faults stand out.

The innermost cause of a fault is logged where it arises; here stands what was answered, and how long it took.
"""

import logging
import secrets

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from truceline.edges.clock import running_s
from truceline.edges.log_lines import REQUEST

LOG = logging.getLogger("truceline.request")
HEADER = b"truceline-request"
REFUSALS = (401, 403, 408, 409, 413, 429)
NO_ROUTE = "(none)"


class Requests:
    """Numbers requests and logs how each was answered: never the address asked for, nor who asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = secrets.token_hex(6)
        given = REQUEST.set(number)
        began_s, status = running_s(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER, number.encode())]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            _log(scope, status, round(1000 * (running_s() - began_s)))
            REQUEST.reset(given)


def _log(scope: Scope, status: int, took_ms: int) -> None:
    route = getattr(scope.get("route"), "path", NO_ROUTE)
    level, said = logging.INFO, "answered"
    if status >= 500:
        level, said = logging.ERROR, "failed"
    elif status in REFUSALS:
        level, said = logging.WARNING, "refused"
    LOG.log(level, said, extra={"method": scope["method"], "route": route, "status": status, "ms": took_ms})
