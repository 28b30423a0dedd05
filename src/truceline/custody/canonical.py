"""Canonical JSON (RFC 8785) for what Truceline itself writes. What others sent is kept as received, never rewritten."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import rfc8785

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None


def canonical_json(value: Json) -> bytes:
    """The one UTF-8 text of a value: keys sorted, no blanks, shortest numbers. No newline at the end."""
    return rfc8785.dumps(value)


def canonical_line(value: Json) -> bytes:
    """The canonical text as a line of NDJSON."""
    return canonical_json(value) + b"\n"
