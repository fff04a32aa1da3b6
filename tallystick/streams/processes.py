"""Doing work in several processes, in order; threads would gain nothing, as all of it computes."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import chain
from multiprocessing import connection

from credentials.errors import TallystickError
from keys.errors import KeyMaterialError
from tallystick.files import INTERNAL, CommandError
from tallystick.garbage import COLLECTED_EVERY
from tallystick.streams.work import Batch, Do, Results, Work

BATCHES_AHEAD = 4
"""Batches under way for each process: enough that none waits, and memory stays flat."""

HANDED_OVER = 2
"""Batches handed to each other process: one that it works on, and one so that it never waits."""


def usable_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def results_in_order(
    work: Work, batches: Iterator[Batch], workers: int, *, joins_in: bool = True
) -> Generator[Results, None, None]:
    """Do work to batches, and yield the results in the order of the batches.

    This process is one of the workers: it works while the others start, and whenever it would wait
    for them.  A service that has other things to do does not join in.  One batch alone is worked on
    here all the same, since a process takes longer to start than a batch, and so is everything if
    there is one worker.  Wrong options are found here, before any process is started.
    """
    do = work.begin()
    first = next(batches, None)
    second = None if first is None or workers == 1 else next(batches, None)
    if first is not None and second is None:
        yield do(first)
        yield from map(do, batches)
    elif first is not None and second is not None:
        here = do if joins_in else None
        yield from _by_processes(work, here, chain((first, second), batches), workers)


@dataclass(slots=True)
class _UnderWay:
    """A batch, and what comes of it; the future is a new one once somebody has begun it."""

    batch: Batch
    future: Future[Results] = field(default_factory=Future)


class _Sharing:
    """Batches under way, in order: handed to the other processes, done here, or not yet begun.

    What this process may still do itself is not in the pool.  A future of the pool must not be
    cancelled: when a process is killed, Python 3.11 gives each the error without asking, breaks off
    at a cancelled one, and leaves the other processes running.
    """

    def __init__(self, pool: ProcessPoolExecutor, here: Do | None, most_handed: int) -> None:
        self.under_way: deque[_UnderWay] = deque()
        self._not_begun: deque[_UnderWay] = deque()
        self._handed: list[Future[Results]] = []
        self._pool = pool
        self._here = here
        self._most_handed = most_handed

    def add(self, batch: Batch) -> None:
        """Take one more batch."""
        one = _UnderWay(batch)
        self.under_way.append(one)
        self._not_begun.append(one)
        self._hand_over()

    def is_next_due(self, most: int) -> bool:
        """Tell whether the next results are there, or as many batches as there may be."""
        return self.under_way[0].future.done() or len(self.under_way) >= most

    def next(self) -> Results:
        """Wait for the next results; meanwhile do here what no other process was handed."""
        self._hand_over()
        first = self.under_way.popleft()
        while self._here is not None and self._not_begun and not first.future.done():
            one = self._not_begun.popleft()
            one.future = _done_here(self._here, one.batch)
            self._hand_over()
        return first.future.result()

    def _hand_over(self) -> None:
        self._handed = [future for future in self._handed if not future.done()]
        while self._not_begun and len(self._handed) < self._most_handed:
            one = self._not_begun.popleft()
            one.future = self._pool.submit(_do, one.batch)
            self._handed.append(one.future)


def _by_processes(
    work: Work, here: Do | None, batches: Iterator[Batch], workers: int
) -> Iterator[Results]:
    """Keep a bounded number of batches under way; whoever reads slowly slows the reading down."""
    others, most = (workers if here is None else workers - 1), workers * BATCHES_AHEAD
    pool = ProcessPoolExecutor(
        others, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(work,)
    )
    sharing = _Sharing(pool, here, most if here is None else others * HANDED_OVER)
    try:
        for batch in batches:
            sharing.add(batch)
            while sharing.under_way and sharing.is_next_due(most):
                yield sharing.next()
        while sharing.under_way:
            yield sharing.next()
    except BrokenProcessPool as error:
        text = "A worker process ended before its work was done; is there enough memory?"
        raise CommandError(text, INTERNAL) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _done_here(here: Do, batch: Batch) -> Future[Results]:
    """Work on a batch; what goes wrong is told in its turn, after the results before it."""
    future: Future[Results] = Future()
    try:
        future.set_result(here(batch))
    except (TallystickError, KeyMaterialError, CommandError, OSError) as error:
        future.set_exception(error)
    return future


_begun: list[Do] = []
"""What a worker process does, once it has begun."""


def _begin(work: Work) -> None:
    """Begin in a worker process; an interrupt is for the process that reads and writes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(COLLECTED_EVERY)
    threading.Thread(target=end_with_parent, daemon=True).start()
    _begun.append(work.begin())


def end_with_parent() -> None:
    """End when the parent does, however that ends: a worker that waits would stay for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _do(batch: Batch) -> Results:
    return _begun[-1](batch)
