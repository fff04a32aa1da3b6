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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from types import FrameType

import click

from credentials.errors import TallystickError
from issuer.issuing import checkpoints, rosters
from issuer.store import wallet_sweeping
from keys.errors import KeyMaterialError
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


class Workers:
    """Worker processes; one that ends by itself is replaced."""

    def __init__(self, path: str, count: int) -> None:
        """Start them; the first one keeps house, too."""
        self._path = path
        self._processes = [_started(path, keeps_house=number == 0) for number in range(count)]

    def replace_ended(self) -> None:
        """Start another one for each that ended, as when the system took its memory."""
        for number, worker in enumerate(self._processes):
            if not worker.is_alive():
                click.echo(f"A worker ended ({worker.exitcode}); another one starts.", err=True)
                self._processes[number] = _started(self._path, keeps_house=number == 0)

    def stop(self) -> None:
        """Let each finish what it has in hand."""
        for worker in self._processes:
            worker.terminate()
        for worker in self._processes:
            worker.join(STOP_SECONDS)


def run_workers(path: str, count: int) -> None:
    """Run workers until this process is asked to stop."""
    stopping = Stopping()
    stopping.listen()
    workers = Workers(path, count)
    click.echo(f"{count} workers run.", err=True)
    while not stopping.is_asked():
        workers.replace_ended()
        stopping.wait(IDLE_SECONDS)
    workers.stop()


@contextmanager
def workers_beside(path: str, count: int) -> Iterator[None]:
    """Run workers as long as something else runs in this process."""
    if not count:
        yield
        return
    workers, ended = Workers(path, count), threading.Event()

    def watch() -> None:
        while not ended.wait(IDLE_SECONDS):
            workers.replace_ended()

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        ended.set()
        watching.join()
        workers.stop()


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
            guarded(lambda: keep_house(service), "worker")
            kept_house = time.monotonic()
        if not guarded(lambda: issue_rosters(service), "worker"):
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
    """Do what is due: intents that were left behind, withdrawals, publications, checkpoints.

    What wallets were offered and allowed is forgotten, too, when it is long over.
    """
    done = service.exactly_once.complete_left_behind()
    done += service.withdrawing.perform_due() + service.publisher.publish_due()
    done += wallet_sweeping.sweep(service.store.engine, verifying.now())
    signer = service.checkpoint_key().signer
    signed = checkpoints.sign_if_due(service.store.ledger, signer, verifying.now())
    return done + (signed is not None)


def guarded(act: Callable[[], int], who: str) -> int:
    """Tell what went wrong and go on: the next turn may find things in order."""
    try:
        return act()
    except (TallystickError, KeyMaterialError) as error:
        # A message may name a learner's row, so the code alone goes into the log.
        sys.stderr.write(f"{who}: {error.code}\n")
        return 0
