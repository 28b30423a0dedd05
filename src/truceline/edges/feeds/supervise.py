"""Feeds kept running: bounded queues, back pressure, reconnection with jitter, and nothing answered before it is
durable.

When a feed's queue is full its source is not read further, so that TCP slows its sender down; other feeds go on. A
connection that ends is tried again after a pause that doubles up to `LONGEST_PAUSE_S`, each time jittered so that
many sensors do not come back at once.
"""

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from truceline.edges.clock import running_s
from truceline.edges.feeds.door import Feed, Health, Item, Message, Refused, Sink, Taken
from truceline.edges.feeds.watch import Watch

QUEUE = 1_000  # messages a feed
BATCH = 200  # messages made durable together
MOST_WAITING_BYTES, MOST_BATCH_BYTES = 32 * 1024 * 1024, 8 * 1024 * 1024  # of large messages fewer wait
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 60.0
STEADY_S = 30.0  # a connection that lasted so long begins anew with the first pause
CUTS = (OSError, EOFError, asyncio.TimeoutError)  # ssl.SSLError is an OSError, IncompleteReadError an EOFError


class Waiting:
    """What a feed has received and not yet kept, bounded by messages and by bytes."""

    def __init__(self, messages: int) -> None:
        self._items: asyncio.Queue[Item | None] = asyncio.Queue(messages)
        self._room = asyncio.Event()
        self.bytes = 0

    async def put(self, item: Item) -> None:
        """Wait for room, then take the item in."""
        size = len(item.message.data)
        while self.bytes and self.bytes + size > MOST_WAITING_BYTES:
            self._room.clear()
            await self._room.wait()
        self.bytes += size
        try:
            await self._items.put(item)
        except asyncio.CancelledError:
            self.bytes -= size
            raise

    async def end(self) -> None:
        """Nothing more comes."""
        await self._items.put(None)

    async def batch(self) -> tuple[list[Item], bool]:
        """What waits, as much as is made durable together, once there is any; and whether it is the last."""
        batch: list[Item] = []
        size, item = 0, await self._items.get()
        while item is not None:
            batch.append(item)
            size += len(item.message.data)
            if len(batch) >= BATCH or size >= MOST_BATCH_BYTES or self._items.empty():
                break
            item = self._items.get_nowait()
        self.bytes -= size
        self._room.set()
        return batch, item is None


@dataclass
class Supervisor:
    """Runs feeds into one sink. `chance` jitters the pauses."""

    sink: Sink
    chance: random.Random = field(default_factory=random.Random)
    first_pause_s: float = FIRST_PAUSE_S
    longest_pause_s: float = LONGEST_PAUSE_S
    queue: int = QUEUE
    health: dict[str, Health] = field(default_factory=dict)

    async def run(self, feeds: Sequence[Feed]) -> None:
        """Run until every source is exhausted, or this is cancelled: what was received is then made durable first."""
        async with asyncio.TaskGroup() as group:
            for feed in feeds:
                group.create_task(self._one(feed))

    async def _one(self, feed: Feed) -> None:
        health = self.health.setdefault(feed.name, Health())
        waiting = Waiting(self.queue)
        worker = asyncio.create_task(self._work(feed, health, waiting))
        source = asyncio.create_task(self._keep(feed, health, waiting))
        try:
            await asyncio.wait({worker, source}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            source.cancel()
            await asyncio.gather(source, return_exceptions=True)
            if not worker.done():
                await waiting.end()
            await asyncio.shield(worker)
        if not source.cancelled() and (fault := source.exception()) is not None:
            raise fault

    def replay(self, feeds: Mapping[str, Feed], messages: Iterable[tuple[Message, tuple[str, ...]]]) -> Health:
        """Messages of a quarantine read again, each by the feed it came from, and kept; nobody is answered."""
        health, watches = Health(), {name: Watch() for name in feeds}
        for message, _ in messages:
            feed = feeds.get(message.feed)
            if feed is None:
                health.erred(f"feed {message.feed!r} is not planned any more")
                continue
            taken, refused, _ = _read(feed, health, watches[message.feed], [Item(message)])
            self.sink.take(taken, refused)
            health.received += 1
            health.quarantined += len(refused)
        return health

    async def _keep(self, feed: Feed, health: Health, waiting: Waiting) -> None:
        """Connect, and connect again."""
        pause = self.first_pause_s
        while True:
            begun = running_s()
            try:
                await feed.receive(waiting.put, health)
                return
            except CUTS as cut:
                health.cuts += 1
                health.erred(f"connection: {str(cut) or type(cut).__name__}")
            if running_s() - begun >= STEADY_S:
                pause = self.first_pause_s
            await asyncio.sleep(pause * self.chance.uniform(0.5, 1.5))
            pause = min(2.0 * pause, self.longest_pause_s)

    async def _work(self, feed: Feed, health: Health, waiting: Waiting) -> None:
        """Read, watch, keep, answer: batch by batch, in order."""
        watch = Watch()
        last = False
        while not last:
            batch, last = await waiting.batch()
            if batch:
                await self._batch(feed, health, watch, batch)

    async def _batch(self, feed: Feed, health: Health, watch: Watch, batch: Sequence[Item]) -> None:
        refused, answers = await asyncio.to_thread(self._keep_batch, feed, health, watch, batch)
        health.received += len(batch)
        health.quarantined += refused
        health.last_received_us = batch[-1].message.received_us
        for item, replies in answers:
            if item.done is not None:
                item.done()
            if item.reply is not None:
                await _answer(item, replies)

    def _keep_batch(
        self, feed: Feed, health: Health, watch: Watch, batch: Sequence[Item]
    ) -> tuple[int, list[tuple[Item, tuple[bytes, ...]]]]:
        """Read and keep a batch, off the loop, so that no feed waits for another's arithmetic or disk."""
        taken, refused, answers = _read(feed, health, watch, batch)
        if taken or refused:
            self.sink.take(taken, refused)
        for item in batch:
            if item.kept is not None:
                item.kept()
        return len(refused), answers


def _read(
    feed: Feed, health: Health, watch: Watch, batch: Sequence[Item]
) -> tuple[list[Taken], list[Refused], list[tuple[Item, tuple[bytes, ...]]]]:
    """What a batch says: what is kept, what is refused, what is answered."""
    taken: list[Taken] = []
    refused: list[Refused] = []
    answers: list[tuple[Item, tuple[bytes, ...]]] = []
    for item in batch:
        outcome = feed.read(item.message)
        reasons = [str(problem) for problem in outcome.problems]
        for problem in outcome.problems:
            health.erred(problem.what)
        kept = []
        for observation in outcome.observations:
            seen = watch.see(observation)
            health.repeated += seen.repeated
            health.missing += seen.missing
            health.clock_off += bool(seen.clock_off)
            if seen.refused:
                reasons.append(seen.refused)
                health.erred(seen.refused)
            if seen.kept:
                kept.append(observation)
        message = outcome.instead or item.message
        if kept or outcome.facts:
            taken.append(Taken(message, tuple(kept), outcome.facts))
        if reasons:
            refused.append(Refused(message, tuple(reasons)))
        health.observations += len(kept)
        answers.append((item, outcome.replies))
    return taken, refused, answers


async def _answer(item: Item, replies: Sequence[bytes]) -> None:
    """Answer a sender that may be gone by now."""
    assert item.reply is not None
    for reply in replies:
        try:
            await item.reply(reply)
        except CUTS:
            return
