"""The machine: Python and its packages, clock, processors and memory, disk, what was built."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from truceline.edges import clock
from truceline.edges.doctor.look import Look

PYTHONS = ((3, 11), (3, 14))  # from, until
NEEDED = {"fastapi": "fastapi", "uvicorn": "uvicorn", "joserfc": "joserfc", "multipart": "python-multipart",
          "webauthn": "webauthn"}  # fmt: skip
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
GIB = 1024**3
LEAST_ROOM, GOOD_ROOM = 1 * GIB, 20 * GIB
GOOD_MEMORY = 2 * GIB
SLOW_S = 0.05  # for bytes to be durable
EARLIEST_US = 1_767_225_600_000_000  # 2026-01-01: this program is younger


def program() -> Iterator[Look]:
    """Python, and the packages of the extra `service`."""
    version = ".".join(map(str, sys.version_info[:3]))
    if PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        yield Look("ok", "Python", version)
    else:
        yield Look("fail", "Python", f"{version} is not one that this program was tried with", "use 3.11, 3.12 or 3.13")
    missing = [name for module, name in NEEDED.items() if find_spec(module) is None]
    if missing:
        yield Look("fail", "packages", f"{', '.join(missing)} missing", "install truceline with the extra 'service'")
    else:
        yield Look("ok", "packages", "all that serving needs is installed")


def front_end(*, is_built: bool) -> Iterator[Look]:
    """What was built for browsers, and what only some things need."""
    if is_built:
        yield Look("ok", "watch floor", "built")
    else:
        yield Look("warn", "watch floor", "the live map was not built into this installation", "build it: make web")
    if find_spec("typst") is None:
        yield Look("warn", "reports", "reports as PDF cannot be written", "install truceline with the extra 'pdf'")
    else:
        yield Look("ok", "reports", "reports can be written as PDF")
    there = next((found for one in BROWSERS if (found := shutil.which(one))), None)
    words = f"{there} is here" if there else "no Chromium is here; none is needed to serve, only for tests of pages"
    yield Look("ok", "browser", words)


def time() -> Iterator[Look]:
    """Whether the clock can be right, and whether it is kept right."""
    if clock.now_us() < EARLIEST_US:
        yield Look(
            "fail", "clock", "it stands before this program was written", "set it, and keep it set by NTP or PTP"
        )
        return
    kept = clock.is_kept_right()
    if kept is None:
        yield Look("warn", "clock", "this system does not say whether its clock is kept right",
                   "see that NTP or PTP sets it")  # fmt: skip
    elif kept:
        yield Look("ok", "clock", "kept right by the system")
    else:
        yield Look("warn", "clock", "nothing keeps it right: times of receipt would drift",
                   "start an NTP or PTP service")  # fmt: skip


def strength() -> Iterator[Look]:
    """Processors and memory."""
    count = os.cpu_count() or 1
    if count < 2:
        yield Look("warn", "processors", "one alone: taking in and judging wait for each other", "give it two or more")
    else:
        yield Look("ok", "processors", str(count))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if memory < GOOD_MEMORY:
        yield Look("warn", "memory", f"{memory / GIB:.1f} GiB", f"give it {GOOD_MEMORY // GIB} GiB or more")
    else:
        yield Look("ok", "memory", f"{memory / GIB:.1f} GiB")


def disk(folder: Path) -> Iterator[Look]:
    """Room, and how long it takes until bytes are durable. A folder that is not there yet: where it would be made."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    free = shutil.disk_usage(there).free
    if free < LEAST_ROOM:
        yield Look("fail", "disk", f"{free / GIB:.1f} GiB are free", f"make room: {GOOD_ROOM // GIB} GiB are well")
    elif free < GOOD_ROOM:
        yield Look("warn", "disk", f"{free / GIB:.1f} GiB are free", f"make room: {GOOD_ROOM // GIB} GiB are well")
    else:
        yield Look("ok", "disk", f"{free / GIB:.0f} GiB are free")
    with tempfile.TemporaryFile(dir=there) as file:
        began_s = clock.running_s()
        file.write(bytes(4096))
        file.flush()
        os.fsync(file.fileno())
        took_s = clock.running_s() - began_s
    if took_s > SLOW_S:
        yield Look("warn", "writing", f"{1000 * took_s:.0f} ms until bytes are durable: feeds will wait",
                   "use a local disk of its own")  # fmt: skip
    else:
        yield Look("ok", "writing", f"{1000 * took_s:.1f} ms until bytes are durable")
