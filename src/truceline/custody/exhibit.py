"""Exhibits: pictures, sound, forms. Kept as bytes under their digest, never decoded, rendered or run by Truceline.

An exhibit is taken in only if its media type is on the list, its first bytes are of that type, and it is not too long.
What could act in a browser or a viewer (HTML, SVG, scripts, archives, office documents) is not on the list. Whoever
hands an exhibit out sends it with `HANDING_OUT`, so that a browser saves it and does not show it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

MOST_BYTES = 256 * 1024**2  # of one exhibit
HEAD_BYTES = 64  # by which a media type is told

HANDING_OUT: Mapping[str, str] = {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": "attachment",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Media type → what its first bytes look like. Text has no such mark: it must be UTF-8 without control characters.
_HEADS: Mapping[str, re.Pattern[bytes]] = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff", re.S),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n", re.S),
    "image/tiff": re.compile(rb"II\*\x00|MM\x00\*", re.S),
    "image/webp": re.compile(rb"RIFF....WEBP", re.S),
    "image/heic": re.compile(rb"....ftyp(?:heic|heix|hevc|mif1)", re.S),
    "audio/wav": re.compile(rb"(?:RIFF|RF64)....WAVE", re.S),
    "audio/flac": re.compile(rb"fLaC", re.S),
    "audio/ogg": re.compile(rb"OggS", re.S),
    "audio/mp4": re.compile(rb"....ftyp(?:M4A |mp4|iso|dash)", re.S),
    "video/mp4": re.compile(rb"....ftyp(?:mp4|iso|avc1|M4V |dash)", re.S),
    "application/pdf": re.compile(rb"%PDF-[12]\.", re.S),
    "application/vnd.fdsn.mseed": re.compile(rb"[0-9]{6}[DRQM]|MS\x03", re.S),
}
_TEXTS = ("application/geo+json", "application/json", "application/x-ndjson", "text/csv", "text/plain")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DIGEST = re.compile(r"[0-9a-f]{64}")

MEDIA_TYPES = (*_HEADS, *_TEXTS)


@dataclass(frozen=True, slots=True, order=True)
class Exhibit:
    """What is kept: the hex digest under which the bytes stand, their type (stated and looked at), their number."""

    sha256: str
    media_type: str
    size: int


def exhibit_path(sha256: str) -> str:
    """Where an exhibit stands below its folder: first two digits of its digest, so that no folder holds too many."""
    assert is_digest(sha256), sha256
    return f"{sha256[:2]}/{sha256}"


def is_digest(text: str) -> bool:
    """Whether this is a SHA-256 in lower-case hex."""
    return _DIGEST.fullmatch(text) is not None


def type_fault(media_type: str) -> str | None:
    """Why exhibits of this type are not taken in; None if they are."""
    if media_type in MEDIA_TYPES:
        return None
    return f"exhibits of type {media_type[:80]!r} are not taken in (taken: {', '.join(sorted(MEDIA_TYPES))})"


def head_fault(media_type: str, head: bytes) -> str | None:
    """Why bytes that begin so are not of this type; None if they may be. head: at least HEAD_BYTES, or all there is."""
    if not head:
        return "the exhibit is empty"
    pattern = _HEADS.get(media_type)
    return None if pattern is None or pattern.match(head) else f"the bytes are not of type {media_type}"


class TextCheck:
    """Looks at a text as it comes in, part by part: UTF-8 without control characters, or not."""

    def __init__(self, media_type: str) -> None:
        self._wanted = media_type in _TEXTS
        self._rest = b""

    def why_not(self, part: bytes, *, last: bool = False) -> str | None:
        """What is wrong with this part; None if nothing is. Types that are no text always pass."""
        if not self._wanted:
            return None
        if control := _CONTROL.search(part):
            return f"the text holds the control character {control.group()[0]:#04x}"
        whole = self._rest + part
        self._rest = b"" if last else _cut_character(whole)
        try:
            whole[: len(whole) - len(self._rest)].decode("utf-8")
        except UnicodeDecodeError:
            return "the text is not UTF-8"
        return None


def _cut_character(data: bytes) -> bytes:
    """The beginning of a character of several bytes that stands at the end of a part."""
    for count in range(1, min(3, len(data)) + 1):
        byte = data[-count]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return data[-count:] if count < length else b""
        if byte < 0x80:
            return b""
    return b""
