"""Many senders, one disk: what comes in while the disk is busy is kept together in the next batch.

Each sender gets an answer only when its own inputs are durable. A full queue makes senders wait (back pressure).
"""

import threading
from collections.abc import Sequence
from concurrent.futures import Future

from truceline.edges.store.door import Receipt, Received, Store, checked
from truceline.model.problem import Place, Problem, Unusable

MOST_WAITING = 200_000  # inputs
MOST_BATCH = 20_000

_Waiting = tuple[Sequence[Received], "Future[tuple[Receipt, ...]]"]


class Committer:
    """Appends to a store from any number of threads."""

    def __init__(self, store: Store, *, most_waiting: int = MOST_WAITING) -> None:
        self._store, self._most_waiting = store, most_waiting
        self._changed = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._count = 0
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="committer", daemon=True)
        self._thread.start()

    def append(self, inputs: Sequence[Received]) -> "Future[tuple[Receipt, ...]]":
        """Queue inputs; the future is done when they are durable, or holds the Unusable that says why they are not.

        Waits while the queue is full. Raises Unusable at once if an input cannot be kept at all.
        """
        checked(inputs)
        future: Future[tuple[Receipt, ...]] = Future()
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._count < self._most_waiting)
            if self._closed:
                raise Unusable([Problem(Place("store"), "the store is being closed", "send again when it is open")])
            self._waiting.append((inputs, future))
            self._count += len(inputs)
            self._changed.notify_all()
        return future

    def close(self) -> None:
        """Keep what is queued, then end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _work(self) -> None:
        while taken := self._take():
            self._keep(taken)

    def _keep(self, taken: Sequence[_Waiting]) -> None:
        """Append together; if that is refused, each sender's by itself: one's fault is not the others'."""
        try:
            receipts = self._store.append([one for inputs, _ in taken for one in inputs])
        except Exception as error:  # of any kind: who waits is told, and those who come later are not kept waiting
            if len(taken) == 1:
                taken[0][1].set_exception(error)
                return
            for one in taken:
                self._keep([one])
            return
        here = 0
        for inputs, future in taken:
            future.set_result(receipts[here : here + len(inputs)])
            here += len(inputs)

    def _take(self) -> list[_Waiting]:
        """What is kept together next; none when closed and all is done."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting)
            taken: list[_Waiting] = []
            count = 0
            while self._waiting and (not taken or count + len(self._waiting[0][0]) <= MOST_BATCH):
                taken.append(self._waiting.pop(0))
                count += len(taken[-1][0])
            self._count -= count
            self._changed.notify_all()
        return taken
