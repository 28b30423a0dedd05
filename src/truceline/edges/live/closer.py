"""Closer looks at findings, one after another, in a process of their own; what was worked out is kept for a while."""

import asyncio
import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from truceline.edges.live.why import Why, why
from truceline.edges.live.workers import Worker

LOG = logging.getLogger("truceline.service")
MOST_KEPT = 200
PATIENCE_S = 1.0  # how long a page waits, before it says that the look will come


class _Question(msgspec.Struct, frozen=True):
    size: int
    events: list[str]


def look_closer(pipe: Connection, path: str) -> None:
    """The worker: questions in, looks out, until the server is gone."""
    with suppress(EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        while True:
            asked = msgspec.msgpack.decode(pipe.recv_bytes(), type=_Question)
            pipe.send_bytes(why(path, asked.size, asked.events))


class Closer:
    """Asks the worker, and remembers. The worker is begun when it is first needed."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._worker: Worker | None = None
        self._lock = threading.Lock()
        self._known: dict[bytes, asyncio.Task[bytes | None]] = {}

    async def look(self, key: bytes, size: int, events: Sequence[str]) -> Why | None:
        """The closer look at these events; None while it is being worked out. key: by which it is remembered."""
        task = self._known.get(key)
        if task is None:
            task = asyncio.create_task(asyncio.to_thread(self._ask, _Question(size, list(events))))
            self._known[key] = task
            while len(self._known) > MOST_KEPT:
                self._known.pop(next(iter(self._known)))
        try:
            found = await asyncio.wait_for(asyncio.shield(task), PATIENCE_S)
        except TimeoutError:
            return None
        if found is None:
            self._known.pop(key, None)
            return None
        return msgspec.json.decode(found, type=Why)

    def end(self) -> None:
        """End the worker; a look that is under way is given up."""
        worker = self._worker
        if worker is not None:
            worker.kill()
        with self._lock:
            if self._worker is not None:
                self._worker.end()

    def _ask(self, asked: _Question) -> bytes | None:
        with self._lock:
            try:
                if self._worker is None:
                    self._worker = Worker(look_closer, self._store)
                return self._worker.ask(msgspec.msgpack.encode(asked))
            except (EOFError, OSError):
                LOG.warning("the closer look ended before it was done")
                if self._worker is not None:
                    self._worker.end()
                    self._worker = None
                return None
