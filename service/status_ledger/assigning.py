"""Making lists and giving out their entries inside a transaction of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from credentials.timestamps import format_timestamp
from service.status_ledger.tables import COUNTS, ENTRIES, LISTS
from service.status_lists import DrawIndex, StatusList, free_index


def assign_all(
    connection: Connection,
    status_list: StatusList,
    credential_ids: Sequence[str | None],
    draw: DrawIndex,
    assigned_at: str,
) -> tuple[int, ...]:
    """Give each credential an index of its own; none of them has one in this list yet.

    A decoy has no credential.
    The connection must be the one that may write, so that nobody else draws meanwhile.
    Raises `IssuanceError` (STATUS_LIST_FULL); then nothing was given out.
    """
    here = ENTRIES.c.list_name == status_list.name
    used = given_out(connection, status_list.name)
    given: set[int] = set()

    def is_used(index: int) -> bool:
        query = select(ENTRIES.c.list_index).where(here, ENTRIES.c.list_index == index)
        return index in given or connection.scalar(query) is not None

    indexes = []
    for number, _credential_id in enumerate(credential_ids):
        index = free_index(status_list.entries, used + number, is_used, draw)
        given.add(index)
        indexes.append(index)
    rows = [
        {
            "list_name": status_list.name,
            "list_index": index,
            "credential_id": credential_id,
            "assigned_at": assigned_at,
        }
        for index, credential_id in zip(indexes, credential_ids, strict=True)
    ]
    if rows:
        connection.execute(insert(ENTRIES), rows)
    return tuple(indexes)


def given_out(connection: Connection, list_name: str) -> int:
    """Tell how many entries of a list are given out; it takes as long however many they are."""
    return connection.scalar(select(COUNTS.c.given_out).where(COUNTS.c.list_name == list_name)) or 0


def is_counted_rightly(connection: Connection) -> bool:
    """Count the entries of all lists, and tell whether that is what was counted all along."""
    counted = {row.list_name: row.given_out for row in connection.execute(select(COUNTS))}
    entries = (
        select(LISTS.c.name, func.count(ENTRIES.c.list_index).label("given_out"))
        .outerjoin(ENTRIES, ENTRIES.c.list_name == LISTS.c.name)
        .group_by(LISTS.c.name)
    )
    return counted == {row.name: row.given_out for row in connection.execute(entries)}


def add_list(connection: Connection, status_list: StatusList, made_at: datetime) -> None:
    """Add a list whose name and address nobody has."""
    connection.execute(
        insert(LISTS).values(
            name=status_list.name,
            url=status_list.url,
            issuer=status_list.issuer,
            purpose=status_list.purpose,
            entries=status_list.entries,
            ttl_seconds=status_list.ttl // timedelta(seconds=1),
            validity_seconds=status_list.validity // timedelta(seconds=1),
            made_at=format_timestamp(made_at),
        )
    )


def lists_named(connection: Connection, prefix: str) -> tuple[StatusList, ...]:
    """Read the lists whose names begin so."""
    query = select(LISTS).where(LISTS.c.name.startswith(prefix, autoescape=True))
    return tuple(map(status_list_of, connection.execute(query.order_by(LISTS.c.name))))


def status_list_of(row: Row[Any]) -> StatusList:
    """Read a row of the lists."""
    return StatusList(
        name=row.name,
        url=row.url,
        issuer=row.issuer,
        purpose=row.purpose,
        entries=row.entries,
        ttl=timedelta(seconds=row.ttl_seconds),
        validity=timedelta(seconds=row.validity_seconds),
    )
