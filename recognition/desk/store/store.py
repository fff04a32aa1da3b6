"""Everything that the desk keeps, in one database that was brought to its form."""

from __future__ import annotations

from sqlalchemy import Engine

from recognition.desk.store.audit import Audit
from recognition.desk.store.cases import Cases
from recognition.desk.store.people import People, desk_sessions


class DeskStore:
    """The repositories of one database; each call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self.engine = engine
        self.people = People(engine)
        self.sessions = desk_sessions(engine)
        self.cases = Cases(engine)
        self.audit = Audit(engine)
