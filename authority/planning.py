"""What the next edition's description says: it follows the newest one that was signed."""

from __future__ import annotations

from datetime import date, timedelta

from authority.drafting import EditionPlan
from authority.store import AuthorityStore

EDITION_DAYS = 365
"""How long an edition may be used unless its signer says something else."""


def next_plan(store: AuthorityStore, first: date, last: date | None = None) -> EditionPlan:
    """Plan the edition after the newest one, or the one that the register taken over is of."""
    until = last or first + timedelta(days=EDITION_DAYS)
    newest = store.editions.newest()
    if newest is not None:
        return EditionPlan(newest.number + 1, first, until, newest.digest)
    taken = store.next_edition.description()
    return EditionPlan(taken["edition"], first, until, taken.get("previous"))
