"""Applications at registrars' desks, each with how it stood when it was asked last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, select, update

from service import reading, writing
from service.writing_down import new_id, read_json, stamp, write_json
from wallet.errors import NotInWalletError, WalletError
from wallet.store.history import note
from wallet.store.tables import APPLICATIONS

MOST_APPLICATIONS = 200
"""So many applications one wallet keeps."""


@dataclass(frozen=True, slots=True)
class Application:
    """An application: at which desk, for what, what was shown, and how it stands."""

    id: str
    learner_id: str
    desk: str
    title: str
    follow: str
    state: str
    shown: tuple[str, ...]
    made_at: str
    asked_at: str


class Applications:
    """The applications of all learners; every call names whose."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def begin(
        self, learner_id: str, desk: str, title: str, shown: tuple[str, ...], at: datetime
    ) -> str:
        """Write down that somebody applies, before it is sent; return the id.

        Raises `WalletError` (TOO_MANY_APPLICATIONS).
        """
        own = APPLICATIONS.c.learner_id == learner_id
        identifier = new_id("application")
        with writing(self._engine) as connection:
            if _count(connection, own) >= MOST_APPLICATIONS:
                text = f"A wallet keeps {MOST_APPLICATIONS} applications."
                raise WalletError(text, code="TOO_MANY_APPLICATIONS")
            row = _row(identifier, learner_id, desk, title, shown)
            times = {"made_at": stamp(at), "asked_at": stamp(at)}
            connection.execute(insert(APPLICATIONS).values(**row, **times))
            note(connection, learner_id, at, "applied", title)
        return identifier

    def bring_back(self, learner_id: str, one: Application) -> bool:
        """Keep an application of another wallet as it stood there; tell whether it was new here."""
        own = APPLICATIONS.c.learner_id == learner_id
        same = own & (APPLICATIONS.c.made_at == one.made_at) & (APPLICATIONS.c.title == one.title)
        row = {**_row(new_id("application"), learner_id, one.desk, one.title, one.shown)}
        row |= {"follow": one.follow, "state": one.state}
        row |= {"made_at": one.made_at, "asked_at": one.asked_at}
        with writing(self._engine) as connection:
            known = connection.scalar(select(APPLICATIONS.c.id).where(same))
            if known is not None or _count(connection, own) >= MOST_APPLICATIONS:
                return False
            connection.execute(insert(APPLICATIONS).values(**row))
        return True

    def told(
        self, learner_id: str, application_id: str, state: str, follow: str, at: datetime
    ) -> None:
        """Keep what a desk says now; another state is news."""
        before = self.get(learner_id, application_id)
        here = APPLICATIONS.c.id == before.id
        with writing(self._engine) as connection:
            values = {"state": state, "follow": follow, "asked_at": stamp(at)}
            connection.execute(update(APPLICATIONS).where(here).values(**values))
            if state == "decided" != before.state:
                note(connection, learner_id, at, "application-decided", before.title)

    def all(self, learner_id: str) -> tuple[Application, ...]:
        """Read the applications of a learner, the newest first."""
        query = select(APPLICATIONS).where(APPLICATIONS.c.learner_id == learner_id)
        query = query.order_by(APPLICATIONS.c.made_at.desc(), APPLICATIONS.c.id)
        with reading(self._engine) as connection:
            return tuple(map(_application, connection.execute(query)))

    def get(self, learner_id: str, application_id: str) -> Application:
        """Read one; raise `NotInWalletError`."""
        own = (APPLICATIONS.c.learner_id == learner_id) & (APPLICATIONS.c.id == application_id)
        with reading(self._engine) as connection:
            row = connection.execute(select(APPLICATIONS).where(own)).first()
        if row is None:
            raise NotInWalletError("There is no such application in your wallet.")
        return _application(row)


def _count(connection: Connection, own: ColumnElement[bool]) -> int:
    return int(connection.scalar(select(func.count()).where(own)) or 0)


def _row(
    identifier: str, learner_id: str, desk: str, title: str, shown: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "id": identifier,
        "learner_id": learner_id,
        "desk": desk,
        "kind": "recognition",
        "title": title,
        "follow": "",
        "state": "sent",
        "said": write_json({"shown": list(shown)}),
    }


def _application(row: Row[Any]) -> Application:
    return Application(
        id=row.id,
        learner_id=row.learner_id,
        desk=row.desk,
        title=row.title,
        follow=row.follow,
        state=row.state,
        shown=tuple(read_json(row.said)["shown"]),
        made_at=row.made_at,
        asked_at=row.asked_at,
    )
