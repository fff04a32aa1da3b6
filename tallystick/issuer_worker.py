"""Worker processes of the issuer service: they issue rosters, withdraw what is due, publish.

The rows of the rosters are the queue: each worker takes some under a lease, and what a worker that
died has left behind is taken by another one.  So more workers, also on other machines beside one
PostgreSQL, need nothing but the database.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from types import FrameType

import click

from credentials.errors import TallystickError
from issuer.issuing import checkpoints, rosters
from tallystick import verifying
from tallystick.issuer_service import IssuerService, open_service

IDLE_SECONDS = 1.0
"""How long a worker waits before it looks for work again."""

HOUSEKEEPING_SECONDS = 5.0
"""How often what is due is withdrawn and published: others see it well within a minute."""

STOP_SECONDS = 30.0
"""How long a worker may take to finish what it has in hand."""

PROCESSES = get_context("spawn")
"""A fork would take open connections to the database along."""


class Stopping:
    """Whether this process was asked to stop."""

    def __init__(self) -> None:
        """Not yet."""
        self._asked = threading.Event()

    def listen(self) -> None:
        """Have SIGTERM and SIGINT ask."""
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def is_asked(self) -> bool:
        """Tell whether somebody asked."""
        return self._asked.is_set()

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than until somebody asks."""
        self._asked.wait(seconds)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()


def run_workers(path: str, count: int) -> None:
    """Run workers until this process is asked to stop; one that ends by itself is replaced."""
    stopping = Stopping()
    stopping.listen()
    workers = [_started(path, keeps_house=number == 0) for number in range(count)]
    click.echo(f"{count} workers run.", err=True)
    while not stopping.is_asked():
        stopping.wait(IDLE_SECONDS)
        for number, worker in enumerate(workers):
            if not worker.is_alive() and not stopping.is_asked():
                click.echo(f"A worker ended ({worker.exitcode}); another one starts.", err=True)
                workers[number] = _started(path, keeps_house=number == 0)
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(STOP_SECONDS)


def _started(path: str, *, keeps_house: bool) -> BaseProcess:
    worker = PROCESSES.Process(target=work, args=(path, keeps_house), daemon=True)
    worker.start()
    return worker


def work(path: str, keeps_house: bool) -> None:
    """Work until asked to stop: this is what one process does."""
    stopping = Stopping()
    stopping.listen()
    service = open_service(path)
    kept_house = -HOUSEKEEPING_SECONDS
    while not stopping.is_asked():
        if keeps_house and time.monotonic() - kept_house >= HOUSEKEEPING_SECONDS:
            _guarded(lambda: keep_house(service))
            kept_house = time.monotonic()
        if not _guarded(lambda: issue_rosters(service)):
            stopping.wait(IDLE_SECONDS)
    service.store.engine.dispose()


def issue_rosters(service: IssuerService) -> int:
    """Issue some rows of each roster that runs, so that a long one does not hold up the others."""
    done = 0
    for job in service.store.jobs.running():
        some = rosters.issue_some(service.shop, job)
        if not some:
            rosters.finish(service.shop, job)
        done += some
    return done


def keep_house(service: IssuerService) -> int:
    """Do what is due: withdrawals, publications, checkpoints."""
    done = service.withdrawing.perform_due() + service.publisher.publish_due()
    signer = service.checkpoint_key().signer
    signed = checkpoints.sign_if_due(service.store.ledger, signer, verifying.now())
    return done + (signed is not None)


def _guarded(act: Callable[[], int]) -> int:
    """Tell what went wrong and go on: the next turn may find things in order."""
    try:
        return act()
    except TallystickError as error:
        # A message may name a learner's row, so the code alone goes into the log.
        sys.stderr.write(f"worker: {error.code}\n")
        return 0
