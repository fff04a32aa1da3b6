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
from itertools import chain
from multiprocessing import connection
from typing import NamedTuple

from credentials.errors import TallystickError
from keys.errors import KeyMaterialError
from tallystick.__main__ import COLLECTED_EVERY
from tallystick.files import INTERNAL, CommandError
from tallystick.streams.work import Batch, Do, Results, Work

BATCHES_AHEAD = 4
"""Batches under way for each process: enough that none waits, and memory stays flat."""


def usable_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def results_in_order(
    work: Work, batches: Iterator[Batch], workers: int, *, joins_in: bool = True
) -> Generator[Results, None, None]:
    """Do work to batches, and yield the results in the order of the batches.

    This process is one of the workers: it works while the others start, and whenever it would wait
    for them.  A service that has other things to do does not join in.  One batch alone is worked on
    here all the same: a process takes longer to start than a batch.  Wrong options are found here,
    before any process is started.
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


class _UnderWay(NamedTuple):
    """A batch that was handed to the other processes, and what comes of it."""

    batch: Batch
    future: Future[Results]


def _by_processes(
    work: Work, here: Do | None, batches: Iterator[Batch], workers: int
) -> Iterator[Results]:
    """Keep a bounded number of batches under way; whoever reads slowly slows the reading down."""
    others = workers if here is None else workers - 1
    pool = ProcessPoolExecutor(
        others, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(work,)
    )
    under_way: deque[_UnderWay] = deque()
    try:
        for batch in batches:
            under_way.append(_UnderWay(batch, pool.submit(_do, batch)))
            while under_way and _is_next_due(under_way, workers * BATCHES_AHEAD):
                yield _next(under_way, here)
        while under_way:
            yield _next(under_way, here)
    except BrokenProcessPool as error:
        text = "A worker process ended before its work was done; is there enough memory?"
        raise CommandError(text, INTERNAL) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _is_next_due(under_way: deque[_UnderWay], most: int) -> bool:
    return under_way[0].future.done() or len(under_way) >= most


def _next(under_way: deque[_UnderWay], here: Do | None) -> Results:
    """Wait for the next results; meanwhile do here what no other process has begun."""
    while here is not None and not under_way[0].future.done():
        place = next((at for at, one in enumerate(under_way) if one.future.cancel()), None)
        if place is None:
            break
        batch = under_way[place].batch
        under_way[place] = _UnderWay(batch, _done_here(here, batch))
    return under_way.popleft().future.result()


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
