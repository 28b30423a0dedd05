"""How often somebody tries to sign in: so many attempts a minute from one address, and no more."""

from collections import deque

MOST_A_MINUTE = 60
MOST_ADDRESSES = 10_000
MINUTE_S = 60.0


class Attempts:
    """The attempts of the last minute by address. Of very many addresses the one seen longest ago is forgotten."""

    def __init__(self) -> None:
        self._of: dict[str, deque[float]] = {}

    def allows(self, address: str, now_s: float) -> bool:
        """Whether one more attempt may be made now; if so it counts."""
        times = self._of.pop(address, deque())
        self._of[address] = times
        while len(self._of) > MOST_ADDRESSES:
            self._of.pop(next(iter(self._of)))
        while times and times[0] <= now_s - MINUTE_S:
            times.popleft()
        if len(times) >= MOST_A_MINUTE:
            return False
        times.append(now_s)
        return True
