"""Giving entries of a status list to many credentials at once, inside a transaction of others."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select

from issuer.status_ledger.tables import ENTRIES
from issuer.status_lists import DrawIndex, StatusList, free_index


def assign_all(
    connection: Connection,
    status_list: StatusList,
    credential_ids: Sequence[str],
    draw: DrawIndex,
    assigned_at: str,
) -> tuple[int, ...]:
    """Give each credential an index of its own; none of them has one in this list yet.

    The connection must be the one that may write, so that nobody else draws meanwhile.
    Raises `IssuanceError` (STATUS_LIST_FULL); then nothing was given out.
    """
    here = ENTRIES.c.list_name == status_list.name
    used = connection.scalar(select(func.count()).select_from(ENTRIES).where(here)) or 0
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
