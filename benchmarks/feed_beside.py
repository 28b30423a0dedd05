"""A feed in a process of its own, so that its memory and its work are not those of whoever sends to it.

Imported by feeds.py.
"""

import asyncio
import multiprocessing
import random
import resource
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from feed_rig import CASES
from truceline.edges.clock import worked_s
from truceline.edges.feeds.door import Health
from truceline.edges.feeds.spool import Spool
from truceline.edges.feeds.supervise import Supervisor

PATIENCE_S, LOOK_S = 300.0, 0.02  # with a busy machine


@dataclass(frozen=True, slots=True)
class State:
    """How a feed is doing: its counters, the memory it holds, the CPU time it has taken."""

    health: Health
    memory_mb: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Task:
    """Which feed is run. near: the port it connects to, if it does."""

    kind: str
    seconds: float
    rate: float
    share: float
    near: int
    folder: Path


class Beside:
    """A feed that runs in another process."""

    def __init__(self, task: Task) -> None:
        spawned = multiprocessing.get_context("spawn")
        self._ours, theirs = spawned.Pipe()
        self._process = spawned.Process(target=serve, args=(task, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._one_at_a_time = asyncio.Lock()

    async def listening(self) -> int:
        """Where it listens; 0 if it connects. Raises TimeoutError, EOFError if it does not start."""
        said = await self._heard()
        assert isinstance(said, int)
        return said

    async def state(self) -> State:
        """How it is doing now. Raises TimeoutError, EOFError if it has died."""
        return await self._asked("state")

    async def end(self) -> State:
        """How it was doing when it had kept all it had received."""
        said = await self._asked("end")
        await asyncio.to_thread(self._process.join, PATIENCE_S)
        return said

    async def _asked(self, words: str) -> State:
        """Its answer; who gives up waiting for it leaves no answer behind for the next."""
        return await asyncio.shield(asyncio.ensure_future(self._answered(words)))

    async def _answered(self, words: str) -> State:
        async with self._one_at_a_time:
            self._ours.send(words)
            said = await self._heard()
        assert isinstance(said, State)
        return said

    async def _heard(self) -> object:
        """What it says, without keeping whoever stands around it waiting."""
        async with asyncio.timeout(PATIENCE_S):
            while not self._ours.poll():
                await asyncio.sleep(LOOK_S)
        return self._ours.recv()


def serve(task: Task, told: Connection) -> None:
    """Run the feed until it is told to end; in the feed's process."""
    asyncio.run(_serve(task, told))


async def _serve(task: Task, told: Connection) -> None:
    case = CASES[task.kind][1](task.seconds, task.rate, task.share)
    feed = case.feed(task.near)
    with Spool(task.folder) as spool:
        supervisor = Supervisor(spool, random.Random(1), longest_pause_s=2.0)
        running = asyncio.create_task(supervisor.run([feed]))
        told.send(await case.listening())
        while await asyncio.to_thread(told.recv) == "state":
            if running.done():
                running.result()
            told.send(State(supervisor.health[feed.name], memory_mb(), worked_s()))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        told.send(State(supervisor.health[feed.name], memory_mb(), worked_s()))


def memory_mb() -> float:
    """What this process holds of memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
