"""The only now. Everything else is given its instants."""

import ctypes
import os
import time
from contextlib import suppress

_TIMEX_BYTES = 256  # more than struct timex has on any Linux
_NOT_KEPT = 5  # TIME_ERROR of adjtimex(2)


def now_us() -> int:
    """Microseconds since 1970, by this machine's clock: it may be wrong, and may go backwards."""
    return time.time_ns() // 1000


def is_kept_right() -> bool | None:
    """Whether the system says that something (NTP, PTP) keeps its clock right; None if it does not say."""
    with suppress(OSError, AttributeError):
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))  # all zero: only asked
        return None if state < 0 else state != _NOT_KEPT
    return None


def running_s() -> float:
    """Seconds on a clock that never goes backwards, for measuring how long something takes."""
    return time.monotonic()


def worked_s() -> float:
    """Seconds of processor time that this process, and children that have ended, have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def rest(seconds: float) -> None:
    """Do nothing for so long."""
    time.sleep(seconds)
