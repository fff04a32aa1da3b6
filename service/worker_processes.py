"""Doing the same to very many things in several processes, a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
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


def map_in_processes(
    function: Callable[[T], R], items: Iterable[T], *, workers: int
) -> Iterator[R]:
    """Yield the results of a function that can be pickled, in the order of the items.

    An exception of the function comes out here.  Raises `WorkerError` if a process was killed.
    """
    pool = ProcessPoolExecutor(
        workers,
        # A fork would take open connections to the database along.
        mp_context=get_context("spawn"),
        initializer=_keep,
        initargs=(function,),
    )
    try:
        yield from _results(pool, iter(items), ahead=workers * CHUNKS_AHEAD)
    except BrokenProcessPool as error:
        raise WorkerError(
            "A worker process ended before its work did, so there is no result. Was there enough "
            "memory?"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _results(pool: ProcessPoolExecutor, items: Iterator[Any], *, ahead: int) -> Iterator[Any]:
    waiting: deque[Future[list[Any]]] = deque()
    while chunk := list(islice(items, CHUNK_ITEMS)):
        waiting.append(pool.submit(_apply, chunk))
        if len(waiting) > ahead:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _keep(function: Callable[[Any], Any]) -> None:
    global _function  # noqa: PLW0603 - sent once to each process, not with every chunk
    _function = function


def _apply(chunk: list[Any]) -> list[Any]:
    return [_function(item) for item in chunk]
