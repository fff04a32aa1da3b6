"""Doing the same to very many things in several processes, a few at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from typing import Any, TypeVar

from service.errors import WorkerError

CHUNK_ITEMS = 50
"""How many things are handed to a process at once: handing over costs more than little work."""

CHUNKS_AHEAD = 4
"""How many such chunks wait for each process; what is not yet wanted is not yet read."""

T = TypeVar("T")
R = TypeVar("R")

_function: Callable[[Any], Any]
"""What a worker does, kept in its own process."""

_stopped: Event
"""Tells a worker that nobody waits for it any more."""


def map_in_processes(
    function: Callable[[T], R], items: Iterable[T], *, workers: int, begins_here: bool = False
) -> Iterator[R]:
    """Yield the results of a function that can be pickled, in the order of the items.

    With `begins_here` the first things are done in this process as long as the others begin, which
    takes a second or more: somebody waits for the first result.  Whoever closes the iterator stops
    the workers, each after the thing that it is about.

    An exception of the function comes out here.  Raises `WorkerError` if a process was killed.
    """
    context = get_context("spawn")  # A fork would take open connections to the database along.
    stopped, given = context.Event(), iter(items)
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_keep, initargs=(function, stopped)
    )
    begun, is_whole = pool.submit(_begun), False
    try:
        if begins_here:
            yield from _until(begun, function, given)
        yield from _results(pool, given, ahead=workers * CHUNKS_AHEAD)
        is_whole = True
    except BrokenProcessPool as error:
        raise WorkerError(
            "A worker process ended before its work did, so there is no result. Was there enough "
            "memory?"
        ) from error
    finally:
        stopped.set()
        if is_whole:
            _end(pool, stopped)
        else:
            # A process that is just beginning ends once it has begun; nobody has to wait for that.
            threading.Thread(target=_end, args=(pool, stopped)).start()


def _until(begun: Future[None], function: Callable[[T], R], items: Iterator[T]) -> Iterator[R]:
    """Do things here until one of the processes has begun."""
    for item in items:
        yield function(item)
        if begun.done():
            return


def _end(pool: ProcessPoolExecutor, _stopped: Event) -> None:
    """End the processes; what tells them to stop has to last until they have."""
    pool.shutdown(cancel_futures=True)


def _results(pool: ProcessPoolExecutor, items: Iterator[Any], *, ahead: int) -> Iterator[Any]:
    waiting: deque[Future[list[Any]]] = deque()
    while chunk := list(islice(items, CHUNK_ITEMS)):
        waiting.append(pool.submit(_apply, chunk))
        if len(waiting) > ahead:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _keep(function: Callable[[Any], Any], stopped: Event) -> None:
    global _function, _stopped  # Sent once to each process, not with every chunk.
    _function, _stopped = function, stopped


def _begun() -> None:
    """Come back from a process that has begun."""


def _apply(chunk: list[Any]) -> list[Any]:
    results = []
    for item in chunk:
        if _stopped.is_set():
            break
        results.append(_function(item))
    return results
