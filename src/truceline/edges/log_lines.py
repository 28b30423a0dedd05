"""What the service says of its own running: JSON, one object a line, on standard error.

    {"time": "2026-03-02T10:00:00.123Z", "level": "warning", "from": "truceline.request", "said": "refused",
     "request": "5f0c…", "method": "POST", "route": "/sign-in", "status": 403, "ms": 3}

No secret, no position, nobody's identity: callers give none (a route is written as it was declared, never the address
that was asked for; of an error its kind and where it arose, never what it says), and what looks like one is struck out
of every text all the same. Who did and saw what stands in the mission's own log, under its seal.
"""

import json
import logging
import re
import sys
import traceback
from contextvars import ContextVar
from types import TracebackType
from typing import TextIO

from truceline.model.instant import format_utc

REQUEST: ContextVar[str] = ContextVar("request", default="")
FIELDS = ("method", "route", "status", "ms", "size")  # what a caller may give besides words
LEVELS = ("error", "warning", "info")
MOST_SAID = 500  # characters
MOST_PLACES = 8
OURS = "truceline"
STRUCK = "…"

_STRIKE = tuple(
    re.compile(one)
    for one in (
        r"(?<=://)[^\s/@]+:[^\s/@]+(?=@)",  # a name and password in an address
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # an address of mail
        r"(?i)(?<=key=|ode=|ate=)[^\s&\"']+|(?i:(?:secret|token|password|passphrase)\W{1,3})\S+",
        r"(?i)\b(?:bearer|basic)\s+\S+",
        r"(?i)\bcookie\W.*",
        r"[A-Za-z0-9_-]{32,}",  # keys of sessions, links, invitations, feeds; digests
        r"-?\b\d{1,3}\.\d{3,}\b",  # degrees
    )
)


def struck(text: str) -> str:
    """The text without what looks like a secret, an address of mail or a position; one line, not without end."""
    text = text.split("\n", 1)[0]
    for pattern in _STRIKE:
        text = pattern.sub(STRUCK, text)
    return text[:MOST_SAID]


class Lines(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": format_utc(round(record.created * 1e6), digits=3), "level": record.levelname.lower(),
            "from": record.name, "said": struck(_said(record)),
        }  # fmt: skip
        if request := REQUEST.get():
            line["request"] = request
        line |= {key: record.__dict__[key] for key in FIELDS if key in record.__dict__}
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"error": record.exc_info[0].__name__, "where": _places(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=False)


def _said(record: logging.LogRecord) -> str:
    """Our own words whole; of other packages' only what they would say to anybody, without the values put in."""
    if record.name.split(".")[0] == OURS:
        return record.getMessage()
    return record.msg if isinstance(record.msg, str) else type(record.msg).__name__


def _places(trace: TracebackType | None) -> list[str]:
    """Where an error arose: module and line, the innermost last."""
    frames = traceback.extract_tb(trace)[-MOST_PLACES:]
    return [f"{'/'.join(one.filename.replace(chr(92), '/').split('/')[-2:])}:{one.lineno}" for one in frames]


def begin(level: str, stream: TextIO | None = None) -> None:
    """From here on this process logs in this way. level: the least that is written."""
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
