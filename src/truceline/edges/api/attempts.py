"""How often something is tried: so many times a minute by one address or one session, and no more."""

from collections import deque

TO_SIGN_IN = 60  # a minute, from one address
WRONG_KEYS = 300  # a minute, from one address: of feeds, programs and sessions
OF_A_SESSION = 1_200  # requests a minute
SESSIONS, ADDRESSES = 1_000, 10_000  # how many are remembered
MINUTE_S = 60.0


class Attempts:
    """The attempts of the last minute by name. Of very many names the one seen longest ago is forgotten."""

    def __init__(self, most: int, names: int = ADDRESSES) -> None:
        self._most, self._names = most, names
        self._of: dict[str, deque[float]] = {}

    def allows(self, name: str, now_s: float) -> bool:
        """Whether one more attempt may be made now; if so it counts."""
        if self.spent(name, now_s):
            return False
        self._of[name].append(now_s)
        return True

    def spent(self, name: str, now_s: float) -> bool:
        """Whether all attempts of the last minute were made."""
        times = self._of.pop(name, deque())
        self._of[name] = times
        while len(self._of) > self._names:
            self._of.pop(next(iter(self._of)))
        while times and times[0] <= now_s - MINUTE_S:
            times.popleft()
        return len(times) >= self._most
