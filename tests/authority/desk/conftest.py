"""What the tests of the desk share: each of them runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.authority.desk.world import World, desk_world
from tests.databases import postgresql_copy, sqlite_copy


@pytest.fixture
def world(database: Engine, database_url: str) -> Iterator[World]:
    """Return a desk on a database of its own."""
    made = desk_world(database_url)
    yield made
    made.store.engine.dispose()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Give the URL of a database without rows that the tests of a module share."""
    if request.param == "sqlite":
        yield sqlite_copy(tmp_path_factory.mktemp("desk") / "desk.sqlite")
    else:
        with postgresql_copy(request.getfixturevalue("postgresql_server")) as url:
            yield url


@pytest.fixture(scope="module")
def refusing(shared_url: str) -> Iterator[World]:
    """Return a desk for tests in which nothing is taken, shared by those of a module."""
    made = desk_world(shared_url)
    yield made
    made.store.engine.dispose()
