"""The only now. Everything else is given its instants."""

import os
import time


def now_us() -> int:
    """Microseconds since 1970, by this machine's clock: it may be wrong, and may go backwards."""
    return time.time_ns() // 1000


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
