"""Which entries of the ledger a change is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from service.status_ledger.tables import ENTRIES, LISTS


@dataclass(frozen=True, slots=True)
class EntriesMeant:
    """The entries of a credential in all lists of a purpose, or in the one that is named."""

    credential_id: str
    purpose: str
    list_name: str | None

    def query(self) -> Select[Any]:
        """Build the question for these entries, in the order of their lists."""
        found = (
            select(ENTRIES)
            .join(LISTS, LISTS.c.name == ENTRIES.c.list_name)
            .where(ENTRIES.c.credential_id == self.credential_id, LISTS.c.purpose == self.purpose)
            .order_by(ENTRIES.c.list_name)
        )
        return found if self.list_name is None else found.where(LISTS.c.name == self.list_name)
