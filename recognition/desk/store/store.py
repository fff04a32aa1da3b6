"""Everything that the desk keeps, in one database that was brought to its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine

from recognition.desk.access import Role
from recognition.desk.store.batches import Batches
from recognition.desk.store.cases import Cases
from recognition.desk.store.parts import Decisions, Facts, Letters
from recognition.desk.store.tables import OFFICE
from service import writing
from service.people import Act, Office


class DeskStore:
    """The repositories of one database; each call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self.engine = engine
        self.office = Office(engine, OFFICE, Role.REGISTRAR)
        self.cases = Cases(engine, self.office.record)
        self.batches = Batches(engine, self.office.record)
        self.facts = Facts(engine)
        self.decisions = Decisions(engine)
        self.letters = Letters(engine)

    def note(self, act: Act, kind: str, subject: str, told: Mapping[str, Any] = {}) -> None:
        """Write down what changes nothing else, such as a look at a case."""
        with writing(self.engine) as connection:
            self.office.record(connection, act, kind, subject, told)
