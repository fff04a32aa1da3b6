"""What the tests of issuing share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from service import open_database
from tests.databases import sqlite_copy


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Engine]:
    """Return a database of SQLite without rows, where the kind of database changes nothing."""
    engine = open_database(sqlite_copy(tmp_path / "issuer.sqlite"))
    yield engine
    engine.dispose()
