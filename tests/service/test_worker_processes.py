"""Work in several processes: something is there at once, and who stops waits for nobody."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from itertools import count

from service import map_in_processes
from service.worker_processes import CHUNK_ITEMS

MANY = 400


def where(number: int) -> tuple[int, int]:
    """Tell who did it, besides what came out."""
    return number * 2, os.getpid()


def slow(number: int) -> int:
    """Take a moment, but for the first chunk."""
    if number >= CHUNK_ITEMS:
        threading.Event().wait(0.2)
    return number


def results(numbers: Iterator[int]) -> Iterator[tuple[int, int]]:
    return map_in_processes(where, numbers, workers=1, begins_here=True)


def test_the_first_things_are_done_here_while_processes_begin_and_all_come_in_order() -> None:
    handed, enough = [], threading.Event()

    def numbers() -> Iterator[int]:
        for number in count():
            if enough.is_set() and number % 50 == 0:
                return
            handed.append(number)
            yield number

    found = []
    for result in results(numbers()):
        found.append(result)
        if result[1] != os.getpid():
            enough.set()
    assert found[0] == (0, os.getpid())
    assert found[-1][1] != os.getpid()
    assert [result for result, _who in found] == [number * 2 for number in handed]


def test_what_is_short_is_done_before_a_process_has_begun() -> None:
    assert list(results(iter(range(3)))) == [(0, os.getpid()), (2, os.getpid()), (4, os.getpid())]
    assert list(results(iter(()))) == []


def test_whoever_stops_waits_for_no_chunk_and_no_process() -> None:
    before = set(threading.enumerate())
    # Chunks wait for the process, each of which takes ten seconds.
    work = map_in_processes(slow, iter(range(MANY)), workers=1)
    assert next(work) == 0
    work.close()  # type: ignore[attr-defined]
    ending = [one for one in threading.enumerate() if one not in before]
    for thread in ending:
        # The process ends after the thing that it is about: less than one chunk.
        thread.join(8)
    assert not any(thread.is_alive() for thread in ending)
