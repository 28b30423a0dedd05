"""Who saw what, when: written into the same log as everything else, before it is shown."""

from collections.abc import Callable, Sequence
from itertools import count

from truceline.custody.canonical import canonical_json
from truceline.edges import clock
from truceline.edges.store.door import Received, Store


class AccessLog:
    """Appends looks to a store. On return a look is durable: only then may the thing be shown."""

    def __init__(self, store: Store, session: str, *, now_us: Callable[[], int] = clock.now_us) -> None:
        """session: a name that no other session of this store has; looks of one session are numbered."""
        self._store, self._session, self._now_us = store, session, now_us
        self._numbers = count()

    def saw(self, who: str, what: str, of: Sequence[str]) -> None:
        """`who` is about to see `what` (positions, an identity, an exhibit …) `of` these ids. Raises Unusable."""
        line = canonical_json({"at_us": self._now_us(), "of": sorted(of), "what": what, "who": who})
        self._store.append([Received("access", f"{self._session} {next(self._numbers)}", line)])
