"""What the tests of the desk share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from recognition.desk import DeskStore
from tests.databases import sqlite_copy
from tests.recognition.desk.desks import TestDesk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[TestDesk]:
    """Return a desk with nobody and nothing in it."""
    made = TestDesk.on(sqlite_copy(tmp_path / "desk.sqlite"))
    yield made
    made.store.engine.dispose()


@pytest.fixture
def any_desk(database: Engine) -> TestDesk:
    """Return a desk in each kind of database."""
    return TestDesk.with_store(DeskStore(database))
