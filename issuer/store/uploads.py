"""Rosters between being sent and being issued: a file, for a day at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select

from issuer.store.ledger import Act
from issuer.store.tables import ACHIEVEMENTS, UPLOADS
from issuer.store.writing_down import new_id, required, stamp
from service import reading, writing

UPLOAD_LIFE = timedelta(days=1)
"""How long a file waits for being issued; its learners are nobody's business after that."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file with learners, for an achievement; `name` is what its sender called it."""

    id: str
    tenant_id: str
    achievement_id: str
    name: str
    data: bytes
    created_by: str
    created_at: str


class Uploads:
    """The files of all institutions."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def add(self, act: Act, *, achievement_id: str, name: str, data: bytes) -> Upload:
        """Keep a file, and forget all that waited for too long; raise `NotFoundError`."""
        made = Upload(
            new_id("upload"), act.tenant_id, achievement_id, name, data, act.actor, stamp(act.at)
        )
        own = select(ACHIEVEMENTS.c.id).where(
            ACHIEVEMENTS.c.id == achievement_id, ACHIEVEMENTS.c.tenant_id == act.tenant_id
        )
        with writing(self._engine) as connection:
            required(connection.execute(own).first(), "achievement")
            too_old = UPLOADS.c.created_at <= stamp(act.at - UPLOAD_LIFE)
            connection.execute(delete(UPLOADS).where(too_old))
            connection.execute(
                insert(UPLOADS).values(
                    id=made.id,
                    tenant_id=made.tenant_id,
                    achievement_id=made.achievement_id,
                    name=made.name,
                    data=made.data,
                    created_by=made.created_by,
                    created_at=made.created_at,
                )
            )
        return made

    def get(self, tenant_id: str, upload_id: str) -> Upload:
        """Read one of an institution; raise `NotFoundError`."""
        query = select(UPLOADS).where(UPLOADS.c.id == upload_id, UPLOADS.c.tenant_id == tenant_id)
        with reading(self._engine) as connection:
            return _upload_of(required(connection.execute(query).first(), "file"))

    def forget(self, tenant_id: str, upload_id: str) -> None:
        """Forget a file, as soon as it is issued or not wanted."""
        this = (UPLOADS.c.id == upload_id) & (UPLOADS.c.tenant_id == tenant_id)
        with writing(self._engine) as connection:
            connection.execute(delete(UPLOADS).where(this))


def _upload_of(row: Row[Any]) -> Upload:
    return Upload(**row._asdict())
