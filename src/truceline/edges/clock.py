"""The only now. Everything else is given its instants."""

import time


def running_s() -> float:
    """Seconds on a clock that never goes backwards, for measuring how long something takes."""
    return time.monotonic()
