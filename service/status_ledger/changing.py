"""Setting and clearing entries inside a transaction of others."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from credentials.timestamps import format_timestamp
from service.status_ledger.tables import CHANGES, ENTRIES


def last_change(connection: Connection) -> int:
    """Number the last change of all lists, 0 if there was none."""
    return connection.scalar(select(func.coalesce(func.max(CHANGES.c.sequence), 0))) or 0


def add_change(
    connection: Connection, place: tuple[str, int], reason: str, at: datetime, *, is_set: bool
) -> int:
    """Set or clear the entry of a list at an index, and return the number of the change."""
    list_name, index = place
    sequence = last_change(connection) + 1
    connection.execute(
        insert(CHANGES).values(
            sequence=sequence,
            list_name=list_name,
            list_index=index,
            is_set=int(is_set),
            reason=reason,
            changed_at=format_timestamp(at),
        )
    )
    return sequence


def is_entry_set(connection: Connection, place: tuple[str, int]) -> bool:
    """Tell whether the entry of a list at an index is set: its last change says so."""
    list_name, index = place
    query = select(CHANGES.c.is_set).where(
        CHANGES.c.list_name == list_name, CHANGES.c.list_index == index
    )
    return bool(connection.scalar(query.order_by(CHANGES.c.sequence.desc()).limit(1)))


def burn_entry(connection: Connection, place: tuple[str, int], reason: str, at: datetime) -> int:
    """Set an entry that nobody has, for good, and return the number of the change."""
    list_name, index = place
    known = select(ENTRIES.c.list_index).where(
        ENTRIES.c.list_name == list_name, ENTRIES.c.list_index == index
    )
    if connection.scalar(known) is None:
        connection.execute(
            insert(ENTRIES).values(
                list_name=list_name,
                list_index=index,
                credential_id=None,
                assigned_at=format_timestamp(at),
            )
        )
    return add_change(connection, place, reason, at, is_set=True)
