"""Sealing at a stated interval: what is acknowledged stands under a root that soon."""

from collections.abc import Callable

from truceline.custody.checkpoint import Checkpoint
from truceline.edges import clock
from truceline.edges.store.door import Store

INTERVAL_S = 1.0


class Sealer:
    """Seals a store when the interval has passed. It measures on a clock that never goes backwards."""

    def __init__(
        self, store: Store, interval_s: float = INTERVAL_S, *, running_s: Callable[[], float] = clock.running_s
    ) -> None:
        self._store, self._interval_s, self._running_s = store, interval_s, running_s
        self._last_s = running_s() - interval_s

    @property
    def due_s(self) -> float:
        """Seconds until the next seal; none or less: now."""
        return self._last_s + self._interval_s - self._running_s()

    def step(self) -> Checkpoint | None:
        """Seal if it is time. Raises Unusable; the next step then tries again."""
        if self.due_s > 0:
            return None
        checkpoint = self._store.seal()
        self._last_s = self._running_s()
        return checkpoint
