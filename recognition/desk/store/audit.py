"""The audit log: who saw what of a learner, and who did what; it grows, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select

from credentials.json_types import JsonObject
from recognition.desk.access import Act
from recognition.desk.store.tables import AUDIT
from service import reading, writing
from service.writing_down import read_json, stamp, write_json

PAGE_ENTRIES = 100
"""How many entries a page of the log has."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the log."""

    number: int
    at: str
    actor: str
    kind: str
    subject: str
    statement: JsonObject


def note(connection: Connection, act: Act, kind: str, subject: str, **statement: Any) -> None:
    """Add an entry in the transaction that does what it tells."""
    connection.execute(
        insert(AUDIT).values(
            at=stamp(act.at),
            actor=act.actor,
            kind=kind,
            subject=subject,
            statement=write_json(statement),
        )
    )


class Audit:
    """The log, to be written and read."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def record(self, act: Act, kind: str, subject: str, **statement: Any) -> None:
        """Add an entry about something that changes nothing else, such as looking at a case."""
        with writing(self._engine) as connection:
            note(connection, act, kind, subject, **statement)

    def page(self, *, before: int | None = None) -> tuple[AuditEntry, ...]:
        """Read the newest entries, or those before a number."""
        query = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(PAGE_ENTRIES)
        if before is not None:
            query = query.where(AUDIT.c.number < before)
        with reading(self._engine) as connection:
            return tuple(map(_entry, connection.execute(query)))

    def about(self, subject: str) -> tuple[AuditEntry, ...]:
        """Read everything about one case, the newest first."""
        query = select(AUDIT).where(AUDIT.c.subject == subject).order_by(AUDIT.c.number.desc())
        with reading(self._engine) as connection:
            return tuple(map(_entry, connection.execute(query)))


def _entry(row: Row[Any]) -> AuditEntry:
    statement = read_json(row.statement)
    return AuditEntry(row.number, row.at, row.actor, row.kind, row.subject, statement)
