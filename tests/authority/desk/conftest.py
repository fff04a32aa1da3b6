"""What the tests of the desk share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.authority.desk.world import World, desk_world
from tests.databases import sqlite_copy


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a desk on a database of its own."""
    made = desk_world(sqlite_copy(tmp_path / "desk.sqlite"))
    yield made
    made.store.engine.dispose()


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a desk for tests in which nothing is taken, shared by those of a module."""
    made = desk_world(sqlite_copy(tmp_path_factory.mktemp("desk") / "desk.sqlite"))
    yield made
    made.store.engine.dispose()
