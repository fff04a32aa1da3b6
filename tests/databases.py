"""Databases in their present form: brought to it once in each process, and copied for each test.

The migrations take half a second, and more statements than most tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from service import migrate, open_database

TEMPLATE = "present"
"""Name of the database in PostgreSQL that the others are copied from."""

_NUMBERS = count(1)


def sqlite_copy(path: Path) -> str:
    """Write a database without rows to a file, and give its URL."""
    path.write_bytes(_present_sqlite())
    return f"sqlite:///{path}"


@contextmanager
def postgresql_copy(server: str) -> Iterator[str]:
    """Give the URL of a database without rows in a server; it goes afterwards."""
    template, name = _present_postgresql(server), f"copy_{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
        try:
            yield _named(server, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@cache
def _present_sqlite() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "present.sqlite"
        _bring_to_form(f"sqlite:///{path}")
        return path.read_bytes()


@cache
def _present_postgresql(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")  # type: ignore[arg-type]
    _bring_to_form(_named(server, TEMPLATE))
    return TEMPLATE


def _bring_to_form(url: str) -> None:
    engine = open_database(url)
    migrate(engine)
    engine.dispose()


def _named(server: str, name: str) -> str:
    return f"{server.rpartition('/')[0]}/{name}"
