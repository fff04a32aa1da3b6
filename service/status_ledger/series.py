"""Lists that follow one another: when half of one is given out, the next one is begun.

An issuer gives out entries for years, and its lists are never emptied.  Their names and addresses
end in their number, so that the address says which list is asked for and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from credentials.errors import IssuanceError
from service.status_ledger.assigning import add_list, assign_all, lists_named
from service.status_lists import REVOCATION, TTL, DrawIndex, StatusList
from service.writing_down import stamp

GiveEntry = Callable[[Connection, str, datetime], tuple[StatusList, int]]
"""Gives the credential of an id an entry that nobody had, in a transaction of others."""

FULL = "STATUS_LIST_FULL"
NUMBER_DIGITS = 9
"""Digits of the highest number of a list; nobody has that many."""


@dataclass(frozen=True, slots=True)
class ListSeries:
    """What the lists of a series have in common: their name and address up to the number."""

    prefix: str
    base: str
    issuer: str
    purpose: str = REVOCATION
    ttl: timedelta = TTL

    def lists(self, connection: Connection) -> tuple[StatusList, ...]:
        """Read all lists of these names, the oldest first, whoever's and whatever for they are."""
        return lists_in(connection, self.prefix)

    def newest(self, connection: Connection) -> StatusList | None:
        """Find the list that entries are given out of: of this issuer, purpose and address.

        A list that only has such a name, or stood at a former address, gives out none.
        """
        found = [one for one in self.lists(connection) if self._is_own(one)]
        return found[-1] if found else None

    def _is_own(self, one: StatusList) -> bool:
        address = f"{self.base}{number_of(one.name, self.prefix)}"
        return (one.purpose, one.issuer, one.url) == (self.purpose, self.issuer, address)

    def begin(self, connection: Connection, at: datetime) -> StatusList:
        """Begin another list; raise `IssuanceError` (STATUS_LIST_WRONG)."""
        known = self.lists(connection)
        number = number_of(known[-1].name, self.prefix) + 1 if known else 1
        made = StatusList(
            name=f"{self.prefix}{number}",
            url=f"{self.base}{number}",
            issuer=self.issuer,
            purpose=self.purpose,
            ttl=self.ttl,
        )
        add_list(connection, made, at)
        return made

    def give(
        self,
        connection: Connection,
        credential_ids: Sequence[str],
        draw: DrawIndex,
        at: datetime,
    ) -> tuple[StatusList, tuple[int, ...]]:
        """Give each credential an entry of its own in one list.

        The connection must be the one that may write.  Raises `IssuanceError`.
        """
        written_at = stamp(at)
        made = self.newest(connection) or self.begin(connection, at)
        try:
            return made, assign_all(connection, made, credential_ids, draw, written_at)
        except IssuanceError as error:
            if error.code != FULL:
                raise
        made = self.begin(connection, at)
        return made, assign_all(connection, made, credential_ids, draw, written_at)

    def giving(self, draw: DrawIndex) -> GiveEntry:
        """Make what gives one credential an entry of this series."""

        def give(
            connection: Connection, credential_id: str, at: datetime
        ) -> tuple[StatusList, int]:
            made, (index,) = self.give(connection, [credential_id], draw, at)
            return made, index

        return give


def lists_in(connection: Connection, prefix: str) -> tuple[StatusList, ...]:
    """Read the lists whose names are a prefix and a number, the oldest first."""
    found = [one for one in lists_named(connection, prefix) if number_of(one.name, prefix)]
    return tuple(sorted(found, key=lambda one: number_of(one.name, prefix)))


def number_of(name: str, prefix: str) -> int:
    """Read the number at the end of the name of a list; 0 if it has another form."""
    text = name.removeprefix(prefix)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS else 0
