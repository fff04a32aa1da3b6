"""The credentials of learners, each with what the verifier said of it when it was last asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from credentials.json_types import JsonObject
from service import reading, writing
from service.writing_down import digest_of, new_id, read_json, stamp, write_json
from wallet.errors import CannotAddError, NotInWalletError
from wallet.findings import Findings
from wallet.store.history import note
from wallet.store.tables import HOLDINGS

MOST_HOLDINGS = 2_000
"""So many credentials one wallet holds."""

COLLECTION_CHARACTERS = 60
"""Longest name of a collection."""

MOST_BYTES = 67_108_864
"""So large they may be together: pages and the export have all of them in memory."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A credential in a wallet."""

    id: str
    learner_id: str
    data: bytes
    findings: Findings
    collection: str
    added_at: str
    checked_at: str


class Holdings:
    """The credentials of all learners; every call names whose."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def add(self, learner_id: str, data: bytes, findings: Findings, at: datetime) -> str:
        """Keep a credential and return its id.

        Raises `CannotAddError` (ALREADY_THERE), (WALLET_FULL).
        """
        row: dict[str, Any] = {
            "id": new_id("credential"),
            "learner_id": learner_id,
            "digest": digest_of(data),
            "data": data,
            "findings": write_json(findings.to_json()),
            "collection": "",
            "added_at": stamp(at),
            "checked_at": stamp(at),
        }
        with writing(self._engine) as connection:
            _require_room(connection, learner_id, row["digest"], len(data))
            connection.execute(insert(HOLDINGS).values(**row))
            note(connection, learner_id, at, "added", findings.name)
        return str(row["id"])

    def all(self, learner_id: str) -> tuple[Holding, ...]:
        """Read everything a learner has, the newest first."""
        query = select(HOLDINGS).where(HOLDINGS.c.learner_id == learner_id)
        query = query.order_by(HOLDINGS.c.added_at.desc(), HOLDINGS.c.id)
        with reading(self._engine) as connection:
            return tuple(_holding(row) for row in connection.execute(query))

    def get(self, learner_id: str, holding_id: str) -> Holding:
        """Read one credential of a learner; raise `NotInWalletError`."""
        with reading(self._engine) as connection:
            return _holding(_row(connection, learner_id, holding_id))

    def some(self, learner_id: str, ids: Sequence[str]) -> tuple[Holding, ...]:
        """Read some credentials of a learner, each once; raise `NotInWalletError` for any other."""
        return tuple(self.get(learner_id, one) for one in dict.fromkeys(ids))

    def checked(self, holding: Holding, findings: Findings, at: datetime) -> None:
        """Keep what the verifier says now; what it comes to now is news if it is another."""
        with writing(self._engine) as connection:
            here = HOLDINGS.c.id == holding.id
            values = {"findings": write_json(findings.to_json()), "checked_at": stamp(at)}
            connection.execute(update(HOLDINGS).where(here).values(**values))
            if findings.answer != holding.findings.answer:
                kind = f"became-{findings.answer}"
                note(connection, holding.learner_id, at, kind, findings.name)

    def collect(self, learner_id: str, holding_id: str, collection: str) -> None:
        """Put a credential into a collection of the learner's, or ("") into none."""
        with writing(self._engine) as connection:
            row = _row(connection, learner_id, holding_id)
            here = HOLDINGS.c.id == row.id
            connection.execute(update(HOLDINGS).where(here).values(collection=collection))

    def bring_back_collection(self, learner_id: str, data: bytes, collection: str) -> None:
        """Put what was received as these bytes into a collection, if it is in none yet."""
        here = (HOLDINGS.c.learner_id == learner_id) & (HOLDINGS.c.digest == digest_of(data))
        with writing(self._engine) as connection:
            free = here & (HOLDINGS.c.collection == "")
            connection.execute(update(HOLDINGS).where(free).values(collection=collection))

    def remove(self, learner_id: str, holding_id: str, at: datetime) -> None:
        """Delete a credential; links show it no longer."""
        with writing(self._engine) as connection:
            one = _holding(_row(connection, learner_id, holding_id))
            connection.execute(delete(HOLDINGS).where(HOLDINGS.c.id == one.id))
            note(connection, learner_id, at, "removed", one.findings.name)


def _require_room(connection: Connection, learner_id: str, digest: str, size: int) -> None:
    own = HOLDINGS.c.learner_id == learner_id
    same = select(HOLDINGS.c.id).where(own, HOLDINGS.c.digest == digest)
    if connection.scalar(same) is not None:
        raise CannotAddError("This credential is in your wallet already.", code="ALREADY_THERE")
    sums = select(func.count(), func.sum(func.length(HOLDINGS.c.data))).where(own)
    held, held_bytes = connection.execute(sums).one()
    if held >= MOST_HOLDINGS or int(held_bytes or 0) + size > MOST_BYTES:
        text = (
            f"A wallet holds {MOST_HOLDINGS} credentials of {MOST_BYTES >> 20} MiB together. "
            "Remove some that you do not need."
        )
        raise CannotAddError(text, code="WALLET_FULL")


def _row(connection: Connection, learner_id: str, holding_id: str) -> Row[Any]:
    query = select(HOLDINGS).where(HOLDINGS.c.learner_id == learner_id, HOLDINGS.c.id == holding_id)
    row = connection.execute(query).first()
    if row is None:
        raise NotInWalletError("There is no such credential in your wallet.")
    return row


def _holding(row: Row[Any]) -> Holding:
    members: JsonObject = read_json(row.findings)
    return Holding(
        id=row.id,
        learner_id=row.learner_id,
        data=row.data,
        findings=Findings.from_json(members),
        collection=row.collection,
        added_at=row.added_at,
        checked_at=row.checked_at,
    )
