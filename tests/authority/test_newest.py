"""What is published is served without a new start, and what cannot be used is not."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from authority.catalogue import Catalogue
from authority.errors import NotListedError
from authority.newest import CHECK_SECONDS, Newest
from credentials.errors import TallystickError
from frameworks.register import Register, read_register
from tests.frameworks.register_files import SOUND


class Shelf:
    """Where editions are published, one after the other; `fault` makes the newest unreadable."""

    def __init__(self) -> None:
        self.register: Register = read_register(SOUND)
        self.version: int | None = None
        self.fault: TallystickError | None = None
        self.seconds = 0.0
        self.told: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.newest = Newest(
            lambda: self.version, self.load, lambda: self.seconds, self.told.append
        )

    def load(self) -> Catalogue:
        assert self.gate.wait(5)
        if self.fault is not None:
            raise self.fault
        return replace(Catalogue(self.register), digest=str(self.version))

    def served(self) -> str:
        """Ask as pages do, and wait for what is read meanwhile."""
        found = self.newest.current().digest
        for thread in threading.enumerate():
            if thread.daemon and thread is not threading.current_thread():
                thread.join(5)
        return found


def test_nothing_is_served_until_something_is_published() -> None:
    shelf = Shelf()
    with pytest.raises(NotListedError):
        shelf.newest.current()
    shelf.version = 1
    assert shelf.served() == "1"


def test_another_edition_is_read_beside_and_then_served() -> None:
    shelf = Shelf()
    shelf.version = 1
    assert shelf.served() == "1"
    shelf.version = 2
    shelf.seconds += CHECK_SECONDS
    shelf.gate.clear()
    assert shelf.newest.current().digest == "1"
    shelf.gate.set()
    shelf.served()
    assert shelf.served() == "2"


def test_what_is_published_is_not_asked_at_every_request() -> None:
    shelf = Shelf()
    shelf.version = 1
    shelf.served()
    shelf.seconds += CHECK_SECONDS
    shelf.served()
    shelf.version = 2
    assert shelf.served() == shelf.served() == "1"


def test_an_edition_that_cannot_be_used_is_told_and_the_one_before_stays() -> None:
    shelf = Shelf()
    shelf.version = 1
    shelf.served()
    shelf.version, shelf.fault = 2, TallystickError("It is spoilt.")
    shelf.newest.refresh()
    shelf.newest.refresh()
    assert shelf.served() == "1"
    assert len(shelf.told) == 1
    shelf.version, shelf.fault = 3, None
    shelf.newest.refresh()
    assert shelf.served() == "3"
