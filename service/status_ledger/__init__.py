"""The ledger of an issuer's status lists: which index is whose, and what was withdrawn."""

from service.status_ledger.ledger import (
    Changed,
    Overview,
    StatusChange,
    StatusLedger,
    giving_from,
)
from service.status_ledger.publishing import SignedList, StoredLists
from service.status_ledger.series import GiveEntry, ListSeries

__all__ = [
    "Changed",
    "GiveEntry",
    "ListSeries",
    "Overview",
    "SignedList",
    "StatusChange",
    "StatusLedger",
    "StoredLists",
    "giving_from",
]
