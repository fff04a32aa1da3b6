"""Doing work on the machines of a Dask cluster, in order.

What goes to the workers are names of options and batches of documents; each worker begins by
itself, with the files, registers and keys of its own machine.  No key or passphrase ever travels.
Whoever reaches a scheduler can have its workers do anything: see docs/scale.md.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from credentials.errors import TallystickError
from keys.errors import KeyMaterialError
from tallystick.files import FAILURE, USAGE, CommandError
from tallystick.streams.work import Batch, Do, Results, Work

if TYPE_CHECKING:
    from distributed import Client, Future

SECONDS_TO_CONNECT = 10
"""How long the scheduler is waited for."""

BATCHES_AHEAD = 4
"""Batches under way for each thread of the workers."""

WORKS_KEPT = 4
"""Works that a process of a worker keeps begun: a cluster may serve several commands."""


def results_over_cluster(
    address: str, work: Work, batches: Iterator[Batch]
) -> Generator[Results, None, None]:
    """Do work to batches on a cluster, and yield the results in the order of the batches."""
    with _connected(address) as client:
        ahead = BATCHES_AHEAD * max(1, sum(client.nthreads().values()))
        under_way: deque[Future] = deque()
        for batch in batches:
            # The same batch twice is two batches: to Dask, the same call would be one.
            under_way.append(client.submit(_do, work, batch, pure=False))
            if len(under_way) >= ahead:
                yield _result(under_way.popleft())
        while under_way:
            yield _result(under_way.popleft())


def _connected(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        text = "--cluster needs Dask: pip install 'tallystick[dask]'."
        raise CommandError(text, USAGE) from error
    try:
        return Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        text = f"No scheduler answers at {address}; start one with: dask scheduler."
        raise CommandError(text, USAGE) from error


def _result(future: Future) -> Results:
    """Wait for a result; what a worker could not begin with stops the command in its words."""
    results, problem = future.result()
    if problem:
        raise CommandError(f"A worker of the cluster cannot do this: {problem}", FAILURE)
    return list(results)


def _do(work: Work, batch: Batch) -> tuple[Results, str]:
    """Work on a batch, on a worker; the second result says why the worker could not begin."""
    try:
        return _begun(work)(batch), ""
    except CommandError as error:
        return [], str(error)
    except (TallystickError, KeyMaterialError) as error:
        return [], f"{error} [{error.code}]"
    except OSError as error:
        return [], f"{error.filename}: {error.strerror}"


@lru_cache(WORKS_KEPT)
def _begun(work: Work) -> Do:
    return work.begin()
