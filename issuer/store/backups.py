"""Backups of a database, taken while others write, and whole or not there."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import Engine

from issuer.store.errors import StoreError

PAGES_AT_ONCE = 1_000
"""How many pages are copied before others may write again."""


def back_up(engine: Engine, target: Path) -> None:
    """Copy an SQLite database as it is at one moment; raise `StoreError` for another kind.

    PostgreSQL has pg_dump and continuous archiving for this, which its administrators know.
    """
    if engine.dialect.name != "sqlite":
        raise StoreError(
            "A PostgreSQL database is backed up with pg_dump or continuous archiving.",
            code="BACKUP_ELSEWHERE",
        )
    temporary = target.with_name(f".{target.name}.part")
    temporary.unlink(missing_ok=True)
    copy = sqlite3.connect(temporary)
    raw = engine.raw_connection()
    try:
        driver = raw.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise StoreError("The driver of the database cannot copy it.", code="BACKUP_ELSEWHERE")
        driver.backup(copy, pages=PAGES_AT_ONCE)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        raw.close()
        copy.close()
    _on_the_disk(temporary)
    os.replace(temporary, target)


def restore(backup: Path, database: Path) -> None:
    """Put a backup in the place of an SQLite database that nobody has open.

    What was there is kept beside it, with its name and ".before-restore".
    """
    connection = sqlite3.connect(f"file:{backup}?mode=ro", uri=True)
    try:
        found = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{backup} is no database.", code="BACKUP_DAMAGED") from error
    finally:
        connection.close()
    if found != ("ok",):
        raise StoreError(f"{backup} is damaged.", code="BACKUP_DAMAGED")
    temporary = database.with_name(f".{database.name}.part")
    shutil.copyfile(backup, temporary)
    _on_the_disk(temporary)
    for ending in ("", "-wal", "-shm"):
        old = Path(f"{database}{ending}")
        if old.exists():
            os.replace(old, f"{database}.before-restore{ending}")
    os.replace(temporary, database)


def _on_the_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
