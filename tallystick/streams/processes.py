"""Doing work in several processes, in order; threads would gain nothing, as all of it computes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain
from multiprocessing import connection

from tallystick.files import INTERNAL, CommandError
from tallystick.streams.work import Batch, Do, Results, Work

BATCHES_AHEAD = 4
"""Batches under way for each process: enough that none waits, and memory stays flat."""


def usable_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def results_in_order(
    work: Work, batches: Iterator[Batch], workers: int
) -> Generator[Results, None, None]:
    """Do work to batches, and yield the results in the order of the batches.

    One batch alone is worked on here, and so is everything if there is one worker: a process takes
    longer to start than a batch.  Wrong options are found here, before any process is started.
    """
    do = work.begin()
    first = next(batches, None)
    second = None if first is None or workers == 1 else next(batches, None)
    if first is not None and second is None:
        yield do(first)
        yield from map(do, batches)
    elif first is not None and second is not None:
        yield from _by_processes(work, chain((first, second), batches), workers)


def _by_processes(work: Work, batches: Iterator[Batch], workers: int) -> Iterator[Results]:
    """Keep a bounded number of batches under way; whoever reads slowly slows the reading down."""
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(work,)
    )
    under_way: deque[Future[Results]] = deque()
    try:
        for batch in batches:
            under_way.append(pool.submit(_do, batch))
            while under_way and (under_way[0].done() or len(under_way) >= workers * BATCHES_AHEAD):
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    except BrokenProcessPool as error:
        text = "A worker process ended before its work was done; is there enough memory?"
        raise CommandError(text, INTERNAL) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_begun: list[Do] = []
"""What a worker process does, once it has begun."""


def _begin(work: Work) -> None:
    """Begin in a worker process; an interrupt is for the process that reads and writes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
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
