"""What the tests of the console share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import sqlite_copy
from tests.issuer.console.world import World, console_world


@pytest.fixture
def console_url(tmp_path: Path) -> str:
    """Return the URL of the console's database: SQLite, where a module says nothing else."""
    return sqlite_copy(tmp_path / "issuer.sqlite")


@pytest.fixture
def world(console_url: str) -> Iterator[World]:
    """Return a console on a database without rows."""
    made = console_world(console_url)
    yield made
    made.store.engine.dispose()
