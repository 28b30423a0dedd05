"""Work over several cases at once, in processes that are given their share and nothing else."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from truceline.edges.progress import Progress

A = TypeVar("A")
B = TypeVar("B")

LEAST_WORK = 4_000  # observations of a case, below which starting processes costs more than it saves


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def over_processes(jobs: int, progress: Progress) -> Iterator[Callable[[Callable[[A], B], Sequence[A]], Iterator[B]]]:
    """A `map` that keeps order, uses so many processes (1: this one) and tells how far it is."""
    # A forked process has everything loaded already; it is safe while this one has a single thread.
    way = "fork" if sys.platform == "linux" else "spawn"
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context(way)) if jobs > 1 else None

    def over(function: Callable[[A], B], items: Sequence[A]) -> Iterator[B]:
        results = map(function, items) if pool is None else pool.map(function, items)
        for done, result in enumerate(results, start=1):
            progress.step("recomputing without one or two providers", done, len(items))
            yield result

    try:
        yield over
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)
