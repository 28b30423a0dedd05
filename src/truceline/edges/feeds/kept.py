"""A sink that puts observations into a mission's store, and everything else beside it into a spool."""

from collections.abc import Sequence
from dataclasses import replace

from truceline.edges.feeds.door import Refused, Taken
from truceline.edges.feeds.spool import Spool
from truceline.edges.store.door import Received, Store
from truceline.formats.observations_ndjson import write_observation
from truceline.model.observation import Exhibit


class Kept:
    """Messages, facts and refusals go to the spool first, then observations to the store: each durable on return."""

    def __init__(self, spool: Spool, store: Store) -> None:
        self._spool, self._store = spool, store

    def take(self, taken: Sequence[Taken], refused: Sequence[Refused]) -> None:
        self._spool.take([replace(one, observations=()) for one in taken], refused)
        inputs = [
            Received("observation", seen.id, write_observation(seen, (Exhibit(m.digest, m.media_type),)))
            for one in taken
            for m in (one.message,)
            for seen in one.observations
        ]
        if inputs:
            self._store.append(inputs)
