"""Signed editions, in the order of their numbers; what was signed never changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from authority.errors import ChangedMeanwhileError
from authority.store.tables import EDITIONS
from service.database import reading, writing
from service.errors import NotFoundError
from service.people.acts import Acting
from service.people.office import Office
from service.writing_down import stamp

_COLUMNS = tuple(column for column in EDITIONS.c if column.name != "data")


@dataclass(frozen=True, slots=True)
class KeptEdition:
    """What is known of a signed edition without reading it."""

    number: int
    digest: str
    signed_by: str
    signed_at: str
    published_at: str | None


class Editions:
    """All editions that were signed here."""

    def __init__(self, engine: Engine, office: Office) -> None:
        """Keep the database; nothing is read yet."""
        self._engine, self._office = engine, office

    def all(self) -> tuple[KeptEdition, ...]:
        """Read them, the newest first."""
        query = select(*_COLUMNS).order_by(EDITIONS.c.number.desc())
        with reading(self._engine) as connection:
            return tuple(map(_kept, connection.execute(query)))

    def newest(self) -> KeptEdition | None:
        """Read the newest one, published or not."""
        query = select(*_COLUMNS).order_by(EDITIONS.c.number.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else _kept(row)

    def published(self) -> KeptEdition | None:
        """Read the newest one that was published."""
        query = select(*_COLUMNS).where(EDITIONS.c.published_at.is_not(None))
        with reading(self._engine) as connection:
            row = connection.execute(query.order_by(EDITIONS.c.number.desc()).limit(1)).first()
        return None if row is None else _kept(row)

    def data(self, number: int) -> bytes:
        """Read a signed edition, byte for byte; raise `NotFoundError`."""
        query = select(EDITIONS.c.data).where(EDITIONS.c.number == number)
        with reading(self._engine) as connection:
            data = connection.scalar(query)
        if data is None:
            raise NotFoundError("There is no such edition.")
        return bytes(data)

    def add(self, act: Acting, number: int, digest: str, data: bytes) -> None:
        """Keep a signed edition; raise `ChangedMeanwhileError` if another one was signed first."""
        with writing(self._engine) as connection:
            newest = select(EDITIONS.c.number).order_by(EDITIONS.c.number.desc()).limit(1)
            last = connection.scalar(newest)
            if last is not None and last >= number:
                raise ChangedMeanwhileError("Another edition was signed meanwhile.")
            values = {"signed_by": act.actor, "signed_at": stamp(act.at), "data": data}
            connection.execute(insert(EDITIONS).values(number=number, digest=digest, **values))
            self._office.record(connection, act, "edition.signed", str(number), {"digest": digest})

    def publish(self, act: Acting, number: int) -> KeptEdition:
        """Say that an edition is published; raise `NotFoundError`."""
        this = EDITIONS.c.number == number
        with writing(self._engine) as connection:
            row = connection.execute(select(*_COLUMNS).where(this)).first()
            if row is None:
                raise NotFoundError("There is no such edition.")
            if row.published_at is None:
                connection.execute(update(EDITIONS).where(this).values(published_at=stamp(act.at)))
                statement = {"digest": row.digest}
                self._office.record(connection, act, "edition.published", str(number), statement)
            return _kept(connection.execute(select(*_COLUMNS).where(this)).one())


def _kept(row: Row[Any]) -> KeptEdition:
    return KeptEdition(row.number, row.digest, row.signed_by, row.signed_at, row.published_at)
