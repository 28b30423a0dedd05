"""Parties exchanged everywhere: in the files of a mission, and back in what was concluded from them."""

import json
import re
from typing import Any

from .folder import Files


def swap_text(text: str, one: str, other: str) -> str:
    """The text with two names exchanged wherever they stand as words."""
    named = {one: other, other: one}
    return re.sub(rf"\b(?:{re.escape(one)}|{re.escape(other)})\b", lambda found: named[found[0]], text)


def swap_files(files: Files, one: str, other: str) -> dict[str, bytes]:
    """All files with two names exchanged: labels, polygons, who is bound, notices, claims, contacts."""
    return {path: swap_text(data.decode(), one, other).encode() for path, data in files.items()}


def features(data: bytes) -> list[Any]:
    """The features of a result's file, but for the digest of the inputs, which is another for other inputs."""
    found = [json.loads(line) for line in data.splitlines()]
    for feature in found:
        if isinstance(feature["properties"].get("made_by"), dict):
            del feature["properties"]["made_by"]["inputs"]
    return found
