"""One file that holds many: a ZIP archive written in one way only, so that the same files give the same bytes.

Names in order, nothing compressed, no times, no comments, nothing between or around: any byte that is not as it must be
is seen, and the file it belongs to is named.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from struct import Struct
from zlib import crc32

from truceline.model.problem import Place, Problem

MOST_BYTES = 2**32 - 1
MOST_FILES = 2**16 - 1

_LOCAL = Struct("<4sHHHHHIIIHH")
_CENTRAL = Struct("<4sHHHHHHIIIHHHHHII")
_END = Struct("<4sHHHHIIH")
_VERSION, _MADE_BY, _UTF8, _STORED, _TIME, _DATE = 20, 0x031E, 0x0800, 0, 0, 0x0021  # 1 January 1980
_MODE = 0o100644 << 16
_NAME = re.compile(r"[^\x00-\x1f\x7f\\:*?\"<>|]{1,500}")
_AGAIN = "ask for the file again from whoever made it"


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """The archive of these files. Raises ValueError if they are too many, too long, or wrongly named."""
    parts: list[bytes] = []
    central: list[bytes] = []
    here = 0
    for name in sorted(files):
        if not is_name(name):
            raise ValueError(f"{name[:80]!r} is no name for a file in an archive")
        encoded, data = name.encode(), files[name]
        common = (_VERSION, _UTF8, _STORED, _TIME, _DATE, crc32(data), len(data), len(data), len(encoded), 0)
        parts += [_LOCAL.pack(b"PK\x03\x04", *common), encoded, data]
        central += [_CENTRAL.pack(b"PK\x01\x02", _MADE_BY, *common, 0, 0, 0, _MODE, here), encoded]
        here += _LOCAL.size + len(encoded) + len(data)
        if here > MOST_BYTES or len(parts) > 3 * MOST_FILES:
            raise ValueError("the archive would be longer than 4 GiB, or hold more than 65,535 files")
    directory = b"".join(central)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(files), len(files), len(directory), here, 0)
    return b"".join((*parts, directory, end))


def read_archive(data: bytes) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """The files of an archive, and everything about it that is not as `write_archive` writes it."""
    files: dict[str, bytes] = {}
    starts: list[int] = []
    names: list[str] = []
    here = 0
    while here + _LOCAL.size <= len(data) and data[here : here + 4] == b"PK\x03\x04":
        length, name_length, extra = _LOCAL.unpack_from(data, here)[8:11]
        begin = here + _LOCAL.size + name_length + extra
        name = data[here + _LOCAL.size : here + _LOCAL.size + name_length].decode("utf-8", "replace")
        if begin + length > len(data) or not is_name(name) or name in files:
            what = "a file is cut short, wrongly named, or there twice"
            return files, (Problem(Place(name[:80] or "archive"), what, _AGAIN),)
        files[name] = data[begin : begin + length]
        starts.append(here)
        names.append(name)
        here = begin + length
    if not files:
        return files, (Problem(Place("archive"), "the file is no archive of ours", "give a dossier"),)
    if (right := write_archive(files)) == data:
        return files, ()
    at = next(
        (i for i, (one, two) in enumerate(zip(data, right, strict=False)) if one != two), min(len(data), len(right))
    )
    number = bisect_right(starts, at) - 1
    named = names[number] if number >= 0 and at < here else "archive"
    return files, (Problem(Place(named), f"the archive is not written as ours are, from byte {at} on", _AGAIN),)


def is_name(name: str) -> bool:
    """Whether a path is safe anywhere: relative, no step upwards, nothing that a system takes for something else."""
    parts = name.split("/")
    return _NAME.fullmatch(name) is not None and all(part not in ("", ".", "..") for part in parts)
