"""Everything that the desk of an authority keeps, in one database."""

from __future__ import annotations

from sqlalchemy import Engine

from authority.store.api_keys import ApiKeys
from authority.store.editions import Editions
from authority.store.next_edition import NextEdition
from authority.store.submissions import Submissions
from authority.store.tables import OFFICE
from service.people.office import Office

HEAD = "head"
"""The role that gives roles; somebody always has it."""


class AuthorityStore:
    """The repositories of one database; each call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self.engine = engine
        self.office = Office(engine, OFFICE, HEAD)
        self.submissions = Submissions(engine, self.office)
        self.next_edition = NextEdition(engine, self.office)
        self.editions = Editions(engine, self.office)
        self.api_keys = ApiKeys(engine, self.office)
