"""A database by its URL: SQLite in a file, or PostgreSQL; what was committed survives a power cut.

There is one writer at a time in both: what a transaction has read still holds when it writes.
Sources: sqlite.org/wal.html, sqlite.org/pragma.html; PostgreSQL documentation, sections 13.3.5
(advisory locks), 20.5 (fsync, synchronous_commit).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from service.errors import DatabaseError

WAIT_SECONDS = 30
"""How long a writer waits for the one before it: long, as SQLite hands on its lock unfairly."""

ATTEMPTS_PER_SECOND = 20
"""How often what SQLite does not wait for is tried again."""

OLDEST_SQLITE = (3, 37, 0)
"""The first SQLite whose tables hold to the types of their columns (STRICT)."""

FILE_MODE = 0o660
"""Who may use a new file: its owner and, if the umask leaves it so, the owner's group."""

WRITER_LOCK = 0x74616C6C79
"""Key of the advisory lock in PostgreSQL that makes one writer at a time; any number would do."""

_WRITES = "tallystick_writes"


def open_database(url: str, *, makes_file: bool = True) -> Engine:
    """Open a database: "sqlite:///path/of/file" or "postgresql://user@host/name".

    Nothing is read yet.  Raises `DatabaseError` (DATABASE_URL) for anything else, an SQLite
    database in memory included, which would be another one for each connection, and
    (DATABASE_MISSING) for a file that is not there and that must not be made.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        # The library's own message repeats the URL, which may hold a password.
        raise _unusable("it cannot be read") from error
    if parsed.drivername == "sqlite":
        return _sqlite(parsed, makes_file=makes_file)
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return _postgresql(parsed)
    raise _unusable(f"Tallystick knows no database of kind {parsed.drivername!r}")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection for questions, each of which sees one state of the database."""
    with _telling(), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give the one connection that may write; everything in it happens, or nothing.

    What is written is on the disk when this ends.
    """
    with (
        _telling(),
        engine.connect().execution_options(**{_WRITES: True}) as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            # Each statement sees what was committed before it, so the lock comes first.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
        yield connection


def _sqlite(url: URL, *, makes_file: bool) -> Engine:
    if url.database in (None, "", ":memory:") or "mode" in url.query:
        raise _unusable("SQLite needs a file, as in sqlite:///decisions.sqlite")
    if not makes_file and not Path(str(url.database)).exists():
        raise DatabaseError(
            f"There is no database {url.database}. Is the name right?", code="DATABASE_MISSING"
        )
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise DatabaseError(
            f"SQLite {sqlite3.sqlite_version} is too old; "
            f"{'.'.join(map(str, OLDEST_SQLITE))} or later is needed.",
            code="DATABASE_TOO_OLD",
        )
    engine = create_engine(url)
    event.listen(engine, "do_connect", _make_for_few)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_for_few(_dialect: object, _record: object, arguments: Any, _options: object) -> None:
    """Make a new file one that not everybody on the machine may read: it is about people.

    SQLite gives its log the same permissions.  Whether a group may read it, the umask says.
    """
    with suppress(OSError):
        os.close(os.open(arguments[0], os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Set up a new connection of the driver."""
    # The driver would begin transactions by itself, and late.
    connection.isolation_level = None
    # Damaged text is told by who checks the data, with its place, and not by the driver.
    connection.text_factory = _text
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
    _keep_a_log(cursor)
    # NORMAL loses acknowledged commits in a power failure.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What was deleted, a learner's wallet for instance, is overwritten and does not wait for it.
    cursor.execute("PRAGMA secure_delete = ON")
    # Without it, INSERT OR REPLACE removes rows past the triggers.
    cursor.execute("PRAGMA recursive_triggers = ON")
    cursor.close()


def _keep_a_log(cursor: sqlite3.Cursor) -> None:
    """Switch on the write-ahead log; here SQLite does not wait for others, so this does."""
    for _attempt in range(WAIT_SECONDS * ATTEMPTS_PER_SECOND):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(1 / ATTEMPTS_PER_SECOND)
        else:
            return
    raise _busy()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"), isolation_level="READ COMMITTED"
        )
    except ModuleNotFoundError as error:
        raise DatabaseError(
            "The driver for PostgreSQL is not installed; install tallystick[postgres].",
            code="DATABASE_DRIVER",
        ) from error
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """Set up a new connection of the driver."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        cursor.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
        cursor.execute("SHOW fsync")
        safe = cursor.fetchone() == ("on",)
    connection.commit()
    if not safe:
        raise DatabaseError(
            "This PostgreSQL runs with fsync off and can lose what it confirmed. Turn it on.",
            code="DATABASE_UNSAFE",
        )


@contextmanager
def _telling() -> Iterator[None]:
    """Turn what the driver says into an error for people.

    The statement and its values are left out of the message: they are about learners.
    """
    try:
        yield
    except DBAPIError as error:
        told = str(error.orig).strip().partition("\n")[0]
        if "database is locked" in told or "lock timeout" in told:
            raise _busy() from error
        raise DatabaseError(f"The database says: {told}.") from error
    except UnicodeDecodeError as error:
        # What the driver of SQLite does with a message that quotes a damaged schema.
        raise DatabaseError(
            "The database is damaged: its schema cannot be read. Restore a backup."
        ) from error


def _busy() -> DatabaseError:
    return DatabaseError(
        f"Somebody else has been writing for {WAIT_SECONDS} seconds; nothing was written. "
        "Try again.",
        code="DATABASE_BUSY",
    )


def _unusable(why: str) -> DatabaseError:
    return DatabaseError(f"The URL of the database cannot be used: {why}.", code="DATABASE_URL")
