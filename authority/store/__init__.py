"""What the desk of an authority keeps, on SQLite or PostgreSQL."""

from authority.store.editions import KeptEdition
from authority.store.next_edition import RowChange
from authority.store.store import HEAD, AuthorityStore
from authority.store.submissions import HandedIn, Inbox, Remark, State, Submission

__all__ = [
    "HEAD",
    "AuthorityStore",
    "HandedIn",
    "Inbox",
    "KeptEdition",
    "Remark",
    "RowChange",
    "State",
    "Submission",
]
