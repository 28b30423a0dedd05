"""Work over several cases at once, in processes that are given their share and nothing else."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from truceline.edges.progress import Progress

A = TypeVar("A")
B = TypeVar("B")

LEAST_WORK = 4_000  # observations of a case, below which starting processes costs more than it saves
_FUNCTION: Callable[[Any], Any] | None = None  # what a process of a pool applies; it is given once, with all it holds


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def over_processes(jobs: int, progress: Progress) -> Iterator[Callable[[Callable[[A], B], Sequence[A]], Iterator[B]]]:
    """A `map` that keeps order, uses so many processes (1: this one) and tells how far it is."""
    opened = ExitStack()

    def over(function: Callable[[A], B], items: Sequence[A]) -> Iterator[B]:
        if jobs > 1 and len(items) > 1:
            # A forked process has everything loaded already; it is safe while this one has a single thread.
            way = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
            pool = ProcessPoolExecutor(min(jobs, len(items)), way, _be_given, (function,))
            opened.callback(pool.shutdown, cancel_futures=True)
            results = pool.map(_apply, items)
        else:
            results = map(function, items)
        for done, result in enumerate(results, start=1):
            progress.step("recomputing without one or two providers", done, len(items))
            yield result
        opened.close()

    with opened:
        yield over


def _be_given(function: Callable[[Any], Any]) -> None:
    global _FUNCTION  # noqa: PLW0603 (a process of a pool has no other place to keep it)
    _FUNCTION = function


def _apply(item: Any) -> Any:
    assert _FUNCTION is not None
    return _FUNCTION(item)
