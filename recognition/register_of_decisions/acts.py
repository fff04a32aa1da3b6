"""Acts of oversight in their database: recording, reading, checking."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, insert, select

from credentials.timestamps import format_timestamp
from recognition.register_of_decisions.act_records import (
    Act,
    ActKind,
    ActRecord,
    PolicySuspendedError,
    check_acts,
    place_act,
    suspension_of,
)
from recognition.register_of_decisions.chain import EMPTY, Checkpoint
from recognition.register_of_decisions.entries import Draft
from recognition.register_of_decisions.tables import ACTS
from service import reading, writing

LARGEST_SEQUENCE = 2**31
"""No column of whole numbers holds more in every database."""

SUSPENDING = (ActKind.SUSPENSION.value, ActKind.LIFTING.value)


class OversightActs:
    """The acts beside a register of decisions, in the same database."""

    def __init__(self, engine: Engine) -> None:
        """Keep the database; nothing is read yet."""
        self._engine = engine

    def record(self, record: ActRecord, *, recorded_at: datetime) -> Act:
        """Add an act and return it once it is on the disk.

        There is one writer at a time, decisions included: what was decided before a suspension
        stands before it, and after it nothing is.

        Raises `RegisterError` for what may not follow, `DatabaseError`; nothing is recorded then.
        """
        draft = record.draft()
        with writing(self._engine) as connection:
            record.require_admissible(tuple(_each(connection, select(ACTS))))
            act = place_act(
                draft, after=_head(connection), recorded_at=format_timestamp(recorded_at)
            )
            connection.execute(insert(ACTS).values(**asdict(act)))
            return act

    def all(self, *kinds: ActKind) -> tuple[Act, ...]:
        """Read all acts, or those of some kinds, the oldest first."""
        query = select(ACTS)
        if kinds:
            query = query.where(ACTS.c.kind.in_([kind.value for kind in kinds]))
        with reading(self._engine) as connection:
            return tuple(_each(connection, query))

    def find(self, sequence: int) -> Act | None:
        """Read one act; there is none with a number that the database cannot hold."""
        if not 0 < sequence < LARGEST_SEQUENCE:
            return None
        with reading(self._engine) as connection:
            query = select(ACTS).where(ACTS.c.sequence == sequence)
            return next(_each(connection, query), None)

    def require_in_use(self, digest: str) -> None:
        """Raise `PolicySuspendedError` if a policy is suspended."""
        with reading(self._engine) as connection:
            _require_in_use(connection, digest)

    def check_chain(self, *, expected: Checkpoint | None = None) -> Checkpoint:
        """Check every act; raise `ChainBrokenError` (ACTS_BROKEN)."""
        return check_acts(self.all(), expected=expected)


def require_deciding_policy(connection: Connection, draft: Draft) -> None:
    """Refuse to record what was decided by a suspended policy, in the transaction that records it.

    Raises `PolicySuspendedError`.
    """
    if draft.kind.decides and _has_suspensions(connection):
        # The payload was read strictly before; once more costs seven times.
        _require_in_use(connection, json.loads(draft.payload)["policy"]["digest"])


def _has_suspensions(connection: Connection) -> bool:
    query = select(ACTS.c.sequence).where(ACTS.c.kind == ActKind.SUSPENSION.value).limit(1)
    return connection.scalar(query) is not None


def _require_in_use(connection: Connection, digest: str) -> None:
    query = select(ACTS).where(ACTS.c.subject == digest, ACTS.c.kind.in_(SUSPENDING))
    act = suspension_of(digest, _each(connection, query))
    if act is not None:
        said = act.said
        raise PolicySuspendedError(
            f"The policy {said['policy']}, version {said['version']}, was suspended by "
            f"{said['by']} on {act.recorded_at}: {said['reason']} Nothing is decided by it until "
            "that is lifted; decide by another version, or ask whoever suspended it."
        )


def _head(connection: Connection) -> Checkpoint:
    columns = select(ACTS.c.sequence, ACTS.c.entry_hash)
    row = connection.execute(columns.order_by(ACTS.c.sequence.desc()).limit(1)).first()
    return EMPTY if row is None else Checkpoint(row.sequence, row.entry_hash)


def _each(connection: Connection, query: Select[tuple[Any, ...]]) -> Iterator[Act]:
    return map(_act, connection.execute(query.order_by(ACTS.c.sequence)))


def _act(row: Row[Any]) -> Act:
    members = row._asdict()
    return Act(**{**members, "kind": ActKind(members["kind"])})
