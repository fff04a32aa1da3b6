"""Batches: the waiting cases of one offer, worked through one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, insert, select, update

from recognition.desk.cases import State
from recognition.desk.store.tables import BATCH_CASES, BATCHES, CASES
from service import reading, writing
from service.errors import NotFoundError
from service.people import Act, Record
from service.writing_down import new_id, stamp

WAITING = "waiting"
MOST_CASES = 5_000
"""So many cases one batch takes at most."""

RECENT = 20


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch, with how many of its cases came to what ("waiting", "granted", …)."""

    id: str
    offer: str
    began_at: str
    ended_at: str | None
    total: int
    counts: dict[str, int]

    @property
    def done(self) -> int:
        """How many cases were worked on."""
        return self.total - self.counts.get(WAITING, 0)


class Batches:
    """The batches of one office."""

    def __init__(self, engine: Engine, record: Record) -> None:
        """Keep the database and how the office records what is done; nothing is read yet."""
        self._engine, self._record = engine, record

    def begin(self, act: Act, offer: str) -> Batch:
        """Take all new cases of an offer into a batch; raise `NotFoundError` if there are none."""
        waiting = select(CASES.c.id).where(CASES.c.offer == offer, CASES.c.state == State.NEW)
        waiting = waiting.order_by(CASES.c.received_at, CASES.c.id).limit(MOST_CASES)
        identifier = new_id("batch")
        with writing(self._engine) as connection:
            cases = connection.scalars(waiting).all()
            if not cases:
                raise NotFoundError("No case of this offer waits.")
            row = {
                "id": identifier,
                "offer": offer,
                "begun_by": act.actor,
                "began_at": stamp(act.at),
                "total": len(cases),
            }
            connection.execute(insert(BATCHES).values(**row))
            rows = [
                {"batch_id": identifier, "case_id": one, "state": WAITING, "note": ""}
                for one in cases
            ]
            connection.execute(insert(BATCH_CASES), rows)
            self._record(connection, act, "batch.begun", identifier, {"cases": len(cases)})
        return self.get(identifier)

    def get(self, batch_id: str) -> Batch:
        """Read one, with its progress; raise `NotFoundError`."""
        found = [one for one in self._read(batch_id) if one.id == batch_id]
        if not found:
            raise NotFoundError("There is no such batch here.")
        return found[0]

    def recent(self) -> tuple[Batch, ...]:
        """Read the newest batches."""
        return self._read(None)

    def _read(self, batch_id: str | None) -> tuple[Batch, ...]:
        query = select(BATCHES).order_by(BATCHES.c.began_at.desc(), BATCHES.c.id).limit(RECENT)
        query = query if batch_id is None else query.where(BATCHES.c.id == batch_id)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
            counted = select(BATCH_CASES.c.batch_id, BATCH_CASES.c.state, func.count())
            counted = counted.where(BATCH_CASES.c.batch_id.in_([row.id for row in rows]))
            counts = connection.execute(counted.group_by(*counted.selected_columns[:2])).all()
        return tuple(
            Batch(
                row.id,
                row.offer,
                row.began_at,
                row.ended_at,
                row.total,
                {state: number for batch, state, number in counts if batch == row.id},
            )
            for row in rows
        )

    def waiting(self, batch_id: str) -> str | None:
        """Find a case of a batch that waits."""
        query = select(BATCH_CASES.c.case_id).where(
            BATCH_CASES.c.batch_id == batch_id, BATCH_CASES.c.state == WAITING
        )
        with reading(self._engine) as connection:
            return connection.scalar(query.order_by(BATCH_CASES.c.case_id).limit(1))

    def done(self, batch_id: str, case_id: str, state: str, told: str = "") -> None:
        """Note what became of a case."""
        this = (BATCH_CASES.c.batch_id == batch_id) & (BATCH_CASES.c.case_id == case_id)
        with writing(self._engine) as connection:
            connection.execute(update(BATCH_CASES).where(this).values(state=state, note=told))

    def end(self, act: Act, batch_id: str) -> None:
        """Note that a batch is done."""
        this = BATCHES.c.id == batch_id
        with writing(self._engine) as connection:
            connection.execute(update(BATCHES).where(this).values(ended_at=stamp(act.at)))
            self._record(connection, act, "batch.ended", batch_id, {})

    def left(self, batch_id: str) -> tuple[tuple[str, str, str], ...]:
        """Read the cases that people have to look at: case, state and note."""
        query = select(BATCH_CASES.c.case_id, BATCH_CASES.c.state, BATCH_CASES.c.note).where(
            BATCH_CASES.c.batch_id == batch_id, BATCH_CASES.c.state.in_(("left", "failed"))
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(BATCH_CASES.c.case_id)).all()
        return tuple((row.case_id, row.state, row.note) for row in rows)
